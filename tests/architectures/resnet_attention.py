# styles: attention, residual, einops, helper functions
import torch
from einops import reduce
from torch import nn


class SE(nn.Module):
    def __init__(self, channel, reduction=8):
        super().__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(
            nn.Linear(channel, channel // reduction, bias=False), nn.ReLU(inplace=True), nn.Linear(channel // reduction, channel, bias=False), nn.Sigmoid()
        )

    def forward(self, x):
        b, c, _, _ = x.size()
        y = self.avg_pool(x).view(b, c)
        y = self.fc(y).view(b, c, 1, 1)
        return x * y.expand_as(x)


class CBAM(nn.Module):
    def __init__(self, channels, ratio=8, size=7):
        super().__init__()
        self.mlp = nn.Sequential(nn.Conv2d(channels, channels // ratio, 1, bias=False), nn.ReLU(), nn.Conv2d(channels // ratio, channels, 1, bias=False))
        self.spatial = nn.Conv2d(2, 1, size, padding=size // 2, bias=False)

    def forward(self, x):
        average = self.mlp(nn.functional.adaptive_avg_pool2d(x, 1))
        largest = self.mlp(nn.functional.adaptive_max_pool2d(x, 1))
        x = x * torch.sigmoid(average + largest)
        average = torch.mean(x, dim=1, keepdim=True)
        largest, _ = torch.max(x, dim=1, keepdim=True)
        return x * torch.sigmoid(self.spatial(torch.cat([average, largest], dim=1)))


class Block(nn.Module):
    def __init__(self, before, after, attention):
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(after)
        self.attention = attention(after)
        self.project = nn.Conv2d(before, after, 1) if before != after else nn.Identity()

    def forward(self, x):
        out = torch.relu(self.norm1(self.conv1(x)))
        out = self.attention(self.norm2(self.conv2(out)))
        return torch.relu(out + self.project(x))


class ResNet(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 3, padding=1)
        self.blocks = nn.Sequential(Block(32, 32, SE), nn.MaxPool2d(2), Block(32, 64, CBAM), nn.MaxPool2d(2), Block(64, 64, lambda width: SE(width, reduction=16)))
        self.head = nn.Linear(64, classes)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        x = reduce(x, "b c h w -> b c", "mean")
        return self.head(x)


model = ResNet()
output = model(torch.zeros(2, 3, 32, 32))
# parameters: 153_644
# output: [2, 10]
