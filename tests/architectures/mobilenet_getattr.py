# styles: setattr, depthwise, namespace, partial, kwargs
import argparse
from functools import partial

import torch
from torch import nn

conv_dw = partial(nn.Conv2d, kernel_size=3, padding=1, bias=False)
conv_pw = partial(nn.Conv2d, kernel_size=1, bias=False)


class Net(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.count = len(args.widths) - 1
        norm = getattr(nn, args.norm)
        for i, (before, after) in enumerate(zip(args.widths, args.widths[1:])):
            setattr(self, f"dw{i}", conv_dw(before, before, stride=2, groups=before))
            setattr(self, f"pw{i}", conv_pw(before, after))
            self.__dict__["width%d" % i] = after
            self.add_module("norm" + str(i), norm(after))
        self.fc = nn.Linear(self.width2, args.classes)

    def forward(self, x):
        for i in range(self.count):
            x = getattr(self, f"pw{i}")(getattr(self, f"dw{i}")(x))
            x = getattr(self, "norm" + str(i))(x).relu()
        x = nn.functional.avg_pool2d(x, x.shape[2:])
        return self.fc(x[:, :, 0, 0])


args = argparse.Namespace(widths=(3, 16, 32, 64), norm="BatchNorm2d", classes=10)
model = Net(args)
output = model(torch.zeros(2, 3, 32, 32))
# parameters: 3_941
# output: [2, 10]
