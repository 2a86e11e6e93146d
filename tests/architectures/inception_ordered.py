# styles: OrderedDict, dictionaries of outputs, inception branches, add_module, modules as arguments
from collections import OrderedDict

import torch
from torch import nn


class Concat(nn.Module):
    """What each branch makes of the input, side by side."""

    def __init__(self, *branches):
        super().__init__()
        for i, branch in enumerate(branches):
            self.add_module(str(i), branch)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.children()], dim=1)


def inception(before, one, three, pooled):
    return Concat(
        nn.Conv2d(before, one, 1),
        nn.Sequential(nn.Conv2d(before, three // 2, 1), nn.ReLU(), nn.Conv2d(three // 2, three, 3, padding=1)),
        nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(before, pooled, 1)),
    )


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stages = nn.Sequential(OrderedDict([("stem", nn.Conv2d(1, 16, 3, 2)), ("a", inception(16, 16, 32, 16)), ("b", inception(64, 32, 64, 32))]))
        self.head = nn.Conv2d(128, 5, 1)

    def forward(self, x):
        out = OrderedDict()
        for name, stage in self.stages._modules.items():
            x = out[name] = stage(x)
        out["logits"] = self.head(out["b"]).mean(dim=[-2, -1])
        return out


model = Net()
output = model(torch.zeros(2, 1, 33, 33))
# parameters: 30_997
# output: {stem: [2, 16, 16, 16], a: [2, 64, 16, 16], b: [2, 128, 16, 16], logits: [2, 5]}
