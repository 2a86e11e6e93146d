"""Checks on what a training loop builds anew in each of its rounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Initialization, Loop, Optimizer, SchedulerStep, Step
from cnnlint.findings import Fix
from cnnlint.fixes import move_before
from cnnlint.stacks import starts_trained
from cnnlint.traces import parts, within_loop
from cnnlint.values import surely


def rebuilt_in_loop(loop: Loop, *, epochs: list[str]) -> Flags:
    """What trains, or sets the rate, is built anew in each round of the loop that uses it."""
    for built, forgets in [*_optimizers(loop), *_schedulers(loop), *_models(loop, epochs)]:
        yield flag(
            built,
            also=[(loop, "in each round of this loop")],
            fix=_built_before(built, loop),
            built=built.name or built.kind,
            kind=getattr(built, "class_name", "") or built.kind,
            round="batch" if loop.per_batch else "epoch",
            forgets=forgets,
        )


def _optimizers(loop: Loop) -> Iterator[tuple[Any, str]]:
    """Optimizers that lose what they gathered, and the models of a single batch."""
    steps = {id(step.subject): step for step in loop.events(Step)}
    for step in steps.values():
        optimizer = step.subject
        if not surely(optimizer.made_in == loop) or optimizer.branched or not _rounds(loop, step):
            continue
        models = [module for module in optimizer.modules if within_loop(module.made_in, loop)]
        if any("copy" in module.written for module in models):
            continue  # of each task a copy of one model learns, on purpose
        if models and loop.per_batch:
            yield models[0], "all that it learns"
        elif (
            not models and optimizer.lr > 0 and _keeps_state(optimizer) and not _begun_again(optimizer, loop)
        ):
            yield optimizer, "the averages that its steps rest on"


def _models(loop: Loop, epochs: list[str]) -> Iterator[tuple[Any, str]]:
    """Models that are built together with their optimizer in a loop whose counter says that it counts
    epochs, and not runs: each epoch starts from scratch."""
    if not parts(loop.counter) & set(epochs):
        return
    steps = {id(step.subject): step for step in loop.events(Step)}
    for step in steps.values():
        optimizer = step.subject
        anew = [module for module in optimizer.modules if surely(module.made_in == loop)]
        alike = surely(optimizer.made_in == loop) and not optimizer.branched and _rounds(loop, step)
        if step.loop == loop or not anew or not alike or len(anew) < len(optimizer.modules):
            continue
        kept = any("copy" in module.written or module.branched for module in anew)
        if not kept and not starts_trained(each for module in anew for each in module.modules()):
            yield anew[0], "all that it has learnt"


def _rounds(loop: Loop, step: Step) -> bool:
    """The loop is one over batches that steps itself, or counts epochs around one over the same data."""
    if step.loop == loop:
        return loop.per_batch
    batches = step.loop
    if not batches or batches.parent != loop or not batches.per_batch or not loop.counter:
        return False
    return batches.loader.site.at >= 0 and not within_loop(batches.loader.made_in, loop)


def _keeps_state(optimizer: Optimizer) -> bool:
    """It remembers past gradients."""
    return bool(optimizer.family in ("adam", "adaptive") or optimizer.momentum > 0)


def _begun_again(optimizer: Optimizer, loop: Loop) -> bool:
    """Its model begins again as well: its weights are set or loaded. Undecided if they are loaded."""
    modules = optimizer.modules
    for event in loop.events(Initialization):
        if any(event.subject == each for module in modules for each in module.modules()):
            return True
    return not all(module.pretrained in (True, False) for module in modules)


def _schedulers(loop: Loop) -> Iterator[tuple[Any, str]]:
    """Schedulers that take their first step over and over."""
    for step in loop.events(SchedulerStep):
        scheduler = step.subject
        anew = step.loop == loop and surely(scheduler.made_in == loop) and not scheduler.branched
        if not anew or step.maybe or getattr(scheduler, "last_epoch", -1) != -1:
            continue
        trained = [each for each in loop.events(Step) if each.subject == scheduler.optimizer]
        if (
            trained
            and not within_loop(scheduler.optimizer.made_in, loop)
            and (loop.counter or loop.per_batch)
        ):
            yield scheduler, "how many steps it has taken"


def _built_before(built: Any, loop: Loop) -> Fix | None:
    """It is built once, before the loop, or before the epochs around it."""
    epochs = loop.parent
    outer = epochs if loop.per_batch and epochs and epochs.counter else loop
    return move_before(built, outer, safe=False) if outer.functions == built.functions else None
