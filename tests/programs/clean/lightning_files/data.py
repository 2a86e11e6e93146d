"""The data of a Lightning program, in a file of its own."""

import pytorch_lightning as pl
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import CIFAR10

STATISTICS = ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))


class CIFAR10Data(pl.LightningDataModule):
    def __init__(self, folder, batch_size):
        super().__init__()
        self.folder = folder
        self.batch_size = batch_size

    def prepare_data(self):
        CIFAR10(self.folder, train=True, download=True)
        CIFAR10(self.folder, train=False, download=True)

    def setup(self, stage=None):
        plain = [transforms.ToTensor(), transforms.Normalize(*STATISTICS)]
        varied = [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip(), *plain]
        if stage in (None, "fit"):
            self.train_set = CIFAR10(self.folder, train=True, transform=transforms.Compose(varied))
        self.test_set = CIFAR10(self.folder, train=False, transform=transforms.Compose(plain))

    def train_dataloader(self):
        return DataLoader(self.train_set, batch_size=self.batch_size, shuffle=True, num_workers=4)

    def val_dataloader(self):
        return DataLoader(self.test_set, batch_size=self.batch_size, num_workers=4)

    def test_dataloader(self):
        return DataLoader(self.test_set, batch_size=self.batch_size, num_workers=4)
