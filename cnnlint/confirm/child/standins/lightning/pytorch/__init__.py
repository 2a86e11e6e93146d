"""Stands in for Lightning's trainer and modules; all else is there, and does nothing."""

import random
from typing import Any

import torch
from lightning.pytorch.trainer import Trainer

from cnnlint.confirm.child.lightning import LightningDataModule, LightningModule, nothing
from cnnlint.confirm.child.stubs import stub

__all__ = ["Callback", "LightningDataModule", "LightningModule", "Trainer", "seed_everything"]


class Callback:
    """Is told what the trainer does."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("on_") or name in ("setup", "teardown"):
            return nothing
        raise AttributeError(name)


def seed_everything(seed: int = 0, *_: Any, **__: Any) -> int:
    """Every generator starts from it."""
    torch.manual_seed(seed)
    random.seed(seed)
    return seed


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return stub(__name__, name)
