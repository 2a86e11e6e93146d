"""Questions on how often schedulers are stepped in a run, and what that makes of the learning rate.

An answer is a value; where it is not known, Undecided is raised or the answer is Unknown.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from cnnlint.facts import Event, Loader, Loop, Optimizer, Scheduler, SchedulerStep, Step
from cnnlint.values import Undecided, is_unknown

__all__ = [
    "Run",
    "alone",
    "epochs_of",
    "looks",
    "loops_around",
    "peak_of",
    "rates_in",
    "rounds",
    "run_of",
    "steps_within",
]

#: Rates are looked at so many times in a run.
LOOKS = 200


class Run(NamedTuple):
    """How often a scheduler is stepped from when it is built: `steps` at most, and exactly so if `sure`.
    `last` is the number of the last step whose rate anything is trained with."""

    steps: int
    last: int
    sure: bool
    unit: str  # what one step is: 'batch', 'epoch' or, where it comes once in several batches, 'step'


def run_of(scheduler: Scheduler) -> Run:
    """Undecided if it, or its optimizer, is in the hands of code that is not seen."""
    if scheduler.escaped or scheduler.exposed or scheduler.optimizer.escaped or not scheduler.steps:
        raise Undecided("code that is not seen may step the schedule")
    steps = 0
    for event in scheduler.steps:
        if event.loop and event.loop is scheduler.made_in:
            raise Undecided("it is built anew for each step")
        if event.loop and is_unknown(event.loop.loader):
            raise Undecided("not known whether this loop is over batches")
        if not (event.bare or event.counts or scheduler.kind == "ReduceLROnPlateau"):
            raise Undecided("the schedule is told which step it takes")
        steps += happenings(event, loops_around(event, scheduler))
    trained = [event.order for event in scheduler.optimizer.steps]
    first = bool(trained) and scheduler.steps[0].order < trained[0]
    by_batch = all(event.loop and event.loop.per_batch for event in scheduler.steps)
    per_batch = "step" if any(event.maybe for event in scheduler.steps) else "batch"
    return Run(
        steps,
        steps if first else steps - 1,
        all(_each_round(event) for event in scheduler.steps),
        per_batch if by_batch else "epoch",
    )


def epochs_of(scheduler: Scheduler, loader: Loader) -> Any:
    """In how many epochs it is stepped with each batch of a loader. Undecided if it is stepped otherwise."""
    if (
        len(scheduler.steps) != 1
        or not scheduler.steps[0].loop
        or scheduler.steps[0].loop.loader is not loader
    ):
        raise Undecided("not known how often it is stepped in an epoch")
    return rounds(loops_around(scheduler.steps[0], scheduler)[1:])


def happenings(event: Event, loops: list[Loop]) -> Any:
    """How often an event comes in all rounds of these loops, at most: once in so many, where it lies under a
    test that says so."""
    inside = event.arms[len(loops[0].arms) :] if loops else ()
    for branch, arm in inside:
        if branch.rhythm and branch.rhythm.due == arm and isinstance(branch.rhythm.times, int):
            seldom = loops[0].times // branch.rhythm.times + bool(branch.rhythm.ends)
            return seldom * rounds(loops[1:])
    return rounds(loops)


def rounds(loops: list[Loop]) -> Any:
    """How often the innermost of these loops comes round in all of the outermost."""
    times: Any = 1
    for loop in loops:
        times = times * loop.times
    return times


def loops_around(event: Event, built: Scheduler | Optimizer) -> list[Loop]:
    """The loops around an event that do not build the scheduler or optimizer anew, innermost first."""
    if is_unknown(built.made_in):
        raise Undecided("not known where it is built")
    loops = []
    loop = event.loop
    while loop is not None and loop is not built.made_in:
        loops.append(loop)
        loop = loop.parent
    return loops


def _each_round(event: Event) -> bool:
    """It happens in every round of the loops around it, and none of them is left early."""
    inner: Any = event
    loop = event.loop
    while loop is not None:
        if loop.left_early or len(inner.arms) > len(loop.arms):
            return False
        inner, loop = loop, loop.parent
    return True


def steps_within(step: SchedulerStep) -> list[Step]:
    """The steps of its optimizer with each batch, in a loop over batches inside the loop of a scheduler's
    step; none if the optimizer steps as often as the scheduler. Undecided if it may step elsewhere."""
    optimizer = step.subject.optimizer
    if optimizer.escaped:
        raise Undecided("code that is not seen may step the optimizer")
    inside = list(step.loop.events(Step)) if step.loop else []
    if any(is_unknown(event.subject) or is_unknown(event.loop.loader) for event in inside):
        raise Undecided("not known which optimizer steps inside, or over what")
    within = [event for event in inside if event.subject is optimizer]
    by_batch = [event for event in within if event.loop is not step.loop and event.loop.per_batch]
    return by_batch if len(by_batch) == len(within) else []


def alone(scheduler: Scheduler) -> bool:
    """Nothing else sets the learning rate of its optimizer. Undecided if that is not known."""
    optimizer = scheduler.optimizer
    if optimizer.adjusted or optimizer.escaped or optimizer.exposed:
        raise Undecided("code sets the learning rate by hand, or may do so")
    mine = [scheduler, *scheduler.inner]
    return all(any(each is other for other in mine) for each in optimizer.schedulers)


def rates_in(scheduler: Scheduler, run: Run, base: Any = None) -> list[tuple[int, float]]:
    """The learning rate after some of the steps of a run, the first and the last among them, where it is
    `base` without a schedule: else the optimizer's own."""
    if not alone(scheduler):
        raise Undecided("several schedules set the learning rate")
    return [(step, scheduler.rate(step, base)) for step in looks(run)]


def looks(run: Run) -> list[int]:
    """The steps of a run at which its rate is looked at, all of them in a short one."""
    apart = -(-run.last // LOOKS) or 1
    return [*range(0, run.last, apart), run.last]


def peak_of(optimizer: Optimizer) -> float:
    """The highest learning rate that an optimizer reaches. Undecided if that is not known."""
    if optimizer.adjusted or optimizer.escaped:
        raise Undecided("code sets the learning rate by hand, or may do so")
    outer = [each for each in optimizer.schedulers if not each.escaped]
    if all(each.only_lowers for each in outer):
        return optimizer.lr  # type: ignore[no-any-return]
    if len(outer) != 1:
        raise Undecided("several schedules set the learning rate")
    return max(rate for _, rate in rates_in(outer[0], run_of(outer[0])))
