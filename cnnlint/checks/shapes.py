"""Checks on channels and features: knowledge found what cannot fit, a rule says it well."""

from __future__ import annotations

from typing import Any

from cnnlint.checks.flags import Flags, flag, said, trail
from cnnlint.facts import Op, ShapeError
from cnnlint.findings import Fix, Severity
from cnnlint.fixes import put_before, set_argument, wrap
from cnnlint.values import surely

#: What layers call the size that they are built for.
SIZES = ("in_channels", "num_features", "num_channels", "in_features", "input_size", "normalized_shape")
#: Roles of layers after which the channels are no longer those of the images.
LEARNING = ("convolution", "linear", "recurrent", "attention", "embedding", "network")
#: Axes of which a size must divide another.
DIVIDING = ("groups", "heads")


def channel_mismatch(error: ShapeError) -> Flags:
    """Something is built for other channels than reach it."""
    if error.fault == "channels" and not _of_the_images(error):
        argument = _argument(error)
        yield flag(
            _built(error) or error,
            also=trail(error.op.inputs[0]),
            fix=_set(error, argument, safe=True),
            layer=_called(error),
            wants=f"a multiple of {error.wants}" if error.axis in DIVIDING else error.wants,
            got=error.got,
            source=said(error.op.inputs[0]),
            mend=f"set {argument}={error.got}" if argument else "make the two agree",
        )


def input_channels(error: ShapeError) -> Flags:
    """The images of the data have other channels than the first layer is built for."""
    if error.fault == "channels" and _of_the_images(error):
        argument = _argument(error)
        image = error.op.inputs[0].root
        last = len(image.shape) == 4 and surely(image.shape[-1] == error.wants)  # [N, H, W, C]
        yield flag(
            _built(error) or error,
            also=[(image.loader.dataset, f"batches of it are {image.axes}")] if image.loader else (),
            fix=None if last else _set(error, argument, safe=False),
            layer=_called(error),
            wants=error.wants,
            images=f"the images of `{image.loader.dataset.kind}`" if image.loader else "the told images",
            got="their channels last" if last else "1 channel" if error.got == 1 else f"{error.got} channels",
            mend="bring them forward, `images.permute(0, 3, 1, 2)`"
            if last
            else " or ".join([*([f"set {argument}={error.got}"] if argument else []), _converted(error)]),
        )


def linear_in_features(error: ShapeError) -> Flags:
    """Something is built for other features than the flattened map has."""
    if error.fault == "features":
        argument = _argument(error)
        shaped, parts = error.axis == "elements", error.axis.startswith("parts of ")
        yield flag(
            _built(error) or error,
            also=trail(error.op.inputs[0]),
            fix=_set(error, argument, safe=True),
            layer=_called(error),
            wants=error.got if shaped else f"a multiple of {error.wants}" if parts else error.wants,
            got=error.wants if shaped else error.got,
            what=_counted(error.axis),
            source=said(error.op.inputs[0]),
            mend=_enlarged(error, argument),
        )


def missing_flatten(op: Op) -> Flags:
    """A Linear is applied to the rows of a map."""
    layer: Any = op.layer
    if layer and layer.kind == "Linear" and op.inputs[0].is_map:
        features, axes = layer.in_features, op.inputs[0].shape
        whole = _product(*axes[1:])
        by_accident = axes[-1] == features
        yield flag(
            op.place,
            also=trail(op.inputs[0]),
            fix=_flatten(op) if whole == features else None,
            severity=Severity.WARNING if by_accident else None,
            layer=op.label,
            shape=op.inputs[0].axes,
            source=said(op.inputs[0]),
            consequence="is applied to each of its rows" if by_accident else f"takes {features} features",
            mend=_flattened(features, axes[1], whole),
        )


def _of_the_images(error: ShapeError) -> bool:
    """What does not fit are the images of the data, as no layer has changed their channels yet."""
    image = error.op.inputs[0].root
    learning = [op for op in error.op.inputs[0].history() if op.layer and op.layer.role in LEARNING]
    known = image.told or (image.loader and not image.index)
    return bool(error.layer and known and not learning and image.shape[1] == error.got)


def _argument(error: ShapeError) -> str:
    """The argument of the layer that says what it wants; '' if none says just that."""
    named = (name for name in SIZES if error.layer and getattr(error.layer, name, "") == error.wants)
    return next(named, "") if error.axis in ("channels", "features") else ""


def _built(error: ShapeError) -> Any:
    """The layer that the program builds for other sizes, if it is one of its own."""
    return error.layer if error.layer and error.layer.role != "network" else ()


def _called(error: ShapeError) -> str:
    layer = _built(error)
    return str(layer.label if layer else error.op.label)


def _set(error: ShapeError, argument: str, *, safe: bool) -> Fix | None:
    """The number that fits, where it does not depend on the size of the input."""
    if not argument or not error.settled:
        return None
    return set_argument(error.layer, argument, error.got, safe=safe)


def _converted(error: ShapeError) -> str:
    """How the images themselves can be given the channels that are wanted."""
    if error.got == 3 and error.wants == 1:
        return "add `transforms.Grayscale()`"
    if error.got == 1 and error.wants == 3:
        return "add `transforms.Grayscale(3)`"
    return "convert the images"


def _counted(axis: str) -> str:
    """What there are so many of: `features`, or the places on an axis that has no name."""
    named = axis.removeprefix("parts of ")
    return f"on {named}" if named.startswith("axis") else named


def _enlarged(error: ShapeError, argument: str) -> str:
    """What to set, and which other size of the images would do."""
    if error.axis.startswith("parts of "):
        return f"choose a divisor of {error.got}, or pad it"
    sizes = [f"{size}x{size}" for size in error.fits[:1]]
    if not error.settled:
        return "no size of the images makes them equal"
    setting = f"set {argument}={error.got}" if argument else "make the two agree"
    return f"{setting} (images of {sizes[0]} would give {error.wants})" if sizes else setting


def _product(*sizes: Any) -> Any:
    whole: Any = 1
    for size in sizes:
        whole = whole * size
    return whole


def _flattened(features: Any, channels: Any, whole: Any) -> str:
    """How a Linear is given vectors."""
    if whole == features:
        return "flatten it first, `torch.flatten(x, 1)`"
    if channels == features:
        return "pool it to 1x1 and flatten it, or use a 1x1 convolution"
    return f"flatten it first and set in_features={whole}"


def _flatten(op: Op) -> Fix:
    """The map made a vector for each example, in the Sequential or in the call."""
    if op.contained:
        return put_before(op.layer, "Flatten()", safe=False)
    return wrap(op.argument, "torch.flatten(", ", 1)", safe=False)
