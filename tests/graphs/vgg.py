"""A VGG-11 made from a list, to be compared with torch."""
import torch
import torch.nn as nn


class VGG(nn.Module):
    def __init__(self, plan, classes=10):
        super().__init__()
        layers = []
        channels = 3
        for width in plan:
            if width == "M":
                layers += [nn.MaxPool2d(kernel_size=2, stride=2)]
            else:
                layers += [nn.Conv2d(channels, width, kernel_size=3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
                channels = width
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Linear(64, 128), nn.ReLU(), nn.Dropout(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, classes)
        )

    def forward(self, x):
        x = self.features(x)
        x = x.view(x.size(0), -1)
        return self.classifier(x)


net = VGG([8, "M", 16, "M", 32, 32, "M", 64, 64, "M", 64, 64, "M"])
batch = 4
x = torch.randn(batch, 3, 32, 32)
net(x)
