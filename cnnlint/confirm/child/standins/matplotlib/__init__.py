"""Stands in for matplotlib: whatever is drawn, nothing is."""

from __future__ import annotations

from typing import Any

from cnnlint.confirm.child.stubs import stub

__all__: list[str] = []


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return stub("matplotlib", name)
