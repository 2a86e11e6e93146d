"""Questions on one round of a training loop: what comes before what, and what the round leaves behind.

An answer is True or False, or the events asked for; where it is not known, Undecided is raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cnnlint.facts import (
    Backward,
    Clip,
    Event,
    Forward,
    Loop,
    LossCall,
    Module,
    Op,
    OpaqueCall,
    Optimizer,
    Step,
    Tensor,
    ZeroGrad,
    events_of,
)
from cnnlint.traces import clears, comes_from, exclusive, reaches, share, within
from cnnlint.values import Undecided

__all__ = [
    "after_loop",
    "belongs",
    "between",
    "clears_between",
    "learns_whole",
    "learnt_from",
    "loss_after_loop",
    "made_for",
    "makes_gradients",
    "misses",
    "of_another",
    "only_optimizer",
    "outermost",
    "own_to_learn",
    "step_after_loop",
    "step_that_should_follow",
    "unused_before",
    "used_up",
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
def makes_gradients(loop: Loop, step: Step) -> bool:
    """A loss that was computed with what an optimizer learns is propagated back for its step in the loop,
    or in one around it."""
    optimizer = step.subject
    if optimizer.escaped:
        raise Undecided("the optimizer was handed to code that is not seen")
    others = [each.subject for each in loop.events(Step) if each.subject != optimizer]
    for backward in outermost(loop).events(Backward):
        if arrives(backward, optimizer):
            if not used_up(backward, step):
                return True
            continue
        if reaches(backward, optimizer) and not any(arrives(backward, other) for other in others):
            return True  # it is meant for this one, whatever cuts it off
    if any(unseen(call, optimizer) for call in loop.events(OpaqueCall)):
        raise Undecided("the loss or the model was handed to code that is not seen")
    return False


def used_up(backward: Backward, step: Step) -> bool:
    """Another optimizer steps with its gradients, and those that come to what this one learns are surely
    cleared between that step and its own: those of a generator's loss that go through a discriminator."""
    if step.loop is None:
        return False
    events = list(outermost(step.loop).events(Step, ZeroGrad))
    if backward.order < step.order:
        following = [event for event in events if backward.order < event.order < step.order]
    else:
        behind = [event for event in events if event.order > backward.order]
        following = [*behind, *(event for event in events if event.order < step.order)]
    cleared: list[ZeroGrad] = []
    used = False
    for event in following:
        if isinstance(event, Step):
            used = used or event.subject != step.subject and _uses(event, backward, cleared)
        elif used and (within(event, step) or not event.maybe) and clears(event, step.subject):
            return True
        else:
            cleared.append(event)
    return False


def _uses(step: Step, backward: Backward, cleared: list[ZeroGrad]) -> bool:
    """A step finds the gradients of a backward, of which some were cleared between the two."""
    return arrives(backward, step.subject) and not any(clears(event, step.subject) for event in cleared)


def learnt_from(loop: Loop, *kinds: type[LossCall | Forward]) -> Iterator[LossCall | Forward]:
    """The losses, or if there are none the passes through a model, of which a loop keeps the graph, the last
    first; or those of some kind."""
    for kind in kinds or (LossCall, Forward):
        events = [event for event in loop.events(kind) if event.grad_enabled]
        kept = [each for each in events if isinstance(each.output, Tensor) and each.output.graph]
        if kept:
            yield from reversed(kept)
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
    if loop is None or optimizer.escaped:
        return
    found = {event.order: event for event in (*optimizer.backwards, *outermost(loop).events(Backward))}
    before = [event for order, event in found.items() if order < step.order]
    if any(belongs(event, outermost(loop), optimizer) and not used_up(event, step) for event in before):
        return
    if any(unseen(call, optimizer) for call in loop.events(OpaqueCall) if call.order < step.order):
        return
    later = [event for event in loop.events(Backward, Step) if event.order > step.order]
    if any(isinstance(event, Step) and event.subject == optimizer for event in later):
        return
    for event in later:
        if isinstance(event, Backward) and belongs(event, loop, optimizer) and not used_up(event, step):
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


def learns_whole(forward: Forward) -> bool:
    """In its loop the loss of what a model returns is propagated back, and an optimizer of all of its
    parameters steps."""
    loop, output = forward.loop, forward.output
    if loop is None:
        return False
    made = [each for each in (output if isinstance(output, tuple) else (output,)) if isinstance(each, Tensor)]
    learnt = any(comes_from(each.subject, tensor) for each in loop.events(Backward) for tensor in made)
    optimizers = [step.subject for step in loop.events(Step)] if learnt else []
    return any(each.params.all and forward.subject in each.modules for each in optimizers)


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
            for made in list(learnt_from(loop))[:1]:
                if made.loop is loop and _only_last(backward.subject, made.output):
                    yield backward, made, step


def _learns(loop: Loop, behind: Step) -> bool:
    """The optimizer that steps behind a loop gets gradients or steps within it as well."""
    optimizer = behind.subject
    if any(step.subject == optimizer for step in loop.events(Step)):
        return True
    backwards = list(loop.events(Backward))
    return any(arrives(event, optimizer) and not used_up(event, behind) for event in backwards)


def step_after_loop(loop: Loop) -> Iterator[tuple[Backward, ZeroGrad, Step]]:
    """The step behind a loop that makes gradients in each round, and clears them in each."""
    backwards = [event for event in loop.events(Backward) if event.loop is loop]
    for step in after_loop(loop, Step) if backwards else ():
        if any(other.subject == step.subject for other in loop.events(Step)):
            continue
        own = [event for event in backwards if not any(loop.events(Step)) or arrives(event, step.subject)]
        for clear in loop.events(ZeroGrad) if own and not step.closure else ():
            made = [event for event in own if event.order > clear.order]
            if clear.loop is loop and not clear.maybe and made and clears(clear, step.subject):
                used = [other.order for other in loop.events(Step) if other.order > made[0].order]
                yield [event for event in made if not used or event.order < used[0]][-1], clear, step
                return


def clears_between(loop: Loop, step: Step) -> list[ZeroGrad]:
    """Where the gradients of a step behind a loop are cleared, between the two."""
    cleared = [event for event in after_loop(loop, ZeroGrad) if event.order < step.order]
    return [event for event in cleared if clears(event, step.subject)]


def _only_last(subject: Any, left: Any) -> bool:
    """It was made of what a round of the loop has left, and of nothing that earlier rounds did."""
    if not comes_from(subject, left) or any(each.name == "carried" for each in subject.ancestors()):
        return False
    added = [tensor for operation in between(left, subject) for tensor in operation.inputs]
    return all(tensor.producer or not tensor.graph for tensor in added)


def between(loss: Tensor, subject: Tensor) -> list[Op]:
    """The operations that led from a loss to what is propagated back."""
    before = {id(operation) for operation in loss.ancestors()}
    return [operation for operation in subject.ancestors() if id(operation) not in before]
