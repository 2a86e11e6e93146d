"""A LightningModule whose forward ends in a softmax, trained with cross-entropy."""

import pytorch_lightning as pl
import torch
from torch import nn
from torch.nn import functional as F
from torchvision import models
from torchmetrics import Accuracy


class ImageClassifier(pl.LightningModule):
    def __init__(self, num_classes=5, learning_rate=3e-4):
        super().__init__()
        self.save_hyperparameters()
        backbone = models.resnet50(weights="DEFAULT")
        num_filters = backbone.fc.in_features
        layers = list(backbone.children())[:-1]
        self.feature_extractor = nn.Sequential(*layers)
        self.classifier = nn.Linear(num_filters, num_classes)
        self.accuracy = Accuracy(task="multiclass", num_classes=num_classes)

    def forward(self, x):
        self.feature_extractor.eval()
        with torch.no_grad():
            representations = self.feature_extractor(x).flatten(1)
        return F.softmax(self.classifier(representations), dim=1)

    def _step(self, batch):
        x, y = batch
        preds = self.forward(x)
        loss = F.cross_entropy(preds, y)  # CNN201
        return loss, self.accuracy(preds, y)

    def training_step(self, batch, batch_idx):
        loss, acc = self._step(batch)
        self.log_dict({"train_loss": loss, "train_acc": acc})
        return loss

    def validation_step(self, batch, batch_idx):
        loss, acc = self._step(batch)
        self.log_dict({"val_loss": loss, "val_acc": acc})

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.hparams.learning_rate)
