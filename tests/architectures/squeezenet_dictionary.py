# styles: ModuleDict, kwargs, add_module, configuration dicts
import torch
from torch import nn

VERSIONS = {"1_0": {"stem": (96, 7), "fires": {"fire2": dict(squeeze=16, expand=64), "fire3": dict(squeeze=16, expand=64)}}, "1_1": {"stem": (64, 3), "fires": {"fire2": dict(squeeze=16, expand=64)}}}


class Fire(nn.ModuleDict):
    def __init__(self, before, *, squeeze, expand):
        super().__init__()
        self["squeeze"] = nn.Conv2d(before, squeeze, 1)
        self.add_module("expand1", nn.Conv2d(squeeze, expand, 1))
        self.update({"expand3": nn.Conv2d(squeeze, expand, 3, padding=1)})

    def forward(self, x):
        x = torch.relu(self["squeeze"](x))
        return torch.relu(torch.cat([self[key](x) for key in self if key != "squeeze"], dim=1))


class SqueezeNet(nn.Module):
    def __init__(self, version="1_0", classes=10):
        super().__init__()
        spec = VERSIONS[version]
        width, size = spec["stem"]
        self.features = nn.Sequential()
        self.features.add_module("stem", nn.Conv2d(3, width, kernel_size=size, stride=2))
        for name, options in spec["fires"].items():
            self.features.add_module(name, Fire(width, **options))
            width = 2 * options["expand"]
        self.final = nn.Conv2d(width, classes, kernel_size=1)

    def forward(self, x):
        return torch.nn.functional.adaptive_avg_pool2d(self.final(self.features(x)), 1).squeeze()


def squeezenet(version, **kwargs):
    return SqueezeNet(version=version, **kwargs)


model = squeezenet("1_0", classes=13)
output = model(torch.zeros(2, 3, 40, 40))
# parameters: 40_237
# output: [2, 13]
