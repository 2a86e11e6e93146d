"""Questions on loops and their events that several checks ask.

An answer is True or False; where it is not known, Undecided is raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from cnnlint.facts import (
    RESHAPING,
    Backward,
    Event,
    Forward,
    Loop,
    ModeChange,
    Model,
    Module,
    Number,
    Op,
    OpaqueCall,
    Optimizer,
    SchedulerStep,
    Step,
    Tensor,
    ZeroGrad,
)
from cnnlint.values import Undecided, Unknown, surely

__all__ = [
    "called_as",
    "choice_behind",
    "cleared_around",
    "cleared_in",
    "clears",
    "comes_from",
    "descended_from",
    "evaluates",
    "exclusive",
    "fed_by",
    "first_backward_of",
    "followed",
    "has_layer",
    "in_training",
    "learning",
    "learns",
    "mode_left_by",
    "outermost",
    "parts",
    "reaches",
    "role_of",
    "share",
    "statement_in",
    "steps_after",
    "trains_or_switches",
    "within",
    "within_loop",
]


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
    pending: list[Any] = list(modules)
    while pending:
        module = pending.pop()
        if not isinstance(module, Module):
            complete = False
        elif id(module) not in found:
            found.add(id(module))
            pending.extend(module.children().values())
    return found, complete


def has_layer(modules: Any, role: str) -> Any:
    """Whether some layer in these modules plays a role; Unknown if some layer is not known."""
    try:
        return any(role_of(each) == role for module in modules for each in module.modules())
    except Undecided as undecided:
        return Unknown(undecided.why, undecided.site)


def trains_or_switches(module: Module) -> bool:
    """It has something to learn, or behaves otherwise in evaluation."""
    return any(each.modal or role_of(each) in LEARNING_ROLES for each in module.modules())


def role_of(module: Any) -> str:
    """What a module is for, as its layer says: 'convolution'; '' for any that is no layer of the library."""
    return str(getattr(module, "role", ""))


def learns(module: Module) -> bool:
    """It has weights of its own."""
    role = role_of(module)
    scaled = getattr(module, "affine", getattr(module, "elementwise_affine", True))
    return role in LEARNING_ROLES and (role != "normalization" or bool(scaled))


WEIGHING_ROLES = frozenset({"convolution", "linear", "recurrent", "embedding", "attention", "network"})
LEARNING_ROLES = WEIGHING_ROLES - {"network"} | {"normalization"}


def called_as(model: Model) -> list[Module]:
    """A model, what the program called it by (a Sequential and the view of it), and all below."""
    return [*(forward.subject for forward in model.forwards), *model.modules()]


def followed(model: Model) -> list[Op]:
    """The operations that lead from a model's input to its output. Undecided if one is not known."""
    if isinstance(model.input, Unknown):
        raise Undecided("what the model is given is not known")
    found: dict[int, Op] = {}
    pending = [model.output]
    while pending:
        tensor = pending.pop()
        if not isinstance(tensor, Tensor):
            raise Undecided("what the model returns is not known")
        operation = tensor.producer
        if tensor is model.input or operation is None or id(operation) in found:
            continue
        if operation.site.at < 0 and operation.name not in ("either", "carried"):
            raise Undecided(f"what `{operation.name}` does in the model is not known")
        found[id(operation)] = operation
        pending.extend(operation.inputs)
    return list(found.values())


def fed_by(operation: Op) -> tuple[list[Op], bool]:
    """The nearest operations with weights behind what an operation gets, and whether anything else reaches
    it past them. Undecided if something on the way is not known."""
    found: dict[int, Op] = {}
    pending, past = list(operation.inputs[:1]), False
    while pending:
        before = pending.pop().producer
        if before is None:
            past = True
            continue
        if id(before) in found:
            continue
        found[id(before)] = before
        if before.site.at < 0 and before.name not in ("either", "carried"):
            raise Undecided(f"what `{before.name}` does is not known")
        if not weighs(before):
            pending.extend(before.inputs)
    return [each for each in found.values() if weighs(each)], past


def weighs(operation: Op) -> bool:
    """It multiplies by weights."""
    role = role_of(operation.layer)
    return role in WEIGHING_ROLES or operation.name == "linear" or operation.name.startswith("conv")


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


def learning(tensor: Tensor) -> Iterator[Module]:
    """The modules whose own weights surely get a gradient from this tensor, each once."""
    seen: set[int] = set()
    pending = [tensor]
    while pending:
        each = pending.pop()
        operation = each.producer
        if each.graph is not True or operation is None or id(operation) in seen:
            continue
        seen.add(id(operation))
        pending.extend(operation.inputs)
        own = operation.model if any(hasattr(given, "owner") for given in operation.inputs) else None
        for module in (operation.layer, own):
            if module is not None and id(module) not in seen and (module is own or surely(learns(module))):
                seen.add(id(module))
                yield module


def outermost(modules: Iterable[Module]) -> tuple[Module, ...]:
    """These without those that are part of another of them."""
    every = list(modules)
    inner = {each for module in every for each in _below((module,))[0] if each != id(module)}
    return tuple(each for each in every if id(each) not in inner)


def in_training(operation: Op) -> bool:
    """It is done in a loop that trains, or in the step of one that a framework drives."""
    loop = operation.made_in
    loops = (loop, *loop.around()) if loop else ()
    return any(each.trains for each in loops) or "training_step" in operation.functions


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
    for call in loop.events(OpaqueCall):
        if optimizer.escaped or (call.given and share(call.given, optimizer.modules)):
            raise Undecided("the optimizer or its model was handed to code that is not seen")
    return False


