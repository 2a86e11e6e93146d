"""Questions on one round of a training loop: what comes before what, and what the round leaves behind.

An answer is True or False, or the events asked for; where it is not known, Undecided is raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cnnlint.facts import (
    Backward,
    Branch,
    Clip,
    Event,
    Forward,
    Loop,
    LossCall,
    Module,
    Op,
    OpaqueCall,
    Optimizer,
    Rhythm,
    Step,
    Tensor,
    ZeroGrad,
    events_of,
)
from cnnlint.traces import clears, comes_from, exclusive, reaches, share, within
from cnnlint.values import Undecided

__all__ = [
    "accumulated_by",
    "after_loop",
    "batches_left_over",
    "belongs",
    "cleared_each_round",
    "clears_between",
    "learnt_from",
    "loss_after_loop",
    "made_for",
    "makes_gradients",
    "means_not_divided",
    "misses",
    "of_another",
    "only_optimizer",
    "outermost",
    "own_to_learn",
    "rhythm_of_step",
    "step_after_loop",
    "step_that_should_follow",
    "unused_before",
    "wanted",
    "wiped_before",
    "wiped_each_time",
]


def outermost(loop: Loop) -> Loop:
    """The loop around all loops that it lies in."""
    return [loop, *loop.around()][-1]


def only_optimizer(loop: Loop, optimizer: Optimizer) -> bool:
    """No other optimizer steps in the loop."""
    return all(step.subject == optimizer for step in loop.events(Step))


def arrives(backward: Backward, optimizer: Optimizer) -> bool:
    """Its gradients come to what the optimizer learns."""
    return share(backward.reached, optimizer.modules)


def misses(backward: Backward, optimizer: Optimizer) -> bool:
    """Its gradients come to nothing that the optimizer learns. Where part of the way they take is not known,
    the loss was computed with that nevertheless: the way there is cut."""
    owned = [each for module in optimizer.modules for each in module.modules()]
    try:
        return not share(backward.reached, owned)
    except Undecided:
        if not reaches(backward, optimizer):
            raise
        return True


def belongs(backward: Backward, loop: Loop, optimizer: Optimizer) -> bool:
    """It makes gradients that the optimizer uses: where only that one steps, all are taken for its own."""
    return only_optimizer(loop, optimizer) or arrives(backward, optimizer)


def unseen(call: OpaqueCall, optimizer: Optimizer) -> bool:
    """Code we cannot see may make gradients for the optimizer in this call."""
    handed = may_propagate(call) or bool(optimizer.escaped)
    return handed or bool(call.given) and share(call.given, optimizer.modules)


def may_propagate(call: OpaqueCall) -> bool:
    """It was given a graph, and what it made of it is not propagated back later, as a loss is."""
    later = call.loop.events(Backward) if call.loop and call.result else ()
    computes = any(comes_from(backward.subject, call.result) for backward in later)  # type: ignore[arg-type]
    return call.given_graph and not computes


# --- gradients that are there, or not ------------------------------------------------------------
def makes_gradients(loop: Loop, optimizer: Optimizer) -> bool:
    """A loss that was computed with what the optimizer learns is propagated back in the loop, or in one
    around it."""
    if optimizer.escaped:
        raise Undecided("the optimizer was handed to code that is not seen")
    others = [step.subject for step in loop.events(Step) if step.subject != optimizer]
    for backward in outermost(loop).events(Backward):
        if arrives(backward, optimizer):
            return True
        if reaches(backward, optimizer) and not any(arrives(backward, other) for other in others):
            return True  # it is meant for this one, whatever cuts it off
    if any(unseen(call, optimizer) for call in loop.events(OpaqueCall)):
        raise Undecided("the loss or the model was handed to code that is not seen")
    return False


def learnt_from(loop: Loop) -> Iterator[LossCall | Forward]:
    """The last loss, or else the last pass through a model, of which a loop keeps the graph."""
    for kind in (LossCall, Forward):
        for event in reversed(list(loop.events(kind))):
            if event.grad_enabled and isinstance(event.output, Tensor) and event.output.graph:
                yield event
                return


def made_for(step: Step) -> list[Backward]:
    """The backwards of a round just before a step, and any other steps beside it."""
    found: list[Backward] = []
    stepped = False
    before = step.loop.events(Backward, Step) if step.loop else ()
    for event in before:
        if event.order < step.order and not exclusive(event, step):
            if isinstance(event, Backward):
                found = [event] if stepped else [*found, event]
            stepped = isinstance(event, Step)
    return found


def unused_before(step: Step) -> Iterator[Backward]:
    """The first backward after a step that is the first thing in its round to need one."""
    loop, optimizer = step.loop, step.subject
    before = [event for event in optimizer.backwards if event.order < step.order]
    if loop is None or optimizer.escaped or any(arrives(event, optimizer) for event in before):
        return
    earlier = [event for event in outermost(loop).events(Backward) if event.order < step.order]
    if any(belongs(event, outermost(loop), optimizer) for event in earlier):
        return
    if any(unseen(call, optimizer) for call in loop.events(OpaqueCall) if call.order < step.order):
        return
    later = [event for event in loop.events(Backward, Step) if event.order > step.order]
    if any(isinstance(event, Step) and event.subject == optimizer for event in later):
        return
    for event in later:
        if isinstance(event, Backward) and belongs(event, loop, optimizer):
            yield event
            return


def wiped_each_time(step: Step, backward: Backward) -> bool:
    """The gradients of a backward are surely cleared before the step in the next round can use them."""
    for clear in step.loop.events(ZeroGrad) if step.loop else ():
        between = clear.order < step.order or clear.order > backward.order
        try:
            if between and not clear.maybe and clears(clear, step.subject):
                return True
        except Undecided:
            continue
    return False


def wiped_before(step: Step) -> Iterator[tuple[Backward, ZeroGrad]]:
    """The last backward before a step and the clearing between them, which leaves it nothing."""
    if step.loop is None or step.subject.misses:
        return
    earlier = [event for event in step.loop.events() if event.order < step.order]
    earlier = [event for event in earlier if not exclusive(event, step)]
    wipe = None
    for event in reversed(earlier):
        if isinstance(event, Backward) and belongs(event, step.loop, step.subject):
            if wipe is not None and not exclusive(event, wipe):
                yield event, wipe
            return
        if isinstance(event, OpaqueCall) and wipe is None:
            return
        if isinstance(event, ZeroGrad) and wipe is None and within(event, step):
            wipe = event if clears(event, step.subject) else None


# --- gradients that nobody uses --------------------------------------------------------------------
def of_another(optimizer: Optimizer) -> Iterator[tuple[Module, Backward]]:
    """What gets the gradients that its steps follow on and no optimizer has, if nothing that it updates
    does."""
    for backward in optimizer.misses:
        yield from ((module, backward) for module in backward.left_out if wanted(module))


def wanted(module: Module) -> bool:
    """It is meant to learn, so far as can be told."""
    return own_to_learn(module) and not module.pretrained


def own_to_learn(module: Module) -> bool:
    """It can learn, is made once, and no code has it that is not seen."""
    unseen = module.escaped or module.exposed or module.gradients_read or module.per_call
    return bool(module.trainable) and not unseen


# --- clipping --------------------------------------------------------------------------------------
def step_that_should_follow(clip: Clip) -> Iterator[tuple[Step, Event]]:
    """For clipping that finds no gradients to clip: the step that it should come before, and what has used
    or cleared the gradients."""
    loop = clip.loop
    if loop is None or not any(loop.events(Backward)):
        return
    found = loop.events(Backward, Step, ZeroGrad, OpaqueCall)
    events = [event for event in found if not exclusive(event, clip)]
    earlier = [event for event in events if event.order < clip.order]
    later = [event for event in events if event.order > clip.order]
    gone = _emptied([*reversed(earlier), *reversed(later)], clip)
    coming = next((event for event in later if isinstance(event, Backward | Step)), None)
    if isinstance(gone, ZeroGrad) and not isinstance(coming, Backward):
        return  # not the clipping is out of place
    for step in [*later, *reversed(earlier)] if gone else ():
        if isinstance(step, Step) and _of(step, clip):
            yield step, gone
            return


def _emptied(before: Iterable[Event], clip: Clip) -> Any:
    """The event, going back from the clipping, that surely leaves no gradients; None if there may be some."""
    for event in before:
        if isinstance(event, Backward):
            return None
        if isinstance(event, OpaqueCall):
            if may_propagate(event) or event.given and share(event.given, clip.subject.modules):
                return None
        elif isinstance(event, Step) and event.subject.escaped:
            return None
        elif _of(event, clip):
            return event if _surely_before(event, clip) else None
    return None


def _of(event: Event, clip: Clip) -> bool:
    """A step or clearing of the gradients that are clipped."""
    subject = event.subject
    if clip.loop is not None and isinstance(subject, Optimizer) and only_optimizer(clip.loop, subject):
        return True
    owned = subject.modules if isinstance(subject, Optimizer) else (subject,)
    return share(owned, clip.subject.modules)


def _surely_before(event: Event, clip: Clip) -> bool:
    """It happens in each round in which the clipping does."""
    if event.loop is clip.loop:
        return within(event, clip) or not event.maybe
    return not event.maybe


# --- what stands outside of its loop -----------------------------------------------------------------
def after_loop(loop: Loop, *kinds: type[Event]) -> list[Any]:
    """What happens behind a loop, in the block that it is part of, and in no other loop."""
    place = next((at for at, each in enumerate(loop.beside) if each is loop), len(loop.beside))
    behind = events_of(loop.beside[place + 1 :], *kinds)
    return [event for event in behind if event.loop is loop.parent]


def loss_after_loop(loop: Loop) -> Iterator[tuple[Backward, Event, Step]]:
    """The backward and step behind a loop that take what its last round has left, with what that is."""
    steps = after_loop(loop, Step)
    for backward in after_loop(loop, Backward)[:1]:
        for step in [step for step in steps if step.order > backward.order][:1]:
            if _learns(loop, step):
                return
            for made in learnt_from(loop):
                if made.loop is loop and _only_last(backward.subject, made.output):
                    yield backward, made, step


def _learns(loop: Loop, behind: Step) -> bool:
    """The optimizer that steps behind a loop gets gradients or steps within it as well."""
    optimizer = behind.subject
    if any(step.subject == optimizer for step in loop.events(Step)):
        return True
    backwards = list(loop.events(Backward))
    return bool(backwards) and any(arrives(event, optimizer) for event in backwards)


def step_after_loop(loop: Loop) -> Iterator[tuple[Backward, ZeroGrad, Step]]:
    """The step behind a loop that makes gradients in each round, and clears them in each."""
    backwards = [event for event in loop.events(Backward) if event.loop is loop]
    for step in after_loop(loop, Step) if backwards else ():
        if any(other.subject == step.subject for other in loop.events(Step)):
            continue
        own = [event for event in backwards if not any(loop.events(Step)) or arrives(event, step.subject)]
        for clear in loop.events(ZeroGrad) if own else ():
            first = clear.loop is loop and not clear.maybe and clear.order < own[0].order
            if first and not step.closure and clears(clear, step.subject):
                yield own[-1], clear, step
                return


def clears_between(loop: Loop, step: Step) -> list[ZeroGrad]:
    """Where the gradients of a step behind a loop are cleared, between the two."""
    cleared = [event for event in after_loop(loop, ZeroGrad) if event.order < step.order]
    return [event for event in cleared if clears(event, step.subject)]


def _only_last(subject: Any, left: Any) -> bool:
    """It was made of what a round of the loop has left, and of nothing that earlier rounds did."""
    if not comes_from(subject, left) or any(each.name == "carried" for each in subject.ancestors()):
        return False
    added = [tensor for operation in _between(left, subject) for tensor in operation.inputs]
    return all(tensor.producer or not tensor.graph for tensor in added)


def _between(loss: Tensor, subject: Tensor) -> list[Op]:
    """The operations that led from a loss to what is propagated back."""
    before = {id(operation) for operation in loss.ancestors()}
    return [operation for operation in subject.ancestors() if id(operation) not in before]


# --- accumulation ------------------------------------------------------------------------------------
def rhythm_of_step(step: Step) -> Iterator[tuple[Branch, int, Rhythm]]:
    """The test that lets a step happen only in some rounds, with the arm that it lies in."""
    outside = step.loop.arms if step.loop else step.arms
    for branch, arm in step.arms[len(outside) :]:
        if branch.rhythm:
            yield branch, arm, branch.rhythm
            return


def accumulated_by(step: Step) -> Iterator[Backward]:
    """The backward of each round whose gradients add up until the step."""
    loop = step.loop
    if loop is None:
        return
    inside = {(id(branch), arm) for branch, arm in step.arms if branch.rhythm}
    own = [event for event in loop.events(Backward) if belongs(event, loop, step.subject)]
    if not any((id(branch), arm) in inside for event in own for branch, arm in event.arms):
        yield from [event for event in own if event.loop is loop][:1]


def cleared_each_round(step: Step, backward: Backward) -> Iterator[ZeroGrad]:
    """Where the gradients of a step are surely cleared in each round, and not only when it comes, for
    those of that round."""
    for clear in step.loop.events(ZeroGrad) if step.loop else ():
        wipes = backward.order < clear.order < step.order
        if clear.loop is step.loop and not clear.maybe and not wipes and clears(clear, step.subject):
            yield clear


def means_not_divided(step: Step, backward: Backward) -> Iterator[LossCall]:
    """The mean loss of a batch that reaches backward as it is, where nothing divides its gradients."""
    loop = step.loop
    if loop is None or any(forward.subject.gradients_read for forward in loop.events(Forward)):
        return
    losses = [call for call in loop.events(LossCall) if comes_from(backward.subject, call.output)]
    means = [call for call in losses if call.subject.reduction == "mean"]
    if means and means == losses and not any(scaled_by_hand(backward.subject, each.output) for each in means):
        yield means[0]


def batches_left_over(step: Step, rhythm: Rhythm) -> Iterator[tuple[int, int, ZeroGrad]]:
    """How many batches an epoch has, how many of them come after its last step, and where what they leave
    is cleared."""
    loop = step.loop
    if loop is None or loop.parent is None or rhythm.ends or not rhythm.counts_from_one:
        return
    if not loop.per_batch or any(after_loop(loop, Step)):
        return
    batches = loop.loader.batches
    left = batches % rhythm.times
    for clear in loop.parent.events(ZeroGrad):
        if clear.loop is loop.parent and not clear.maybe and left and clears(clear, step.subject):
            yield batches, left, clear
            return


def scaled_by_hand(subject: Tensor, loss: Tensor) -> bool:
    """Between a loss and what is propagated back something is multiplied or divided."""
    kept = loss.overwritten or subject.overwritten
    return kept or any(operation.name not in _KEEPING_SCALE for operation in _between(loss, subject))


_KEEPING_SCALE = frozenset({"add", "mean", "sum", "to", "float", "squeeze", "view", "reshape"})
