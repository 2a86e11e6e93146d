"""torch's compiler, which optimizers load though nothing is compiled: it takes seconds, so it waits until
something asks for more of it than that it keeps out of the way."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

import torch

from cnnlint.confirm.child.world import World

__all__ = ["replace"]

NAME = "torch._dynamo"


class _Waiting(ModuleType):
    """Stands where the compiler would, and gives way to it."""

    def graph_break(self, *_: Any, **__: Any) -> None:
        """There is no graph."""

    def disable(self, function: Any = None, *_: Any, **__: Any) -> Any:
        """It is off."""
        return function if function is not None else lambda function: function

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if sys.modules.get(NAME) is self:
            del sys.modules[NAME]
            vars(torch).pop("_dynamo", None)
        return getattr(import_module(NAME), name)


def replace(world: World) -> None:
    """Let it wait, unless it is there."""
    if NAME not in sys.modules:
        sys.modules[NAME] = torch._dynamo = _Waiting(NAME)