def cleared_around(step: Step) -> list[ZeroGrad]:
    """Where a step's gradients are cleared in the loops around its own, or before them all."""
    once = [clear for clear in step.subject.clears if clear.loop is None and clear.order < step.order]
    around = list(step.loop.around()) if step.loop else []
    each = [clear for loop in around for clear in loop.events(ZeroGrad) if clear.loop is loop]
    return [*once, *(clear for clear in each if clears(clear, step.subject))]


def exclusive(first: Event, second: Event) -> bool:
    """The two lie in different arms of one branch, so one iteration runs only one of them."""
    chosen = {id(branch): arm for branch, arm in first.arms}
    return any(chosen.get(id(branch), arm) != arm for branch, arm in second.arms)


def within(outer: Event, inner: Event) -> bool:
    """`outer` happens in every iteration in which `inner` does."""
    arms = {(id(branch), arm) for branch, arm in inner.arms}
    return outer.loop is inner.loop and all((id(branch), arm) in arms for branch, arm in outer.arms)


def within_loop(place: Loop | None, loop: Loop) -> bool:
    """Whether a place, the innermost loop around something, is a loop or lies in it."""
    return place is not None and any(each is loop for each in (place, *place.around()))


def first_backward_of(step: Step) -> Iterator[Backward]:
    """The first backward since the step before, if it is written in the same loop and function."""
    if step.loop is None:
        return
    events = [event for event in step.loop.events(Backward, Step) if event.order < step.order]
    earlier = max((event.order for event in events if isinstance(event, Step)), default=0)
    for event in events:
        if isinstance(event, Backward) and event.order > earlier:
            if event.loop is step.loop and event.functions == step.functions and within(event, step):
                yield event
            return


def steps_after(step: SchedulerStep) -> Iterator[Step]:
    """The first step of its optimizer after a scheduler's first step; none if the optimizer, or the
    code it was handed to, may have stepped before."""
    optimizer = step.subject.optimizer
    if step.loop is None or optimizer.escaped or any(event.order < step.order for event in optimizer.steps):
        return
    inside = {id(event) for event in step.loop.events(Step)}
    for event in optimizer.steps:
        if id(event) in inside:
            yield event
            return


def statement_in(outer: Loop | None, event: Event) -> Event | Loop:
    """The event, or the loop around it, that lies directly in the body of `outer`."""
    loop = event.loop
    if loop is None or loop is outer:
        return event
    while loop.parent is not None and loop.parent is not outer:
        loop = loop.parent
    return loop


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
            earlier = backward.order < step.order and backward.loop.per_batch
            if earlier and comes_from(backward.subject, tensor):
                yield backward
                return


def comes_from(subject: Any, tensor: Tensor) -> bool:
    """Whether a tensor is another, or was computed from it."""
    if subject is tensor:
        return True
    if not isinstance(subject, Tensor) or tensor.producer is None:
        return False
    return any(operation is tensor.producer for operation in subject.ancestors())


#: Operations that give what is largest, and where it is.
CHOOSING = ("max", "topk")


def choice_behind(value: Tensor) -> Op | None:
    """The argmax, or the max or topk of which this holds the indices; None if it surely is no choice."""
    origin = value.origin(_COPIES)
    chosen = origin.producer
    if chosen is None or not (chosen.name == "argmax" or chosen.name in CHOOSING and origin.index == 1):
        return None
    return chosen


# --- training and evaluation ---------------------------------------------------------------------
#: Operations that make a tensor out of nothing: a model called on one is only tried out.
_MADE_UP = frozenset({
    "rand", "randn", "zeros", "ones", "empty", "full", "arange",
    "rand_like", "randn_like", "zeros_like", "ones_like",
})  # fmt: skip


def evaluates(forward: Forward, words: list[str]) -> bool:
    """A pass that only looks: no backward or step in its loop, and either gradients are off or the function
    it is in says so by one of `words`."""
    loop = forward.loop
    if (loop is not None and any(loop.events(Backward, Step))) or any(map(_made_up, forward.inputs)):
        return False
    named = any(parts(name) & set(words) for name in forward.functions)
    if named and any(_chooses_training(change, forward) for change in forward.subject.mode_changes):
        return False
    over_batches = loop is not None and loop.per_batch
    if named and over_batches:
        return True
    return not forward.grad_enabled and (named or over_batches or loop is None)


def _chooses_training(change: ModeChange, forward: Forward) -> bool:
    """The function that evaluates sets training mode itself: it is meant."""
    return change.functions == forward.functions and change.order < forward.order and bool(change.training)


def _made_up(value: Any) -> bool:
    origin = tensor_behind(value)
    return isinstance(origin, Tensor) and origin.producer is not None and origin.producer.name in _MADE_UP


def parts(name: str) -> set[str]:
    """`testModel_fast` has the parts 'test', 'model' and 'fast'."""
    return {part.lower() for part in re.findall(r"[A-Za-z][a-z]*", name)}


def mode_left_by(forward: Forward) -> Iterator[ModeChange]:
    """The eval() that an earlier round of a loop around a training pass has left behind."""
    loop = forward.loop
    if loop is None or not loop.trains:
        return
    for around in (loop, *loop.around()):
        for change in around.events(ModeChange):
            later = change.order > forward.order
            if later and change.training is False and change.subject is forward.subject:
                yield change
                return
