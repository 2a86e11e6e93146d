"""The sandbox of the child: limits, namespaces, Landlock, seccomp and an audit hook.

A module of this package is a layer: its `enter(policy)` applies it to the calling process, says in a word
what holds now, and raises `Missing` or OSError where this platform has not got it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple

__all__ = ["LAYERS", "Missing", "Policy", "enter"]

# In the order in which they can be applied: a new user namespace writes files that Landlock closes, and
# both make system calls that seccomp closes. The audit hook comes last, to tell of user code only.
LAYERS = ("limits", "namespaces", "landlock", "seccomp", "audit")


class Missing(Exception):
    """This platform has not got the layer; the text says why."""


class Policy(NamedTuple):
    """What an experiment may do. `mode` is 'auto' (the layers there are), 'required' (all) or 'off'."""

    mode: str
    device: str  # 'cpu' or 'cuda'
    home: str  # the user's home folder, whose files nobody needs
    writable: Sequence[str]
    readable: Sequence[str]  # besides what Python, torch and the system need
    memory: int  # bytes
    seconds: float
    note: Callable[[str], None] = print  # told what user code wanted and was denied


def enter(policy: Policy) -> tuple[list[str], list[str]]:
    """Apply all layers to this process, for good: those that hold now, and those missing, with the reason."""
    held: list[str] = []
    missing: list[str] = []
    for name in LAYERS if policy.mode != "off" else ():
        try:
            held.append(import_module(f"{__name__}.{name}").enter(policy))
        except (Missing, OSError, ImportError) as why:
            missing.append(f"{name}: {why}")
    return held, missing
