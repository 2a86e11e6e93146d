import torch
from torch import nn

net = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.Flatten(), nn.Linear(3136, 10))
net(torch.zeros(1, 1, 28, 28))
