# styles: models from functions, OrderedDict, flatten
from collections import OrderedDict

import torch
from torch import nn


def make_model(classes=10, width=6):
    return nn.Sequential(
        OrderedDict(
            [
                ("c1", nn.Conv2d(1, width, kernel_size=5, padding=2)),
                ("a1", nn.ReLU()),
                ("s2", nn.AvgPool2d(2)),
                ("c3", nn.Conv2d(width, 16, kernel_size=5)),
                ("a3", nn.ReLU()),
                ("s4", nn.AvgPool2d(kernel_size=2, stride=2)),
                ("flat", nn.Flatten()),
                ("c5", nn.Linear(400, 120)),
                ("a5", nn.ReLU()),
                ("f6", nn.Linear(120, 84)),
                ("a6", nn.ReLU()),
                ("f7", nn.Linear(84, classes)),
            ]
        )
    )


model = make_model(classes=12)
output = model(torch.rand(4, 1, 28, 28))
# parameters: 61_876
# output: [4, 12]
