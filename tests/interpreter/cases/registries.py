import torch
from torch import nn

MODELS = {}


def register(function):
    MODELS[function.__name__] = function
    return function


def named(name, **defaults):
    def decorator(cls):
        MODELS[name] = lambda **options: cls(**{**defaults, **options})
        return cls

    return decorator


class Registry:
    def __init__(self):
        self.items = {}

    def __contains__(self, key):
        return key in self.items

    def register_module(self, name=None):
        def keep(cls):
            self.items[name or cls.__name__.lower()] = cls
            return cls

        return keep

    def get(self, key):
        return self.items.get(key)


HEADS = Registry()


@HEADS.register_module()
class Pooled(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, 3)

    def forward(self, x):
        return self.fc(x.mean((2, 3)))


@register
def small(width=4):
    return nn.Sequential(nn.Conv2d(3, width, 3), nn.ReLU())


@named("large", width=16)
class Large(nn.Module):
    def __init__(self, width, depth=1):
        super().__init__()
        self.convs = nn.Sequential(nn.Conv2d(3, width, 1), *[nn.Conv2d(width, width, 1) for _ in range(depth)])

    def forward(self, x):
        return self.convs(x)


def create(name, **options):
    if name not in MODELS:
        raise ValueError(name)
    return MODELS[name](**options)


x = torch.relu(create("small", width=8)(torch.zeros(2, 3, 9, 9)))  # reveal: [2, 8, 7, 7]
y = torch.relu(create("large", depth=2)(torch.zeros(2, 3, 9, 9)))  # reveal: [2, 16, 9, 9]
z = torch.relu(HEADS.get("pooled")(16)(y))  # reveal: [2, 3]
