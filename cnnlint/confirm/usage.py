"""What an experiment uses up: its processes and their memory, as /proc of Linux tells, and its files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

__all__ = ["children", "descendants", "resident", "spare", "stored"]

BLOCK = 512  # what st_blocks counts, whatever the file system
KIBIBYTE = 1024
PROC = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def children() -> dict[int, list[int]]:
    """The children that each process of the system has now."""
    found: dict[int, list[int]] = {}
    for entry in PROC.glob("[0-9]*/stat"):
        try:
            # The name, in parentheses, may hold spaces; the parent is the second word behind it.
            parent = int(entry.read_bytes().rpartition(b")")[2].split()[1])
        except (OSError, IndexError):  # it has ended meanwhile
            continue
        found.setdefault(parent, []).append(int(entry.parent.name))
    return found


def descendants(pid: int, family: Mapping[int, list[int]] | None = None) -> list[int]:
    """The children of a process, their children, and so on."""
    family = children() if family is None else family
    found = [pid]
    for each in found:
        found += family.get(each, [])
    return found[1:]


def resident(pid: int) -> int:
    """The resident memory of one process in bytes; 0 if it has ended or nobody can tell."""
    try:
        return int((PROC / str(pid) / "statm").read_bytes().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def spare() -> int:
    """The bytes of memory that can be had now; 0 if nobody can tell."""
    with suppress(OSError, ValueError, KeyError):
        rows = dict(line.split(":") for line in (PROC / "meminfo").read_text().splitlines())
        return int(rows["MemAvailable"].split()[0]) * KIBIBYTE
    return 0


def stored(folder: str | Path) -> int:
    """The bytes of the files in a folder and those below."""
    total = 0
    with suppress(OSError), os.scandir(folder) as entries:  # files come and go
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                total += stored(entry.path)
            else:
                with suppress(OSError):
                    total += entry.stat(follow_symlinks=False).st_blocks * BLOCK
    return total
