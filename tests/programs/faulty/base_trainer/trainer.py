import torch
from base_trainer import BaseTrainer


class Trainer(BaseTrainer):
    def __init__(self, model, criterion, optimizer, config, data_loader, valid_loader, lr_scheduler=None):
        super().__init__(model, criterion, optimizer, config)
        self.data_loader = data_loader
        self.valid_loader = valid_loader
        self.lr_scheduler = lr_scheduler

    def _train_epoch(self, epoch):
        total = 0
        for batch_idx, (data, target) in enumerate(self.data_loader):
            data, target = data.to(self.device), target.to(self.device)
            self.optimizer.zero_grad()
            output = self.model(data)  # CNN703
            loss = self.criterion(output, target)
            loss.backward()
            self.optimizer.step()
            total += loss.item()
        return total / len(self.data_loader)

    def _valid_epoch(self, epoch):
        self.model.eval()
        total = 0
        with torch.no_grad():
            for data, target in self.valid_loader:
                data, target = data.to(self.device), target.to(self.device)
                total += self.criterion(self.model(data), target).item()
        return total / len(self.valid_loader)
