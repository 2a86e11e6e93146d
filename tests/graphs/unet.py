"""A U-Net with both ways up, to be compared with torch."""
import torch
import torch.nn as nn


class Double(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(),
            nn.Conv2d(o, o, 3, padding=1), nn.ReLU(inplace=True),
        )

    def forward(self, x):
        return self.net(x)


class UNet(nn.Module):
    def __init__(self, classes=2):
        super().__init__()
        self.down1, self.down2, self.middle = Double(3, 8), Double(8, 16), Double(16, 32)
        self.pool = nn.MaxPool2d(2)
        self.up2 = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.dec2 = Double(32, 16)
        self.up1 = nn.Upsample(scale_factor=2, mode="bilinear")
        self.dec1 = Double(24, 8)
        self.head = nn.Conv2d(8, classes, 1, groups=2)

    def forward(self, x):
        a = self.down1(x)
        b = self.down2(self.pool(a))
        c = self.middle(self.pool(b))
        y = self.dec2(torch.cat([self.up2(c), b], 1))
        y = self.dec1(torch.cat([self.up1(y), a], dim=1))
        return self.head(y)


net = UNet()
batch = 3
x = torch.randn(batch, 3, 32, 48)
net(x)
