"""The learning rate stands in a dataclass, the schedule steps before the training of its epoch."""

from dataclasses import dataclass, asdict
import torch
import torch.nn as nn
from torch.optim.lr_scheduler import CosineAnnealingLR


@dataclass
class TrainConfig:
    learning_rate: float = 0.3
    epochs: int = 30
    betas: tuple = (0.9, 0.999)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 32, 3, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(4),
            nn.Flatten(),
            nn.Linear(512, 10),
        )

    def forward(self, x):
        return self.layers(x)


class Experiment:
    def __init__(self, cfg: TrainConfig):
        self.cfg = cfg
        self.net = Net()
        self.opt = torch.optim.Adam(self.net.parameters(), lr=cfg.learning_rate, betas=cfg.betas)  # CNN401
        self.sched = CosineAnnealingLR(self.opt, T_max=cfg.epochs)
        self.loss = nn.CrossEntropyLoss()

    def run(self, loader):
        for e in range(self.cfg.epochs):
            self.sched.step()  # CNN108
            self.one_epoch(loader)

    def one_epoch(self, loader):
        self.net.train()
        for x, y in loader:
            self.opt.zero_grad()
            self.loss(self.net(x), y).backward()
            self.opt.step()


if __name__ == "__main__":
    from data import make_loader

    Experiment(TrainConfig()).run(make_loader())
