"""Training of a classifier."""

import torch
import torch.nn as nn

from base import BaseTrainer


class ClassifierTrainer(BaseTrainer):
    def __init__(self, model, device, lr=0.05, smoothing=0.1):
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, weight_decay=5e-4, nesterov=True)
        super().__init__(model, optimizer, device, max_norm=2.0)
        self.criterion = nn.CrossEntropyLoss(label_smoothing=smoothing)

    def compute_loss(self, batch):
        images, labels = batch
        images, labels = images.to(self.device), labels.to(self.device)
        return self.criterion(self.model(images), labels)

    @torch.no_grad()
    def accuracy(self, loader):
        self.model.eval()
        correct = 0
        for images, labels in loader:
            correct += (self.model(images.to(self.device)).argmax(1) == labels.to(self.device)).sum().item()
        return correct / len(loader.dataset)
