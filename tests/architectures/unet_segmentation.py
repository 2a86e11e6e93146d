# styles: dictionaries of outputs, OrderedDict, skips, annotated, sequential subclasses
from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Encoder(nn.ModuleDict):
    def __init__(self, widths) -> None:
        layers = OrderedDict()
        before = 3
        for i, width in enumerate(widths):
            layers[f"stage{i}"] = nn.Sequential(nn.Conv2d(before, width, 3, 2, 1), nn.ReLU())
            before = width
        super().__init__(layers)
        self.return_layers = {"stage0": "low", "stage2": "out"}

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        out = OrderedDict()
        for name, module in self.items():
            x = module(x)
            if name in self.return_layers:
                out_name = self.return_layers[name]
                out[out_name] = x
        return out


class Head(nn.Sequential):
    def __init__(self, in_channels: int, channels: int) -> None:
        inter_channels = in_channels // 4
        layers = [nn.Conv2d(in_channels, inter_channels, 3, padding=1, bias=False), nn.BatchNorm2d(inter_channels), nn.ReLU(), nn.Conv2d(inter_channels, channels, 1)]
        super().__init__(*layers)


class Segmentation(nn.Module):
    def __init__(self, backbone: nn.Module, classifier: nn.Module, aux_classifier: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone
        self.classifier = classifier
        self.aux_classifier = aux_classifier

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        input_shape = x.shape[-2:]
        features = self.backbone(x)
        result = OrderedDict()
        low = features["low"]
        x = F.interpolate(features["out"], size=low.shape[-2:], mode="bilinear", align_corners=False)
        x = self.classifier(torch.cat([low, x], dim=1))
        result["out"] = F.interpolate(x, size=input_shape, mode="bilinear", align_corners=False)
        if self.aux_classifier is not None:
            x = features["low"]
            x = self.aux_classifier(x)
            x = F.interpolate(x, size=input_shape, mode="bilinear", align_corners=False)
            result["aux"] = x
        return result


model = Segmentation(Encoder((16, 32, 64)), Head(80, 21), Head(16, 21))
output = model(torch.zeros(1, 3, 65, 65))
# parameters: 39_154
# output: {out: [1, 21, 65, 65], aux: [1, 21, 65, 65]}
