"""A DCGAN on CIFAR-10 pictures: two networks, two optimizers, one loop."""

import argparse

import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

parser = argparse.ArgumentParser()
parser.add_argument("--n_epochs", type=int, default=100)
parser.add_argument("--batch_size", type=int, default=128)
parser.add_argument("--lr", type=float, default=2e-4)
parser.add_argument("--b1", type=float, default=0.5)
parser.add_argument("--latent_dim", type=int, default=100)
parser.add_argument("--ngf", type=int, default=64)
opt = parser.parse_args()
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        nn.init.normal_(m.weight, 0.0, 0.02)
    elif classname.find("BatchNorm") != -1:
        nn.init.normal_(m.weight, 1.0, 0.02)
        nn.init.zeros_(m.bias)


class Generator(nn.Module):
    def __init__(self, nz, ngf, nc=3):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, ngf * 4, 4, 1, 0, bias=False),
            nn.BatchNorm2d(ngf * 4),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 4, ngf * 2, 4, 2, 1, bias=False),
            nn.BatchNorm2d(ngf * 2),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 2, ngf, 4, 2, 1, bias=False),
            nn.BatchNorm2d(ngf),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.main(z)


class Discriminator(nn.Module):
    def __init__(self, ndf=64, nc=3):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(nc, ndf, 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf, ndf * 2, 4, 2, 1, bias=False),
            nn.BatchNorm2d(ndf * 2),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf * 2, ndf * 4, 4, 2, 1, bias=False),
            nn.BatchNorm2d(ndf * 4),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf * 4, 1, 4, 1, 0, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, image):
        return self.main(image).view(-1)


netG = Generator(opt.latent_dim, opt.ngf).to(device)
netD = Discriminator().to(device)
netG.apply(weights_init)
netD.apply(weights_init)

dataloader = DataLoader(
    datasets.CIFAR10("data", download=True, transform=transforms.Compose([
        transforms.ToTensor(), transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    ])),
    batch_size=opt.batch_size, shuffle=True, drop_last=True,
)

adversarial_loss = nn.BCELoss()
optimizerD = torch.optim.Adam(netD.parameters(), lr=opt.lr, betas=(opt.b1, 0.999))
optimizerG = torch.optim.Adam(netG.parameters(), lr=opt.lr, betas=(opt.b1, 0.999))

for epoch in range(opt.n_epochs):
    for i, (real, _) in enumerate(dataloader):
        real = real.to(device)
        size = real.size(0)
        valid = torch.ones(size, device=device)
        fake_label = torch.zeros(size, device=device)

        # The discriminator: real pictures, then generated ones.
        optimizerD.zero_grad()
        loss_real = adversarial_loss(netD(real), valid)
        loss_real.backward()
        noise = torch.randn(size, opt.latent_dim, 1, 1, device=device)
        fake = netG(noise)
        loss_fake = adversarial_loss(netD(fake.detach()), fake_label)
        loss_fake.backward()
        optimizerD.step()

        # The generator wants its pictures taken for real ones.
        optimizerG.zero_grad()
        g_loss = adversarial_loss(netD(fake), valid)
        g_loss.backward()
        optimizerG.step()

        if i % 100 == 0:
            print(f"[{epoch}/{opt.n_epochs}] D {(loss_real + loss_fake).item():.3f} G {g_loss.item():.3f}")
