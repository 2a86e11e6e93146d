"""In which mode, training or evaluation, a model may be at each call: a data flow over the trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnnlint.facts import Branch, Event, Forward, Loop, ModeChange, Module, OpaqueCall
from cnnlint.values import Undecided, Unknown, is_unknown


@dataclass(frozen=True, slots=True)
class InMode:
    """`module.training`, where it is known: true or false now, but no constant."""

    training: bool

    def __bool__(self) -> bool:
        return self.training


#: For each module whose mode was set, by its identity: the set of modes it may be in.
State = dict[int, frozenset[str]]
UNKNOWN_MODE = frozenset({"unknown"})
#: Rounds of a loop until its modes no longer change (a mode set has at most three elements).
ROUNDS = 4


def settle_modes(trace: list[Any]) -> None:
    """Fill in `Forward.modes` for every call of a model in a trace.

    A model starts in training mode, as torch.nn.Module does, unless code we do not see may have
    changed it (it is a parameter, or was exposed); then its mode is Unknown until it is set.
    """
    for event in _forwards(trace):
        event.modes = frozenset()
    _flow(trace, {})
    for event in _forwards(trace):
        modes: Any = event.modes
        event.modes = Unknown("the mode is not known here") if "unknown" in modes or not modes else set(modes)


def _forwards(trace: list[Any]) -> list[Forward]:
    found: list[Forward] = []
    for step in trace:
        if isinstance(step, Forward):
            found.append(step)
        elif isinstance(step, Loop):
            found.extend(_forwards(step.steps))
        elif isinstance(step, Branch):
            for arm in step.arms:
                found.extend(_forwards(arm))
    return found


def _flow(trace: list[Any], state: State) -> State:
    for step in trace:
        if isinstance(step, Event):
            state = _event(step, state)
        elif isinstance(step, Loop):
            for _ in range(ROUNDS):
                after = _merge(state, _flow(step.steps, dict(state)))
                if after == state:
                    break
                state = after
            else:
                state = after
        elif isinstance(step, Branch):
            outcomes = [_flow(arm, dict(state)) for arm in step.arms]
            state = outcomes[0]
            for outcome in outcomes[1:]:
                state = _merge(state, outcome)
    return state


def _event(event: Event, state: State) -> State:
    if isinstance(event, ModeChange):
        return _change(event, state)
    if isinstance(event, Forward) and isinstance(event.subject, Module):
        event.modes = event.modes | _mode_of(event.subject, state)
    if isinstance(event, OpaqueCall):
        return {**state, _OPAQUE: UNKNOWN_MODE}
    return state


def _mode_of(module: Module, state: State) -> frozenset[str]:
    known = state.get(id(module))
    if module.escaped and _OPAQUE in state:
        return UNKNOWN_MODE
    if known is not None:
        return known
    if _EVERYTHING in state or module.escaped or module.exposed:
        return UNKNOWN_MODE
    return frozenset({"train"})


#: Keys beside those of modules: a mode of something unknown was set; code we cannot see has run.
_EVERYTHING, _OPAQUE = -1, -2


def _change(event: ModeChange, state: State) -> State:
    training = event.training
    mode = UNKNOWN_MODE if is_unknown(training) else frozenset({"train" if training else "eval"})
    subject = event.subject
    if not isinstance(subject, Module):
        return {**dict.fromkeys(state, UNKNOWN_MODE), _EVERYTHING: UNKNOWN_MODE}
    state = {key: value for key, value in state.items() if key != _OPAQUE}
    state[id(subject)] = mode
    try:
        for inner in subject.modules():
            state[id(inner)] = mode
    except Undecided:
        pass
    return state


def _merge(a: State, b: State) -> State:
    merged = dict(a)
    for key in a.keys() | b.keys():
        if key in (_EVERYTHING, _OPAQUE):
            merged[key] = UNKNOWN_MODE
        else:
            merged[key] = a.get(key, _BIRTH) | b.get(key, _BIRTH)
    return merged


_BIRTH = frozenset({"train"})
