from torch import nn

from .blocks import *


class Backbone(nn.Module):
    depths = (1, 1)
    widths = (16, 32)

    def __init__(self, channels=3):
        super().__init__()
        self.stem = ConvNorm(channels, self.widths[0])
        self.stages = nn.ModuleList()
        before = self.widths[0]
        for i, (depth, width) in enumerate(zip(self.depths, self.widths)):
            blocks = [BasicBlock(before if j == 0 else width, width, 2 if i and not j else 1) for j in range(depth)]
            self.stages.append(nn.Sequential(*blocks))
            before = width
        self.out_channels = before

    def forward(self, x):
        x = self.stem(x)
        for stage in self.stages:
            x = stage(x)
        return x
