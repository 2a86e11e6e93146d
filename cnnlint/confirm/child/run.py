"""Level `run`: the user's own script, unmodified, as `__main__` in a replaced world, for a few steps."""

from __future__ import annotations

import linecache
import os
import random
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType

import torch

from cnnlint.confirm.child import probes
from cnnlint.confirm.child.clock import WAITING, Clock
from cnnlint.confirm.child.hooks import Listening
from cnnlint.confirm.child.outcome import outcome
from cnnlint.confirm.child.overlay import Overlay
from cnnlint.confirm.child.places import Users, tops
from cnnlint.confirm.child.recording import Recorder, Stop
from cnnlint.confirm.child.tries import SMALL_BATCH, another_try
from cnnlint.confirm.child.weights import Weights
from cnnlint.confirm.child.world import World
from cnnlint.evidence import RunResult, Task, line_of

__all__ = ["perform"]

GRACE = 0.5  # seconds after its time until the script is interrupted wherever it is
MOST_TRIES = 4


def perform(task: Task) -> RunResult:
    """Run the script; another time in a slightly other world if the first was at odds with it."""
    options = task.get("options", {})
    torch.set_num_threads(int(options.get("threads", 1)))
    users = Users(task["root"], task["path"])
    world = World(users, options)
    listening = Listening()
    world.replace()
    sys.meta_path.insert(0, Overlay(task.get("overlay", {})))
    seconds = float(options.get("seconds", 8.0))
    clock = Clock(max(seconds, float(options.get("patience", 0.0))))
    best: RunResult | None = None
    for _ in range(MOST_TRIES):
        result = _try(task, world, listening, min(seconds, clock.left), clock.left)
        if best is None or best["ended"] == "slow" or _got(result) >= _got(best):
            best = result
        if not another_try(result, world) or clock.left < 0:
            break
    assert best is not None
    return best


def _got(result: RunResult) -> tuple[int, int]:
    """How far a run got."""
    return result["steps"], len(result["events"])


def _try(task: Task, world: World, listening: Listening, seconds: float, patience: float) -> RunResult:
    """Run it once, for so long, or for so long where its first steps take longer."""
    options = task.get("options", {})
    for kept in (world.replaced, world.unreads, *world.kept):
        kept.clear()
    recorder = Recorder(
        world.users,
        probes.all_probes() if options.get("probes", not options.get("curve")) else (),
        steps=int(options.get("steps", 20)),
        seconds=seconds,
        patience=patience,
        evaluate=bool(options.get("evaluate")),
        seed=world.seed,
        brief=bool(options.get("curve")) and not options.get("whole"),
        hurry=world.batch is not None and world.batch > SMALL_BATCH and not options.get("curve"),
        aligned=bool(options.get("curve") or options.get("start") or options.get("keep")),
        first_call=Weights(options).first_call,
    )
    _seed(world.seed)
    broken: BaseException | None = None
    listening.recorder = world.recorder = recorder
    try:
        with _interrupted(recorder, seconds + GRACE):
            _execute(task, world.folder)
        recorder.ended, recorder.why = "finished", f"the script ended after {recorder.steps} optimizer steps"
    except Stop:
        pass
    except SystemExit as left:
        recorder.ended, recorder.why = "exited", _farewell(left, world.users)
    except BaseException as error:
        if not recorder.ended:  # else it fell over our taking the data away
            broken = error
            recorder.ended, recorder.why = "broken", f"{type(error).__name__}: {str(error)[:500]}"
    finally:
        recorder.paused = True
    if recorder.ended == "slow":  # another try follows
        recorder.probes.clear()
    result = outcome(recorder, world, broken)
    listening.recorder = world.recorder = None
    world.refused, world.fitting = recorder.refused, recorder.fitting
    return result


def _farewell(left: SystemExit, users: Users) -> str:
    """How a script ended itself, which may be with words, and where."""
    if isinstance(left.code, str):
        return f"the script ended itself: {left.code}"
    place = users.broken(left)["place"]
    where = f" on {line_of(place)}" if place else ""
    return f"the script called exit({left.code!r}){where}"


def _execute(task: Task, started_in: str) -> None:
    """The file as `__main__`, as Python would run it in a folder."""
    path, source = task["path"], task["source"]
    folder = str(Path(path).parent)
    root = task["root"]
    for name, module in list(sys.modules.items()):  # of a try before
        file = str(getattr(module, "__file__", None) or "")
        if file.startswith(root + os.sep) and "site-packages" not in file and not name.startswith("cnnlint"):
            del sys.modules[name]
    main = ModuleType("__main__")
    vars(main).update(__file__=path, __builtins__=__builtins__)
    sys.modules["__main__"] = main
    sys.argv = [path, *task.get("options", {}).get("argv", [])]
    own = [folder, *tops(root)]
    sys.path[:] = [folder, *(each for each in sys.path if each not in own), *own[1:]]
    os.chdir(started_in)
    linecache.cache[path] = (len(source), None, source.splitlines(True), path)
    exec(compile(source, path, "exec", dont_inherit=True), vars(main))


@contextmanager
def _interrupted(recorder: Recorder, seconds: float) -> Iterator[None]:
    """Stop what goes on longer, where signals allow it."""

    def over(_: int, frame: FrameType | None) -> None:
        recorder.look_at_the_clock(frame)

    if not hasattr(signal, "setitimer"):
        yield
        return
    alarms = (
        (signal.SIGPROF, signal.ITIMER_PROF, seconds),
        (signal.SIGALRM, signal.ITIMER_REAL, WAITING * seconds),
    )
    before = [signal.signal(number, over) for number, _, _ in alarms]
    try:
        for _, timer, after in alarms:
            signal.setitimer(timer, after, GRACE)
        yield
    finally:
        for (number, timer, _), handler in zip(alarms, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


def _seed(seed: int) -> None:
    """Every generator starts from the task's seed, in a try as in another."""
    torch.manual_seed(0)  # the world adds the task's
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
