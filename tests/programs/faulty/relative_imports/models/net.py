from torch import nn
from .blocks import Block


class SmallNet(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        w = cfg.width
        self.blocks = [Block(3, w), Block(w, 2 * w)]  # CNN513
        self.head = nn.Linear(2 * w, cfg.classes)
        self.act = nn.LogSoftmax(dim=1)

    def forward(self, x):
        for b in self.blocks:
            x = b(x)
        return self.act(self.head(x.mean([2, 3])))
