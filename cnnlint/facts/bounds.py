"""The least and the greatest number a value can hold, followed through the operations that made it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cnnlint.facts.base import MOVING, RESHAPING
from cnnlint.values import Unknown

if TYPE_CHECKING:
    from cnnlint.facts.tensors import Op, Tensor

__all__ = ["BYTES", "Bounds", "between", "bounds_of", "combined"]

Bounds = Any  # (least, greatest), or Unknown
#: Of a picture as files hold it.
BYTES = (0, 255)

#: Operations whose result holds numbers of their first input and no others.
KEEPING = RESHAPING | MOVING | {
    "detach", "getitem", "flip", "fliplr", "flipud", "roll", "rot90", "interpolate", "max_pool2d",
    "avg_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d", "chunk", "split", "unbind", "narrow",
    "repeat", "requires_grad", "from_numpy", "tensor",
}  # fmt: skip
#: What some operations keep their results between, whatever they are given.
LIMITS = {"sigmoid": (0, 1), "softmax": (0, 1), "tanh": (-1, 1)}
#: A tensor and a number, in this order or the other.
ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "add": lambda first, second: first + second,
    "sub": lambda first, second: first - second,
    "mul": lambda first, second: first * second,
    "div": lambda first, second: first / second,
}
UNKNOWN = Unknown("between which numbers the values lie is not known")


def bounds_of(tensor: Tensor) -> Bounds:
    """As its maker told them, else as the operations since the last that did make them."""
    way: list[Op] = []
    while tensor.held is None:
        operation = tensor.producer
        if operation is None or tensor.overwritten:
            return UNKNOWN
        if operation.name in LIMITS or operation.name == "either":
            bounds = LIMITS.get(operation.name) or shared([bounds_of(each) for each in operation.inputs])
            return through(way, bounds)
        if not operation.inputs or not (operation.name in KEEPING or operation.name in ARITHMETIC):
            return UNKNOWN
        way.append(operation)
        tensor = operation.inputs[0]
    return UNKNOWN if tensor.overwritten else through(way, tensor.held)


def through(way: list[Op], bounds: Bounds) -> Bounds:
    """What operations, the last of them first, make of such values."""
    for operation in reversed(way):
        if operation.name in ARITHMETIC:
            if len(operation.inputs) > 1:
                return UNKNOWN
            options = operation.options
            first, second = options.get("input", bounds), options.get("other", bounds)
            bounds = combined(operation.name, first, second)
    return bounds


def combined(name: str, first: Any, second: Any) -> Bounds:
    """Bounds after 'add', 'sub', 'mul' or 'div', of which one side is a number and the other has bounds."""
    sides = [between(each) for each in (first, second)]
    if any(isinstance(each, Unknown) for each in sides) or (name == "div" and 0 in sides[1]):
        return UNKNOWN
    ends = [ARITHMETIC[name](one, other) for one in sides[0] for other in sides[1]]
    return min(ends), max(ends)


def between(value: Any) -> Bounds:
    """The bounds that a number, a list of numbers or bounds are."""
    numbers = value if isinstance(value, tuple | list) and value else (value,)
    if not all(isinstance(each, int | float) for each in numbers):
        return UNKNOWN
    return min(numbers), max(numbers)


def shared(bounds: list[Bounds]) -> Bounds:
    """What all of these are; Unknown where they differ."""
    first = bounds[0] if bounds else UNKNOWN
    same = all(not isinstance(each, Unknown) and each == first for each in bounds)
    return first if same else UNKNOWN
