"""What every training has in common; how a batch is learnt is told by the classes derived from this."""

import abc

import torch


class BaseTrainer(abc.ABC):
    def __init__(self, model, optimizer, device, max_norm=None):
        self.model = model.to(device)
        self.optimizer = optimizer
        self.device = device
        self.max_norm = max_norm
        self.epoch = 0

    @abc.abstractmethod
    def compute_loss(self, batch):
        """The loss of one batch."""

    def learn(self, loss):
        self.optimizer.zero_grad()
        loss.backward()
        if self.max_norm is not None:
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.max_norm)
        self.optimizer.step()

    def train_epoch(self, loader):
        self.model.train()
        total = 0.0
        for batch in loader:
            loss = self.compute_loss(batch)
            self.learn(loss)
            total += loss.item()
        return total / len(loader)

    def fit(self, loader, epochs, scheduler, validate):
        for self.epoch in range(epochs):
            loss = self.train_epoch(loader)
            scheduler.step()
            print(self.epoch, loss, validate())
