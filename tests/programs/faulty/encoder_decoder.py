"""A U-Net whose decoder forgets that the skip doubles the channels; nothing here calls it."""

import torch
import torch.nn as nn
import torch.nn.functional as F


def conv3x3(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))  # CNN301


class UNet(nn.Module):
    def __init__(self, in_ch=3, n_classes=2, base=32):
        super().__init__()
        chs = [base * 2**i for i in range(4)]
        self.downs = nn.ModuleList()
        c = in_ch
        for ch in chs:
            self.downs.append(conv3x3(c, ch))
            c = ch
        self.pool = nn.MaxPool2d(2)
        self.bottleneck = conv3x3(c, c * 2)
        self.ups, self.convs = nn.ModuleList(), nn.ModuleList()
        c = c * 2
        for ch in reversed(chs):
            self.ups.append(nn.ConvTranspose2d(c, ch, 2, stride=2))
            self.convs.append(conv3x3(ch, ch))
            c = ch
        self.out = nn.Conv2d(c, n_classes, 1)

    def forward(self, x):
        skips = []
        for down in self.downs:
            x = down(x)
            skips.append(x)
            x = self.pool(x)
        x = self.bottleneck(x)
        for up, conv, skip in zip(self.ups, self.convs, skips[::-1]):
            x = up(x)
            x = torch.cat([skip, x], dim=1)
            x = conv(x)
        return self.out(x)


net = UNet()
