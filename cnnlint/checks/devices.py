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
    """A model was moved and its batch was not, or the other way round: its first weights meet what lies on
    another device."""
    if forward.arms or forward.subject.escaped:
        return
    model, batch = forward.callee_text, forward.given or "its input"
    if forward.device == "moved":
        if any(_meets_weights(operation, forward, "cpu") for operation in forward.ancestors):
            yield flag(
                forward.argument,
                also=[(forward.subject.moved_at, "moves the model")],
                fix=_move(forward) if model.replace(".", "").isidentifier() else None,
                moved=model,
                left=batch,
                what="batch",
            )
    elif any(_meets_weights(operation, forward, "moved") for operation in forward.ancestors):
        yield flag(
            forward.argument, also=[(forward.subject, "is made here")], moved=batch, left=model, what="model"
        )


def _meets_weights(operation: Op, forward: Forward, device: str) -> bool:
    """It multiplies what is on a device by weights of the model."""
    if operation.maybe or not weighs(operation) or not operation.inputs:
        return False
    return surely(operation.inputs[0].device == device) and any(
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
