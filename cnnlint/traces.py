"""Questions on loops and their events that several checks ask, and the relations between facts.

An answer is True or False; where it is not known, Undecided is raised.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnlint.facts import (
    RESHAPING,
    Accumulate,
    Backward,
    Event,
    Loop,
    Module,
    Number,
    OpaqueCall,
    Optimizer,
    Program,
    SchedulerStep,
    Step,
    Tensor,
    ZeroGrad,
)
from cnnlint.values import Undecided, Unknown, is_unknown

__all__ = ["cleared_in", "clears", "descended_from", "exclusive", "link", "reaches", "share", "wiped_before"]


# --- who owns whose parameters -------------------------------------------------------------------
def share(first: Any, second: Any) -> bool:
    """Whether two collections of modules have a parameter in common."""
    mine, mine_complete = _below(first)
    theirs, theirs_complete = _below(second)
    if mine & theirs:
        return True
    if not (mine_complete and theirs_complete):
        raise Undecided("the layers of some module are not known")
    return False


def _below(modules: Any) -> tuple[set[int], bool]:
    """The identities of modules and all below them, and whether all are known."""
    found: set[int] = set()
    complete = True
    for module in modules:
        walk = module.modules()
        while True:
            try:
                found.add(id(next(walk)))
            except StopIteration:
                break
            except Undecided:
                complete = False
                break
    return found, complete


def clears(event: ZeroGrad, optimizer: Optimizer) -> bool:
    """Whether `event` clears the gradients that `optimizer` uses."""
    subject = event.subject
    if subject is optimizer:
        return True
    if isinstance(subject, Module):
        return share((subject,), optimizer.modules)
    return share(subject.modules, optimizer.modules)


def reaches(backward: Backward, optimizer: Optimizer) -> bool:
    """Whether `backward` makes gradients that `optimizer` uses."""
    return share(backward.modules, optimizer.modules)


# --- what happens in a loop ----------------------------------------------------------------------
def cleared_in(loop: Loop, optimizer: Optimizer) -> bool:
    """Whether the optimizer's gradients may be cleared somewhere in the loop."""
    undecided = None
    for event in loop.events(ZeroGrad):
        try:
            if clears(event, optimizer):
                return True
        except Undecided as reason:
            undecided = reason
    if undecided:
        raise undecided
    if optimizer.escaped and any(loop.events(OpaqueCall)):
        raise Undecided("the optimizer was handed to code that is not seen")
    return False


def exclusive(first: Event, second: Event) -> bool:
    """The two lie in different arms of one branch, so one iteration runs only one of them."""
    chosen = {id(branch): arm for branch, arm in first.arms}
    return any(chosen.get(id(branch), arm) != arm for branch, arm in second.arms)


def within(outer: Event, inner: Event) -> bool:
    """`outer` happens in every iteration in which `inner` does."""
    arms = {(id(branch), arm) for branch, arm in inner.arms}
    return outer.loop is inner.loop and all((id(branch), arm) in arms for branch, arm in outer.arms)


def wiped_before(step: Step) -> Iterator[tuple[Backward, ZeroGrad]]:
    """The last backward before a step and the clearing between them, which leaves it nothing."""
    if step.loop is None:
        return
    earlier = [event for event in step.loop.events() if event.order < step.order]
    earlier = [event for event in earlier if not exclusive(event, step)]
    wipe = None
    for event in reversed(earlier):
        if isinstance(event, Backward):
            if wipe is not None and not exclusive(event, wipe):
                yield event, wipe
            return
        if isinstance(event, OpaqueCall) and wipe is None:
            return
        if isinstance(event, ZeroGrad) and wipe is None and within(event, step):
            wipe = event if clears(event, step.subject) else None


def tensor_behind(value: Any) -> Any:
    """The tensor a number was read from, or that a detached or moved copy was taken of."""
    if isinstance(value, Number) and value.exact:
        value = value.source
    while isinstance(value, Tensor) and value.producer is not None and value.producer.name in _COPIES:
        if not value.producer.inputs:
            break
        value = value.producer.inputs[0]
    return value if isinstance(value, Tensor) else Unknown("not known which tensor this number comes from")


_COPIES = RESHAPING | {"detach", "data", "item", "numpy"}


def descended_from(step: SchedulerStep) -> Iterator[Backward]:
    """The backward calls of the batches whose loss a scheduler is given."""
    tensor = tensor_behind(step.metric)
    if step.loop is None or not isinstance(tensor, Tensor):
        return
    for loop in (step.loop, *step.loop.around()):
        for backward in loop.events(Backward):
            if backward.loop.per_batch and backward.order < step.order and _comes_from(backward.subject, tensor):
                yield backward
                return


def _comes_from(subject: Any, tensor: Tensor) -> bool:
    if subject is tensor:
        return True
    if not isinstance(subject, Tensor) or tensor.producer is None:
        return False
    return any(operation is tensor.producer for operation in subject.ancestors())


# --- relations that need the whole program -------------------------------------------------------
def link(program: Program) -> None:
    """Fill in what facts say of one another: an optimizer's clears, backwards and rivals, a module's
    optimizers, and whether what a loop keeps is needed by a backward."""
    optimizers = list(program.each(Optimizer))
    clearings = _every(program, ZeroGrad)
    backwards = _every(program, Backward)
    for optimizer in optimizers:
        optimizer.clears = [event for event in clearings if _surely(clears, event, optimizer)]
        optimizer.backwards = [event for event in backwards if _surely(reaches, event, optimizer)]
        optimizer.rivals = [other for other in optimizers if other is not optimizer and _may_share(other, optimizer)]
        for module in _known_modules(optimizer):
            if optimizer not in module.optimizers:
                module.optimizers = (*module.optimizers, optimizer)
    for kept in program.each(Accumulate):
        kept.needed = _needed(kept, backwards)


def _every(program: Program, kind: type[Event]) -> list[Any]:
    """All events of a kind, also those in branches that are not taken by default."""
    found = {id(event): event for event in program.each(kind)}
    for loop in program.each(Loop):
        if loop.parent is None:
            found.update((id(event), event) for event in loop.events(kind))
    return list(found.values())


def _surely(question: Any, event: Event, optimizer: Optimizer) -> bool:
    try:
        return bool(question(event, optimizer))
    except Undecided:
        return False


def _may_share(first: Optimizer, second: Optimizer) -> bool:
    try:
        return share(first.modules, second.modules)
    except Undecided:
        return True


def _known_modules(optimizer: Optimizer) -> Iterator[Module]:
    try:
        for module in optimizer.modules:
            yield from module.modules()
    except Undecided:
        return


def _needed(kept: Accumulate, backwards: list[Backward]) -> Any:
    """Whether a backward runs through what was summed or collected."""
    if is_unknown(kept.result):
        return kept.result
    if getattr(kept.result, "escaped", True) or getattr(kept.result, "exposed", True):
        return Unknown("handed on with its graph")
    for backward in backwards:
        subject = backward.subject
        if not isinstance(subject, Tensor):
            if backward.order > kept.order or backward.loop is kept.loop:
                return Unknown("not known what this backward runs through")
        elif subject is not kept.value and _comes_from(subject, kept.result if kept.how == "+=" else kept.value):
            return True
    return False
