"""Compilers and many processes: everything runs as written, once, here."""

from __future__ import annotations

import multiprocessing
from concurrent import futures
from multiprocessing.pool import ThreadPool
from typing import Any

import torch
import torch.distributed
import torch.multiprocessing
from torch import nn

from cnnlint.confirm.child.world import World, around

__all__ = ["replace"]

SILENT = ("init_process_group", "destroy_process_group", "barrier", "all_reduce", "broadcast", "reduce")


class _Alone(nn.Module):
    """A model that many processes would share, here alone."""

    def __init__(self, module: nn.Module, *values: Any, **named: Any) -> None:
        super().__init__()
        self.module = module

    def forward(self, *values: Any, **named: Any) -> Any:
        return self.module(*values, **named)


class _Process:
    """A process that runs at once, here."""

    def __init__(self, group: Any = None, target: Any = None, name: Any = None, args: Any = (),
                 kwargs: Any = None, **_: Any) -> None:  # fmt: skip
        self.target, self.values, self.named = target, args, kwargs or {}
        self.exitcode, self.pid = 0, 0

    def start(self) -> None:
        self.target(*self.values, **self.named)

    def join(self, *_: Any) -> None:
        """It has ended."""


def replace(world: World) -> None:
    """Run alone, and without a compiler."""

    def unchanged(original: Any, model: Any = None, **named: Any) -> Any:
        world.instead("torch.compile", "nothing")
        return model if model is not None else lambda model: model

    def spawn(original: Any, function: Any, args: Any = (), *values: Any, **named: Any) -> None:
        world.instead("many processes", "this one")
        function(0, *args)

    around(torch, "compile", unchanged)
    around(nn.Module, "compile", lambda original, module, *values, **named: None)
    nn.parallel.DistributedDataParallel = _Alone
    nn.parallel.distributed.DistributedDataParallel = _Alone
    around(torch.multiprocessing, "spawn", spawn)
    modules: tuple[Any, ...] = (multiprocessing, torch.multiprocessing)
    for module in modules:
        module.Pool = ThreadPool
    futures.ProcessPoolExecutor = futures.ThreadPoolExecutor  # type: ignore[assignment,misc]
    around(torch.multiprocessing, "set_start_method", lambda original, *values, **named: None)
    torch.multiprocessing.Process = _Process
    for name in SILENT:
        around(torch.distributed, name, lambda original, *values, **named: None)
    around(torch.distributed, "get_rank", lambda original, *values: 0)
    around(torch.distributed, "get_world_size", lambda original, *values: 1)
    around(torch.distributed, "is_initialized", lambda original: False)
