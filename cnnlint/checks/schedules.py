"""Checks on schedules: whether their numbers fit how often they are stepped, and their optimizer."""

from __future__ import annotations

from typing import NamedTuple

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Scheduler, SchedulerStep
from cnnlint.findings import Confidence, Fix, Severity
from cnnlint.fixes import insert_after, move_after, remove, set_argument, together
from cnnlint.schedules import Run, epochs_of, loops_around, rates_in, rounds, run_of, steps_within
from cnnlint.traces import descended_from
from cnnlint.values import surely

#: So many steps are no epochs: of a schedule that counts batches, where the run's length is not known.
MANY = 500
#: No learning rate that trains is higher.
HIGHEST = 10.0


class Fault(NamedTuple):
    """What is wrong with a schedule and what mends it, as the message says it."""

    fault: str
    mend: str
    severity: Severity = Severity.WARNING


def schedule_never_acts(scheduler: Scheduler, *, dead: float, idle: float, high: float) -> Flags:
    """Its numbers do not fit how often it is stepped: it never acts, or ends the training early or late."""
    if any(_in_doubt(step) for step in scheduler.steps):  # another rule says so
        return
    run = run_of(scheduler)
    for found in (
        _epochs(scheduler, run) or _misfits(scheduler, run, high) or _ends(scheduler, run, dead, idle)
    ):
        yield flag(
            scheduler,
            also=[(scheduler.steps[-1], f"stepped here, once per {run.unit}")],
            severity=found.severity,
            confidence=Confidence.MEDIUM,
            scheduler=scheduler.name or scheduler.kind,
            kind=scheduler.kind,
            fault=found.fault,
            mend=found.mend,
        )


def _epochs(scheduler: Scheduler, run: Run) -> list[Fault]:
    """A cycle that is told how many epochs it has, each of as many batches as its loader, is given others."""
    told = getattr(scheduler, "epochs", 0)
    if not scheduler.epoch_of or not scheduler.by_batch or not told:
        return []
    epochs = epochs_of(scheduler, scheduler.epoch_of)
    taken = f"and the run takes {_counted(epochs, 'epoch')}"
    if run.sure and epochs > told:
        raises = f"raises ValueError after its {_counted(told, 'epoch')}, {taken}"
        return [Fault(raises, f"set `epochs={epochs}`", Severity.ERROR)]
    if told >= 2 * epochs:
        return [Fault(f"is laid out for {_counted(told, 'epoch')} {taken}", f"set `epochs={epochs}`")]
    return []


def _misfits(scheduler: Scheduler, run: Run, high: float) -> list[Fault]:
    """Its own numbers are too large or too small for the run."""
    steps, pace = _counted(run.steps, run.unit), scheduler.pace
    if scheduler.first_change > run.last:
        first = f"may change the rate after {_counted(scheduler.first_change, run.unit)} at the earliest"
        return [Fault(f"{first}, and the run takes {steps}", f"lower `{pace}` or train longer")]
    if scheduler.length >= 2 * run.steps:
        laid_out = f"is laid out for {scheduler.length:,} steps and the run takes {steps}"
        return [Fault(laid_out, f"set `{pace}` to what the run takes")]
    if scheduler.kind == "OneCycleLR" and run.sure and run.steps > scheduler.length:
        cycle = f"raises ValueError after its {scheduler.length:,} steps, and the run takes {steps}"
        return [Fault(cycle, f"set `{pace}` to that", Severity.ERROR)]
    if scheduler.kind == "CosineAnnealingLR" and run.sure and run.steps < 4 * scheduler.length:
        share = scheduler.rate(run.last, 1.0)
        if scheduler.length < run.last and share >= high:
            up = f"is down after {scheduler.length:,} steps and up again to {share:.0%} at the end of {steps}"
            return [Fault(up, f"set `T_max={run.steps}`")]
    return []


def _ends(scheduler: Scheduler, run: Run, dead: float, idle: float) -> list[Fault]:
    """It takes the rate to nothing long before the end."""
    if not run.sure or run.last < 2:
        return []
    known = surely(scheduler.optimizer.lr > 0)
    rates = rates_in(scheduler, run, None if known else HIGHEST)
    trained = max((step for step, rate in rates if rate >= dead), default=0)
    after = [(step, rate) for step, rate in rates if step > trained]
    wasted = run.last - trained
    if not after or rates[0][1] < dead or wasted < idle * (run.last + 1):
        return []
    step, rate = after[0]
    brought = (
        f"takes the rate to {_small(rate)}" if known else f"multiplies the rate by {_small(rate / HIGHEST)}"
    )
    taken = f"{brought} in {_counted(step, run.unit)}"
    return [
        Fault(f"{taken}, so the other {wasted:,} of {run.steps:,} train nothing", "let it decay more slowly")
    ]


def scheduler_step_granularity(step: SchedulerStep, *, batches: int, kept: float) -> Flags:
    """A schedule in epochs is stepped with every batch, or one in batches once per epoch."""
    often, rarely = _too_often(step, batches, kept), _too_rarely(step)
    if often or rarely:
        yield flag(
            step,
            also=[(step.subject, "built here")],
            fix=_moved_out(step) if often else _moved_in(step),
            confidence=Confidence.MEDIUM,
            scheduler=step.owner or step.subject.name or "the scheduler",
            kind=step.subject.kind,
            counted="epochs" if often else "batches",
            stepped="batch" if often else "epoch",
            effect=often or rarely,
            place="after the batches" if often else "after each optimizer step",
        )


