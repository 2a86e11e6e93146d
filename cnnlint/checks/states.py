"""Checks on the state of a model that is kept for later."""

from __future__ import annotations

from collections.abc import Iterator

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Loop, StateDict, StateUse, Step
from cnnlint.fixes import wrap
from cnnlint.traces import exclusive


def best_state_not_copied(state: StateDict) -> Flags:
    """The tensors of a model are kept as they are, and training changes them before they are used."""
    stale = [(use, step) for use in state.uses for step in state.changes if _comes_between(step, state, use)]
    for use, step in stale[:1] if not state.altered else ():
        yield flag(
            state,
            also=[(step, "changes them"), (use, "takes them for what they were")],
            fix=wrap(
                state,
                "{name: value.clone() for name, value in ",
                ".items()}",
                safe=True,
                title="keep clones of the tensors",
            ),
            state=state.name or state.text,
            model=state.subject.name or state.owner,
        )


def _comes_between(step: Step, state: StateDict, use: StateUse) -> bool:
    """The step happens after the state was taken and before it is used: in the order of the program, in a
    later round of a loop in which it was taken, or in an earlier round of one in which it is used."""
    if exclusive(step, use) or exclusive(state, step):
        return False
    if state.order < step.order < use.order:
        return True
    taken_in = [loop for loop in _around(state) if len(state.arms) > len(loop.arms)]
    left = [loop for loop in taken_in if not any(loop == other for other in _around(use))]
    used_in = [loop for loop in _around(use) if state.order < loop.order]
    later = left if state.order < use.order else []
    return any(event == step for loop in (*later, *used_in) for event in loop.events(Step))


def _around(event: StateDict | StateUse) -> Iterator[Loop]:
    if event.loop:
        yield event.loop
        yield from event.loop.around()
