from torch import nn

from .factory import register_model


class ConvBN(nn.Sequential):
    def __init__(self, *args, act=True, **kwargs):
        conv = nn.Conv2d(*args, bias=False, **kwargs)
        super().__init__(conv, nn.BatchNorm2d(conv.out_channels), nn.SiLU() if act else nn.Identity())


class FusedMBConv(nn.Module):
    def __init__(self, before, after, stride=1, expand=4):
        super().__init__()
        self.layers = nn.Sequential(ConvBN(before, before * expand, 3, stride, 1), ConvBN(before * expand, after, 1, act=False))
        self.residual = before == after and stride == 1

    def forward(self, x):
        return self.layers(x) + x if self.residual else self.layers(x)


class DepthwiseMBConv(FusedMBConv):
    def __init__(self, before, after, stride=1, expand=4):
        super().__init__(before, after, stride, expand)
        hidden = before * expand
        self.layers = nn.Sequential(
            ConvBN(before, hidden, 1), ConvBN(hidden, hidden, 3, stride=stride, padding=1, groups=hidden), ConvBN(hidden, after, 1, act=False)
        )


class EfficientNetV2(nn.Module):
    def __init__(self, num_classes=1000, widths=(24, 48, 64)):
        super().__init__()
        a, b, c = widths
        self.stem = ConvBN(3, a, 3, stride=2, padding=1)
        self.stages = nn.Sequential(FusedMBConv(a, a), FusedMBConv(a, b, 2), FusedMBConv(b, b), DepthwiseMBConv(b, c, stride=2), DepthwiseMBConv(c, c))
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(1), nn.Dropout(0.2), nn.Linear(c, num_classes))

    def forward(self, x):
        return self.head(self.stages(self.stem(x)))


@register_model("v2_small")
def small(**kwargs):
    return EfficientNetV2(**kwargs)


@register_model("v2_tiny")
def tiny(**kwargs):
    defaults = dict(widths=(16, 24, 32))
    defaults.update(kwargs)
    return EfficientNetV2(**{**defaults, "num_classes": kwargs.get("num_classes", 10)})
