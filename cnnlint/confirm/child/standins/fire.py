"""Stands in for fire: calls what it is given, without a command line."""

from __future__ import annotations

from typing import Any

__all__ = ["Fire"]


def Fire(component: Any = None, *_: Any, **__: Any) -> Any:  # noqa: N802
    """Call it."""
    return component() if callable(component) else component
