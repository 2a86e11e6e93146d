"""A Wasserstein GAN with gradient penalty: the images are detached for the generator's own step too."""

import torch
import torch.nn as nn
from torch import autograd
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

LATENT, CRITIC_STEPS, PENALTY = 100, 5, 10.0


class Generator(nn.Module):
    def __init__(self):
        super().__init__()

        def block(before, after, normalize=True):
            layers = [nn.Linear(before, after)]
            if normalize:
                layers.append(nn.BatchNorm1d(after))
            layers.append(nn.LeakyReLU(0.2, inplace=True))
            return layers

        self.model = nn.Sequential(
            *block(LATENT, 128, normalize=False), *block(128, 256), *block(256, 512), nn.Linear(512, 784), nn.Tanh()
        )

    def forward(self, z):
        return self.model(z).view(z.size(0), 1, 28, 28)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(784, 512),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(512, 256),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(256, 1),
        )

    def forward(self, image):
        return self.model(image.view(image.size(0), -1))


def gradient_penalty(critic, real, fake):
    alpha = torch.rand(real.size(0), 1, 1, 1, device=real.device)
    between = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    scores = critic(between)
    gradients = autograd.grad(
        outputs=scores,
        inputs=between,
        grad_outputs=torch.ones_like(scores),
        create_graph=True,
        retain_graph=True,
        only_inputs=True,
    )[0]
    gradients = gradients.view(gradients.size(0), -1)
    return ((gradients.norm(2, dim=1) - 1) ** 2).mean()


class WassersteinTrainer:
    def __init__(self, device):
        self.device = device
        self.generator = Generator().to(device)
        self.critic = Critic().to(device)
        self.optimizer_G = torch.optim.Adam(self.generator.parameters(), lr=1e-4, betas=(0.0, 0.9))
        self.optimizer_C = torch.optim.Adam(self.critic.parameters(), lr=1e-4, betas=(0.0, 0.9))
        self.steps = 0

    def noise(self, count):
        return torch.randn(count, LATENT, device=self.device)

    def critic_step(self, real):
        fake = self.generator(self.noise(real.size(0))).detach()
        loss = self.critic(fake).mean() - self.critic(real).mean()
        loss = loss + PENALTY * gradient_penalty(self.critic, real, fake)
        self.optimizer_C.zero_grad()
        loss.backward()
        self.optimizer_C.step()
        return loss.item()

    def generator_step(self, count):
        fake = self.generator(self.noise(count)).detach()  # CNN113
        loss = -self.critic(fake).mean()
        self.optimizer_G.zero_grad()
        loss.backward()
        self.optimizer_G.step()
        return loss.item()

    def fit(self, loader, epochs):
        for epoch in range(epochs):
            critic_loss = generator_loss = 0.0
            for real, _ in loader:
                real = real.to(self.device)
                critic_loss = self.critic_step(real)
                self.steps += 1
                if self.steps % CRITIC_STEPS == 0:
                    generator_loss = self.generator_step(real.size(0))
            print(f"{epoch}: critic {critic_loss:.3f} generator {generator_loss:.3f}")


def main():
    device = "cuda" if torch.cuda.is_available() else "cpu"
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    loader = DataLoader(
        datasets.MNIST("data", download=True, transform=transform), batch_size=64, shuffle=True, drop_last=True
    )
    WassersteinTrainer(device).fit(loader, epochs=200)


if __name__ == "__main__":
    main()
