"""What we know of libraries: one class per layer, one function per operation, tables for data."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

__all__ = ["load"]


@cache
def load() -> dict[str, Any]:
    """Everything described, by its dotted name. Walks this package once, so a new file needs no list."""
    for module in walk_packages(__path__, f"{__name__}."):
        import_module(module.name)
    return import_module(f"{__name__}.describe").KNOWN  # type: ignore[no-any-return]
