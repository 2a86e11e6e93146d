"""A GAN in a class: the discriminator never clears, the loss takes logits, the output is a sigmoid."""

import torch
import torch.nn as nn


class G(nn.Module):
    def __init__(self, z=100):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(z, 256), nn.LeakyReLU(0.2), nn.Linear(256, 784), nn.Tanh())

    def forward(self, z):
        return self.net(z).view(-1, 1, 28, 28)


class D(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 256), nn.LeakyReLU(0.2), nn.Linear(256, 1), nn.Sigmoid()
        )

    def forward(self, x):
        return self.net(x)


class GAN:
    def __init__(self, loader):
        self.g, self.d, self.loader = G(), D(), loader
        self.opt_g = torch.optim.Adam(self.g.parameters(), 2e-4, (0.5, 0.999))
        self.opt_d = torch.optim.Adam(self.d.parameters(), 2e-4, (0.5, 0.999))
        self.loss = nn.BCEWithLogitsLoss()

    def train_d(self, real):
        fake = self.g(torch.randn(real.size(0), 100)).detach()
        pr, pf = self.d(real), self.d(fake)
        loss = self.loss(pr, torch.ones_like(pr)) + self.loss(pf, torch.zeros_like(pf))  # CNN202
        loss.backward()
        self.opt_d.step()  # CNN101
        return loss.item()

    def train_g(self, n):
        self.opt_g.zero_grad()
        p = self.d(self.g(torch.randn(n, 100)))
        loss = self.loss(p, torch.ones_like(p))
        loss.backward()
        self.opt_g.step()
        return loss.item()

    def fit(self, epochs):
        for _ in range(epochs):
            for real, _ in self.loader:
                ld = self.train_d(real)
                lg = self.train_g(real.size(0))


if __name__ == "__main__":
    from data import loader

    GAN(loader).fit(50)
