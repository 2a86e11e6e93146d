"""Checks on where tensors and modules lie."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Forward, LossCall, Op
from cnnlint.findings import Fix
from cnnlint.fixes import call_method, together
from cnnlint.traces import weighs
from cnnlint.values import surely

__all__ = ["device_mismatch"]


def device_mismatch(forward: Forward) -> Flags:
    """A model that was moved is given a batch that was not: its first weights meet it on the CPU."""
    if forward.arms or forward.subject.escaped or forward.device != "moved":
        return
    if any(_meets_weights(operation, forward) for operation in forward.ancestors):
        yield flag(
            forward.argument,
            also=[(forward.subject.moved_at, "moves the model")],
            fix=_move(forward) if forward.callee_text.replace(".", "").isidentifier() else None,
            batch=forward.given or "its input",
            model=forward.callee_text,
        )


def _meets_weights(operation: Op, forward: Forward) -> bool:
    """It multiplies what is on the CPU by weights of the model."""
    if operation.maybe or not weighs(operation) or not operation.inputs:
        return False
    return surely(operation.inputs[0].device == "cpu") and any(
        module == operation.layer for module in forward.subject.modules()
    )


def _move(forward: Forward) -> Fix:
    """The batch, and the target of the loss on what comes of it, to where the model is."""
    to = f"to(next({forward.callee_text}.parameters()).device)"
    losses = forward.loop.events(LossCall) if forward.loop else ()
    targets = [
        loss.places[1] for loss in losses if len(loss.places) > 1 and surely(loss.target.device == "cpu")
    ]
    moves = [call_method(place, to, safe=False) for place in (forward.argument, *targets)]
    return together(*moves, title="move the batch to where the model is")
