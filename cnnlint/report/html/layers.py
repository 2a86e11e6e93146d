"""How large a layer is drawn, and what kind of layer it is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnnlint.evidence import Layer

__all__ = ["KINDS", "channels", "height", "kind_of", "spatial", "width"]

#: Kinds of layers by words in their class or function, the first that fits.
KINDS = {
    "convolution": ("conv",),
    "pooling": ("pool", "interpolate", "upsample"),
    "normalization": ("norm", "dropout"),
    "linear": ("linear", "bilinear", "embedding", "matmul", "attention"),
    "activation": ("relu", "elu", "silu", "swish", "mish", "sigmoid", "tanh", "softmax", "softplus", "hard"),
    "joint": ("add", "cat", "mul", "sub", "stack"),
}


def kind_of(layer: Layer) -> str:
    name = layer["kind"].lower()
    return next((kind for kind, parts in KINDS.items() if any(part in name for part in parts)), "other")


def channels(shape: Sequence[int]) -> int:
    """Of `[N, C, ...]`."""
    return shape[1] if len(shape) > 1 else 1


def spatial(shape: Sequence[int]) -> Sequence[int]:
    """Height and width of `[N, C, H, W]`, the length of `[N, C, L]`, nothing of `[N, C]`."""
    return shape[2:]


def width(shape: Sequence[int] | None, most: float) -> float:
    """Of a box: by the size of the picture, each doubling as much wider as the one before."""
    if not shape:
        return 26.0
    side = max(spatial(shape), default=1)
    return min(most, 14 + (most - 14) * math.log2(max(side, 1)) / 8)


def height(shape: Sequence[int] | None) -> float:
    """Of a box: by its channels, each doubling as much higher as the one before."""
    if not shape:
        return 12.0
    return min(28.0, 6 + 2 * math.log2(max(channels(shape), 1)))
