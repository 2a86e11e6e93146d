"""Checks on how many axes there are, and how much is left of the axes a window slides along."""

from __future__ import annotations

from typing import Any

from cnnlint.checks.flags import Flags, flag, said, trail
from cnnlint.facts import Loader, Op, ShapeError
from cnnlint.findings import Confidence, Fix, Severity
from cnnlint.fixes import call_instead, replace, set_argument, wrap
from cnnlint.values import surely

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
    """A model is given an image without a batch, or a batch without channels; or a batch of one loses its
    axis to a `squeeze()` that is meant for others."""
    if error.fault == "image":
        yield flag(
            error.given,
            also=[
                (error.layer or error, f"here it does not fit: {error.axis} {error.got}, not {error.wants}")
            ],
            fix=wrap(error.given, "torch.unsqueeze(", f", {error.lacking})", safe=False),
            what=f"the model is given {error.image}, without the {LACKING[error.lacking]} axis, and fails",
            mend=f"give it `unsqueeze({error.lacking})`",
        )
    squeeze = error.squeezed if error.fault == "squeezed" else None
    if squeeze:
        loader: Any = error.lone or squeeze.inputs[0].root.loader
        axes = [at for at, size in enumerate(squeeze.inputs[0].shape) if at and surely(size == 1)]
        yield flag(
            squeeze,
            also=[(error, "fails here"), *([(loader, _left_over(loader))] if error.lone else [])],
            fix=_squeezed(squeeze, axes),
            confidence=Confidence.MEDIUM if loader and loader.assumed else None,
            what=f"`{squeeze.label}` drops the batch axis as well where {_alone(error)} holds 1 example, "
            f"so `{error.op.label}` fails",
            mend=_squeezing(axes),
        )


def _left_over(loader: Loader) -> str:
    return f"{loader.dataset.size} examples in batches of {loader.batch_size} leave one over"


def _alone(error: ShapeError) -> str:
    return "the last batch" if error.lone else "a batch"


def _squeezing(axes: list[int]) -> str:
    """How to drop the other axes of size 1 only."""
    if len(axes) == 1:
        return f"write `squeeze({axes[0]})`"
    return "write `flatten(1)`" if axes == [2, 3] else "name the axes" if axes else "leave it out"


def _squeezed(squeeze: Op, axes: list[int]) -> Fix | None:
    if len(axes) == 1:
        return set_argument(squeeze, "dim", axes[0], position=0 if squeeze.method else 1, safe=False)
    if axes == [2, 3] and squeeze.receiver:
        return replace(squeeze, f"{squeeze.receiver}.flatten(1)", safe=False)
    return None


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
