"""Calls to the Linux kernel that Python's own library has not got, by ctypes."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from cnnlint.confirm.sandbox import Missing

__all__ = ["adopt_orphans", "die_with_parent", "no_new_privileges", "prctl", "syscall", "unshare"]

# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

LINUX = sys.platform == "linux"
libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


def _checked(returned: int, what: str) -> int:
    if returned < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return returned


def prctl(operation: int, argument: int = 0, second: int = 0) -> int:
    """`prctl(2)`. OSError if the kernel refuses, Missing where there is no Linux."""
    if libc is None:
        raise Missing("only Linux has it")
    arguments = [ctypes.c_ulong(each) for each in (argument, second, 0, 0)]
    return _checked(libc.prctl(operation, *arguments), f"prctl {operation}")


def syscall(number: int, *arguments: int | bytes | None) -> int:
    """A system call by its number."""
    if libc is None:
        raise Missing("only Linux has it")
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return _checked(libc.syscall(ctypes.c_long(number), *words), f"system call {number}")


def unshare(flags: int) -> None:
    """`unshare(2)`."""
    if libc is None:
        raise Missing("only Linux has it")
    _checked(libc.unshare(flags), "unshare")


def no_new_privileges() -> None:
    """No program that this process starts gets more rights than it has; asked for by Landlock and seccomp."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


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
