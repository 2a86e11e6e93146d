# styles: einops, flatten
import torch
from einops import rearrange
from einops.layers.torch import Rearrange
from torch import nn


class Branch(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(256, 84)

    def forward(self, x):
        x = self.pool(self.conv1(x).relu())
        x = self.pool(self.conv2(x).relu())
        return self.fc(rearrange(x, "b c h w -> b (c h w)")).relu()


model = nn.Sequential(Branch(), nn.Linear(84, 40), Rearrange("b (k c) -> b k c", k=4), nn.Linear(10, 3))
output = model(torch.zeros(2, 1, 28, 28))
# parameters: 27_593
# output: [2, 4, 3]
