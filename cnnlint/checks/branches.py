"""Checks on tensors that meet: sums, products and concatenations of what does not fit."""

from __future__ import annotations

from typing import Any

from cnnlint.checks.flags import Flags, flag, said, trail
from cnnlint.facts import ShapeError

#: How the two can be brought together.
MENDS = {
    "channels": "match them with a 1x1 convolution",
    "depth": "give both the same stride and padding",
    "height": "give both the same stride and padding",
    "width": "give both the same stride and padding",
    "axes": "give both as many axes",
}
#: What a size may have to be divisible by, and from which size on.
STEPS = (2, 4, 8, 16, 32, 64, 128)
SMALLEST = 64


def branch_mismatch(error: ShapeError) -> Flags:
    """Tensors are joined that fit for no size of the image."""
    if error.fault == "branches" and not error.fits:
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
            operation=error.op.label,
            one=_sized(error.axis, error.wants),
            other=error.got,
            first=said(first),
            second=said(second),
            image="x".join(map(str, error.image[2:])),
            sizes=_fitting(error),
        )


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
    """Which sizes of the image fit: all multiples of a number, or those next to the one it has."""
    fitting = set(error.fits)
    for step in STEPS:
        if fitting.issuperset(range(step * -(-SMALLEST // step), max(fitting) + 1, step)):
            return f"sizes divisible by {step}"
    size = max(error.image[2:])
    smaller, larger = (each for each in fitting if each < size), (each for each in fitting if each > size)
    nearest = [*sorted(smaller)[-1:], *sorted(larger)[:1]]
    return f"sizes such as {' and '.join(map(str, nearest))}"
