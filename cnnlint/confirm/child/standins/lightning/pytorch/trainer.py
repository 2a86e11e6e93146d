"""Stands in for Lightning's trainer: a module's steps in the order that is documented, on the CPU.

https://lightning.ai/docs/pytorch/stable/common/lightning_module.html#hooks
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau

from cnnlint.confirm.child.lightning import asked
from cnnlint.confirm.child.stubs import stub

__all__ = ["Trainer"]

EPOCHS = 1000  # where nobody says how many


class Trainer:
    """Trains and evaluates; of what it is given it heeds what changes how is learnt."""

    is_global_zero = True
    world_size = num_nodes = num_devices = 1
    global_rank = local_rank = node_rank = 0
    sanity_checking = fast_dev_run = False
    log_dir = default_root_dir = ""

    def __init__(self, *, max_epochs: int | None = None, max_steps: int = -1, callbacks: Any = None,
                 accumulate_grad_batches: int = 1, gradient_clip_val: Any = None,
                 gradient_clip_algorithm: Any = None, **_: Any) -> None:  # fmt: skip
        self.max_epochs = EPOCHS if max_epochs in (None, -1) else max_epochs
        self.max_steps = max_steps
        self.accumulate = accumulate_grad_batches
        self.clip = gradient_clip_val, gradient_clip_algorithm
        self.callbacks = (
            list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks] if callbacks else []
        )
        self.logger = self.checkpoint_callback = self.strategy = stub("lightning", "unseen")()
        self.loggers = [self.logger]
        self.callback_metrics: dict[str, Any] = {}
        self.logged_metrics = self.progress_bar_metrics = self.callback_metrics
        self.optimizers: list[Optimizer] = []
        self.schedules: list[dict[str, Any]] = []
        self.current_epoch = self.global_step = 0
        self.should_stop = self.training = False
        self.lightning_module: Any = None
        self.datamodule: Any = None
        self.train_dataloader: Any = None

    @property
    def num_training_batches(self) -> int:
        """Of an epoch."""
        return len(self.train_dataloader)

    @property
    def estimated_stepping_batches(self) -> int:
        """Steps of the optimizer in all."""
        steps = self.max_epochs * -(-self.num_training_batches // self.accumulate)
        return steps if self.max_steps < 0 else min(steps, self.max_steps)

    def save_checkpoint(self, path: Any, *_: Any, **__: Any) -> None:
        """Keep weights."""
        model = self.lightning_module
        torch.save({"state_dict": model.state_dict(), "hyper_parameters": dict(model.hparams)}, path)

    def fit(self, model: Any, train_dataloaders: Any = None, val_dataloaders: Any = None,
            datamodule: Any = None, **named: Any) -> None:  # fmt: skip
        """Train."""
        train_dataloaders = named.get("train_dataloader", train_dataloaders)
        source = self._begins(model, train_dataloaders, datamodule, "fit")
        given = train_dataloaders is not None and source is model
        self.train_dataloader = train_dataloaders if given else source.train_dataloader()
        evaluated = val_dataloaders if given else source.val_dataloader()
        self.optimizers, self.schedules = _configured(model.configure_optimizers())
        model.train()
        self._tell("on_fit_start")
        self._tell("on_train_start")
        for epoch in range(self.max_epochs):
            self.current_epoch = epoch
            self._epoch(model)
            self._evaluate(evaluated, "validation")
            self._tell("on_train_epoch_end")
            self._advance("epoch", waits=True)
            if self._over():
                break
        self._tell("on_train_end")
        self._tell("on_fit_end")

    def _epoch(self, model: Any) -> None:
        """One pass over the data to train on."""
        self.training = True
        self._tell("on_train_epoch_start")
        for index, batch in enumerate(self.train_dataloader):
            batch = self._moved(batch)
            self._tell("on_train_batch_start", batch, index)
            if model.automatic_optimization:
                self._learn(model, batch, index)
            else:
                asked(model.training_step, batch, index)
                self.global_step += 1
            self._tell("on_train_batch_end", None, batch, index)
            if self._over():
                break
        self._advance("epoch", waits=False)

    def _over(self) -> bool:
        return self.should_stop or self.global_step == self.max_steps

    def _learn(self, model: Any, batch: Any, index: int) -> None:
        """A batch of automatic optimization, with each optimizer that there is."""
        steps = (index + 1) % self.accumulate == 0 or index + 1 == self.num_training_batches
        for number, optimizer in enumerate(self.optimizers):

            def closure(number: int = number, optimizer: Optimizer = optimizer) -> Any:
                told = asked(model.training_step, batch, index, number)
                loss = told.get("loss") if isinstance(told, dict) else told
                if index % self.accumulate == 0:
                    self._tell("on_before_zero_grad", optimizer)
                    model.optimizer_zero_grad(self.current_epoch, index, optimizer)
                if loss is None:
                    return None
                self._tell("on_before_backward", loss)
                model.backward(loss / self.accumulate)
                self._tell("on_after_backward")
                if steps:
                    self._tell("on_before_optimizer_step", optimizer)
                    model.configure_gradient_clipping(optimizer, *self.clip)
                return loss

            if steps:
                model.optimizer_step(self.current_epoch, index, optimizer, closure)
            else:
                closure()
        if steps:
            self.global_step += 1
            self._advance("step", waits=False)

    def _advance(self, interval: str, waits: bool) -> None:
        """The schedules of an interval go on: those that wait for what an evaluation tells, or the others."""
        for each in self.schedules if self.lightning_module.automatic_optimization else ():
            count = self.current_epoch if interval == "epoch" else self.global_step - 1
            due = each.get("interval", "epoch") == interval and (count + 1) % each.get("frequency", 1) == 0
            if due and isinstance(each["scheduler"], ReduceLROnPlateau) == waits:
                metric = self.callback_metrics.get(each.get("monitor", "val_loss"))
                self.lightning_module.lr_scheduler_step(each["scheduler"], metric)

    def validate(self, model: Any = None, dataloaders: Any = None, datamodule: Any = None, **_: Any) -> Any:
        """Evaluate on the data to validate on."""
        source = self._begins(model, dataloaders, datamodule, "validate")
        return self._evaluate(_first(dataloaders, source, source.val_dataloader), "validation")

    def test(self, model: Any = None, dataloaders: Any = None, datamodule: Any = None, **_: Any) -> Any:
        """Evaluate on the data to test on."""
        source = self._begins(model, dataloaders, datamodule, "test")
        return self._evaluate(_first(dataloaders, source, source.test_dataloader), "test")

    def predict(self, model: Any = None, dataloaders: Any = None, datamodule: Any = None, **_: Any) -> Any:
        """Answer."""
        source = self._begins(model, dataloaders, datamodule, "predict")
        return self._evaluate(_first(dataloaders, source, source.predict_dataloader), "predict")

    def _begins(self, model: Any, dataloaders: Any, datamodule: Any, stage: str) -> Any:
        """What tells where the data come from, ready for a stage."""
        self.lightning_module = model = model if model is not None else self.lightning_module
        if hasattr(dataloaders, "prepare_data"):
            datamodule = dataloaders
        self.datamodule = datamodule if datamodule is not None else self.datamodule
        source = model if datamodule is None and dataloaders is not None else self.datamodule or model
        for each in dict.fromkeys((model, source)):
            each.trainer = self
            each.prepare_data()
            each.setup(stage)
        for callback in self.callbacks:
            callback.setup(self, model, stage)
        return source

    def _evaluate(self, dataloaders: Any, stage: str) -> Any:
        """Go over data in evaluation mode; what was answered, or told."""
        model = self.lightning_module
        answers: list[Any] = []
        if dataloaders is None:
            return answers
        several = dataloaders if isinstance(dataloaders, (list, tuple)) else [dataloaders]
        self.training = False
        with _evaluating(model), torch.no_grad():
            self._tell(f"on_{stage}_epoch_start")
            for number, loader in enumerate(several):
                for index, batch in enumerate(loader):
                    batch = self._moved(batch, number)
                    self._tell(f"on_{stage}_batch_start", batch, index, number)
                    answers.append(asked(getattr(model, f"{stage}_step"), batch, index, number))
                    self._tell(f"on_{stage}_batch_end", answers[-1], batch, index, number)
            self._tell(f"on_{stage}_epoch_end")
        told = {name: float(value) for name, value in self.callback_metrics.items() if value.numel() == 1}
        return answers if stage == "predict" else [told] * len(several)

    def _moved(self, batch: Any, number: int = 0) -> Any:
        """A batch on its way to the device."""
        source = self.datamodule or self.lightning_module
        return source.on_after_batch_transfer(source.on_before_batch_transfer(batch, number), number)

    def _tell(self, hook: str, *told: Any) -> None:
        """Callbacks, and then the module."""
        for callback in self.callbacks:
            asked(getattr(callback, hook), self, self.lightning_module, *told)
        asked(getattr(self.lightning_module, hook), *told)


def _first(dataloaders: Any, source: Any, own: Any) -> Any:
    """What is given, if that is data; else what is told."""
    return own() if dataloaders is None or dataloaders is source else dataloaders


@contextmanager
def _evaluating(model: Any) -> Iterator[None]:
    """Modes are the same afterwards."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def _configured(told: Any) -> tuple[list[Optimizer], list[dict[str, Any]]]:
    """The optimizers and the schedules that a module tells of, in any of the ways it may."""
    if told is None:
        return [], []
    if isinstance(told, (list, tuple)) and told and isinstance(told[0], (list, tuple)):
        optimizers, schedulers = told
        return list(optimizers), [_schedule(each) for each in schedulers]
    found = [each if isinstance(each, dict) else {"optimizer": each} for each in _several(told)]
    schedules = [
        {"monitor": each.get("monitor", "val_loss")} | _schedule(each["lr_scheduler"])
        for each in found
        if each.get("lr_scheduler") is not None
    ]
    return [each["optimizer"] for each in found], schedules


def _several(told: Any) -> Iterable[Any]:
    return told if isinstance(told, (list, tuple)) else [told]


def _schedule(told: Any) -> dict[str, Any]:
    return told if isinstance(told, dict) else {"scheduler": told}
