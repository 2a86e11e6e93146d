# styles: dataclass, partial, attention, depthwise, modules as arguments, flatten
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn


@dataclass(frozen=True)
class Row:
    before: int
    kernel: int
    expanded: int
    after: int
    se: bool
    activation: str
    stride: int = 1

    @property
    def hard(self) -> bool:
        return self.activation == "HS"


class SqueezeExcitation(nn.Module):
    def __init__(self, channels, squeeze=4, scale_activation=nn.Sigmoid):
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, channels // squeeze, 1)
        self.fc2 = nn.Conv2d(channels // squeeze, channels, 1)
        self.activation = nn.ReLU()
        self.scale_activation = scale_activation()

    def _scale(self, x):
        scale = self.avgpool(x)
        scale = self.activation(self.fc1(scale))
        return self.scale_activation(self.fc2(scale))

    def forward(self, x):
        return self._scale(x) * x


class Block(nn.Module):
    def __init__(self, row: Row, norm_layer, se_layer=partial(SqueezeExcitation, scale_activation=nn.Hardsigmoid)):
        super().__init__()
        activation = nn.Hardswish if row.hard else nn.ReLU
        self.use_res = row.stride == 1 and row.before == row.after
        layers = []
        if row.expanded != row.before:
            layers += [nn.Conv2d(row.before, row.expanded, 1, bias=False), norm_layer(row.expanded), activation(inplace=True)]
        layers += [
            nn.Conv2d(row.expanded, row.expanded, row.kernel, row.stride, row.kernel // 2, groups=row.expanded, bias=False),
            norm_layer(row.expanded),
            activation(inplace=True),
        ]
        if row.se:
            layers.append(se_layer(row.expanded))
        layers += [nn.Conv2d(row.expanded, row.after, 1, bias=False), norm_layer(row.after)]
        self.block = nn.Sequential(*layers)

    def forward(self, input):
        result = self.block(input)
        if self.use_res:
            result += input
        return result


class MobileNetV3(nn.Module):
    def __init__(self, rows, classes=10, norm_layer=None):
        super().__init__()
        norm_layer = norm_layer or partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
        self.stem = nn.Sequential(nn.Conv2d(3, rows[0].before, 3, 2, 1, bias=False), norm_layer(rows[0].before), nn.Hardswish())
        self.blocks = nn.Sequential(*[Block(row, norm_layer) for row in rows])
        self.head = nn.Sequential(nn.Linear(rows[-1].after, 128), nn.Hardswish(inplace=True), nn.Dropout(p=0.2, inplace=True), nn.Linear(128, classes))

    def forward(self, x):
        x = self.blocks(self.stem(x))
        return self.head(x.mean(3).mean(2))


bneck = partial(Row, activation="RE")
rows = [bneck(16, 3, 16, 16, True, stride=2), bneck(16, 3, 72, 24, False, stride=2), bneck(24, 3, 88, 24, False), Row(24, 5, 96, 40, True, "HS", 2), Row(40, 5, 240, 40, True, "HS")]
model = MobileNetV3(rows)
output = model(torch.zeros(2, 3, 64, 64))
# parameters: 85_970
# output: [2, 10]
