from .net import SmallNet
from .losses import build_loss
