"""Time and memory of a child process, and the least of several runs."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ROOT", "Cost", "cnnlint", "least", "python", "run"]

ROOT = Path(__file__).resolve().parents[1]
#: What cnnlint may answer with: nothing found, or something found.
FINE = (0, 1)


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of CPU (with its own children), peak memory in MB, and its output."""

    wall: float
    cpu: float
    memory: float
    output: str = ""


def run(command: Sequence[str], *, fine: Sequence[int] = FINE) -> Cost:
    """Run a command and say what it cost. RuntimeError if its exit code is not one of `fine`."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed cnnlint is compiled, as libcst is
    started = time.perf_counter()
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True
    )
    output, complaint = _read_all(child)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in fine:
        raise RuntimeError(f"`{' '.join(command)}` ended with {child.returncode}: {complaint.strip()[-500:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6, output)


def python(code: str, *arguments: str) -> list[str]:
    """The command that runs `code` in this interpreter."""
    return [sys.executable, "-c", code, *arguments]


def cnnlint(*arguments: str) -> list[str]:
    """The command that runs this checkout's cnnlint, without anyone's configuration."""
    return python("import sys; from cnnlint.cli import main; sys.exit(main())", *arguments)


def least(times: int, prepare: Callable[[], object], *commands: Sequence[str]) -> list[Cost]:
    """The cheapest run of each command, by CPU. They take turns, so that a noisy minute hits all of them;
    `prepare` is called before each run."""
    costs: list[list[Cost]] = [[] for _ in commands]
    for _ in range(times):
        for command, seen in zip(commands, costs, strict=True):
            prepare()
            seen.append(run(command))
    return [
        Cost(
            min(cost.wall for cost in seen),
            min(cost.cpu for cost in seen),
            max(cost.memory for cost in seen),
            seen[-1].output,
        )
        for seen in costs
    ]


def _read_all(child: subprocess.Popen[str]) -> tuple[str, str]:
    """Both streams to their ends, while the child is still to be waited for."""
    assert child.stdout is not None
    assert child.stderr is not None
    complaint: list[str] = []
    stream = child.stderr
    reader = threading.Thread(target=lambda: complaint.append(stream.read()))
    reader.start()
    output = child.stdout.read()
    reader.join()
    child.stdout.close()
    child.stderr.close()
    return output, complaint[0]
