"""The sandbox of the child: limits, namespaces, privileges, Landlock, seccomp and an audit hook.

A module of this package is a layer: its `enter(policy)` applies it to the calling process, says in a word
what holds now, and raises `Missing` or OSError where this platform has not got it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import NamedTuple

__all__ = ["LAYERS", "Missing", "Policy", "enter", "prepare"]

# In the order in which they can be applied: a new user namespace writes files that Landlock closes, and
# both make system calls that seccomp closes. The audit hook comes last, to tell of user code only.
LAYERS: tuple[str, ...] = ("limits", "namespaces", "privileges", "landlock", "seccomp", "audit")


class Missing(Exception):
    """This platform has not got the layer; the text says why."""


class Policy(NamedTuple):
    """What an experiment may do. `mode` is 'auto' (the layers there are), 'required' (all) or 'off'.
    `writable` grows by what a layer makes for this process alone."""

    mode: str
    device: str  # 'cpu' or 'cuda'
    home: str  # the user's home folder, whose files nobody needs
    writable: list[str]
    readable: Sequence[str]  # besides what Python, torch and the system need
    memory: int  # bytes
    seconds: float
    note: Callable[[str], None] = print  # told what user code wanted and was denied


def prepare() -> None:
    """Load the layers there are, so that forks need not."""
    for name in LAYERS:
        with suppress(Missing, ImportError):
            import_module(f"{__name__}.{name}")


def enter(policy: Policy) -> tuple[list[str], list[str]]:
    """Apply all layers to this process, for good: those that hold now, and those missing, with the reason."""
    held: list[str] = []
    missing: list[str] = []
    for name in LAYERS if policy.mode != "off" else ():
        try:
            held.append(import_module(f"{__name__}.{name}").enter(policy))
        except OSError as error:
            missing.append(f"{name}: {error if error.filename else error.strerror}")
        except (Missing, ValueError, ImportError) as why:
            missing.append(f"{name}: {why}")
    return held, missing
