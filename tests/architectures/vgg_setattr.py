# styles: setattr, class attributes, flatten
import torch
from torch import nn


class VGG(nn.Module):
    stages = ((1, 8), (1, 16), (2, 32))

    def __init__(self, in_channels=3, classes=10):
        super().__init__()
        for stage, (depth, width) in enumerate(self.stages, 1):
            for number in range(depth):
                setattr(self, f"conv{stage}_{number}", nn.Conv2d(in_channels, width, 3, padding=1))
                setattr(self, "bn%d_%d" % (stage, number), nn.BatchNorm2d(width))
                in_channels = width
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(in_channels * 16, classes)

    def forward(self, x):
        for stage, (depth, _) in enumerate(self.stages, 1):
            for number in range(depth):
                conv = getattr(self, f"conv{stage}_{number}")
                norm = getattr(self, "bn%d_%d" % (stage, number))
                x = torch.relu(norm(conv(x)))
            x = self.pool(x)
        return self.fc(torch.reshape(x, (x.shape[0], -1)))


model = VGG(1)
output = model(torch.zeros(5, 1, 32, 32))
# parameters: 20_442
# output: [5, 10]
