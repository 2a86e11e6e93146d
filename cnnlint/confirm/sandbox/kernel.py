"""Calls to the Linux kernel that Python's own library has not got, by ctypes."""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import sys
from typing import Any

from cnnlint.confirm.sandbox import Missing

__all__ = ["adopt_orphans", "die_with_parent", "drop_capabilities", "mount", "prctl", "syscall", "unshare"]

# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

# linux/capability.h
LINUX_CAPABILITY_VERSION_3 = 0x20080522

LINUX = sys.platform == "linux"


def _libc() -> ctypes.CDLL:
    if not LINUX:
        raise Missing("only Linux has it")
    return ctypes.CDLL(None, use_errno=True)


def _checked(returned: int, what: str) -> int:
    if returned < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what} was refused: {os.strerror(number)}")
    return returned


def prctl(operation: int, argument: int, pointer: Any = None, what: str = "prctl") -> None:
    """`prctl(2)`. As for all here: OSError if the kernel refuses, Missing where there is no Linux."""
    arguments = (ctypes.c_ulong(argument), pointer, ctypes.c_ulong(0), ctypes.c_ulong(0))
    _checked(_libc().prctl(operation, *arguments), what)


def syscall(number: int, *arguments: Any) -> int:
    """A system call by its number; whole numbers are passed as such."""
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return _checked(_libc().syscall(ctypes.c_long(number), *words), f"system call {number}")


def unshare(flags: int) -> None:
    """`unshare(2)`."""
    _checked(_libc().unshare(flags), "unshare")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """`mount(2)`."""
    texts = [text.encode() or None for text in (source, target, kind)]
    returned = _libc().mount(*texts, ctypes.c_ulong(flags), options.encode() or None)
    _checked(returned, f"mount on {target}")


def drop_capabilities() -> None:
    """Keep no capability: `capset(2)` with empty sets for this process."""
    header = struct.pack("=Ii", LINUX_CAPABILITY_VERSION_3, 0)
    _checked(_libc().capset(header, bytes(2 * struct.calcsize("=III"))), "capset")


def die_with_parent(parent: int) -> None:
    """Kill this process when the one that forked it ends."""
    if LINUX:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it has ended already
        os.kill(os.getpid(), signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of all processes below whose own parent ends."""
    if LINUX:
        prctl(PR_SET_CHILD_SUBREAPER, 1)
