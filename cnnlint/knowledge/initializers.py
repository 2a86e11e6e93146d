"""How weights are set: the functions of torch.nn.init, and the methods that fill a tensor."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any, NamedTuple


class Drawn(NamedTuple):
    """How the numbers of a tensor come about: 'constant', 'normal' or 'uniform', with their mean and
    standard deviation; 'other' says nothing of them."""

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


def filled(name: str, positional: list[Any], keywords: dict[str, Any]) -> Drawn:
    """What a function of torch.nn.init (old names lack the underscore) or a method fills a tensor with."""
    try:
        return FILLING[f"{name.rstrip('_')}_"](*positional, **keywords)
    except (KeyError, TypeError):
        return OTHER
