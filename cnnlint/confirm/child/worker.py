"""The process of one experiment: from the fork, through the sandbox, to the answer on a pipe of its own."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from cnnlint.confirm.child import perform
from cnnlint.confirm.sandbox import Policy, enter
from cnnlint.confirm.sandbox.kernel import die_with_parent
from cnnlint.confirm.wire import Writer
from cnnlint.evidence import Task

__all__ = ["work"]

# The pipe lies above what code closes that closes "all" descriptors, and below the limit of open files.
LOWEST_DESCRIPTOR, ROOM = 700, 200
MOST_NOTES = 20

# User code may replace the functions of `os`; ours stay.
_write, _exit = os.write, os._exit


class Pipe:
    """The way to the parent."""

    def __init__(self, path: str, key: bytes) -> None:
        opened = os.open(path, os.O_WRONLY)
        place = LOWEST_DESCRIPTOR + secrets.randbelow(ROOM)
        self._descriptor = fcntl.fcntl(opened, fcntl.F_DUPFD_CLOEXEC, place)
        os.close(opened)
        self._writer = Writer(key)
        self._lock = threading.RLock()  # an audit hook speaks in any thread
        self._noted: list[str] = []
        self._closed = False

    def tell(self, kind: str, data: Any) -> None:
        """Say one thing."""
        with self._lock:
            if not self._closed:
                self._send(self._writer.frame(kind, data))

    def note(self, wanted: str) -> None:
        """Say what user code wanted, once, and not too many things."""
        with self._lock:
            if wanted not in self._noted and len(self._noted) < MOST_NOTES:
                self._noted.append(wanted)
                self.tell("wanted", wanted)

    def answer(self, data: Any) -> None:
        """Say the last thing."""
        with self._lock:
            frame = self._writer.frame("result", data)
            self._closed = True
            self._send(frame)

    def _send(self, frame: bytes) -> None:
        while frame:
            frame = frame[_write(self._descriptor, frame) :]


def work(order_file: Path, parent: int) -> NoReturn:
    """Do what the order says in this process, which is a fresh fork, and end it."""
    code = 1
    try:
        os.setsid()
        die_with_parent(parent)
        order = json.loads(order_file.read_text(encoding="utf-8"))
        order_file.unlink()
        _redirect(order["output"])
        _move_to(order["folder"], order["environment"])
        pipe = Pipe(order["pipe"], bytes.fromhex(order.pop("key")))
        policy = Policy(**order["policy"], note=pipe.note)
        held, missing = enter(policy)
        pipe.tell("entered", [held, missing])
        if policy.mode != "required" or not missing:
            code = _do(order["task"], pipe)
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(BaseException):  # whatever user code has put there
            sys.stdout.flush()
            sys.stderr.flush()
        _exit(code)


def _do(task: Task, pipe: Pipe) -> int:
    """The exit code. An exception here is a fault of ours, or an exit that user code asked for."""
    try:
        pipe.answer(perform(task))
    except BaseException as fault:
        traceback.print_exc()
        pipe.tell("failed", f"{type(fault).__name__}: {fault}")
        return 1
    return 0


def _redirect(output: str) -> None:
    """Nothing comes in, and what is printed goes to a file."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    printed = os.open(output, os.O_WRONLY | os.O_APPEND)
    for number, source in enumerate((nothing, printed, printed)):
        os.dup2(source, number)
    os.close(nothing)
    os.close(printed)


def _move_to(folder: str, environment: dict[str, str]) -> None:
    """Live in a folder of one's own."""
    os.chdir(folder)
    os.environ.update(environment)
    tempfile.tempdir = None
