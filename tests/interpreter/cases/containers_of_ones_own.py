import collections
from typing import NamedTuple

import torch
from torch import nn


class Named(nn.ModuleDict):
    def __init__(self, width):
        super().__init__()
        self["first"] = nn.Conv2d(3, width, 1)
        self.second = nn.Conv2d(width, 2 * width, 1)
        self.update({"third": nn.Conv2d(2 * width, 5, 1)})

    def forward(self, x):
        for key in self:
            x = self[key](x)
        return x


class Stack(nn.Sequential):
    def __init__(self, *widths):
        super().__init__()
        for i in range(len(widths) - 1):
            self.add_module("fc%d" % i, nn.Linear(widths[i], widths[i + 1]))
        self.append(nn.ReLU())

    def forward(self, x):
        y = super().forward(x)  # reveal: [2, 5]
        return torch.cat([x, y], dim=1)


class Tall(Stack):
    def forward(self, x):
        return super(Tall, self).forward(x) + x.sum()  # reveal: [2, 13]


class Pair(NamedTuple):
    image: torch.Tensor
    label: torch.Tensor


Output = collections.namedtuple("Output", "logits hidden")


class Kept(nn.Module):
    def __init__(self, **options):
        super().__init__()
        self.__dict__.update(options)
        vars(self)["depth"] = 2
        self.layers = nn.ModuleList(nn.Linear(self.width, self.width) for _ in range(self.depth))

    def forward(self, x):
        for name, layer in self._modules["layers"].named_children():
            x = layer(x)
        return Output(x, hidden=x[:, 0])


x = torch.relu(Named(4)(torch.zeros(2, 3, 8, 8)))  # reveal: [2, 5, 8, 8]
y = Stack(8, 5)(torch.zeros(2, 8))
y = torch.relu(Tall(8, 6, 5)(torch.zeros(2, 8)))  # reveal: [2, 13]
pair = Pair(x, label=y)
image, label = pair
z = torch.relu(image)  # reveal: [2, 5, 8, 8]
z = torch.relu(pair.label)  # reveal: [2, 13]
z = torch.relu(pair[1])  # reveal: [2, 13]
output = Kept(width=7)(torch.zeros(2, 7))
logits, hidden = output
z = torch.relu(logits)  # reveal: [2, 7]
z = torch.relu(output.hidden)  # reveal: [2]
