"""How weights are set: the functions of torch.nn.init, and the methods that fill a tensor."""

from __future__ import annotations

from collections.abc import Callable
from math import prod, sqrt
from typing import Any, NamedTuple

from cnnlint.facts import Shape
from cnnlint.values import Undecided, Unknown


class Drawn(NamedTuple):
    """How the numbers of a tensor come about: 'constant', 'normal', 'uniform' or 'orthogonal', with their
    mean and standard deviation; 'other' says nothing of them."""

    distribution: str
    mean: Any = 0.0
    spread: Any = 0.0


OTHER = Drawn("other")


def constant(value: Any) -> Drawn:
    """All the same."""
    return Drawn("constant", value)


def normal(mean: Any = 0.0, std: Any = 1.0, *_: Any, **__: Any) -> Drawn:
    """https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.normal_"""
    return Drawn("normal", mean, std)


def uniform(a: Any = 0.0, b: Any = 1.0, *_: Any, **named: Any) -> Drawn:
    """https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.uniform_; a tensor's own method
    calls its bounds `from` and `to`."""
    low, high = named.get("from", a), named.get("to", b)
    return Drawn("uniform", (low + high) / 2, (high - low) / sqrt(12))


def gain_of(nonlinearity: Any, param: Any = None) -> float:
    """https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.calculate_gain"""
    if nonlinearity == "leaky_relu":
        return sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    return GAINS[nonlinearity]


def fans(shape: Shape) -> tuple[Any, Any]:
    """The inputs and outputs of a unit, as torch.nn.init counts them from the shape of a weight."""
    outputs, inputs, *kernel = shape
    return inputs * prod(kernel), outputs * prod(kernel)


def kaiming(
    shape: Shape, a: Any = 0, mode: Any = "fan_in", nonlinearity: Any = "leaky_relu", **_: Any
) -> float:
    """https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.kaiming_normal_"""
    return gain_of(nonlinearity, a) / sqrt(fans(shape)[mode == "fan_out"])


def xavier(shape: Shape, gain: Any = 1.0, *_: Any, **__: Any) -> float:
    """https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.xavier_normal_"""
    return float(gain * sqrt(2 / sum(fans(shape))))


def orthogonal(shape: Shape, gain: Any = 1.0, *_: Any, **__: Any) -> float:
    """https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.orthogonal_"""
    rows, *columns = shape
    return float(gain / sqrt(max(rows, prod(columns))))


#: What torch.nn.init.calculate_gain says.
GAINS = {
    "linear": 1.0, "conv1d": 1.0, "conv2d": 1.0, "conv3d": 1.0, "conv_transpose1d": 1.0,
    "conv_transpose2d": 1.0, "conv_transpose3d": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": sqrt(2),
    "selu": 3 / 4,
}  # fmt: skip
#: By the name of a function of torch.nn.init: the distribution it draws from, about zero, and the
#: standard deviation, told by the shape of the weight and the arguments behind the tensor.
SCALING: dict[str, tuple[str, Callable[..., float]]] = {
    "kaiming_normal_": ("normal", kaiming),
    "kaiming_uniform_": ("uniform", kaiming),
    "xavier_normal_": ("normal", xavier),
    "xavier_uniform_": ("uniform", xavier),
    "orthogonal_": ("orthogonal", orthogonal),
}
#: By the name of a function of torch.nn.init or of a method: what it fills with, told by the arguments
#: behind the tensor.
FILLING: dict[str, Callable[..., Drawn]] = {
    "constant_": lambda val: constant(val),
    "fill_": constant,
    "zeros_": lambda: constant(0),
    "zero_": lambda: constant(0),
    "ones_": lambda: constant(1),
    "normal_": normal,
    "trunc_normal_": normal,
    "uniform_": uniform,
}  # fmt: skip
#: By the name of an operation that makes a tensor: what that consists of.
MADE = {
    "zeros": constant(0), "zeros_like": constant(0), "ones": constant(1), "ones_like": constant(1),
    "randn": normal(), "randn_like": normal(), "rand": uniform(), "rand_like": uniform(),
}  # fmt: skip


def filled(name: str, layer: Any, positional: list[Any], keywords: dict[str, Any]) -> Drawn:
    """What a function of torch.nn.init (old names lack the underscore) or a method fills a tensor with:
    the weight of a layer, or Unknown whose."""
    name = f"{name.rstrip('_')}_"
    try:
        if name not in SCALING:
            return FILLING[name](*positional, **keywords)
        distribution, spread = SCALING[name]
        return Drawn(distribution, 0.0, spread(layer.weight_shape, *positional, **keywords))
    except Undecided as undecided:
        return Drawn(distribution, 0.0, Unknown(undecided.why, undecided.site))
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return OTHER
