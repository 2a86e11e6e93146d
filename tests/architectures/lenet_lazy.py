# styles: lazy, helper functions, flatten
import torch
from torch import nn


def stage(channels, **options):
    return nn.Sequential(nn.LazyConv2d(channels, kernel_size=5, **options), nn.LazyBatchNorm2d(), nn.ReLU(), nn.MaxPool2d(2, 2))


class LazyNet(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.net = nn.Sequential(
            stage(6, padding=2), stage(16), nn.Flatten(), nn.LazyLinear(120), nn.ReLU(), nn.LazyLinear(84), nn.ReLU(), nn.LazyLinear(classes)
        )

    def forward(self, X):
        return self.net(X)


model = LazyNet()
output = model(torch.randn(1, 1, 28, 28))
# parameters: 61_750
# output: [1, 10]
