"""CycleGAN: the step of the second discriminator was copied from the first, and still is that one's."""

import itertools
import random

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

EPOCHS, DECAY_EPOCH = 200, 100


class ResidualBlock(nn.Module):
    def __init__(self, in_features):
        super(ResidualBlock, self).__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(in_features, in_features, 3),
            nn.InstanceNorm2d(in_features),
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(in_features, in_features, 3),
            nn.InstanceNorm2d(in_features),
        )

    def forward(self, x):
        return x + self.conv_block(x)


class Generator(nn.Module):
    def __init__(self, input_nc, output_nc, n_residual_blocks=9):
        super(Generator, self).__init__()
        model = [nn.ReflectionPad2d(3), nn.Conv2d(input_nc, 64, 7), nn.InstanceNorm2d(64), nn.ReLU(inplace=True)]
        in_features = 64
        out_features = in_features * 2
        for _ in range(2):
            model += [
                nn.Conv2d(in_features, out_features, 3, stride=2, padding=1),
                nn.InstanceNorm2d(out_features),
                nn.ReLU(inplace=True),
            ]
            in_features = out_features
            out_features = in_features * 2
        for _ in range(n_residual_blocks):
            model += [ResidualBlock(in_features)]
        out_features = in_features // 2
        for _ in range(2):
            model += [
                nn.ConvTranspose2d(in_features, out_features, 3, stride=2, padding=1, output_padding=1),
                nn.InstanceNorm2d(out_features),
                nn.ReLU(inplace=True),
            ]
            in_features = out_features
            out_features = in_features // 2
        model += [nn.ReflectionPad2d(3), nn.Conv2d(64, output_nc, 7), nn.Tanh()]
        self.model = nn.Sequential(*model)

    def forward(self, x):
        return self.model(x)


class Discriminator(nn.Module):
    def __init__(self, input_nc):
        super(Discriminator, self).__init__()
        model = [nn.Conv2d(input_nc, 64, 4, stride=2, padding=1), nn.LeakyReLU(0.2, inplace=True)]
        model += [nn.Conv2d(64, 128, 4, stride=2, padding=1), nn.InstanceNorm2d(128), nn.LeakyReLU(0.2, inplace=True)]
        model += [nn.Conv2d(128, 256, 4, stride=2, padding=1), nn.InstanceNorm2d(256), nn.LeakyReLU(0.2, inplace=True)]
        model += [nn.Conv2d(256, 1, 4, padding=1)]
        self.model = nn.Sequential(*model)

    def forward(self, x):
        x = self.model(x)
        return F.avg_pool2d(x, x.size()[2:]).view(x.size()[0], -1)


class ReplayBuffer:
    def __init__(self, max_size=50):
        self.max_size = max_size
        self.data = []

    def push_and_pop(self, data):
        to_return = []
        for element in data.data:
            element = torch.unsqueeze(element, 0)
            if len(self.data) < self.max_size:
                self.data.append(element)
                to_return.append(element)
            elif random.uniform(0, 1) > 0.5:
                i = random.randint(0, self.max_size - 1)
                to_return.append(self.data[i].clone())
                self.data[i] = element
            else:
                to_return.append(element)
        return torch.cat(to_return)


def decayed(epoch):
    return 1.0 - max(0, epoch - DECAY_EPOCH) / (EPOCHS - DECAY_EPOCH)


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
netG_A2B = Generator(3, 3).to(device)
netG_B2A = Generator(3, 3).to(device)
netD_A = Discriminator(3).to(device)
netD_B = Discriminator(3).to(device)

criterion_GAN = nn.MSELoss()
criterion_cycle = nn.L1Loss()
criterion_identity = nn.L1Loss()

optimizer_G = torch.optim.Adam(
    itertools.chain(netG_A2B.parameters(), netG_B2A.parameters()), lr=0.0002, betas=(0.5, 0.999)
)
optimizer_D_A = torch.optim.Adam(netD_A.parameters(), lr=0.0002, betas=(0.5, 0.999))
optimizer_D_B = torch.optim.Adam(netD_B.parameters(), lr=0.0002, betas=(0.5, 0.999))  # CNN104
lr_schedulers = [
    torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda=decayed)
    for optimizer in (optimizer_G, optimizer_D_A, optimizer_D_B)
]

transform = transforms.Compose([
    transforms.Resize(286),
    transforms.RandomCrop(256),
    transforms.RandomHorizontalFlip(),
    transforms.ToTensor(),
    transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
])
loader_A = DataLoader(ImageFolder("horses", transform), batch_size=1, shuffle=True, num_workers=4)
loader_B = DataLoader(ImageFolder("zebras", transform), batch_size=1, shuffle=True, num_workers=4)
fake_A_buffer = ReplayBuffer()
fake_B_buffer = ReplayBuffer()

for epoch in range(EPOCHS):
    for i, ((real_A, _), (real_B, _)) in enumerate(zip(loader_A, loader_B)):
        real_A, real_B = real_A.to(device), real_B.to(device)
        target_real = torch.ones(len(real_A), 1, device=device)
        target_fake = torch.zeros(len(real_A), 1, device=device)

        optimizer_G.zero_grad()
        loss_identity = 5.0 * (criterion_identity(netG_A2B(real_B), real_B) + criterion_identity(netG_B2A(real_A), real_A))
        fake_B = netG_A2B(real_A)
        loss_GAN_A2B = criterion_GAN(netD_B(fake_B), target_real)
        fake_A = netG_B2A(real_B)
        loss_GAN_B2A = criterion_GAN(netD_A(fake_A), target_real)
        loss_cycle = 10.0 * (criterion_cycle(netG_B2A(fake_B), real_A) + criterion_cycle(netG_A2B(fake_A), real_B))
        loss_G = loss_identity + loss_GAN_A2B + loss_GAN_B2A + loss_cycle
        loss_G.backward()
        optimizer_G.step()

        optimizer_D_A.zero_grad()
        old_A = fake_A_buffer.push_and_pop(fake_A)
        loss_D_A = (criterion_GAN(netD_A(real_A), target_real) + criterion_GAN(netD_A(old_A.detach()), target_fake)) * 0.5
        loss_D_A.backward()
        optimizer_D_A.step()

        optimizer_D_B.zero_grad()
        old_B = fake_B_buffer.push_and_pop(fake_B)
        loss_D_B = (criterion_GAN(netD_B(real_B), target_real) + criterion_GAN(netD_B(old_B.detach()), target_fake)) * 0.5
        loss_D_B.backward()
        optimizer_D_A.step()

        if i % 100 == 0:
            print(epoch, i, loss_G.item(), (loss_D_A + loss_D_B).item())
    for scheduler in lr_schedulers:
        scheduler.step()
    torch.save({"A2B": netG_A2B.state_dict(), "B2A": netG_B2A.state_dict()}, f"generators-{epoch}.pt")
