"""The layer `limits`: what a process may use up, as every Unix can hold it to.

The deadline and the resident memory of the whole are the parent's to watch.
"""

from __future__ import annotations

import math
import os
import resource
from contextlib import suppress
from pathlib import Path

from cnnlint.confirm.sandbox import Policy
from cnnlint.confirm.sandbox.kernel import LINUX

__all__ = ["LARGEST_FILE", "OPEN_FILES", "enter"]

LARGEST_FILE = 1 << 30  # bytes; the weights of a large model fit
OPEN_FILES = 1024
THREADS = 512
ROOM = 1 << 30  # bytes of addresses beyond the memory: what is only reserved costs nothing


def enter(policy: Policy) -> str:
    """Limit this process."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, math.ceil(policy.seconds + 1) * (os.cpu_count() or 1))
    _limit(resource.RLIMIT_FSIZE, LARGEST_FILE)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    if policy.device == "cpu" and LINUX:  # CUDA reserves many times the addresses it uses
        _limit(resource.RLIMIT_AS, _addresses() + policy.memory + ROOM)
    with suppress(OSError):
        # Where the system runs out of memory, it ends this process and no other.
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    return "limits"


def limit_threads() -> None:
    """Not more than a few hundred. Elsewhere than in a user namespace of its own this would count all that
    the user runs."""
    _limit(resource.RLIMIT_NPROC, THREADS)


def _limit(what: int, most: int) -> None:
    """Lower a limit; the one there is stays where it is lower."""
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(what, (most, most))


def _addresses() -> int:
    """How many bytes of addresses this process has in use."""
    with suppress(OSError, IndexError):
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        return int(pages) * resource.getpagesize()
    return 0
