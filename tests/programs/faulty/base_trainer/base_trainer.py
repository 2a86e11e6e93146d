import torch
from abc import abstractmethod


class BaseTrainer:
    def __init__(self, model, criterion, optimizer, config):
        self.config = config
        self.device = torch.device("cuda:0" if config["gpu"] else "cpu")
        self.model = model.to(self.device)
        self.criterion = criterion
        self.optimizer = optimizer
        self.epochs = config["epochs"]
        self.best = float("inf")

    @abstractmethod
    def _train_epoch(self, epoch):
        raise NotImplementedError

    @abstractmethod
    def _valid_epoch(self, epoch):
        raise NotImplementedError

    def train(self):
        for epoch in range(1, self.epochs + 1):
            result = self._train_epoch(epoch)
            val = self._valid_epoch(epoch)
            print(epoch, result, val)
            if val < self.best:
                self.best = val
                torch.save(self.model.state_dict(), "best.pth")
