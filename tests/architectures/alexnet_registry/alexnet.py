from torch import nn

from .registry import register_model


class AlexNet(nn.Module):
    def __init__(self, num_classes=1000, in_chans=3, width=64):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(in_chans, width, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(width, width * 3, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(width * 3, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(256, num_classes) if num_classes > 0 else nn.Identity()

    def forward_features(self, x):
        return self.features(x)

    def forward(self, x):
        x = self.forward_features(x)
        return self.head(self.pool(x).flatten(1))


@register_model
def alexnet(**kwargs):
    return AlexNet(**kwargs)


@register_model
def alexnet_small(**kwargs):
    return AlexNet(width=16, **kwargs)
