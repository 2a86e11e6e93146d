"""Where experiments are made: `Workshop` has tasks done by processes in a sandbox and yields what became of
them. It loads no torch itself."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from types import TracebackType
from typing import Any

from cnnlint.confirm.environment import scrubbed
from cnnlint.confirm.experiment import Experiment, Limits
from cnnlint.confirm.helper import Helper
from cnnlint.confirm.usage import spare
from cnnlint.evidence import Answer, Task

__all__ = ["CannotConfirm", "NoTorch", "Workshop", "modules_for"]

LEAST_MEMORY, MOST_MEMORY = 3 << 30, 8 << 30  # bytes
TICK = 0.02  # seconds between looks at the clock and the memory of each experiment
TORCH = ("torch", "cnnlint.confirm.child.shapes", "cnnlint.confirm.child.run")
LARGE = re.compile(r"^\s*(?:from|import)\s+(torchvision|lightning|pytorch_lightning)\b", re.MULTILINE)


class CannotConfirm(Exception):
    """Experiments cannot be made here; the text says why in one line."""


class NoTorch(CannotConfirm):
    """torch is missing or broken; the text says in one line how to get it."""


def modules_for(sources: Iterable[str]) -> tuple[str, ...]:
    """What a workshop is to load once for tasks with those texts, rather than each task anew."""
    return (*TORCH, *sorted({name for source in sources for name in LARGE.findall(source)}, reverse=True))


class Workshop:
    """Makes experiments, `jobs` at once, each in a process of its own with a scratch folder as its working
    folder.

    `sandbox` is 'auto' (the layers there are), 'required' (without one of them a task is refused) or 'off'.
    An experiment may read the project at `root` and what else is `readable`, and hold `memory` bytes; 0 means
    half of what can be had now, shared among the jobs, from 3 to 8 GiB.
    `environment` are variables it sees besides the few of ours. `shared` is a folder that tasks may read and
    write, for what one leaves to the next; it ends with the workshop. `preload` are modules loaded once for
    all, as `modules_for` says: the first has to be there.
    """

    def __init__(
        self,
        *,
        sandbox: str = "auto",
        memory: int = 0,
        jobs: int = 1,
        root: str | Path = ".",
        readable: Sequence[str | Path] = (),
        environment: Mapping[str, str] | None = None,
        preload: Sequence[str] = TORCH,
    ) -> None:
        self.jobs = max(1, jobs)
        memory = memory or min(max(LEAST_MEMORY, spare() // 2 // self.jobs), MOST_MEMORY)
        self._limits = Limits(sandbox, memory, tuple(str(Path(path).resolve()) for path in (root, *readable)))
        self._environment = dict(environment or {})
        self._preload = tuple(preload)
        self._number = 0

    def __enter__(self) -> Workshop:
        """Start the process that loads torch, without waiting for it."""
        if not hasattr(os, "fork"):
            raise CannotConfirm("--confirm needs Linux or macOS: this system cannot fork a process")
        if "torch" in self._preload and find_spec("torch") is None:
            raise NoTorch("--confirm needs torch: pip install 'cnnlint[confirm]'")
        self._home = Path(mkdtemp(prefix="cnnlint-")).resolve()
        self.shared = self._home / "shared"
        self.shared.mkdir()
        self._helper = self._hire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every process, remove every file."""
        self._helper.dismiss()
        rmtree(self._home, ignore_errors=True)

    @property
    def versions(self) -> dict[str, str]:
        """Those of Python and the modules loaded. NoTorch if torch cannot be loaded."""
        return {name: version for name, version in self._greeting()["versions"].items() if version}

    @property
    def devices(self) -> list[str]:
        """What torch can compute on: 'cpu', 'cuda:0' ..."""
        return list(self._greeting()["devices"])

    def answers(self, tasks: Iterable[Task], seconds: float) -> Iterator[tuple[int, Answer]]:
        """What became of each task, with its place among them, as they end. None may take longer than
        `seconds`. What an experiment does, or fails to do, is an answer and never an exception."""
        waiting = enumerate(tasks)
        running: dict[int, tuple[int, Experiment]] = {}
        self._greeting()
        try:
            while True:
                while len(running) < self.jobs and (following := next(waiting, None)):
                    index, task = following
                    running[self._number] = index, self._begin(task, seconds)
                if not running:
                    return
                for number in self._ended({number: each for number, (_, each) in running.items()}):
                    index, experiment = running.pop(number)
                    yield index, experiment.answer()
        finally:
            for _, experiment in running.values():
                self._helper.kill(experiment.number)
                experiment.answer()

    def _hire(self) -> Helper:
        return Helper(self._home, scrubbed(self._home, self._environment), self._preload)

    def _greeting(self) -> dict[str, Any]:
        greeting = self._helper.greeting()
        if "broken" in greeting:
            name = self._preload[0] if self._preload else "python"
            raise NoTorch(f"--confirm needs {name}, which {sys.executable} cannot load: {greeting['broken']}")
        return greeting

    def _begin(self, task: Task, seconds: float) -> Experiment:
        self._number += 1
        experiment = Experiment(self._number, self._home, self.shared, task, seconds, self._limits)
        self._helper.start(experiment.number, experiment.order)
        return experiment

    def _ended(self, running: Mapping[int, Experiment]) -> list[int]:
        """Wait a moment, listen, and look after what runs: the numbers of those that have ended."""
        pipes = [each.pipe for each in running.values() if not each.told]
        select.select([self._helper.reports.fileno(), *pipes], [], [], TICK)
        now = time.monotonic()
        for report in self._helper.heard():
            if "started" in report and report["started"] in running:
                running[report["started"]].started(report["pid"], now)
            elif "ended" in report and report["ended"] in running:
                running[report["ended"]].ended(report["exit"], report["memory"], now)
        for experiment in running.values():
            experiment.listen()
            if experiment.overdrawn(now):
                self._helper.kill(experiment.number)
        if self._helper.lost:
            for experiment in running.values():
                experiment.lost()
            self._helper.dismiss()
            self._helper = self._hire()
        return [number for number, each in running.items() if each.done]
