"""Checks on statements that stand in the wrong loop, as wrong indentation puts them."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Backward, Event, Forward, Loop, Step
from cnnlint.findings import Fix
from cnnlint.fixes import insert_after, move_after, remove, together
from cnnlint.rounds import clears_between, loss_after_loop, step_after_loop
from cnnlint.traces import parts


def training_step_outside_loop(loop: Loop) -> Flags:
    """A loop over batches that learns from one of them only: what learns stands behind it, or it is left
    in its first round."""
    if loop.per_batch:
        yield from _left_at_once(loop)
        yield from _learns_behind(loop)
        yield from _steps_behind(loop)


def _left_at_once(loop: Loop) -> Flags:
    for_all = loop.carries or loop.returns and any("epoch" in parts(name) for name in loop.functions[-1:])
    if loop.leaving and for_all and any(loop.events(Forward, Backward)):
        word = "return" if loop.returns else "break"
        mend = (
            move_after(loop.leaving, loop, safe=False, title="move the `return` behind the loop")
            if loop.returns
            else remove(loop.leaving, safe=False)
        )
        yield flag(
            loop.leaving,
            also=[(loop, "over the batches")],
            fix=mend,
            fault=f"this `{word}` ends the loop over the batches in its first round",
            effect="all others are left out",
            mend="move it behind the loop" if loop.returns else "take it out",
        )


def _learns_behind(loop: Loop) -> Flags:
    for backward, made, step in loss_after_loop(loop):
        yield flag(
            backward,
            also=[(made, "made anew with every batch"), (loop, "over the batches")],
            fix=_learn_inside(loop, made, backward, step),
            fault="`backward()` and `step()` stand behind the loop over the batches",
            effect="only the last one is learnt from",
            mend="indent them into the loop",
        )


def _steps_behind(loop: Loop) -> Flags:
    for backward, clear, step in step_after_loop(loop):
        together_written = step.functions == backward.functions and not step.scaler
        yield flag(
            step,
            also=[(clear, "leaves only the gradients of the last batch"), (loop, "over the batches")],
            fix=move_after(step, backward, safe=False, title=f"move `{step.text}()` into the loop")
            if together_written
            else None,
            fault=f"`{step.text}()` stands behind the loop over the batches, which clears their gradients",
            effect="only the last one counts",
            mend="indent it into the loop",
        )


def _learn_inside(loop: Loop, made: Event, backward: Backward, step: Step) -> Fix | None:
    """Clear, propagate back and step right behind the loss."""
    moved = [*clears_between(loop, step), backward, step]
    loss = backward.loss
    here = made.kind == "LossCall" and all(each.functions == made.functions for each in moved)
    if not here or not loss or not step.owner or step.scaler or step.closure or backward.retain_graph:
        return None
    clear = [f"{each.owner}.zero_grad()" for each in clears_between(loop, step) if each.owner]
    lines = "\n".join([*clear, f"{loss}.backward()", f"{step.owner}.step()"])
    inside = insert_after(made, lines, safe=False)
    return together(inside, *(remove(each, safe=False) for each in moved), title="learn from every batch")
