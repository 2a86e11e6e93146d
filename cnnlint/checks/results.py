"""Checks on what calls give: a tensor that nobody reads."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import ACTIVATIONS, DROPPING, MOVING, RESHAPING, Discard, Op
from cnnlint.fixes import wrap

#: Layers that only compute: calling one changes nothing but what it gives.
COMPUTING_ROLES = frozenset({"activation", "pooling", "dropout", "shape", "convolution", "linear"})
#: Functions and methods that only compute.
COMPUTING = ACTIVATIONS | DROPPING | MOVING | RESHAPING | {
    "softmax", "log_softmax", "clamp", "detach", "interpolate", "pad", "normalize", "cat", "stack", "flip",
    "repeat", "roll", "t", "add", "sub", "mul", "div", "neg", "abs", "exp", "log", "sqrt", "round",
    "masked_fill", "where", "one_hot", "type_as", "batch_norm", "layer_norm", "group_norm", "max_pool2d",
    "avg_pool2d", "adaptive_avg_pool2d",
}  # fmt: skip


def result_discarded(discard: Discard) -> Flags:
    """A call that changes nothing in place is a statement of its own, and nobody reads what it gives."""
    operation = discard.subject
    if _only_computes(operation) and not operation.in_place:
        target = discard.target
        yield flag(
            discard,
            fix=wrap(discard, f"{target} = ", "", safe=True, title=f"assign it to `{target}`")
            if target
            else None,
            call=discard.text,
            mend=f"write `{target} = {discard.text}(...)`" if target else "assign its result",
        )


def _only_computes(operation: Op) -> bool:
    """Nothing but its result tells that it has run: in the forward of a model, or called on a tensor."""
    if operation.layer:
        single = operation.model and not operation.contained
        return bool(single) and operation.layer.role in COMPUTING_ROLES and not operation.layer.watched
    on_tensor = operation.receiver and not operation.inputs[0].supposed
    return operation.name in COMPUTING and bool(on_tensor or operation.model)
