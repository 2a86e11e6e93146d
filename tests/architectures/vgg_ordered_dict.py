# styles: OrderedDict, helper functions, dictionaries of outputs, flatten
from collections import OrderedDict

import torch
from torch import nn


def block(before, after, name):
    return nn.Sequential(
        OrderedDict(
            [
                (name + "conv1", nn.Conv2d(before, after, 3, padding=1, bias=False)),
                (name + "norm1", nn.BatchNorm2d(num_features=after)),
                (name + "relu1", nn.ReLU(inplace=True)),
                (name + "conv2", nn.Conv2d(in_channels=after, out_channels=after, kernel_size=3, padding=1, bias=False)),
                (name + "norm2", nn.BatchNorm2d(num_features=after)),
                (name + "relu2", nn.ReLU(inplace=True)),
            ]
        )
    )


class VGG(nn.Module):
    def __init__(self):
        super().__init__()
        layers = OrderedDict()
        layers["one"] = block(3, 16, "one_")
        layers["pool1"] = nn.MaxPool2d(2)
        layers["two"] = block(16, 32, "two_")
        layers["pool2"] = nn.MaxPool2d(2)
        self.features = nn.Sequential(layers)
        self.classifier = nn.Sequential(OrderedDict(fc=nn.Linear(32 * 8 * 8, 64), relu=nn.ReLU(), out=nn.Linear(64, 10)))

    def forward(self, x):
        results = OrderedDict()
        for name, layer in self.features.named_children():
            x = layer(x)
            if not name.startswith("pool"):
                results[name] = x
        results["logits"] = self.classifier(x.view([x.size(0), -1]))
        return results


model = VGG()
output = model(torch.zeros(2, 3, 32, 32))
# parameters: 148_538
# output: {one: [2, 16, 32, 32], two: [2, 32, 16, 16], logits: [2, 10]}
