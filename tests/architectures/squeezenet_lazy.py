# styles: lazy, inception branches, partial, flatten
from functools import partial

import torch
from torch import nn

Conv1 = partial(nn.LazyConv2d, kernel_size=1)
Conv3 = partial(nn.LazyConv2d, kernel_size=3, padding=1)


class Fire(nn.Module):
    def __init__(self, squeeze, expand):
        super().__init__()
        self.squeeze, self.left, self.right = Conv1(squeeze), Conv1(expand), Conv3(expand)

    def forward(self, x):
        x = self.squeeze(x).relu_()
        return torch.cat((self.left(x), self.right(x)), dim=1).relu()


model = nn.Sequential(
    nn.LazyConv2d(32, 3, 2), nn.ReLU(), nn.MaxPool2d(3, 2), Fire(8, 32), Fire(16, 64), nn.LazyConv2d(10, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(start_dim=1)
)
output = model(torch.zeros(2, 3, 64, 64))
# parameters: 16_482
# output: [2, 10]
