"""The process that loads torch once and forks a process for each experiment.

It runs no user code itself, and starts nothing but experiments: whatever else turns up below it is a stray
that an experiment left behind, and is killed.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
import warnings
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from typing import Any

from cnnlint.confirm.child.worker import work
from cnnlint.confirm.sandbox import prepare
from cnnlint.confirm.sandbox.kernel import adopt_orphans
from cnnlint.confirm.usage import children, descendants

__all__ = ["main"]

ORDERS = 0
BREATH = 1.0  # seconds between looks whether the parent is still there


def main() -> None:
    """Greet, and serve orders until told to stop. If the parent dies before, nothing is left behind."""
    parent, home = os.getppid(), sys.argv[1]
    sys.dont_write_bytecode = True  # whatever the site's own start files have set
    sys.path[:] = [entry for entry in sys.path if entry not in ("", str(Path.cwd()))]
    # Whatever prints, prints to the log; only reports go to the parent.
    reports = os.dup(1)
    os.dup2(2, 1)
    _report(reports, _greeting(sys.argv[2:]))
    prepare()
    gc.freeze()  # what is there now is not looked at, and so not copied, in each experiment
    adopt_orphans()
    if not _Zygote(parent, reports).serve():
        rmtree(home, ignore_errors=True)


def _report(line: int, data: Any) -> None:
    os.write(line, json.dumps(data).encode() + b"\n")


def _greeting(modules: list[str]) -> dict[str, Any]:
    """Load the modules; their versions and the devices torch sees. Only the first one has to be there."""
    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for place, name in enumerate(modules):
        try:
            versions[name] = str(getattr(import_module(name), "__version__", ""))
        except Exception as broken:
            if place == 0:
                return {"broken": f"{type(broken).__name__}: {broken}"}
    return {"versions": versions, "devices": _devices()}


def _devices() -> list[str]:
    """What torch can compute on, asked so that CUDA is not started: a fork could not use it then."""
    torch = sys.modules.get("torch")
    if torch is None:
        return []
    return ["cpu", *(f"cuda:{number}" for number in range(torch.cuda.device_count()))]


class _Zygote:
    def __init__(self, parent: int, reports: int) -> None:
        self._parent = parent
        self._reports = reports
        self._dismissed = False
        self._running: dict[int, int] = {}  # the number of the order of each process
        self._woken, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        os.set_blocking(self._woken, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)

    def serve(self) -> bool:
        """Do what is ordered and tell what ends, until told to stop, or there is nobody to tell (False)."""
        rest = b""
        while not self._dismissed and os.getppid() == self._parent:
            readable, _, _ = select.select([ORDERS, self._woken], [], [], BREATH)
            if self._woken in readable:
                with suppress(BlockingIOError):
                    os.read(self._woken, 4096)
                self._reap()
            if ORDERS in readable:
                came = os.read(ORDERS, 1 << 16)
                if not came:
                    break
                *lines, rest = (rest + came).split(b"\n")
                for line in lines:
                    self._obey(json.loads(line))
        for pid in self._running:
            self._kill(pid)
        with suppress(ChildProcessError):  # there are none left, and none that could still make a file
            while True:
                os.wait()
        return self._dismissed

    def _obey(self, order: dict[str, Any]) -> None:
        match order:
            case {"start": number, "file": file}:
                self._start(number, Path(file))
            case {"kill": number}:
                for pid in [pid for pid, of in self._running.items() if of == number]:
                    self._kill(pid)
            case _:
                self._dismissed = True

    def _start(self, number: int, order: Path) -> None:
        me = os.getpid()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # threads of torch are idle, and a fork has none
            pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for line in (self._reports, self._woken, self._waker):
                os.close(line)
            work(order, me)
        self._running[pid] = number
        _report(self._reports, {"started": number, "pid": pid})

    def _kill(self, pid: int) -> None:
        """Kill an experiment with all that it has started. It is not reaped yet, so the number is its own."""
        for each in [pid, *descendants(pid)]:
            with suppress(OSError):
                os.killpg(each, signal.SIGKILL)
            with suppress(OSError):
                os.kill(each, signal.SIGKILL)

    def _reap(self) -> None:
        """Report the experiments that have ended, and end what they left behind."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                break
            if pid in self._running:
                number = self._running.pop(pid)
                with suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)
                peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
                exit_code = os.waitstatus_to_exitcode(status)
                _report(self._reports, {"ended": number, "exit": exit_code, "memory": peak})
        family = children()
        known = {each for pid in self._running for each in [pid, *descendants(pid, family)]}
        for stray in descendants(os.getpid(), family):
            if stray not in known:
                with suppress(OSError):
                    os.kill(stray, signal.SIGKILL)
