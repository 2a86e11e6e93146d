"""Where the gradient of a value goes: back through what autograd recorded, to where it is cut off.

An answer is True or False; where it is not known, Undecided is raised.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from cnnlint.facts import (
    Backward,
    Forward,
    Loop,
    LossCall,
    Module,
    Op,
    OpaqueCall,
    Optimizer,
    Step,
    Tensor,
)
from cnnlint.rounds import learnt_from, outermost, wanted
from cnnlint.traces import comes_from, learns, reaches, role_of, share
from cnnlint.values import Undecided, Unknown, is_unknown, surely

__all__ = ["Cut", "cut_before", "dead_terms", "forgotten_by", "goes_back_again", "met", "passed", "recorded"]

#: Operations of which the gradient is zero nearly everywhere.
FLAT = frozenset({"round", "sign", "floor", "ceil", "trunc", "fix", "heaviside", "sgn"})


class Cut(NamedTuple):
    """Where a gradient ends that should have gone on: `operation` made `tensor` of what autograd followed.
    `starved` is the optimizer that gets no gradient, where others do; `left` the layers of which that is so,
    where others of the same optimizer get some."""

    operation: Op
    tensor: Tensor
    starved: Optimizer | None = None
    left: tuple[Module, ...] = ()

    @property
    def unrecorded(self) -> bool:
        """It was computed while gradients were off."""
        return not self.operation.grad_enabled

    @property
    def flat(self) -> bool:
        """It has no gradient by its nature: a step, a comparison, a choice, whole numbers."""
        name = self.operation.name
        whole = self.tensor.index == 1 or any(surely(self.tensor.dtype == dtype) for dtype in WHOLE)
        return not self.unrecorded and (name in FLAT or name in CHOOSING or whole)


SUMMING = frozenset({"add", "sub", "rsub"})
SCALING = frozenset({"mul", "div", "neg", "mean", "sum"})
WHOLE = ("bool", "uint8", "int8", "int16", "int32", "int64")
CHOOSING = frozenset({"argmax", "argmin", "eq", "ne", "lt", "le", "gt", "ge", "multinomial", "one_hot"})


def cut_before(backward: Backward) -> Iterator[Cut]:
    """What keeps the gradients of a backward from all weights that its loss was computed with, or from all
    that an optimizer which steps has to learn, or from whole parts of that: the nearest such place."""
    subject = backward.subject
    if not isinstance(subject, Tensor):
        raise Undecided("what is propagated back is not known")
    if not any(_arrives(tensor, backward.loop) for tensor in passed(subject)):
        yield from islice(_cuts(subject), 1)
        return
    for optimizer in _updating(backward):
        yield from islice(_starving(backward, optimizer), 1)


def dead_terms(backward: Backward) -> list[Cut]:
    """What keeps the gradients from single terms of a loss, of which others have some, where they end at
    nothing but steps and choices: one that is detached may make up for another in the same sum."""
    terms = list(_terms(backward.subject))
    cuts = [cut for term in terms if term.graph is False for cut in islice(_cuts(term), 1)]
    return cuts if len(cuts) < len(terms) and all(cut.flat for cut in cuts) else []


def _terms(value: Any) -> Iterator[Tensor]:
    """The terms of a sum, or of a multiple or mean of one."""
    operation = value.producer if isinstance(value, Tensor) else None
    parts = operation.inputs if operation is not None and value.graph is True else ()
    summed = operation is not None and operation.name in SUMMING
    if summed or (operation is not None and operation.name in SCALING and len(parts) == 1):
        for part in parts:
            yield from _terms(part)
    elif isinstance(value, Tensor):
        yield value


def _updating(backward: Backward) -> list[Optimizer]:
    """The optimizers of what a loss was computed with, each where this is the last backward for it."""
    found = [optimizer for module in backward.modules for optimizer in module.optimizers]
    latest = [each for each in dict.fromkeys(found) if each.backwards and each.backwards[-1] is backward]
    return [optimizer for optimizer in latest if optimizer.steps and not optimizer.escaped]


def _starving(backward: Backward, optimizer: Optimizer) -> Iterator[Cut]:
    """Where the graph of a loss is cut before what an optimizer learns, and none else leads there."""
    loops = [step.loop for step in optimizer.steps if step.loop]
    everywhere = [event for loop in loops for event in loop.events(Backward, OpaqueCall)]
    if any(isinstance(event, OpaqueCall) and share(event.given, optimizer.modules) for event in everywhere):
        raise Undecided("what it learns was handed to code that is not seen")
    backwards = [event for event in everywhere if isinstance(event, Backward) and reaches(event, optimizer)]
    if backward not in backwards or any(forgotten_by(each) for each in optimizer.steps):  # CNN105 says so
        return
    fed = [each for event in (*backwards, *optimizer.backwards) for each in met(event.subject)]
    whole = not share(fed, optimizer.modules)
    for cut in _cuts(backward.subject):
        behind = list(cut.tensor.ancestors())
        if whole:
            if share([op.model or op.layer for op in behind if op.model or op.layer], optimizer.modules):
                yield cut._replace(starved=optimizer)
        elif left := _left_as_drawn(behind, fed, optimizer):
            yield cut._replace(starved=optimizer, left=left)


def _left_as_drawn(behind: list[Op], fed: list[Module], optimizer: Optimizer) -> tuple[Module, ...]:
    """The layers behind a cut, if they are whole convolutional features that only this optimizer has, whose
    weights are drawn at random and that no gradient comes to; a single layer may be left so on purpose."""
    layers: Any = tuple(dict.fromkeys(op.layer for op in behind if op.layer and learns(op.layer)))
    if any(layer in fed or optimizer not in layer.optimizers for layer in layers):
        return ()
    if any(len(layer.optimizers) > 1 or not wanted(layer) or not layer.drawn for layer in layers):
        return ()
    weighing = [role_of(layer) for layer in layers if role_of(layer) != "normalization"]
    return layers if len(weighing) > 1 and "convolution" in weighing else ()


def forgotten_by(step: Step, *kinds: type[LossCall | Forward]) -> list[LossCall | Forward]:
    """What the loop of a step may learn from (see `learnt_from`) and nothing propagates back, though its
    gradients would come to what the optimizer learns; the last first."""
    if step.loop is None:
        return []
    losses: list[Any] = list(learnt_from(step.loop, *kinds))
    backwards = list(outermost(step.loop).events(Backward))
    if not backwards:
        return losses
    if any(is_unknown(forward.graph) for forward in step.loop.events(Forward)):
        raise Undecided("what a model returns in this loop is not known")
    left = [made for made in losses if not any(comes_from(each.subject, made.output) for each in backwards)]
    return [made for made in left if share(met(made.output), step.subject.modules)]


def met(subject: Any) -> list[Module]:
    """The modules that the gradient of a value comes to."""
    if not isinstance(subject, Tensor):
        raise Undecided("what is propagated back is not known")
    found: list[Module] = []
    for tensor in passed(subject):
        operation = tensor.producer
        found.extend(filter(None, (operation.layer, operation.model) if operation else ()))
        found.extend(filter(None, [getattr(tensor, "owner", None)]))
    return found


def passed(value: Tensor) -> Iterator[Tensor]:
    """The values that the gradient of a value comes to, its own first; Undecided at the end where it is
    not known of some whether it does."""
    seen: set[int] = set()
    pending = [value]
    lost: Any = None
    while pending:
        tensor = pending.pop(0)
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        if isinstance(tensor.graph, Unknown) or tensor.overwritten:
            lost = tensor.graph
        elif tensor.graph:
            yield tensor
            pending.extend(_behind(tensor))
    if lost is not None:
        raise Undecided("not known whether autograd follows what this was computed from")


def _behind(tensor: Tensor) -> tuple[Tensor, ...]:
    """What the gradient of a value that autograd follows comes to next."""
    operation = tensor.producer
    ends = operation is None or tensor.leaf or operation.name in FLAT
    return () if ends or operation is None else operation.inputs


def _arrives(tensor: Tensor, loop: Loop | None) -> bool:
    """A gradient that comes to this value has come to something that can be learnt, or is read there."""
    operation = tensor.producer
    if operation is None or tensor.gradient_read or (tensor.leaf and not _remade(operation, loop)):
        return True
    return not tensor.leaf and _learns(operation)


def _learns(operation: Op) -> bool:
    """It applies weights, or a module of which it is not known whether it has some."""
    layer = operation.layer
    return layer is not None and (not role_of(layer) or learns(layer))


def _remade(operation: Op, loop: Loop | None) -> bool:
    """A leaf that is made of other values in each round: nothing can learn it."""
    return bool(operation.inputs) and operation.made_in is loop


def _cuts(value: Tensor) -> Iterator[Cut]:
    """The nearest places where what autograd followed, or would have, goes on without it."""
    seen: set[int] = set()
    pending = [value]
    while pending:
        tensor = pending.pop(0)
        operation = tensor.producer
        if operation is None or id(tensor) in seen:
            continue
        seen.add(id(tensor))
        ended = tensor.leaf or not tensor.graph or operation.name in FLAT
        if ended and _would_go_on(operation):
            yield Cut(operation, tensor)
        else:
            pending.extend(operation.inputs)


def _would_go_on(operation: Op) -> bool:
    """Autograd followed what it was given; or it learns, and would have been followed."""
    if any(tensor.graph is True for tensor in operation.inputs):
        return True
    return (
        not operation.grad_enabled
        and _learns(operation)
        and bool(getattr(operation.layer, "trainable", True))
    )


def goes_back_again(backward: Backward) -> bool:
    """Whether anything may go back once more through the graph of a loss: a later backward in a loop around
    it or a gradient of its own, or a later round, into which part of the graph is carried."""
    mine = recorded(backward.subject)
    loops = [backward.loop, *backward.loop.around()] if backward.loop else []
    if not all(_made_in(operation, backward.loop) for operation in mine):
        return True
    events = [event for loop in loops for event in loop.events(Backward, OpaqueCall)]
    later = [event for event in events if event.order > backward.order]
    if any(isinstance(event, OpaqueCall) and "autograd.grad" in event.text for event in later):
        return True
    backwards = [event for event in later if isinstance(event, Backward)]
    return any(operation in mine for event in backwards for operation in recorded(event.subject))


def recorded(subject: Any) -> list[Op]:
    """The operations that autograd recorded for a loss."""
    if not isinstance(subject, Tensor):
        raise Undecided("what is propagated back is not known")
    made = (tensor.producer for tensor in passed(subject))
    return [operation for operation in made if operation is not None and operation.name != "either"]


def _made_in(operation: Op, loop: Loop | None) -> bool:
    """It is done anew in each round of a loop."""
    inner = operation.made_in
    return inner is loop or (inner is not None and any(outer is loop for outer in inner.around()))
