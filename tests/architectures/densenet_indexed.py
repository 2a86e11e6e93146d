# styles: ModuleList indexed, dense connections, loops, einops, einsum
import torch
from einops import rearrange, reduce
from torch import nn


class DenseBlock(nn.Module):
    def __init__(self, width, growth, depth):
        super().__init__()
        self.depth = depth
        self.norms = nn.ModuleList()
        self.convs = nn.ModuleList()
        for i in range(depth):
            self.norms.append(nn.BatchNorm2d(width + i * growth))
            self.convs.append(nn.Conv2d(width + i * growth, growth, 3, padding=1))
        self.out_channels = width + depth * growth

    def forward(self, x):
        for i in range(self.depth):
            y = self.convs[i](torch.relu(self.norms[i](x)))
            x = torch.cat((x, y), dim=1)
        return x


class DenseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Conv2d(1, 12, 5, 2, 2)])
        width = 12
        for _ in range(2):
            block = DenseBlock(width, 6, 3)
            self.layers.append(block)
            width = block.out_channels // 2
            self.layers.extend([nn.Conv2d(block.out_channels, width, 1), nn.MaxPool2d(2)])
        self.attend = nn.Linear(width, 1)
        self.out = nn.Linear(width, 10)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = layer(x)
        x = self.layers[-1](x)
        tokens = rearrange(x, "n c h w -> n (h w) c")
        weights = self.attend(tokens).softmax(dim=1)
        pooled = torch.einsum("ntc,ntk->nc", tokens, weights)
        return self.out(pooled + reduce(x, "n c h w -> n c", "max"))


model = DenseNet()
output = model(torch.zeros(2, 1, 48, 48))
# parameters: 8_096
# output: [2, 10]
