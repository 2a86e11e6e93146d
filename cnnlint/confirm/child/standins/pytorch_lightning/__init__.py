"""Stands in for Lightning, by its older name."""

from lightning.pytorch import (
    Callback,
    LightningDataModule,
    LightningModule,
    Trainer,
    __getattr__,
    seed_everything,
)  # fmt: skip

__all__ = ["Callback", "LightningDataModule", "LightningModule", "Trainer", "__getattr__", "seed_everything"]
