"""Loaders for SVHN."""

from torch.utils.data import DataLoader
from torchvision import transforms as T
from torchvision.datasets import SVHN

import config

STATS = ((0.438, 0.444, 0.473), (0.198, 0.201, 0.197))


def get_loader(split, batch_size=config.BATCH_SIZE):
    training = split == "train"
    steps = [T.ToTensor(), T.Normalize(*STATS)]
    if training:
        steps.insert(0, T.RandomCrop(32, padding=4))
    dataset = SVHN(config.DATA_ROOT, split=split, transform=T.Compose(steps), download=True)
    return DataLoader(dataset, batch_size=batch_size, shuffle=training, num_workers=4, pin_memory=True)
