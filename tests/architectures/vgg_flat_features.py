# styles: num_flat_features, sequential star
import torch
import torch.nn as nn


def flat_features(x):
    n = 1
    for size in x.size()[1:]:
        n *= size
    return n


class VGG(nn.Module):
    def __init__(self, num_classes=5):
        super(VGG, self).__init__()
        layers = []
        channels = 1
        for width in [8, "pool", 16, 16, "pool"]:
            if width == "pool":
                layers += [nn.MaxPool2d(2, 2)]
            else:
                layers += [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(True)]
                channels = width
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(16 * 7 * 7, num_classes)

    def forward(self, x):
        x = self.features(x)
        x = x.view(-1, flat_features(x))
        return self.classifier(x)


model = VGG()
output = model(torch.zeros(4, 1, 28, 28))
# parameters: 7_573
# output: [4, 5]
