# styles: dataclass, flatten, ModuleList
from dataclasses import dataclass, field

import torch
from torch import nn


@dataclass
class Settings:
    channels: int = 1
    widths: tuple = (6, 16)
    hidden: list = field(default_factory=lambda: [120, 84])
    classes: int = 10
    image: int = 32


class LeNet(nn.Module):
    def __init__(self, settings: Settings):
        super().__init__()
        first, second = settings.widths
        self.settings = settings
        self.conv1 = nn.Conv2d(settings.channels, first, 5)
        self.conv2 = nn.Conv2d(first, second, 5)
        side = ((settings.image - 4) // 2 - 4) // 2
        sizes = [second * side**2, *settings.hidden, settings.classes]
        self.fcs = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:]))

    def forward(self, x):
        for conv in (self.conv1, self.conv2):
            x = nn.functional.max_pool2d(torch.tanh(conv(x)), 2)
        x = x.reshape(x.shape[0], -1)
        for i, fc in enumerate(self.fcs):
            x = fc(x) if i == len(self.fcs) - 1 else torch.tanh(fc(x))
        return x


model = LeNet(Settings(classes=5, image=32))
output = model(torch.zeros(2, 1, 32, 32))
# parameters: 61_281
# output: [2, 5]
