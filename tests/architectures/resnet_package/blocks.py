from torch import nn


class ConvNorm(nn.Sequential):
    def __init__(self, inp, out, size=3, stride=1, act=True):
        super().__init__(nn.Conv2d(inp, out, size, stride, size // 2, bias=False), nn.BatchNorm2d(out))
        if act:
            self.append(nn.ReLU(inplace=True))


class Residual(nn.Module):
    """`body` beside a shortcut."""

    def __init__(self, body, shortcut=None):
        super().__init__()
        self.body = body
        self.shortcut = shortcut if shortcut is not None else nn.Identity()

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


class BasicBlock(Residual):
    def __init__(self, inp, out, stride=1):
        body = nn.Sequential(ConvNorm(inp, out, stride=stride), ConvNorm(out, out, act=False))
        needed = stride != 1 or inp != out
        super().__init__(body, ConvNorm(inp, out, 1, stride, act=False) if needed else None)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(super().forward(x))
