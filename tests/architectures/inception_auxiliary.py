# styles: kwargs, modules as arguments, inception branches, functional, dictionaries of outputs, flatten
from collections import namedtuple

import torch
import torch.nn as nn
import torch.nn.functional as F

Outputs = namedtuple("Outputs", ["logits", "auxiliary"])


class BasicConv2d(nn.Module):
    def __init__(self, in_channels, out_channels, **kwargs):
        super(BasicConv2d, self).__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, bias=False, **kwargs)
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001)

    def forward(self, x):
        x = self.conv(x)
        x = self.bn(x)
        return F.relu(x, inplace=True)


class InceptionA(nn.Module):
    def __init__(self, in_channels, pool_features, conv_block=None):
        super(InceptionA, self).__init__()
        if conv_block is None:
            conv_block = BasicConv2d
        self.branch1x1 = conv_block(in_channels, 64, kernel_size=1)
        self.branch5x5_1 = conv_block(in_channels, 48, kernel_size=1)
        self.branch5x5_2 = conv_block(48, 64, kernel_size=5, padding=2)
        self.branch_pool = conv_block(in_channels, pool_features, kernel_size=1)

    def _forward(self, x):
        branch1x1 = self.branch1x1(x)
        branch5x5 = self.branch5x5_2(self.branch5x5_1(x))
        branch_pool = F.avg_pool2d(x, kernel_size=3, stride=1, padding=1)
        branch_pool = self.branch_pool(branch_pool)
        return [branch1x1, branch5x5, branch_pool]

    def forward(self, x):
        outputs = self._forward(x)
        return torch.cat(outputs, 1)


class InceptionC(nn.Module):
    def __init__(self, in_channels, channels_7x7, conv_block=None):
        super(InceptionC, self).__init__()
        conv_block = conv_block or BasicConv2d
        self.branch7_1 = conv_block(in_channels, channels_7x7, kernel_size=1)
        self.branch7_2 = conv_block(channels_7x7, channels_7x7, kernel_size=(1, 7), padding=(0, 3))
        self.branch7_3 = conv_block(channels_7x7, 96, kernel_size=(7, 1), padding=(3, 0))
        self.branch3 = conv_block(in_channels, 32, kernel_size=3, stride=1, padding=1)

    def forward(self, x):
        branch7 = self.branch7_3(self.branch7_2(self.branch7_1(x)))
        return torch.cat([branch7, self.branch3(x)], 1)


class Inception3(nn.Module):
    def __init__(self, num_classes, inception_blocks=None):
        super(Inception3, self).__init__()
        blocks = [BasicConv2d, InceptionA, InceptionC] if inception_blocks is None else inception_blocks
        conv_block, inception_a, inception_c = blocks
        self.Conv2d_1a = conv_block(3, 32, kernel_size=3, stride=2)
        self.Mixed_5b = inception_a(32, pool_features=32)
        self.Mixed_6b = inception_c(160, channels_7x7=40)
        self.aux = nn.Linear(160, num_classes)
        self.fc = nn.Linear(128, num_classes)

    def forward(self, x):
        x = self.Mixed_5b(self.Conv2d_1a(x))
        aux = self.aux(F.adaptive_avg_pool2d(x, (1, 1)).view(x.shape[0], -1))
        x = self.Mixed_6b(x)
        x = F.adaptive_avg_pool2d(x, 1).squeeze(-1).squeeze(-1)
        return Outputs(self.fc(x), aux)


model = Inception3(10)
output = model(torch.zeros(2, 3, 75, 75))
# parameters: 176_628
# output: ([2, 10], [2, 10])
