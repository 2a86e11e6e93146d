import torch
from torch import nn
from torch.nn import functional as F


class Down(nn.Sequential):
    def __init__(self, before, after):
        super().__init__(
            nn.Conv2d(before, after, 3, padding=1),
            nn.BatchNorm2d(after),
            nn.ReLU(inplace=True),
        )


class UNet(nn.Module):
    def __init__(self, channels=1, classes=2, width=8):
        super().__init__()
        self.down1 = Down(channels, width)
        self.down2 = Down(width, width * 2)
        self.bottom = Down(width * 2, width * 4)
        self.up2 = nn.ConvTranspose2d(width * 4, width * 2, 2, stride=2)
        self.merge2 = Down(width * 4, width * 2)
        self.up1 = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
        self.merge1 = Down(width * 2 + width, width)
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        first = self.down1(x)  # reveal: [1, 8, 64, 48]
        second = self.down2(F.max_pool2d(first, 2))  # reveal: [1, 16, 32, 24]
        x = self.bottom(F.max_pool2d(second, 2))  # reveal: [1, 32, 16, 12]
        x = self.up2(x)  # reveal: [1, 16, 32, 24]
        x = self.merge2(torch.cat([second, x], dim=1))  # reveal: [1, 16, 32, 24]
        x = self.up1(x)  # reveal: [1, 16, 64, 48]
        x = self.merge1(torch.cat((first, x), 1))  # reveal: [1, 8, 64, 48]
        return self.head(x)  # reveal: [1, 2, 64, 48]


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, width * 3)

    def forward(self, x):
        batch, tokens, width = x.shape
        qkv = self.qkv(x).reshape(batch, tokens, 3, self.heads, width // self.heads)
        qkv = qkv.permute(2, 0, 3, 1, 4)  # reveal: [3, 2, 4, 10, 8]
        query, key, value = qkv[0], qkv[1], qkv[2]
        scores = query @ key.transpose(-2, -1)  # reveal: [2, 4, 10, 10]
        mixed = (scores.softmax(dim=-1) @ value).transpose(1, 2)  # reveal: [2, 10, 4, 8]
        return mixed.reshape(batch, tokens, width)  # reveal: [2, 10, 32]


UNet()(torch.randn(1, 1, 64, 48))
Attention(32, 4)(torch.randn(2, 10, 32))
