"""Devices: what asks for a GPU or another accelerator gets the CPU, unless the task runs on a GPU."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from cnnlint.confirm.child.surroundings import away
from cnnlint.confirm.child.world import World, around

__all__ = ["replace"]

FACTORIES = (
    "arange", "as_tensor", "empty", "empty_like", "eye", "full", "full_like", "linspace", "logspace", "ones",
    "ones_like", "rand", "rand_like", "randint", "randint_like", "randn", "randn_like", "randperm", "tensor",
    "zeros", "zeros_like",
)  # fmt: skip
#: What concerns a GPU alone and has no effect without one.
IDLE = (
    "empty_cache", "ipc_collect", "manual_seed", "manual_seed_all", "reset_peak_memory_stats", "set_device",
    "synchronize", "init", "seed", "seed_all",
)  # fmt: skip
COUNTS = (
    "memory_allocated",
    "max_memory_allocated",
    "memory_reserved",
    "max_memory_reserved",
    "current_device",
)


def replace(world: World) -> None:
    """Bring everything to the CPU."""
    if world.device != "cpu":
        return

    def stay(original: Any, thing: Any, *values: Any, **named: Any) -> Any:
        world.instead("a GPU", "the CPU")
        return thing

    def move(original: Any, thing: Any, *values: Any, **named: Any) -> Any:
        return original(thing, *(_at_home(each) for each in values), **_named_at_home(named))

    def make(original: Any, *values: Any, **named: Any) -> Any:
        return original(*values, **_named_at_home(named))

    for owner in (Tensor, nn.Module):
        around(owner, "cuda", stay)
        around(owner, "to", move)
    around(Tensor, "pin_memory", stay)
    for name in FACTORIES:
        around(torch, name, make)
    around(torch, "set_default_device", lambda original, device: original(_at_home(device)))
    for name in IDLE:
        around(torch.cuda, name, lambda original, *values, **named: None)
    for name in COUNTS:
        around(torch.cuda, name, lambda original, *values, **named: 0)
    around(torch.cuda, "is_available", lambda original: world.gpu)
    around(torch.cuda, "device_count", lambda original: int(world.gpu))
    around(torch.cuda, "get_device_name", lambda original, *values: "cpu")
    for name in ("device", "stream"):
        around(torch.cuda, name, lambda original, *values, **named: nullcontext())
    for name in ("current_stream", "default_stream", "Stream", "Event"):
        setattr(torch.cuda, name, _Queue)
    for kind in ("Float", "Double", "Half", "Long", "Int", "Byte", "Bool"):
        setattr(torch.cuda, f"{kind}Tensor", getattr(torch, f"{kind}Tensor"))


class _Queue:
    """Stands in for a stream or an event: everything is done in order anyway."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def wait(self, *_: Any) -> None:
        """Nothing is waited for."""

    synchronize = record = record_event = wait_event = wait_stream = wait

    def elapsed_time(self, _: Any) -> float:
        """No time."""
        return 0.0


def _at_home(device: Any) -> Any:
    """The CPU instead of another device; anything else as it is."""
    return torch.device("cpu") if away(device) else device


def _named_at_home(named: dict[str, Any]) -> dict[str, Any]:
    """Keyword arguments, with their device."""
    return named | {"device": _at_home(named["device"])} if named.get("device") is not None else named
