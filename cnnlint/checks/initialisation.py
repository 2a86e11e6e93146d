"""Checks on the weights a training starts from."""

from __future__ import annotations

from math import sqrt
from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Initialization, Op
from cnnlint.findings import Fix, Severity
from cnnlint.fixes import replace
from cnnlint.traces import fed_by, role_of

#: Layers whose units differ by nothing but their weights.
WEIGHTED = frozenset({"convolution", "linear"})
#: Sizes that differ by less are the same.
CLOSE = 1e-3


def degenerate_initialization(operation: Op, *, gain: float) -> Flags:
    """Two layers in a row start from one constant, or from numbers that are far too large."""
    layer: Any = operation.layer
    if not _set_by_hand(layer) or layer.pretrained:
        return
    feeding, past = fed_by(operation)
    before: list[Any] = [each.layer for each in feeding]
    if past or not before or not all(map(_set_by_hand, before)):
        return
    initial = layer.initial
    if all(each.initial.distribution == "constant" for each in (layer, *before)):
        further = [each.initial for each in before if each.initial.site != initial.site]
        yield flag(
            initial,
            also=[(each, "and here") for each in further],
            fix=_kaiming(layer),
            weights=initial.tensor or f"{layer.label}.weight",
            start=f"as the constant {initial.mean:.3g}",
            effect="so the units of a layer stay alike" if initial.mean else "so no layer before it learns",
        )
    elif all(each.gain >= gain for each in (layer, *before)) and not _normalised(operation):
        yield flag(
            initial,
            severity=Severity.WARNING,
            fix=_kaiming(layer),
            weights=initial.tensor or f"{layer.label}.weight",
            start=f"at a size of {initial.size:.2g}",
            effect=f"so signals grow about {layer.gain:.0f} times in each",
        )


def manual_initialization(initial: Initialization) -> Flags:
    """A parameter that nothing has changed is set to what torch has made it."""
    layer: Any = initial.subject
    if not initial.before and not layer.pretrained and _as_torch_does(initial, layer, role_of(layer)):
        yield flag(initial, tensor=initial.tensor or initial.text, kind=layer.kind)


def _as_torch_does(initial: Initialization, layer: Any, role: str) -> bool:
    """The way in which the reset_parameters of the layer does it."""
    if role == "normalization" and initial.distribution == "constant":
        return bool(initial.parameter and initial.mean == (initial.parameter == "weight"))
    if initial.parameter != "weight":
        return False
    if role == "embedding" and initial.distribution == "normal":
        return bool(initial.mean == 0 and initial.spread == 1)
    if role in WEIGHTED and initial.distribution == "uniform" and initial.mean == 0:
        return bool(abs(initial.spread * sqrt(layer.fan_in) - 1 / sqrt(3)) < CLOSE)
    return False


def _set_by_hand(layer: Any) -> bool:
    """The program sets its weights, and trains it."""
    return bool(layer and role_of(layer) in WEIGHTED and layer.initial and layer.trainable)


def _normalised(operation: Op) -> bool:
    """Its model brings signals back to a fixed size."""
    operations = operation.model.ops if operation.model else ()
    return any(each.name.endswith("norm") for each in operations)


def _kaiming(layer: Any) -> Fix | None:
    """He's initialisation instead, if the file has a name for torch.nn and says which tensor it means."""
    initial, package = layer.initial, layer.initial.package
    if not package.endswith("init"):
        built = layer.package
        package = f"{built}.init" if built.endswith("nn") and layer.site.path == initial.site.path else ""
    if not package or not initial.tensor or not initial.written:
        return None
    return replace(initial, f'{package}.kaiming_normal_({initial.tensor}, nonlinearity="relu")', safe=False)
