"""A LightningModule whose data module lies in another file."""

import pytorch_lightning as pl
import torch
import torchvision
from data import CIFAR10Data
from pytorch_lightning.callbacks import LearningRateMonitor
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR


def create_model():
    model = torchvision.models.resnet18(weights=None, num_classes=10)
    model.conv1 = nn.Conv2d(3, 64, kernel_size=3, stride=1, padding=1, bias=False)
    model.maxpool = nn.Identity()
    return model


class LitResnet(pl.LightningModule):
    def __init__(self, lr=0.05):
        super().__init__()
        self.save_hyperparameters()
        self.model = create_model()
        self.criterion = nn.CrossEntropyLoss()

    def forward(self, x):
        return self.model(x)

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = self.criterion(self(x), y)
        self.log("train_loss", loss)
        return {"loss": loss}

    def evaluate(self, batch, stage):
        x, y = batch
        logits = self(x)
        self.log(f"{stage}_loss", self.criterion(logits, y), prog_bar=True)
        self.log(f"{stage}_acc", (logits.argmax(dim=1) == y).float().mean(), prog_bar=True)

    def validation_step(self, batch, batch_idx):
        self.evaluate(batch, "val")

    def test_step(self, batch, batch_idx):
        self.evaluate(batch, "test")

    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=self.hparams.lr, momentum=0.9, weight_decay=5e-4)
        steps = self.trainer.estimated_stepping_batches
        scheduler = {"scheduler": OneCycleLR(optimizer, 0.1, total_steps=steps), "interval": "step"}
        return [optimizer], [scheduler]


if __name__ == "__main__":
    pl.seed_everything(7)
    data = CIFAR10Data("data", batch_size=256)
    model = LitResnet()
    trainer = pl.Trainer(max_epochs=30, callbacks=[LearningRateMonitor("step")])
    trainer.fit(model, datamodule=data)
    trainer.test(model, datamodule=data)
