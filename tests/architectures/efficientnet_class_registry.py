# styles: registry, attention, einsum, modules as arguments
import torch
from torch import nn


class Registry:
    def __init__(self):
        self._items = {}

    def register(self, cls):
        self._items[cls.__name__] = cls
        return cls

    def build(self, config):
        config = dict(config)
        kind = config.pop("type")
        return self._items[kind](**config)


BLOCKS = Registry()


@BLOCKS.register
class MBConv(nn.Module):
    def __init__(self, width, expand=2, attention=None):
        super().__init__()
        hidden = width * expand
        self.expand = nn.Conv2d(width, hidden, 1)
        self.depthwise = nn.Conv2d(hidden, hidden, 3, padding=1, groups=hidden)
        self.attention = BLOCKS.build(attention) if attention else None
        self.project = nn.Conv2d(hidden, width, 1)

    def forward(self, x):
        y = nn.functional.silu(self.depthwise(self.expand(x)))
        if self.attention is not None:
            y = self.attention(y)
        return x + self.project(y)


@BLOCKS.register
class NonLocal(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.query, self.key, self.value = (nn.Conv2d(width, inner, 1) for _ in range(3))
        self.out = nn.Conv2d(inner, width, 1)
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        n, c, height, width = x.size()
        q = self.query(x).view(n, -1, height * width).permute(0, 2, 1)
        k = self.key(x).view(n, -1, width * height)
        v = self.value(x).flatten(2)
        attention = torch.softmax(torch.bmm(q, k), dim=-1)
        y = torch.einsum("nij,ncj->nci", attention, v)
        return self.gamma * self.out(y.reshape(n, -1, height, width)) + x


configs = [dict(type="MBConv", width=16), dict(type="MBConv", width=16, expand=3, attention=dict(type="NonLocal", width=48, inner=12))]
model = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1), *[BLOCKS.build(config) for config in configs], nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10))
output = model(torch.zeros(2, 3, 32, 32))
# parameters: 6_479
# output: [2, 10]
