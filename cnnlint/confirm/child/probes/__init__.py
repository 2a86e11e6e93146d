"""Probes: a module here measures one thing while a script runs, or by asking a model once more.

Each has `PROBE`, a class derived from Probe; its `name` is the key of what it measured.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, NamedTuple

from torch import Tensor, nn
from torch.optim import Optimizer

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["Probe", "Sample", "all_probes"]


class Sample(NamedTuple):
    """A call of a model: what it was given."""

    model: nn.Module
    inputs: tuple[Any, ...]
    named: dict[str, Any]


class Probe:
    """Told of everything; a probe answers to what it needs. One that `asks` calls the model for its result,
    which takes time."""

    name = ""
    asks = False

    def begins(self, recorder: Recorder, number: int) -> None:
        """A model or a part of it is called for the first time with gradients on; the recorder is paused."""

    def given(self, recorder: Recorder, number: int, sample: Sample) -> None:
        """The same, where the whole model is called, or a part with all that it learns."""

    def answered(self, recorder: Recorder, number: int, output: Tensor) -> None:
        """A model was called with gradients on."""

    def called(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """A module has been called."""

    def along(self, recorder: Recorder, name: str, given: Tensor, axis: int | None) -> None:
        """A softmax, or a choice of the greatest, ran along an axis of a tensor (None: of all of them)."""

    def drew(self, recorder: Recorder, number: int, labels: Tensor | None) -> None:
        """A loader gave a batch, with labels if it has any."""

    def stated(self, recorder: Recorder, module: nn.Module, state: Any) -> None:
        """A module's `state_dict()` was asked for."""

    def backward(self, recorder: Recorder) -> None:
        """A backward pass begins."""

    def before_step(self, recorder: Recorder, number: int, optimizer: Optimizer) -> None:
        """An optimizer is about to step."""

    def after_step(self, number: int, optimizer: Optimizer) -> None:
        """An optimizer has stepped."""

    def result(self, recorder: Recorder) -> Any:
        """What it measured, when the run has ended."""


def all_probes() -> list[Callable[[], Probe]]:
    """The classes of all probes here."""
    names = sorted(each.name for each in iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return [module.PROBE for module in modules if hasattr(module, "PROBE")]
