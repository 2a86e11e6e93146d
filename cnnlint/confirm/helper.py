"""The process that loads torch and forks experiments, as its parent sees it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["Helper"]

PATIENCE = 20.0  # seconds for what takes no time
LOADING = 300.0  # seconds for what a cold network drive takes
READY = {"versions", "broken"}


class Helper:
    """Speaks lines of JSON with the process. `lost` says that it has ended, or must be ended."""

    def __init__(self, home: Path, environment: Mapping[str, str], preload: Sequence[str]) -> None:
        self._log = home / "log"
        empty = home / "empty"  # user code lies in no folder that modules are looked for in
        empty.mkdir(exist_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cnnlint.confirm.child", str(home), *preload],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                cwd=empty, env=dict(environment), start_new_session=True, bufsize=0,
            )  # fmt: skip
        assert self._process.stdin
        assert self._process.stdout
        self._orders, self.reports = self._process.stdin, self._process.stdout
        os.set_blocking(self.reports.fileno(), False)
        self._rest = b""
        self._greeting: dict[str, Any] = {}
        self._asked_to_kill: dict[int, float] = {}
        self.lost = False

    def greeting(self) -> dict[str, Any]:
        """What it said when it was ready, with `broken` if it is not."""
        deadline = time.monotonic() + LOADING
        while not self._greeting:
            select.select([self.reports], [], [], max(0.0, deadline - time.monotonic()))
            self.heard()
            if self.lost:
                self._greeting = {"broken": self._last_words()}
            elif time.monotonic() > deadline:
                self._greeting = {"broken": f"it was not loaded after {LOADING:g} s"}
        return self._greeting

    def start(self, number: int, order: Path) -> None:
        """Have an experiment started."""
        self._say({"start": number, "file": str(order)})

    def kill(self, number: int) -> None:
        """Have an experiment killed. If nothing happens, the process itself is given up."""
        now = time.monotonic()
        if number not in self._asked_to_kill:
            self._asked_to_kill[number] = now
            self._say({"kill": number})
        elif now - self._asked_to_kill[number] > PATIENCE:
            self.lost = True
            self._process.kill()

    def heard(self) -> list[dict[str, Any]]:
        """What it has reported since; never waits."""
        reports: list[dict[str, Any]] = []
        while came := self.reports.read(1 << 16):
            *lines, self._rest = (self._rest + came).split(b"\n")
            reports += [json.loads(line) for line in lines]
        if came == b"":
            self.lost = True
        self._greeting = next((report for report in reports if report.keys() & READY), self._greeting)
        return reports

    def dismiss(self) -> None:
        """End it, and with it all experiments."""
        self._say({"stop": True})
        self._orders.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        self._process.kill()
        self._process.wait()
        self.reports.close()

    def _say(self, order: Mapping[str, Any]) -> None:
        with suppress(BrokenPipeError):  # then it is lost, as its reports will show
            self._orders.write(json.dumps(order).encode() + b"\n")

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "it ended without a word")
