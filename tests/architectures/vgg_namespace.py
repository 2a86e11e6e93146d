# styles: namespace, loops, flatten
from types import SimpleNamespace

import torch
from torch import nn

config = SimpleNamespace(widths=[8, 16, 32], repeats=2, norm=True, classes=4, head=SimpleNamespace(hidden=64, dropout=0.2))


class VGG(nn.Module):
    def __init__(self, config):
        super().__init__()
        blocks, channels = [], 3
        for width in config.widths:
            for _ in range(config.repeats):
                blocks.append(nn.Conv2d(channels, width, 3, 1, 1, bias=not config.norm))
                if config.norm:
                    blocks.append(nn.BatchNorm2d(width))
                blocks.append(nn.ReLU())
                channels = width
            blocks.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*blocks)
        self.head = nn.Sequential(
            nn.Linear(config.widths[-1], config.head.hidden), nn.ReLU(), nn.Dropout(config.head.dropout), nn.Linear(config.head.hidden, config.classes)
        )

    def forward(self, x):
        x = self.features(x)
        n, c, h, w = x.shape
        x = x.view(n, c, h * w).mean(-1)
        return self.head(x)


model = VGG(config)
output = model(torch.zeros(2, 3, 24, 24))
# parameters: 20_668
# output: [2, 4]
