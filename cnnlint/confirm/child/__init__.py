"""What runs in the sandboxed child: a module here with `perform(task)` does the tasks of its name.

Only here is torch imported, and only here does user code run.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from cnnlint.evidence import Task

__all__ = ["perform"]


def perform(task: Task) -> Any:
    """Do a task; what it gives is plain data."""
    return import_module(f"{__name__}.{task['kind']}").perform(task)
