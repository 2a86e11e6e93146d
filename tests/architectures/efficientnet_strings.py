# styles: dataclass, partial, norm_layer default, depthwise, helper functions
import math
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn


@dataclass
class Stage:
    expand: int
    kernel: int
    stride: int
    before: int
    after: int
    repeats: int

    @classmethod
    def parse(cls, text):
        options = {}
        for part in text.split("_"):
            options[part[0]] = int(part[1:])
        return cls(options["e"], options["k"], options["s"], options["i"], options["o"], repeats=options["r"])


def round_filters(filters, multiplier, divisor=8):
    filters *= multiplier
    new = max(divisor, int(filters + divisor / 2) // divisor * divisor)
    return int(new)


class MBConv(nn.Module):
    def __init__(self, expand, kernel, stride, before, after, norm_layer=None):
        super().__init__()
        norm_layer = nn.BatchNorm2d if norm_layer is None else norm_layer
        hidden = before * expand
        self.expand = nn.Sequential(nn.Conv2d(before, hidden, 1, bias=False), norm_layer(hidden), nn.SiLU()) if expand != 1 else nn.Identity()
        self.depthwise = nn.Sequential(nn.Conv2d(hidden, hidden, kernel, stride, (kernel - 1) // 2, groups=hidden, bias=False), norm_layer(hidden), nn.SiLU())
        self.se = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(hidden, max(1, before // 4), 1), nn.SiLU(), nn.Conv2d(max(1, before // 4), hidden, 1), nn.Sigmoid())
        self.project = nn.Sequential(nn.Conv2d(hidden, after, 1, bias=False), norm_layer(after))
        self.skip = stride == 1 and before == after

    def forward(self, x):
        y = self.depthwise(self.expand(x))
        y = self.project(y * self.se(y))
        return x + y if self.skip else y


class EfficientNet(nn.Module):
    def __init__(self, strings, width=1.0, depth=1.0, classes=10):
        super().__init__()
        norm_layer = partial(nn.BatchNorm2d, momentum=0.01, eps=1e-3)
        stages = [Stage.parse(text) for text in strings]
        self.stem = nn.Conv2d(3, round_filters(stages[0].before, width), 3, 2, 1, bias=False)
        self.blocks = nn.ModuleList([])
        for stage in stages:
            before, after = round_filters(stage.before, width), round_filters(stage.after, width)
            for i in range(int(math.ceil(stage.repeats * depth))):
                self.blocks.append(MBConv(stage.expand, stage.kernel, stage.stride if i == 0 else 1, before if i == 0 else after, after, norm_layer=norm_layer))
        self.head = nn.Conv2d(after, 160, 1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(160, classes)

    def forward(self, x):
        x = self.stem(x)
        for idx, block in enumerate(self.blocks):
            x = block(x)
        x = self.pool(self.head(x))
        return self.fc(x.squeeze(3).squeeze(2))


model = EfficientNet(["r1_k3_s1_e1_i32_o16", "r2_k3_s2_e6_i16_o24", "r2_k5_s2_e6_i24_o40"], width=1.1, depth=1.2)
output = model(torch.zeros(2, 3, 64, 64))
# parameters: 142_932
# output: [2, 10]
