"""The networks of torchvision are not stood in for: a script that builds one says so and ends."""

from __future__ import annotations

from typing import Any

__all__: list[str] = []


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    raise ModuleNotFoundError(f"`torchvision.models.{name}` needs torchvision, which is not installed")
