"""Checks on how many axes there are, and how much is left of the axes a window slides along."""

from __future__ import annotations

from typing import Any

from cnnlint.checks.flags import Flags, flag, said, trail
from cnnlint.facts import ShapeError
from cnnlint.findings import Fix, Severity
from cnnlint.fixes import call_instead, wrap

#: Operations of which the error names the size that they make, not the one that they are given.
MAKING = ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "interpolate", "pad")
#: What an image may lack, by the axis.
LACKING = ("batch", "channel")
#: What a tensor of so many axes is called.
CALLED = {1: "a vector", 2: "vectors [N, features]", 3: "sequences [N, C, L]", 4: "maps [N, C, H, W]"}
#: Roles of layers that exist for one, two and three dimensions.
FAMILIES = ("convolution", "normalization", "pooling", "dropout")


def spatial_collapse(error: ShapeError) -> Flags:
    """Less is left of the map than a window needs."""
    if error.fault == "sizes":
        making = error.op.name in MAKING
        yield flag(
            error.layer or error,
            also=trail(error.op.inputs[0]),
            layer=error.layer.label if error.layer else error.op.label,
            needs=_needs(error, making),
            got=_got(error, making),
            mend=_mend(error),
        )


def wrong_dimensional_layer(error: ShapeError) -> Flags:
    """A layer or operation is applied to a tensor of another number of axes than it is made for."""
    if error.fault == "rank":
        layer = error.layer
        kind = _counterpart(error)
        warned = layer and layer.role == "dropout" and layer.kind != "Dropout1d"
        yield flag(
            layer or error,
            also=trail(error.op.inputs[0]),
            fix=_renamed(error, kind),
            severity=Severity.WARNING if warned else None,
            layer=layer.label if layer else error.op.label,
            kind=f"a {layer.kind}" if layer else "made",
            wants="1 axis" if error.wants == 1 else f"{error.wants} axes",
            got=CALLED.get(error.got, f"{error.got} axes"),
            source=said(error.op.inputs[0]),
            mend=f"use `{kind}`" if kind else _reshaped(error),
        )


def missing_batch_or_channel_dim(error: ShapeError) -> Flags:
    """A model is given an image without a batch, or a batch without channels."""
    if error.fault == "image":
        yield flag(
            error.given,
            also=[
                (error.layer or error, f"here it does not fit: {error.axis} {error.got}, not {error.wants}")
            ],
            fix=wrap(error.given, "torch.unsqueeze(", f", {error.lacking})", safe=False),
            shape=error.image,
            axis=LACKING[error.lacking],
            at=error.lacking,
        )


def _needs(error: ShapeError, making: bool) -> str:
    if error.axis == "padding":
        return f"allows a padding of at most {error.wants}, half its kernel,"
    if error.axis == "stride":
        return "allows with padding='same' a stride of 1"
    return f"makes a {error.axis}" if making else f"needs a {error.axis} of at least {error.wants}"


def _got(error: ShapeError, making: bool) -> str:
    if error.axis in ("padding", "stride"):
        return f"but has {error.got}"
    return f"of {error.got}" if making else f"but {said(error.op.inputs[0])} gives it {error.got}"


def _mend(error: ShapeError) -> str:
    """The smallest image that is large enough, or what to change else."""
    if error.axis in ("padding", "stride"):
        return f"set {error.axis}={error.wants}"
    sizes = error.fits
    if sizes:
        return f"shrink less before, or use images of {sizes[0]} pixels or more"
    return "make its kernel smaller or shrink less before"


def _counterpart(error: ShapeError) -> str:
    """The layer of the same family for as many axes as there are; '' if there is none."""
    layer = error.layer
    if not layer or layer.role not in FAMILIES:
        return ""
    family = layer.kind.rstrip("123d")
    if error.got in (3, 4, 5):
        return f"{family}{error.got - 2}d" if layer.kind[-1:] == "d" else ""
    return {"BatchNorm": "BatchNorm1d", "Dropout": "Dropout"}.get(family, "") if error.got == 2 else ""


def _renamed(error: ShapeError, kind: str) -> Fix | None:
    return call_instead(error.layer, error.layer.kind, kind, safe=True) if kind and error.layer else None


def _reshaped(error: ShapeError) -> str:
    missing: Any = error.wants - error.got
    return "keep or `unsqueeze` what is missing" if missing > 0 else "bring it to that before"
