# styles: sequential subclasses, flatten
import torch
from torch import nn


class Conv(nn.Sequential):
    def __init__(self, before, after, size, activation=nn.ReLU, **options):
        options.setdefault("padding", size // 2)
        super(Conv, self).__init__(nn.Conv2d(before, after, size, **options), activation(inplace=True))


class PooledConv(Conv):
    def __init__(self, *args, pool=3, **kwargs):
        super(PooledConv, self).__init__(*args, **kwargs)
        self.add_module("pool", nn.MaxPool2d(pool, stride=2))


class Head(nn.Sequential):
    def __init__(self, sizes, dropout=0.5):
        layers = []
        for before, after in zip(sizes, sizes[1:]):
            layers += [nn.Dropout(dropout), nn.Linear(before, after), nn.ReLU()]
        super(Head, self).__init__(*layers[:-1])


class AlexNet(nn.Sequential):
    def __init__(self, classes):
        super(AlexNet, self).__init__(
            PooledConv(3, 64, 11, stride=4, padding=2),
            PooledConv(64, 192, 5),
            Conv(192, 384, 3),
            Conv(384, 256, 3),
            PooledConv(256, 256, 3),
            nn.AdaptiveAvgPool2d((6, 6)),
            nn.Flatten(),
            Head([9216, 256, 128, classes]),
        )


model = AlexNet(1000)
output = model(torch.zeros(2, 3, 200, 200))
# parameters: 4_991_144
# output: [2, 1000]
