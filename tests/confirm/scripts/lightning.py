"""A training with Lightning that is right; lightning.toml says how it goes wrong."""

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback, LearningRateMonitor, ModelCheckpoint
from pytorch_lightning.loggers import TensorBoardLogger
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, random_split
from torchvision import transforms
from torchvision.datasets import MNIST


class Digits(pl.LightningDataModule):
    def __init__(self, folder="data", batch_size=64):
        super().__init__()
        self.save_hyperparameters()
        self.transform = transforms.Compose([transforms.ToTensor()])

    def prepare_data(self):
        MNIST(self.hparams.folder, train=True, download=True)

    def setup(self, stage=None):
        digits = MNIST(self.hparams.folder, train=True, transform=self.transform)
        self.train, self.validation = random_split(digits, [55000, 5000])

    def train_dataloader(self):
        return DataLoader(self.train, batch_size=self.hparams.batch_size, shuffle=True, num_workers=4)

    def val_dataloader(self):
        return DataLoader(self.validation, batch_size=self.hparams.batch_size, num_workers=4)


class Classifier(pl.LightningModule):
    def __init__(self, width=8, lr=1e-3):
        super().__init__()
        self.save_hyperparameters()
        self.features = nn.Sequential(
            nn.Conv2d(1, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(4),
        )
        self.classifier = nn.Linear(width * 7 * 7, 10)

    def forward(self, x):
        x = self.features(x)
        return self.classifier(x.flatten(1))

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.cross_entropy(self(x), y)
        self.log("train_loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        answer = self(x)
        self.log_dict({"val_loss": F.cross_entropy(answer, y), "right": (answer.argmax(1) == y).float().mean()})

    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=self.hparams.lr)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "epoch"}}


class Notes(Callback):
    def on_train_epoch_end(self, trainer, pl_module):
        trainer.logger.experiment.add_scalar("lr", trainer.optimizers[0].param_groups[0]["lr"])


def main():
    pl.seed_everything(1)
    model = Classifier()
    trainer = pl.Trainer(
        accelerator="gpu",
        devices=2,
        strategy="ddp",
        precision="16-mixed",
        max_epochs=100,
        gradient_clip_val=1.0,
        limit_val_batches=0.1,
        check_val_every_n_epoch=5,
        logger=TensorBoardLogger("logs"),
        callbacks=[ModelCheckpoint(monitor="val_loss"), LearningRateMonitor("epoch"), Notes()],
    )
    trainer.fit(model, datamodule=Digits())


if __name__ == "__main__":
    main()
