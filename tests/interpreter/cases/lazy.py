from typing import cast

import torch
from torch import nn

net = nn.Sequential(nn.LazyConv2d(8, 3), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(10))
y = net(torch.zeros(2, 3, 6, 6))  # reveal: [2, 10]
w = torch.zeros(net[0].in_channels, net[3].in_features)  # reveal: [3, 128]
mask = torch.empty([y.shape[0], 1], dtype=y.dtype, device=y.device)
y = y.mul_(mask.bernoulli_(0.5))  # reveal: [2, 10]
z = torch.zeros(cast(int, y.size(1)))  # reveal: [10]
