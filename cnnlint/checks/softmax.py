"""Checks on the axis that a softmax runs over."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import ACTIVATIONS, DROPPING, MOVING, NORMALIZING, Op
from cnnlint.findings import Fix, Severity
from cnnlint.fixes import set_argument
from cnnlint.values import surely

#: What leaves every axis where it is.
IN_PLACE = MOVING | NORMALIZING | DROPPING | ACTIVATIONS
#: On which axis the layers give their outputs, counted from the back.
OUTPUT_AXIS = {"linear": -1, "bilinear": -1, "conv1d": -2, "conv2d": -3, "conv3d": -4}
#: What torch.nn.functional and torch are called in code.
FUNCTIONAL = ("F", "functional", "nn.functional", "torch.nn.functional", "torch")


def softmax_dim(operation: Op) -> Flags:
    """A softmax over the batch, over a single number, or over an axis left to chance."""
    if operation.name not in ("softmax", "log_softmax", "softmin"):
        return
    logits = operation.inputs[0]
    if operation.without_dim:
        usual = surely((logits.rank == 1) | (logits.rank == 2) | (logits.rank == 4))
        yield flag(
            operation.place,
            fix=_with_dim(operation),
            severity=Severity.INFO if usual else Severity.WARNING,
            softmax=operation.label,
            problem="is given no dim and chooses by the number of axes, with three the batch",
            mend="say which, `dim=1` for outputs [N, C]",
        )
        return
    dim = operation.dim
    outputs = OUTPUT_AXIS.get(logits.source(through=IN_PLACE).name, 0)
    if outputs and (dim if dim < 0 else dim - logits.rank) == outputs:
        if logits.shape[outputs] == 1:
            yield flag(
                operation.place,
                softmax=operation.label,
                problem=f"runs over an axis of size 1, so it always gives {_constant(operation)}",
                mend="use a sigmoid, or one output for each class",
            )
    elif outputs and outputs + logits.rank == 1 and dim % logits.rank == 0 and _predicts(operation):
        yield flag(
            operation.place,
            fix=_set_dim(operation, 1),
            softmax=operation.label,
            problem=f"runs over the batch (axis 0 of {logits.axes}), so images compete and not classes",
            mend="set `dim=1`",
        )


def _constant(operation: Op) -> str:
    return "0" if operation.name == "log_softmax" else "1"


def _predicts(operation: Op) -> bool:
    """It gives what a model returns that the program calls, or is given that."""
    model, tensor = operation.model, operation.output
    if not model:
        tensor = operation.inputs[0].origin(through=MOVING)
        model = tensor.producer.model if tensor.producer else None
    return bool(model and model.forwards and model.output == tensor)


def _with_dim(operation: Op) -> Fix | None:
    """The dim that is chosen without one, or that of the classes where a Linear has just given them."""
    logits = operation.inputs[0]
    if surely((logits.rank == 2) | (logits.rank == 4)):
        return _set_dim(operation, 1)
    linear = surely(logits.source(through=IN_PLACE).name == "linear")
    return _set_dim(operation, -1) if linear else None


def _set_dim(operation: Op, dim: int) -> Fix | None:
    if operation.layer:
        return set_argument(operation.layer, "dim", dim, safe=True)
    owner = operation.text.rpartition(".")[0]
    position = 1 if owner in FUNCTIONAL else 0
    return set_argument(operation, "dim", dim, position=position, safe=True) if owner else None