def _in_doubt(step: SchedulerStep) -> bool:
    """It is stepped with every batch of many epochs, or once per epoch, and may be meant otherwise."""
    scheduler, by_batch = step.subject, step.loop and step.loop.per_batch
    per_batch = (
        by_batch and scheduler.counts == "epoch" and not step.maybe and loops_around(step, scheduler)[1:]
    )
    return bool(per_batch or _too_rarely(step))


def _too_often(step: SchedulerStep, batches: int, kept: float) -> str:
    """What comes of stepping a schedule in epochs with every batch; '' if it is not so."""
    scheduler, loop = step.subject, step.loop
    around = loops_around(step, scheduler)[1:]
    if not loop or not loop.per_batch or not around or scheduler.counts != "epoch":
        return ""
    if step.maybe and not (scheduler.kind == "CosineAnnealingLR" and _with_optimizer(step)):
        return ""
    if step.counts or step.bare == (scheduler.kind == "ReduceLROnPlateau"):
        return ""
    epochs = rounds(around)
    if scheduler.kind in ("StepLR", "ExponentialLR"):
        early = scheduler.first_change <= batches and scheduler.rate(batches, 1.0) <= kept
        late = scheduler.first_change <= epochs and scheduler.rate(epochs * batches, 1.0) <= kept**3
        if not (surely(early) or surely(late)):
            return ""
        if surely(loop.times > 0):
            return f"so one epoch multiplies the rate by {_small(scheduler.rate(loop.times, 1.0))}"
        return f"so {batches} batches multiply the rate by {_small(scheduler.rate(batches, 1.0))}"
    if scheduler.kind == "MultiStepLR":
        within = surely(scheduler.length <= epochs) or surely(scheduler.length <= batches)
        return f"so batch {scheduler.length} is its last milestone" if within else ""
    if scheduler.kind == "CosineAnnealingLR" and surely(scheduler.length <= epochs):
        steps = "of these steps" if step.maybe else "batches"
        return f"so it is down after {scheduler.length} {steps} and up again after {2 * scheduler.length}"
    if scheduler.kind == "ReduceLROnPlateau" and surely(scheduler.first_change <= epochs):
        per_batch = any(True for _ in descended_from(step))
        return "" if per_batch else f"so {scheduler.patience} batches without a best lower the rate"
    return ""


def _with_optimizer(step: SchedulerStep) -> bool:
    """It is stepped whenever its optimizer is, once in several batches."""
    return any(each.loop == step.loop and each.arms == step.arms for each in step.subject.optimizer.steps)


def _too_rarely(step: SchedulerStep) -> str:
    """What comes of stepping a schedule in batches once per epoch; '' if it is not so."""
    scheduler = step.subject
    if not step.bare or scheduler.steps[1:] or (step.loop and step.loop.per_batch):
        return ""
    around = loops_around(step, scheduler)
    if not around or not steps_within(step):
        return ""
    epochs, length = rounds(around), scheduler.length
    if scheduler.kind == "OneCycleLR":
        if surely(3 * epochs <= length):
            return f"so the run ends after {epochs:,} of its {length:,} steps"
        return "so the run ends at the beginning of its cycle" if scheduler.by_batch else ""
    if scheduler.kind == "CyclicLR":
        slow = surely(length >= MANY) or surely(5 * epochs <= length)
        return f"so the rate rises for {length:,} epochs" if slow else ""
    if scheduler.kind == "CosineAnnealingLR":
        batches = rounds(loops_around(steps_within(step)[0], scheduler))
        late = surely(3 * epochs <= length) and surely(batches <= 2 * length)
        return f"so the run ends after {epochs:,} of its {length:,} steps" if late else ""
    return ""


def _moved_out(step: SchedulerStep) -> Fix | None:
    """It is stepped behind the loop over the batches."""
    here = step.bare and step.loop and step.loop.functions == step.functions
    return move_after(step, step.loop, safe=False) if here else None


def _moved_in(step: SchedulerStep) -> Fix | None:
    """It is stepped behind each step of its optimizer."""
    written, behind = f"{step.owner}.step()", steps_within(step)[-1]
    if not step.owner or behind.functions != step.functions:
        return None
    moved = [insert_after(behind, written, safe=False), remove(step, safe=False)]
    return together(*moved, title=f"move `{written}` into the loop")


def cyclic_momentum_with_adam(scheduler: Scheduler) -> Flags:
    """It cycles the momentum of an optimizer that has none."""
    if scheduler.kind not in ("CyclicLR", "OneCycleLR") or not getattr(scheduler, "cycle_momentum", False):
        return
    optimizer = scheduler.optimizer
    adam = optimizer.momentum_in == "betas" and scheduler.kind == "CyclicLR"
    if adam or not optimizer.momentum_in:
        yield flag(
            scheduler,
            also=[optimizer],
            fix=set_argument(scheduler, "cycle_momentum", False, safe=not adam),
            severity=Severity.WARNING if adam else Severity.ERROR,
            scheduler=scheduler.name or scheduler.kind,
            kind=scheduler.kind,
            optimizer=optimizer.kind,
            when=" before torch 2.3" if adam else "",
        )


def _counted(number: int, unit: str) -> str:
    return f"{number:,} {unit}" + ("" if number == 1 else "es" if unit == "batch" else "s")


def _small(rate: float) -> str:
    """A small number as a person writes it: 1e-9."""
    return f"{rate:.0e}".replace("e-0", "e-") if rate else "0"
