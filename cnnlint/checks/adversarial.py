"""Networks that learn against one another: whose step goes back into whose weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Backward, Forward, Loop, Optimizer, Step, ZeroGrad
from cnnlint.fixes import call_method
from cnnlint.gradients import met, passed, recorded
from cnnlint.traces import clears, share


def gan_missing_detach(backward: Backward) -> Flags:
    """The step of one network propagates back into the one that made its input, and does harm there."""
    for loop in _contests(backward):
        own = _steps_for(backward, loop)
        mine = [step.subject for step in own]
        for other in dict.fromkeys(step.subject for step in loop.events(Step) if step.subject not in mine):
            for optimizer in mine if share(met(backward.subject), other.modules) else ():
                yield from _intrusion(backward, loop, optimizer, other)


def _contests(backward: Backward) -> Iterator[Loop]:
    """The innermost loop around a backward in which more than one optimizer steps."""
    for loop in (backward.loop, *backward.loop.around()) if backward.loop else ():
        if len({id(step.subject) for step in loop.events(Step)}) > 1:
            yield loop
            return


def _steps_for(backward: Backward, loop: Loop) -> list[Step]:
    """The steps that a backward is made for: the next one, and those before any further backward."""
    own: list[Step] = []
    for event in loop.events(Step, Backward):
        if event.order > backward.order:
            if event in loop.events(Step):
                own.append(event)
            elif own:
                break
    return own


def _intrusion(backward: Backward, loop: Loop, optimizer: Optimizer, other: Optimizer) -> Flags:
    """Where the gradient of a step of `optimizer` enters what `other` learns: where that raises, or where
    it is left for the next step of `other`, which comes after a backward of its own."""
    span = _until_step(backward, loop, other)
    rivals = [event for event in span if event in loop.events(Backward)]
    entries = _entries(backward, loop, optimizer, other)
    for rival in rivals[-1:] if entries else ():
        if not _entries(rival, loop, optimizer, other):
            return
        first, second = (backward, rival) if backward.order < rival.order else (rival, backward)
        raises = not first.retain_graph and _same_graph(first, second, other)
        cleared = any(event in loop.events(ZeroGrad) and clears(event, other) for event in span)
        for entry in entries[:1] if raises or not cleared else ():
            yield flag(
                entry,
                also=[(rival, f"the backward for `{other.name}`")],
                fix=call_method(entry.argument, "detach()", safe=False) if entry.given else None,
                optimizer=optimizer.name or optimizer.kind,
                other=other.name or other.kind,
                fake=f"`{entry.given}`" if entry.given else "its input",
                consequence="so that the second `backward()` raises"
                if raises
                else "and leaves gradients there",
            )


def _until_step(backward: Backward, loop: Loop, other: Optimizer) -> list[Any]:
    """What happens after a backward, in this round and the next, until an optimizer steps."""
    events = list(loop.events(Backward, Step, ZeroGrad))
    later = [event for event in events if event.order > backward.order]
    span: list[Any] = []
    for event in (*later, *(event for event in events if event.order < backward.order)):
        if event in other.steps:
            break
        span.append(event)
    return span


def _entries(backward: Backward, loop: Loop, optimizer: Optimizer, other: Optimizer) -> list[Forward]:
    """The calls of what `optimizer` learns on what was made with weights that `other` learns, where the
    gradient of a loss goes from the one into the other."""
    way = list(passed(backward.subject))
    return [
        forward
        for forward in loop.events(Forward)
        if forward.order < backward.order
        and forward.output in way
        and any(tensor in way and share(met(tensor), other.modules) for tensor in forward.inputs[:1])
        and share((forward.subject,), optimizer.modules)
    ]


def _same_graph(first: Backward, second: Backward, other: Optimizer) -> bool:
    """Both go back through the same operations with weights that `other` learns."""
    again = recorded(second.subject)
    common = [operation for operation in recorded(first.subject) if operation in again]
    return any(share([operation.layer], other.modules) for operation in common if operation.layer)
