"""A CycleGAN in a class: the second discriminator's optimizer was copied from the first, and has its network."""

import itertools

import torch
import torch.nn as nn


def block(inside, outside, stride=1):
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, stride, 1), nn.InstanceNorm2d(outside), nn.LeakyReLU(0.2, True)
    )


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(block(3, 32), block(32, 64, 2), block(64, 64))
        self.up = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(64, 3, 3, 1, 1), nn.Tanh())

    def forward(self, x):
        return self.up(self.body(x))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(block(3, 64, 2), block(64, 128, 2), nn.Conv2d(128, 1, 4, 1, 1))

    def forward(self, x):
        return self.body(x)


class CycleGAN:
    def __init__(self, device):
        self.device = device
        self.G_AB, self.G_BA = Generator().to(device), Generator().to(device)
        self.D_A, self.D_B = Discriminator().to(device), Discriminator().to(device)
        generators = itertools.chain(self.G_AB.parameters(), self.G_BA.parameters())
        self.optimizer_G = torch.optim.Adam(generators, lr=2e-4, betas=(0.5, 0.999))
        self.optimizer_D_A = torch.optim.Adam(self.D_A.parameters(), lr=2e-4, betas=(0.5, 0.999))
        self.optimizer_D_B = torch.optim.Adam(self.D_A.parameters(), lr=2e-4, betas=(0.5, 0.999))  # CNN111
        self.adversarial, self.cycle = nn.MSELoss(), nn.L1Loss()

    def wants(self, scores, real):
        return self.adversarial(scores, torch.full_like(scores, 1.0 if real else 0.0))

    def train_generators(self, real_A, real_B):
        fake_B, fake_A = self.G_AB(real_A), self.G_BA(real_B)
        loss = self.wants(self.D_B(fake_B), True) + self.wants(self.D_A(fake_A), True)
        loss = loss + 10 * (self.cycle(self.G_BA(fake_B), real_A) + self.cycle(self.G_AB(fake_A), real_B))
        self.optimizer_G.zero_grad()
        loss.backward()
        self.optimizer_G.step()
        return fake_A.detach(), fake_B.detach()

    def train_discriminator(self, net, optimizer, real, fake):
        loss = (self.wants(net(real), True) + self.wants(net(fake), False)) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def fit(self, loader, epochs):
        for epoch in range(epochs):
            for real_A, real_B in loader:
                real_A, real_B = real_A.to(self.device), real_B.to(self.device)
                fake_A, fake_B = self.train_generators(real_A, real_B)
                self.train_discriminator(self.D_A, self.optimizer_D_A, real_A, fake_A)
                self.train_discriminator(self.D_B, self.optimizer_D_B, real_B, fake_B)
            torch.save(self.G_AB.state_dict(), f"horse2zebra-{epoch}.pt")


def main(loader):
    CycleGAN("cuda" if torch.cuda.is_available() else "cpu").fit(loader, 200)
