"""Checks on evaluation: the mode a model is in when it is called."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Forward, ModeChange
from cnnlint.findings import Fix
from cnnlint.fixes import insert_after, insert_before, together
from cnnlint.traces import evaluates, mode_left_by


def missing_eval_mode(forward: Forward, *, evaluating: list[str], sampling: list[str]) -> Flags:
    """An evaluation pass over a model that is still in training mode, and behaves otherwise there."""
    if any(word in name.lower() for name in forward.functions for word in sampling):
        return
    if evaluates(forward, evaluating) and forward.modes == {"train"} and forward.subject.has_modal_layers:
        yield flag(
            forward,
            fix=_switch_around(forward),
            model=forward.callee_text,
            layers=_modal(forward),
        )


def train_mode_not_restored(forward: Forward) -> Flags:
    """Training goes on in evaluation mode, which an earlier round of the loop has set."""
    if forward.modes != {"train", "eval"} or not forward.subject.has_modal_layers:
        return
    for change in mode_left_by(forward):
        again = forward.loop and change in forward.loop.events(ModeChange)
        place = (None if again else forward.loop) or forward
        yield flag(
            forward,
            also=[(change, "sets evaluation mode, and the next round finds it so")],
            fix=insert_before(place, f"{forward.callee_text}.train()", safe=True)
            if place.functions == forward.functions
            else None,
            model=forward.callee_text,
        )


def _switch_around(forward: Forward) -> Fix | None:
    """eval() before the pass, and train() after it where training goes on."""
    place = forward.loop or forward
    if place.functions != forward.functions:
        return None
    ahead = insert_before(place, f"{forward.callee_text}.eval()", safe=True)
    if not forward.loop or not any(loop.trains for loop in forward.loop.around()):
        return ahead
    behind = insert_after(place, f"{forward.callee_text}.train()", safe=True)
    return together(ahead, behind, title=f"evaluate `{forward.callee_text}` in evaluation mode")


def _modal(forward: Forward) -> str:
    """The kinds of its layers that behave otherwise in evaluation, `BatchNorm2d and Dropout`."""
    kinds = sorted({module.kind for module in forward.subject.modules() if module.modal})
    return " and ".join(kinds[:2])
