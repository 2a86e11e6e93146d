from .net import SmallResNet

__all__ = ["SmallResNet"]
