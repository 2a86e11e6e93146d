"""Stands in for Lightning: its modules, and a trainer that goes through their steps."""

from typing import Any

from lightning.fabric import Fabric
from lightning.pytorch import Callback, LightningDataModule, LightningModule, Trainer, seed_everything

from cnnlint.confirm.child.stubs import stub

__all__ = ["Callback", "Fabric", "LightningDataModule", "LightningModule", "Trainer", "seed_everything"]


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return stub(__name__, name)
