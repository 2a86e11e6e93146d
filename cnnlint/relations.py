"""What facts say of one another, filled in when a whole program has been followed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from cnnlint.facts import (
    RESHAPING,
    Accumulate,
    Backward,
    EpochSet,
    Event,
    Layer,
    LossCall,
    ModeChange,
    Model,
    Module,
    Optimizer,
    Program,
    Scaler,
    ScalerUpdate,
    ShapeError,
    StateDict,
    Step,
    Tensor,
    Unscale,
    ZeroGrad,
)
from cnnlint.rounds import made_for, misses
from cnnlint.rounds import outermost as outermost_loop
from cnnlint.scoring import evaluations, tell_folders, tell_numbered
from cnnlint.source import Site
from cnnlint.traces import clears, comes_from, learning, outermost, reaches, share
from cnnlint.values import Undecided, Unknown, is_unknown

__all__ = ["link"]


def link(program: Program) -> None:
    """Fill in what facts say of one another: an optimizer's clears, backwards and rivals, a module's
    optimizers, mode changes, losses and twins, and whether what a loop keeps is needed by a backward."""
    optimizers = list(program.each(Optimizer))
    clearings = program.events(ZeroGrad)
    backwards = program.events(Backward)
    for optimizer in optimizers:
        optimizer.clears = [event for event in clearings if _surely(clears, event, optimizer)]
        optimizer.backwards = [event for event in backwards if _surely(reaches, event, optimizer)]
        others = [other for other in optimizers if other is not optimizer]
        optimizer.rivals = [other for other in others if _may_share(other, optimizer)]
        held = {*_known_modules(optimizer), *_held(optimizer)}
        for module in held | {base for each in held if (base := getattr(each, "base_layer", None))}:
            if optimizer not in module.optimizers:
                module.optimizers = (*module.optimizers, optimizer)
    for change in program.events(ModeChange):
        if isinstance(change.subject, Module):
            change.subject.mode_changes = (*change.subject.mode_changes, change)
    states = list(program.each(StateDict))
    steps = program.events(Step) if states else []
    for state in states:
        state.changes = [step for step in steps if _changes(step, state, backwards)]
    for loss in program.events(LossCall):
        source = loss.prediction.source(through=RESHAPING)
        if not is_unknown(source) and source.layer is not None:
            source.layer.losses = (*source.layer.losses, loss)
    tell_left_out(backwards, optimizers, program.events(Step))
    for optimizer in optimizers:
        optimizer.misses = _missed(optimizer)
    tell_twins(program)
    tell_broken(program)
    program.facts.extend(evaluations(program))
    tell_scalers(program, backwards)
    tell_folders(program)
    tell_numbered(program)
    for told in program.events(EpochSet):
        told.subject.epochs = (*told.subject.epochs, told)
    for kept in program.each(Accumulate):
        kept.needed = _needed(kept, backwards)


def tell_broken(program: Program) -> None:
    """In which models something does not fit."""
    broken = {id(error.op.model) for error in program.each(ShapeError)}
    for model in program.each(Model) if broken else ():
        with suppress(Undecided):
            model.breaks = any(id(each) in broken for each in model.modules())


def tell_scalers(program: Program, backwards: list[Backward]) -> None:
    """What happens through each gradient scaler."""
    steps, unscales, updates = (program.events(kind) for kind in (Step, Unscale, ScalerUpdate))
    for scaler in program.each(Scaler):
        scaler.backwards = tuple(each for each in backwards if each.scaler is scaler)
        scaler.steps = tuple(each for each in steps if each.scaler is scaler)
        scaler.unscales = tuple(each for each in unscales if each.subject is scaler)
        scaler.updates = tuple(each for each in updates if each.subject is scaler)


def tell_left_out(backwards: list[Backward], optimizers: list[Optimizer], steps: list[Step]) -> None:
    """Which modules get gradients that no optimizer uses, if all optimizers are known."""
    closed = all(map(_is_known, optimizers)) and all(isinstance(each.subject, Optimizer) for each in steps)
    for backward in backwards:
        if isinstance(backward.subject, Tensor):
            backward.learners = tuple(learning(backward.subject))
            if not _untraced(backward.subject):
                backward.traced = True
            if closed:
                backward.left_out = outermost(each for each in backward.learners if not each.optimizers)


def _missed(optimizer: Optimizer) -> list[Backward]:
    """The backwards that its steps follow on, if surely none of them makes gradients that it uses, or if
    another optimizer which steps beside it has just the same."""
    found = [made_for(step) for step in optimizer.steps]
    backwards = [event for made in found for event in made]
    doubled = any(_same(optimizer, other) for other in optimizer.rivals)
    missed = doubled or all(_surely(misses, event, optimizer) for event in backwards)
    return backwards if all(found) and missed else []


def _same(first: Optimizer, second: Optimizer) -> bool:
    """Both have the same modules, and step in one loop."""
    mine, theirs = set(_known_modules(first)), set(_known_modules(second))
    loops = [{id(outermost_loop(step.loop)) for step in each.steps if step.loop} for each in (first, second)]
    return bool(mine) and mine == theirs and not loops[0].isdisjoint(loops[1])


def _is_known(optimizer: Optimizer) -> bool:
    """Everything that it updates is seen, and nothing else can have been added."""
    try:
        return not optimizer.escaped and all(True for module in optimizer.modules for _ in module.modules())
    except Undecided:
        return False


def tell_twins(program: Program) -> None:
    """Layers that one call made, in a loop or in a function called more than once."""
    made: dict[Site, list[Layer]] = {}
    for layer in program.each(Layer):
        made.setdefault(layer.site, []).append(layer)
    for layers in made.values():
        for layer in layers if len(layers) > 1 else ():
            layer.twins = tuple(layers)


def _surely(question: Any, event: Event, optimizer: Optimizer) -> bool:
    try:
        return bool(question(event, optimizer))
    except Undecided:
        return False


def _changes(step: Step, state: StateDict, backwards: list[Backward]) -> bool:
    """Whether a step changes the tensors of a state dict: its optimizer's modules are those, or, where they
    are not known, those that the loop it lies in makes gradients for."""
    if not is_unknown(step.subject) and not is_unknown(step.subject.modules):
        return _known_to_share(step.subject.modules, state.subject)
    here = [event for event in backwards if event.loop is step.loop]
    return any(_known_to_share(event.modules, state.subject) for event in here)


def _known_to_share(modules: Any, module: Module) -> bool:
    try:
        return share(modules, (module,))
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


def _held(optimizer: Optimizer) -> tuple[Module, ...]:
    return () if is_unknown(optimizer.held) else optimizer.held


def _needed(kept: Accumulate, backwards: list[Backward]) -> Any:
    """Whether a backward runs through what was summed or collected."""
    if is_unknown(kept.result):
        return kept.result
    handed_on = any(getattr(kept.result, mark, True) for mark in ("escaped", "exposed"))
    if handed_on and not (kept.loop is not None and kept.loop.trains):
        return Unknown("handed on with its graph")
    followed = kept.result if kept.how == "+=" else kept.value
    for backward in backwards:
        subject = backward.subject
        if subject is kept.value or (backward.order < kept.order and backward.loop is not kept.loop):
            continue
        if comes_from(subject, followed):
            return True
        if not isinstance(subject, Tensor) or _untraced(subject):
            return Unknown("not known what this backward runs through")
    return False


def _untraced(tensor: Tensor) -> bool:
    """Part of what it was computed from is not known, and may have a graph."""
    leaves = (each for operation in tensor.ancestors() for each in operation.inputs if each.producer is None)
    return tensor.producer is None or any(is_unknown(leaf.graph) for leaf in leaves)
