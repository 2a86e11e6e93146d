from torch import nn


class Block(nn.Module):
    def __init__(self, i, o, act=nn.ReLU):
        super().__init__()
        self.f = nn.Sequential(nn.Conv2d(i, o, 3, stride=2, padding=1), nn.BatchNorm2d(o), act())

    def forward(self, x):
        return self.f(x)
