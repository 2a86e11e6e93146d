"""Where torch is listened to: modules, losses, gradients, optimizers and schedulers tell the recorder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import torch
import torch.nn.functional as functions
from torch import Tensor, nn
from torch.optim import Optimizer, lr_scheduler
from torch.optim import optimizer as optimizers

from cnnlint.confirm.child.losses import LOSSES
from cnnlint.confirm.child.measures import gradients, parameters
from cnnlint.confirm.child.recording import Recorder
from cnnlint.confirm.child.world import around

__all__ = ["Listening"]

#: What runs along an axis: softmaxes, and choices of a class.
ALONG = ("softmax", "log_softmax", "argmax", "max")


class Listening:
    """Tells `recorder` what happens; it may be another one for each run. It lasts as long as the process."""

    def __init__(self) -> None:
        self.recorder: Recorder | None = None
        self._inside: set[str] = set()
        self._modules()
        self._gradients()
        self._losses()
        self._axes()
        self._optimizers()
        self._schedulers()

    @property
    def on(self) -> Recorder | None:
        """The recorder, while it wants to be told."""
        return None if self.recorder is None or self.recorder.paused else self.recorder

    def _outermost(self, what: str, call: Callable[[], Any], told: Callable[[Recorder], None]) -> Any:
        """Tell of a call that may call itself for its parts."""
        recorder = self.on
        if recorder is None or what in self._inside:
            return call()
        self._inside.add(what)
        try:
            told(recorder)
            return call()
        finally:
            self._inside.discard(what)

    def _modules(self) -> None:
        def built(original: Any, module: nn.Module, *values: Any, **named: Any) -> None:
            original(module, *values, **named)
            if self.on:
                self.on.module_built(module)

        def call(original: Any, module: nn.Module, *values: Any, **named: Any) -> Any:
            recorder = self.recorder
            if recorder is None:
                return original(module, *values, **named)
            if recorder.paused:
                recorder.stack.append(module)
                try:
                    return original(module, *values, **named)
                finally:
                    recorder.stack.pop()
            recorder.entered(module, values, named)
            try:
                output = original(module, *values, **named)
            except BaseException:
                recorder.failed(module)
                raise
            recorder.left(module, values, output)
            return output

        def train(original: Any, module: nn.Module, mode: bool = True) -> Any:
            return self._outermost(
                "mode", lambda: original(module, mode), lambda recorder: recorder.mode_set(module, mode)
            )

        def clear(original: Any, module: nn.Module, *values: Any, **named: Any) -> None:
            if self.on:
                self.on.zeroed(None, module)
            original(module, *values, **named)

        def state(original: Any, module: nn.Module, *values: Any, **named: Any) -> Any:
            given = self._outermost(
                "state", lambda: original(module, *values, **named), lambda recorder: None
            )
            recorder = self.on
            if recorder and "state" not in self._inside:
                for probe in recorder.probes.values():
                    probe.stated(recorder, module, given)
            return given

        around(nn.Module, "state_dict", state)
        around(nn.Module, "__init__", built)
        around(nn.Module, "__call__", call)
        around(nn.Module, "train", train)
        around(nn.Module, "zero_grad", clear)

    def _gradients(self) -> None:
        def backward(original: Any, tensors: Any, *values: Any, **named: Any) -> None:
            recorder = self.on
            ended = recorder.backward_begins(tensors) if recorder else lambda: None
            original(tensors, *values, **named)
            ended()

        around(torch.autograd, "backward", backward)

        def clip(original: Any, *values: Any, **named: Any) -> Any:
            tensors, *rest = values or (named.pop("parameters"),)
            clipped = [tensors] if isinstance(tensors, Tensor) else list(tensors)
            if recorder := self.on:
                held = [{id(each) for each in parameters(optimizer)} for optimizer in recorder.optimizers]
                number = next((at for at, own in enumerate(held) if clipped and id(clipped[0]) in own), -1)
                recorder.note("clip", number, gradients=gradients(clipped))
            return original(clipped, *rest, **named)

        for owner in (nn.utils, nn.utils.clip_grad):
            for name in ("clip_grad_norm_", "clip_grad_value_"):
                around(owner, name, clip)

    def _losses(self) -> None:
        for name in LOSSES:

            def loss(original: Any, *values: Any, _name: str = name, **named: Any) -> Any:
                recorder = self.on
                given = dict(zip(("input", "target"), values, strict=False)) | named
                prediction, target = given.get("input"), given.get("target")
                try:
                    result = original(*values, **named)
                except Exception:
                    if recorder and isinstance(prediction, Tensor):
                        recorder.refused = list(prediction.shape)
                    raise
                if recorder and all(isinstance(each, Tensor) for each in (prediction, target, result)):
                    recorder.lost(_name, prediction, target, result)
                return result

            around(functions, name, loss)

    def _axes(self) -> None:
        for owner, name in ((owner, name) for owner in (torch, Tensor) for name in ALONG):

            def along(original: Any, *values: Any, _name: str = name, **named: Any) -> Any:
                output = original(*values, **named)
                recorder = self.on
                given = dict(zip(("input", "dim"), values, strict=False)) | named
                tensor, axis = (
                    given.get("input", values[0] if values else None),
                    given.get("dim", given.get("axis")),
                )
                chosen = isinstance(axis, int) or axis is None and _name == "argmax"
                if recorder and chosen and isinstance(tensor, Tensor) and tensor.dim():
                    for probe in recorder.probes.values():
                        probe.along(recorder, _name, tensor, axis)
                return output

            around(owner, name, along)
        with suppress(ImportError):  # a name of torch's own, by which torch.jit.script knows its functions
            from torch.jit._builtins import _register_builtin

            for name in ALONG:
                _register_builtin(getattr(torch, name), f"aten::{name}")

    def _optimizers(self) -> None:
        def built(original: Any, optimizer: Optimizer, *values: Any, **named: Any) -> None:
            original(optimizer, *values, **named)
            if self.on:
                self.on.optimizer_built(optimizer)

        def clear(original: Any, optimizer: Optimizer, *values: Any, **named: Any) -> None:
            if self.on:
                self.on.zeroed(optimizer, None)
            original(optimizer, *values, **named)

        def before(optimizer: Optimizer, values: Any, named: dict[str, Any]) -> Any:
            closure = named.get("closure", values[1] if len(values) > 1 else None)
            if closure is None:
                begins(optimizer)
                return None
            begun: list[bool] = []

            def first() -> Any:  # what is stepped with is made in it, so the step begins when it has run
                result = closure()
                if not begun:
                    begun.append(True)
                    begins(optimizer)
                return result

            return values[:1], named | {"closure": first}

        def begins(optimizer: Optimizer) -> None:
            if self.on:
                self.on.step_begins(optimizer)

        def after(optimizer: Optimizer, *_: Any) -> None:
            if self.on:
                self.on.step_ended(optimizer)

        around(Optimizer, "__init__", built)
        around(Optimizer, "zero_grad", clear)
        optimizers.register_optimizer_step_pre_hook(before)
        optimizers.register_optimizer_step_post_hook(after)

    def _schedulers(self) -> None:
        def built(original: Any, scheduler: Any, *values: Any, **named: Any) -> None:
            if self.on:
                self.on.scheduler_built(scheduler)
            self._outermost("scheduler", lambda: original(scheduler, *values, **named), lambda recorder: None)

        def step(original: Any, scheduler: Any, *values: Any, **named: Any) -> None:
            self._outermost(
                "scheduler",
                lambda: original(scheduler, *values, **named),
                lambda recorder: recorder.scheduler_stepped(scheduler),
            )

        for each in _schedulers():
            for name, hook in (("__init__", built), ("step", step)):
                if name in vars(each):
                    around(each, name, hook)


def _schedulers() -> list[type]:
    """torch's classes of schedulers, whether they share a base or not."""
    return [
        each for each in vars(lr_scheduler).values() if isinstance(each, type) and hasattr(each, "step")
        and not issubclass(each, Optimizer)
    ]  # fmt: skip
