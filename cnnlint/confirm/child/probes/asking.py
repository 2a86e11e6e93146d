"""Asking a model once more: it answers as it did, and is left as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnlint.confirm.child.probes import Sample

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["FEW", "Watching", "answer", "cut", "few", "first_tensor", "image", "samples", "with_image"]

FEW = 4  # examples that tell as much as many


class Watching(TorchFunctionMode):
    """Shows `seen` each function of torch that runs, what it was given and what it gave."""

    def __init__(self, seen: Callable[[str, tuple[Any, ...], dict[str, Any], Any], None]) -> None:
        super().__init__()
        self.seen = seen

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        output = function(*args, **(kwargs or {}))
        self.seen(getattr(function, "__name__", ""), args, kwargs or {}, output)
        return output


def answer(sample: Sample, training: bool, seed: int = 0, gradients: bool = False) -> Tensor | None:
    """What the model says to a sample in one mode; None if that is no tensor."""
    with _as_it_was(sample.model), torch.random.fork_rng(devices=[]), torch.set_grad_enabled(gradients):
        torch.manual_seed(seed)
        for module in sample.model.modules():
            module.training = training
        return first_tensor(sample.model(*sample.inputs, **sample.named))


@contextmanager
def _as_it_was(model: nn.Module) -> Iterator[None]:
    """Modes and buffers are the same afterwards."""
    modes = [(module, module.training) for module in model.modules()]
    buffers = [(buffer, buffer.detach().clone()) for buffer in model.buffers()]
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
        with torch.no_grad():
            for buffer, before in buffers:
                if not torch.equal(buffer, before):
                    buffer.copy_(before)


def samples(recorder: Recorder) -> Iterator[tuple[int, Sample]]:
    """The models that were given images, each with a call of a few."""
    for number, sample in recorder.samples.items():
        if image(sample) is not None:
            yield number, few(sample)


def few(sample: Sample) -> Sample:
    """The same call with its first examples only, if the model answers to it."""
    batch = image(sample)
    if batch is None or len(batch) <= FEW:
        return sample
    smaller = cut(sample, FEW)
    try:
        output = answer(smaller, training=False)
    except Exception:
        return sample
    return smaller if output is not None and output.dim() and len(output) == FEW else sample


def cut(sample: Sample, count: int) -> Sample:
    """The same call with its first examples: of all tensors that have as many as the image."""
    batch = image(sample)

    def shorter(value: Any) -> Any:
        same = isinstance(value, Tensor) and batch is not None and value.dim() and len(value) == len(batch)
        return value[:count] if same else value

    named = {name: shorter(value) for name, value in sample.named.items()}
    return Sample(sample.model, tuple(map(shorter, sample.inputs)), named)


def first_tensor(output: Any) -> Tensor | None:
    """The output, or the first of several."""
    if isinstance(output, Tensor):
        return output
    values = (
        output.values() if isinstance(output, dict) else output if isinstance(output, (list, tuple)) else ()
    )
    return next((each for each in map(first_tensor, values) if each is not None), None)


def image(sample: Sample) -> Tensor | None:
    """The first tensor of floats that a model was given, if it holds several examples."""
    return next((each.detach() for each in sample.inputs if _is_image(each)), None)


def with_image(sample: Sample, tensor: Tensor) -> Sample:
    """The same call with another one in its place."""
    old = next(index for index, each in enumerate(sample.inputs) if _is_image(each))
    return Sample(sample.model, (*sample.inputs[:old], tensor, *sample.inputs[old + 1 :]), sample.named)


def _is_image(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_floating_point() and value.dim() > 1
