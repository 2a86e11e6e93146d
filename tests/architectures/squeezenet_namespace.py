# styles: namespace, ModuleList indexed, setattr, inception branches
from types import SimpleNamespace

import torch
from torch import nn

options = SimpleNamespace(fires=[(8, 16), (16, 32), (16, 32)], classes=6, stem=24)


class Fire(nn.Module):
    def __init__(self, before, squeeze, expand):
        super().__init__()
        for name, layer in {"squeeze": nn.Conv2d(before, squeeze, 1), "one": nn.Conv2d(squeeze, expand, 1), "three": nn.Conv2d(squeeze, expand, 3, padding=1)}.items():
            setattr(self, name, layer)

    def forward(self, x):
        x = torch.relu(self.squeeze(x))
        return torch.relu(torch.cat([self.one(x), self.three(x)], dim=1))


class SqueezeNet(nn.Module):
    def __init__(self, opt):
        super().__init__()
        vars(self).update(fires_count=len(opt.fires))
        self.stem = nn.Conv2d(3, opt.stem, 3, stride=2)
        self.fires = nn.ModuleList()
        width = opt.stem
        for squeeze, expand in opt.fires:
            self.fires.append(Fire(width, squeeze, expand))
            width = 2 * expand
        self.bypass = nn.Conv2d(2 * opt.fires[0][1], width, 1)
        self.head = nn.Conv2d(width, opt.classes, 1)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        x = self.fires[0](x)
        y = self.fires[1](x)
        y = y + self.fires[2](y) + self.bypass(x)
        return self.head(y).mean(dim=(2, 3))


model = SqueezeNet(options)
output = model(torch.zeros(2, 3, 33, 33))
# parameters: 16_622
# output: [2, 6]
