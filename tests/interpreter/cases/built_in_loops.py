from collections import OrderedDict

import torch
from torch import nn

CONFIGURATION = {"small": [16, "M", 32, "M"], "large": [64, 64, "M", 128, 128, "M"]}


def make_layers(configuration, batch_norm=False):
    layers = []
    channels = 3
    for item in configuration:
        if item == "M":
            layers += [nn.MaxPool2d(kernel_size=2, stride=2)]
        else:
            convolution = nn.Conv2d(channels, item, kernel_size=3, padding=1)
            if batch_norm:
                layers += [convolution, nn.BatchNorm2d(item), nn.ReLU(inplace=True)]
            else:
                layers.extend([convolution, nn.ReLU(inplace=True)])
            channels = item
    return nn.Sequential(*layers)


class VGG(nn.Module):
    def __init__(self, features, width, classes=10):
        super(VGG, self).__init__()
        self.features = features
        self.classifier = nn.Sequential(
            OrderedDict([("drop", nn.Dropout()), ("fc", nn.Linear(width * 8 * 8, classes))])
        )

    def forward(self, x):
        x = self.features(x)  # reveal: [4, 128, 8, 8]
        x = torch.flatten(x, 1)  # reveal: [4, 8192]
        return self.classifier(x)  # reveal: [4, 10]


class Stack(nn.Module):
    widths = (8, 16, 32)

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList()
        before = 3
        for index, width in enumerate(self.widths):
            self.blocks.append(nn.Conv2d(before, width, 3, stride=2, padding=1))
            self.add_module("norm%d" % index, nn.BatchNorm2d(width))
            before = width
        self.heads = nn.ModuleDict({"a": nn.Linear(before, 2), "b": nn.Linear(before, 5)})

    def forward(self, x):
        for block in self.blocks:
            x = torch.relu(block(x))
        x = x.mean(dim=(2, 3))  # reveal: [4, 32]
        y = self.heads["b"](x)  # reveal: [4, 5]
        return self.heads["a"](x), y  # reveal: [4, 2]


VGG(make_layers(CONFIGURATION["large"], batch_norm=True), 128)(torch.zeros(4, 3, 32, 32))
Stack()(torch.zeros(4, 3, 32, 32))
