"""Checks on tensors that meet: sums, products and concatenations of what does not fit."""

from __future__ import annotations

from typing import Any

from cnnlint.checks.flags import Flags, flag, said, trail
from cnnlint.facts import ShapeError, Tensor
from cnnlint.findings import Severity
from cnnlint.traces import choice_behind

#: How the two can be brought together.
MENDS = {
    "channels": "match them with a 1x1 convolution",
    "depth": "give both the same stride and padding",
    "height": "give both the same stride and padding",
    "width": "give both the same stride and padding",
    "axes": "give both as many axes",
}


def branch_mismatch(error: ShapeError) -> Flags:
    """Tensors are joined that fit for no size of the image."""
    if error.fault == "branches" and not (error.fits or any(map(_chosen_from_batch, error.op.inputs))):
        first, second = error.meeting
        yield flag(
            error,
            also=trail(first, second),
            operation=error.op.label,
            one=_sized(error.axis, error.wants),
            other=_sized(error.axis, error.got),
            first=said(first),
            second=said(second),
            mend=_mend(error),
        )


def upsample_mismatch(error: ShapeError) -> Flags:
    """Tensors are joined that fit for some sizes of the image, but not for the one it has."""
    if error.fault == "branches" and error.fits:
        first, second = error.meeting
        yield flag(
            error,
            also=trail(first, second),
            severity=Severity.ERROR if _certain(error) else None,
            operation=error.op.label,
            one=_sized(error.axis, error.wants),
            other=error.got,
            first=said(first),
            second=said(second),
            image="x".join(map(str, error.image[2:])),
            sizes=_fitting(error),
        )


def _chosen_from_batch(tensor: Tensor) -> bool:
    """It holds the best example for each class: that is the fault, and a rule of its own says so."""
    choice = choice_behind(tensor)
    return bool(choice and not choice.model and choice.dim == 0)


def _mend(error: ShapeError) -> str:
    """How the two can be brought together."""
    if error.op.name == "cat" and error.axis == "channels":
        return "join them along dim=1"
    return MENDS.get(error.axis, "make the two agree")


def _sized(axis: str, size: Any) -> str:
    """`16 channels`, `height 28`."""
    one = {"channels": "channel", "axes": "axis", "elements": "element"}.get(axis)
    if one:
        return f"{size} {one if size == 1 else axis}"
    return f"size {size} on {axis}" if axis.startswith("axis") else f"{axis} {size}"


def _fitting(error: ShapeError) -> str:
    """Which sizes of the image run: all multiples of a number, or some next to the one it has."""
    if error.step:
        return f", or use sizes divisible by {error.step}"
    return f", or use sizes such as {' and '.join(map(str, error.runs))}" if error.runs else ""


def _certain(error: ShapeError) -> bool:
    """The program itself makes a tensor of this size and gives it to the model, on every path."""
    made = error.meeting[0].root.producer
    return bool(made and not made.inputs and not error.op.arms)
