# styles: setattr, skips, class attributes
import torch
from torch import nn


class UNet(nn.Module):
    widths = [8, 16, 32]

    def __init__(self, classes=3):
        super().__init__()
        before = 1
        for i, width in enumerate(self.widths):
            setattr(self, f"down{i}", nn.Conv2d(before, width, 3, padding="same"))
            before = width
        for i in range(len(self.widths) - 2, -1, -1):
            setattr(self, "up" + str(i), nn.Upsample(scale_factor=2, mode="nearest"))
            setattr(self, "merge" + str(i), nn.Conv2d(self.widths[i + 1] + self.widths[i], self.widths[i], 3, padding=1))
        self.head = nn.Conv2d(self.widths[0], classes, 1)

    def forward(self, x):
        skips = {}
        last = len(self.widths) - 1
        for i in range(last + 1):
            x = torch.relu(getattr(self, f"down{i}")(x))
            if i < last:
                skips[i] = x
                x = nn.functional.max_pool2d(x, 2)
        for i in reversed(range(last)):
            x = getattr(self, "up" + str(i))(x)
            x = torch.cat([x, skips.pop(i)], dim=1)
            x = torch.relu(getattr(self, "merge%d" % i)(x))
        return self.head(x)


model = UNet()
output = model(torch.zeros(2, 1, 32, 48))
# parameters: 14_579
# output: [2, 3, 32, 48]
