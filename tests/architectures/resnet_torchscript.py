# styles: torchscript, annotated, dictionaries of outputs, residual, ModuleList

import torch
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(width)
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        out = self.conv1(nn.functional.relu(self.norm1(x)))
        out = self.conv2(nn.functional.relu(self.norm2(out)))
        return out + x


class PreActivation(nn.Module):
    keys: list[str]

    def __init__(self, widths: list[int], classes: int) -> None:
        super().__init__()
        self.keys = ["features", "logits"]
        self.stem = nn.Conv2d(3, widths[0], 3, padding=1)
        stages: list[nn.Module] = []
        for before, after in zip(widths[:-1], widths[1:]):
            stages.append(nn.Sequential(Block(before), nn.Conv2d(before, after, 2, 2)))
        self.stages = nn.ModuleList(stages)
        self.head = nn.Linear(widths[-1], classes)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        x = self.stem(x)
        features: list[Tensor] = []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        pooled = torch.mean(features[-1], dim=(-2, -1))
        result: dict[str, Tensor] = {}
        for key, value in zip(self.keys, (x, self.head(pooled))):
            result[key] = value
        return result


model = PreActivation([16, 24, 48], 10)
output = model(torch.zeros(2, 3, 32, 32))
# parameters: 22_290
# output: {features: [2, 48, 8, 8], logits: [2, 10]}
