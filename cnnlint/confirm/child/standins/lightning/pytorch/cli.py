"""Stands in for Lightning's command line: builds what it is given, and trains it."""

from typing import Any

from lightning.pytorch import Trainer

__all__ = ["LightningCLI"]


class LightningCLI:
    """A command line with nothing on it."""

    def __init__(self, model_class: Any, datamodule_class: Any = None, *_: Any, run: bool = True,
                 trainer_class: Any = Trainer, trainer_defaults: Any = None, **__: Any) -> None:  # fmt: skip
        self.model = model_class()
        self.datamodule = datamodule_class() if datamodule_class is not None else None
        self.trainer = trainer_class(**(trainer_defaults or {}))
        if run:
            self.trainer.fit(self.model, datamodule=self.datamodule)


LightningArgumentParser = Any
