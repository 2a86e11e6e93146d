"""The layer `audit`: a hook in Python that denies what Python is asked to do, wherever Python runs.

Code that calls the system by itself, as through ctypes, passes it by: the other layers are there for that.
But it is the one that can say what was wanted, and the only one outside of Linux.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from cnnlint.confirm.sandbox import Policy
from cnnlint.confirm.sandbox.paths import devices, readable

__all__ = ["enter"]

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Change(NamedTuple):
    """An event of Python that changes a file: how we say it, which arguments are paths, and which one, if
    it is not negative, is the folder they start from."""

    words: str
    paths: tuple[int, ...] = (0,)
    folder: int | None = None


CHANGES = {
    "os.remove": Change("remove", folder=1),
    "os.rmdir": Change("remove", folder=1),
    "shutil.rmtree": Change("remove"),
    "os.mkdir": Change("make the folder", folder=2),
    "os.rename": Change("move", (0, 1), 2),
    "os.link": Change("make a link at", (1,), 3),
    "os.symlink": Change("make a link at", (1,), 2),
    "os.truncate": Change("cut"),
    "os.chmod": Change("change the mode of", folder=2),
    "os.chown": Change("change the owner of", folder=3),
    "os.utime": Change("change the time of", folder=3),
}
# The argument that names the program.
PROGRAMS = {"subprocess.Popen": 0, "os.system": 0, "os.exec": 0, "os.posix_spawn": 0, "os.spawn": 1}
FORKS = ("os.fork", "os.forkpty", "pty.spawn")
SIGNALS = {"os.kill": os.getpid, "os.killpg": os.getpgrp}
CONNECTIONS = {"socket.connect": "connect to", "socket.sendto": "send to", "socket.bind": "listen at"}
LOOK_UPS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")

# User code may replace what it finds in a module.
_realpath, _getpid = os.path.realpath, os.getpid


def enter(policy: Policy) -> str:
    """Add the hook, for as long as the process lives."""
    sys.addaudithook(_Hook(policy))
    return "audit"


class _Hook:
    def __init__(self, policy: Policy) -> None:
        self._note = policy.note
        self._home = _realpath(policy.home)
        self._writable = [*map(_realpath, policy.writable), *devices(policy)]
        self._readable = [*readable(policy), *self._writable]
        handlers: dict[str, Callable[..., None]] = {
            "open": self._open,
            "os.listdir": self._read,
            "os.scandir": self._read,
            "resource.prlimit": self._limits,
            "socket.__new__": self._socket,
            "urllib.Request": lambda url, *_: self._note(f"download {_text(url)}"),  # connecting is denied
        }
        for event, change in CHANGES.items():
            handlers[event] = self._change(change)
        for event, place in PROGRAMS.items():
            handlers[event] = self._program(place)
        for event, own in SIGNALS.items():
            handlers[event] = self._signal(own)
        for event, words in CONNECTIONS.items():
            handlers[event] = self._connection(words)
        handlers |= dict.fromkeys(FORKS, lambda *_: self._deny("start a process"))
        handlers |= dict.fromkeys(LOOK_UPS, lambda host, *_: self._deny(f"connect to {_text(host)}"))
        self._handlers = handlers

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        handler = self._handlers.get(event)
        if handler is not None:
            handler(*arguments)

    def _deny(self, wanted: str) -> None:
        self._note(wanted)
        raise PermissionError(errno.EPERM, f"in cnnlint's sandbox a script may not {wanted}")

    def _open(self, path: Any, mode: Any, flags: Any) -> None:
        if not isinstance(flags, int) or not flags & WRITING:
            self._read(path)
        elif not self._may_write(path):
            self._deny(f"write to {_text(path)}")

    def _read(self, path: Any) -> None:
        name = _real(path)
        if name is None or not (_beneath(name, [self._home]) or _of_a_process(name)):
            return
        if not _beneath(name, [*self._readable, f"/proc/{_getpid()}"]):
            self._deny(f"read {_text(path)}")

    def _may_write(self, path: Any) -> bool:
        name = _real(path)
        return name is None or _beneath(name, self._writable)

    def _change(self, change: Change) -> Callable[..., None]:
        def handle(*arguments: Any) -> None:
            if change.folder is not None and arguments[change.folder] != -1:
                return  # a name in an open folder: Python's own way of emptying one
            for place in change.paths:
                if not self._may_write(arguments[place]):
                    self._deny(f"{change.words} {_text(arguments[place])}")

        return handle

    def _program(self, place: int) -> Callable[..., None]:
        return lambda *arguments: self._deny(f"start the program {_text(arguments[place])}")

    def _signal(self, own: Callable[[], int]) -> Callable[..., None]:
        def handle(process: int, number: int) -> None:
            if process not in (0, own()):
                self._deny(f"send signal {number} to process {process}")

        return handle

    def _limits(self, process: int, *_: Any) -> None:
        if process not in (0, _getpid()):
            self._deny(f"limit process {process}")

    def _connection(self, words: str) -> Callable[..., None]:
        def handle(_: Any, address: Any) -> None:
            where = ":".join(map(str, address[:2])) if isinstance(address, tuple) else _text(address)
            self._deny(f"{words} {where}")

        return handle

    def _socket(self, _: Any, family: int, *rest: Any) -> None:
        # What Python makes for itself, as for its event loop, is a pair, made elsewhere.
        if family not in (-1, getattr(socket, "AF_UNIX", None)):
            self._deny("connect to the network")


def _real(path: Any) -> str | None:
    """The path itself, behind all links; None of a descriptor, and of what is no path."""
    try:
        return os.fsdecode(_realpath(path)) if isinstance(path, str | bytes | os.PathLike) else None
    except (OSError, ValueError):
        return None


def _beneath(name: str, folders: Iterable[str]) -> bool:
    return any(name == folder or name.startswith(folder.rstrip("/") + "/") for folder in folders)


def _of_a_process(name: str) -> bool:
    return name.startswith("/proc/") and name[6:7].isdigit()


def _text(value: Any) -> str:
    """As a person would write it."""
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    return os.fsdecode(value) if isinstance(value, bytes | os.PathLike) else str(value)
