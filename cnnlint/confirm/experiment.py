"""One task while a process does it: its files, its deadline, its memory, and the answer it comes to."""

from __future__ import annotations

import json
import os
import secrets
import signal
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Any, NamedTuple

from cnnlint.confirm.environment import own_folder
from cnnlint.confirm.usage import descendants, resident, stored
from cnnlint.confirm.wire import KEY_SIZE, Reader
from cnnlint.evidence import Answer, Task

__all__ = ["Experiment", "Limits"]

LARGEST_ANSWER = 64 << 20
ROOM_FOR_CUDA = 5 << 30  # bytes: its libraries, and memory of the host that the GPU reads
MOST_STORED = 4 << 30  # bytes of files
COUNT_EVERY = 0.5  # seconds
LONGEST_WISH = 300  # letters
LAST_WORDS = 4000  # bytes of what was printed


class Limits(NamedTuple):
    """What holds for all experiments of a workshop."""

    sandbox: str
    memory: int
    readable: tuple[str, ...]


class Experiment:
    """A task under way. `pipe` is where it speaks, `told` that it will say nothing more, `done` that its
    process has ended."""

    def __init__(
        self, number: int, home: Path, shared: Path, task: Task, seconds: float, limits: Limits
    ) -> None:
        self.number = number
        self.order = home / f"{number}.order"
        self.told = self.done = False
        self._seconds, self._limits = seconds, limits
        self._output = home / f"{number}.output"
        self._fifo = home / f"{number}.pipe"
        folder = home / str(number)
        folder.mkdir()
        self._folder, self._folders, self._next_count = folder, (folder, shared), 0.0
        self._output.touch()
        os.mkfifo(self._fifo, 0o600)
        self.pipe = os.open(self._fifo, os.O_RDONLY | os.O_NONBLOCK)
        device = task.get("options", {}).get("device", "cpu")
        self._memory = limits.memory + (0 if device == "cpu" else ROOM_FOR_CUDA)
        key = secrets.token_bytes(KEY_SIZE)
        self._reader = Reader(key)
        self._pid = 0
        self._start = self._end = 0.0
        self._peak = 0
        self._exit = 0
        self._cut = ""  # why it was killed
        self._why = ""
        self._held: list[str] = []
        self._missing: list[str] = []
        self._wanted: list[str] = []
        self._results: list[Any] = []
        self._spoke = False
        policy = {
            "mode": limits.sandbox,
            "device": device,
            "home": os.path.expanduser("~"),  # noqa: PTH111 — where there is none this is no error
            "writable": [str(folder), str(shared)],
            "readable": [*limits.readable, *(task[name] for name in ("root", "path") if task.get(name))],
            "memory": self._memory,
            "seconds": seconds,
        }
        order = {
            "task": task, "policy": policy, "folder": str(folder), "environment": own_folder(folder),
            "output": str(self._output), "pipe": str(self._fifo), "key": key.hex(),
        }  # fmt: skip
        self.order.write_text(json.dumps(order), encoding="utf-8")

    def started(self, pid: int, now: float) -> None:
        """Its process runs since now."""
        self._pid, self._start = pid, now

    def ended(self, code: int, memory: int, now: float) -> None:
        """Its process has ended, with an exit code or, negative, a signal."""
        self.done, self._end = True, now
        self._exit, self._peak = code, max(self._peak, memory)

    def lost(self) -> None:
        """Nobody will tell how it ended."""
        if not self.done:
            self.done = True
            self._cut = self._cut or "signal"
            self._why = self._why or "the process that starts the experiments was killed"

    def listen(self) -> None:
        """Take what it has said."""
        with suppress(BlockingIOError):
            while came := os.read(self.pipe, 1 << 20):
                self._spoke = True
                for kind, data in self._reader.feed(came):
                    self._take(kind, data)
            self.told = self._spoke  # until then nobody has opened the other end

    def overdrawn(self, now: float) -> bool:
        """Whether it must be killed: out of time or memory, or it says too much."""
        if not self._pid or self.done:
            return False
        processes = [self._pid] if "seccomp" in self._held else [self._pid, *descendants(self._pid)]
        memory = sum(map(resident, processes))
        self._peak = max(self._peak, memory)
        if now - self._start > self._seconds:
            self._stop("timeout", f"it was not done after {self._seconds:g} s")
        elif memory > self._memory:
            self._stop("memory", f"it held more than {self._memory / 1e9:.1f} GB of memory")
        elif self._stored(now) > MOST_STORED:
            self._stop("disk", f"it wrote more than {MOST_STORED >> 30} GB to files")
        elif self._reader.left > LARGEST_ANSWER:
            self._stop("silent", f"its answer was longer than {LARGEST_ANSWER >> 20} MB")
        return bool(self._cut)

    def answer(self) -> Answer:
        """What became of it. Its files are gone then."""
        self.listen()
        os.close(self.pipe)
        ended, why = self._outcome()
        output = self._last_words()
        self._clean()
        return Answer(
            ended=ended,
            why=why,
            result=self._results[0] if ended == "answered" else None,
            sandbox=self._held,
            missing=self._missing,
            wanted=self._wanted,
            seconds=round(max(0.0, self._end - self._start), 3),
            memory=self._peak,
            output=output,
        )

    def _take(self, kind: str, data: Any) -> None:
        match kind:
            case "entered":
                self._held, self._missing = data
            case "wanted":
                self._wanted.append(_plain(data)[:LONGEST_WISH])
            case "failed":
                self._why = _plain(data)
            case "result":
                self._results.append(data)

    def _stored(self, now: float) -> int:
        """The bytes of its files and those all share, counted now and then."""
        if now < self._next_count:
            return 0
        self._next_count = now + COUNT_EVERY
        return sum(map(stored, self._folders)) + self._output.stat().st_size

    def _stop(self, ended: str, why: str) -> None:
        if not self._cut:
            self._cut, self._why = ended, why

    def _outcome(self) -> tuple[str, str]:
        if self._reader.forged or self.done and self._reader.left and not self._cut:
            return "silent", "something other than the answer was written where the answer goes"
        if self._results:
            return "answered", ""
        if self._cut:
            return self._cut, self._why
        if self._exit < 0:
            return "signal", f"its process was ended by {_signal_name(-self._exit)}"
        if self._limits.sandbox == "required" and self._missing:
            return "refused", f"the sandbox is required and lacks {', '.join(self._missing)}"
        return "silent", self._why or f"its process ended with exit code {self._exit} and no answer"

    def _clean(self) -> None:
        for path in (self.order, self._output, self._fifo):
            path.unlink(missing_ok=True)
        rmtree(self._folder, ignore_errors=True)

    def _last_words(self) -> str:
        with self._output.open("rb") as printed:
            size = printed.seek(0, os.SEEK_END)
            printed.seek(max(0, size - LAST_WORDS))
            return _plain(printed.read().decode(errors="replace"))


def _plain(text: str) -> str:
    """Words of user code, without what would steer a terminal."""
    return "".join(
        each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}" for each in text
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
