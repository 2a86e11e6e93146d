"""What a module of Lightning has besides what a torch module has, where Lightning is not installed."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Sequence
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

__all__ = ["Hyperparameters", "LightningDataModule", "LightningModule", "asked"]


def nothing(*_: Any, **__: Any) -> None:
    """What a hook does that nobody has defined."""


def asked(function: Callable[..., Any], *offered: Any) -> Any:
    """Call it with as many of these as it takes."""
    takes = inspect.signature(function).parameters.values()
    if any(each.kind is each.VAR_POSITIONAL for each in takes):
        return function(*offered)
    return function(*offered[: sum(each.kind is not each.VAR_KEYWORD for each in takes)])


class Hyperparameters(dict[str, Any]):
    """Found as attributes, too."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


class Saving:
    """Keeps what its constructor was given."""

    @property
    def hparams(self) -> Hyperparameters:
        """What was kept."""
        found = vars(self).setdefault("_hparams", Hyperparameters())
        assert isinstance(found, Hyperparameters)
        return found

    def save_hyperparameters(
        self, *chosen: Any, ignore: str | Iterable[str] = (), frame: FrameType | None = None, **_: Any
    ) -> None:
        """Keep the arguments of the constructor that calls it: all, some by their names, or what is given."""
        if chosen and not isinstance(chosen[0], str):
            given = chosen[0] if isinstance(chosen[0], dict) else vars(chosen[0])
        else:
            told = inspect.getargvalues(frame or sys._getframe(1))
            given = {name: told.locals[name] for name in told.args[1:]}
            given |= told.locals[told.keywords] if told.keywords else {}
        left = {ignore} if isinstance(ignore, str) else set(ignore or ())
        names = set(chosen) if chosen and isinstance(chosen[0], str) else given.keys()
        self.hparams.update({name: given[name] for name in given if name in names and name not in left})


class Transferring:
    """Batches stay as they are on their way to a device."""

    def on_before_batch_transfer(self, batch: Any, dataloader_idx: int = 0) -> Any:
        """Before it."""
        return batch

    on_after_batch_transfer = on_before_batch_transfer


class LightningDataModule(Saving, Transferring):
    """Tells where data come from."""

    trainer: Any = None
    prepare_data = setup = teardown = nothing
    train_dataloader = val_dataloader = test_dataloader = predict_dataloader = nothing


class LightningModule(Saving, Transferring, nn.Module):
    """A model that tells how it is trained."""

    automatic_optimization = True
    trainer: Any = None
    example_input_array: Any = None
    local_rank = global_rank = 0
    _toggled: Sequence[tuple[Tensor, bool]] = ()
    prepare_data = setup = teardown = configure_model = configure_callbacks = print = nothing
    training_step = validation_step = test_step = nothing
    train_dataloader = val_dataloader = test_dataloader = predict_dataloader = nothing

    def __getattr__(self, name: str) -> Any:
        return nothing if name.startswith("on_") else super().__getattr__(name)

    @property
    def device(self) -> torch.device:
        """Where its parameters are."""
        return next((each.device for each in self.parameters()), torch.device("cpu"))

    @property
    def dtype(self) -> torch.dtype:
        """What its parameters are."""
        return next((each.dtype for each in self.parameters()), torch.float32)

    @property
    def logger(self) -> Any:
        """That of its trainer."""
        return getattr(self.trainer, "logger", None)

    @property
    def current_epoch(self) -> int:
        """That of its trainer."""
        return getattr(self.trainer, "current_epoch", 0)

    @property
    def global_step(self) -> int:
        """That of its trainer."""
        return getattr(self.trainer, "global_step", 0)

    def log(self, name: str, value: Any, *_: Any, **__: Any) -> None:
        """Tell a number; it may be what a schedule waits for."""
        if self.trainer is not None and isinstance(value, (Tensor, int, float)):
            self.trainer.callback_metrics[name] = torch.as_tensor(value).detach()

    def log_dict(self, values: dict[str, Any], *_: Any, **__: Any) -> None:
        """Tell several."""
        for name, value in values.items():
            self.log(name, value)

    def configure_optimizers(self) -> Any:
        """None, if it is not said."""

    def optimizers(self, *_: Any, **__: Any) -> Any:
        """What it has configured."""
        several = self.trainer.optimizers
        return several[0] if len(several) == 1 else several

    def lr_schedulers(self) -> Any:
        """What it has configured."""
        several = [each["scheduler"] for each in self.trainer.schedules]
        return (several[0] if len(several) == 1 else several) if several else None

    def manual_backward(self, loss: Tensor, *values: Any, **named: Any) -> None:
        """Go back from a loss."""
        loss.backward(*values, **named)

    def toggle_optimizer(self, optimizer: Any, *_: Any) -> None:
        """Let only what an optimizer holds get gradients."""
        held = {id(each) for group in optimizer.param_groups for each in group["params"]}
        others = {id(each): each for one in self.trainer.optimizers for group in one.param_groups
                  for each in group["params"] if id(each) not in held}  # fmt: skip
        self._toggled = [(each, each.requires_grad) for each in others.values()]
        for each in others.values():
            each.requires_grad = False

    def untoggle_optimizer(self, *_: Any) -> None:
        """Let all get gradients again that did."""
        for each, before in self._toggled:
            each.requires_grad = before

    def clip_gradients(self, optimizer: Any, gradient_clip_val: Any = None,
                       gradient_clip_algorithm: Any = None) -> None:  # fmt: skip
        """Bound the gradients of what an optimizer holds."""
        held = [each for group in optimizer.param_groups for each in group["params"]]
        if gradient_clip_val and gradient_clip_algorithm == "value":
            nn.utils.clip_grad_value_(held, gradient_clip_val)
        elif gradient_clip_val:
            nn.utils.clip_grad_norm_(held, gradient_clip_val)

    configure_gradient_clipping = clip_gradients

    def optimizer_step(
        self, epoch: int, batch_idx: int, optimizer: Any, optimizer_closure: Any = None
    ) -> None:
        """Step."""
        optimizer.step(closure=optimizer_closure)

    def optimizer_zero_grad(self, epoch: int, batch_idx: int, optimizer: Any) -> None:
        """Clear."""
        optimizer.zero_grad()

    def backward(self, loss: Tensor, *values: Any, **named: Any) -> None:
        """Go back from a loss."""
        loss.backward(*values, **named)

    def lr_scheduler_step(self, scheduler: Any, metric: Any) -> None:
        """Go on with a schedule."""
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(0.0 if metric is None else metric)
        else:
            scheduler.step()

    def predict_step(self, batch: Any, batch_idx: int = 0, dataloader_idx: int = 0) -> Any:
        """Answer."""
        return self(batch)

    def freeze(self) -> None:
        """Learn no more."""
        self.requires_grad_(False).eval()

    def unfreeze(self) -> None:
        """Learn again."""
        self.requires_grad_(True).train()

    def all_gather(self, data: Any, *_: Any, **__: Any) -> Any:
        """What one process has."""
        return data

    @classmethod
    def load_from_checkpoint(cls, path: Any, *_: Any, map_location: Any = None, **named: Any) -> Any:
        """One with the weights of a file, as far as there are any."""
        known = inspect.signature(cls.__init__).parameters
        kept = dict(torch.load(path))
        model = cls(
            **{
                name: each
                for name, each in (kept.get("hyper_parameters", {}) | named).items()
                if name in known
            }
        )
        model.load_state_dict(kept.get("state_dict", model.state_dict()))
        return model
