"""Checks on shapes: knowledge found what cannot fit, a rule says it well."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import ShapeError
from cnnlint.findings import Fix
from cnnlint.fixes import set_argument

#: What a channel count is called in the constructor of a layer.
CHANNELS = {"convolution": "in_channels", "normalization": "num_features"}
#: A Linear gets one vector for each example, or one for each position of a sequence.
VECTORS = (2, 3)


def channel_mismatch(error: ShapeError) -> Flags:
    """A convolution or normalisation is built for other channels than reach it."""
    layer = error.layer
    if layer and error.axis == "channels" and layer.role in CHANNELS:
        argument = "num_channels" if layer.kind == "GroupNorm" else CHANNELS[layer.role]
        yield flag(
            layer,
            also=_trail(error),
            fix=_set(error, argument),
            layer=layer.label,
            wants=error.wants,
            got=error.got,
            source=_last(error),
            argument=argument,
        )


def linear_in_features(error: ShapeError) -> Flags:
    """A Linear is built for other features than the flattened map has."""
    layer = error.layer
    if layer and layer.kind == "Linear" and len(error.op.inputs[0].shape) in VECTORS:
        yield flag(
            layer,
            also=_trail(error),
            fix=_set(error, "in_features"),
            layer=layer.label,
            wants=error.wants,
            got=error.got,
            source=_last(error),
        )


def _set(error: ShapeError, argument: str) -> Fix | None:
    """The number that fits, where it does not depend on the size of the input."""
    return set_argument(error.layer, argument, error.got, safe=True) if error.settled else None


def _trail(error: ShapeError) -> list[object]:
    """The last few operations that led there, with the shapes they gave, nearest last."""
    return [(each.place, f"gives {each.output.axes}") for each in error.trail[-3:] if each.output]


def _last(error: ShapeError) -> str:
    return f"`{error.trail[-1].label}`" if error.trail else "the input"
