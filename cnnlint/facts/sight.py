"""What a value sees of the input: receptive fields through windows, joins and reshaping."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import ceil, inf
from operator import mul, truediv
from typing import Any

from cnnlint.dims import Dim
from cnnlint.facts.base import ACTIVATIONS, RESHAPING
from cnnlint.facts.modules import EVERYTHING
from cnnlint.facts.tensors import Op, is_ranked
from cnnlint.records import record
from cnnlint.values import Undecided, Unknown

__all__ = ["NOTHING", "Sight", "joined", "sight_of"]

#: Operations that read a place of their output from that place alone.
ELEMENTWISE = ACTIVATIONS | {
    "add", "sub", "rsub", "mul", "div", "true_divide", "pow", "neg", "abs", "exp", "log", "sqrt", "rsqrt",
    "square", "clamp", "cat", "concat", "stack", "chunk", "split", "getitem", "dropout", "dropout2d",
    "batch_norm", "instance_norm", "group_norm", "layer_norm", "pad", "where", "maximum", "minimum", "lerp",
    "masked_fill", "detach", "identity", "softmax", "log_softmax", "normalize", "sign", "reciprocal",
    "unbind", "embedding", "dropout1d", "dropout3d", "alpha_dropout", "repeat", "erf", "sin", "cos", "prelu",
}  # fmt: skip
#: Operations that sum or choose over axes.
REDUCTIONS = frozenset({
    "mean", "sum", "amax", "amin", "max", "min", "logsumexp", "norm", "std", "var", "prod",
})  # fmt: skip


@record
class Sight:
    """What one value sees of the model's input along each axis: `field` places (inf for all of them),
    neighbours lying `jump` places apart. One number stands for all axes. `flat` once places and
    channels lie on one axis. None for a value that was not made of the input."""

    field: Any = 1
    jump: Any = 1
    flat: bool = False

    @property
    def all(self) -> bool:
        """It sees all of the input."""
        return all(not isinstance(each, Unknown) and each == inf for each in axes_of(self.field))

    def fields(self, rank: int) -> tuple[Any, ...]:
        """The field along each of so many axes, in whole places."""
        fields = tuple(whole(each) for each in axes_of(self.field))
        return fields if len(fields) == rank else fields[:1] * rank

    def jumps(self, rank: int) -> tuple[Any, ...]:
        """The distance of neighbours along each axis."""
        jumps = axes_of(self.jump)
        return jumps if len(jumps) == rank else jumps[:1] * rank

    def share_of(self, places: Any) -> Any:
        """The part of an input of these sizes that it sees, along the axis where that is least."""
        fields = each_axis(truediv, self.field, tuple(places))
        return along(min, *axes_of(fields))

    @property
    def known(self) -> Any:
        """The field along each axis in whole places, one number where it is the same along all."""
        fields = tuple(whole(each) for each in axes_of(self.field))
        if any(isinstance(each, Unknown | Dim) for each in fields):
            return Unknown("what it sees of the input is not known")
        return fields[0] if len(set(fields)) == 1 else fields


NOTHING = Sight(0, 1)
UNKNOWN = Unknown("what it sees of the input is not known")


def whole(field: Any) -> Any:
    return field if isinstance(field, Unknown | Dim) or field == inf else ceil(field)


def axes_of(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def each_axis(combine: Callable[..., Any], *values: Any) -> Any:
    """The result of `combine` along each axis; one number where all are one number."""
    ranks = {len(value) for value in values if isinstance(value, tuple)}
    if not ranks:
        return along(combine, *values)
    if len(ranks) > 1:
        return UNKNOWN
    (rank,) = ranks
    columns = [value if isinstance(value, tuple) else (value,) * rank for value in values]
    return tuple(along(combine, *axis) for axis in zip(*columns, strict=True))


def along(combine: Callable[..., Any], *values: Any) -> Any:
    try:
        return combine(*values)
    except (Undecided, TypeError):
        return UNKNOWN


def joined(sights: Iterable[Sight]) -> Sight:
    """What a value made of several sees: the most that any of them does."""
    those = [each for each in sights if each is not NOTHING]
    if not those:
        return NOTHING
    result = those[0]
    for other in those[1:]:
        result = Sight(
            each_axis(larger, result.field, other.field),
            each_axis(max, result.jump, other.jump),
            result.flat or other.flat,
        )
    return result


def larger(first: Any, second: Any) -> Any:
    """All is more than what is not known."""
    if inf in (value for value in (first, second) if not isinstance(value, Unknown)):
        return inf
    return max(first, second)


def sight_of(operation: Op, before: Sight) -> Sight:
    """What an operation's output sees, of which the inputs together see `before`."""
    if before is NOTHING or operation.name in ("size", "shape"):
        return NOTHING
    acting = operation.layer or operation.acts_as
    name = operation.name
    if name in RESHAPING or name in ("flatten", "unflatten"):
        return replace(before, flat=before.flat or merges(operation))
    if acting is not None:
        return through(before, window_of(operation), operation)
    if name in REDUCTIONS:
        return reduced(operation, before)
    if name in ELEMENTWISE and operation.site.at >= 0:
        return before
    return unknown_after(before)


def window_of(operation: Op) -> Any:
    """The Window through which an operation reads, or Unknown."""
    acting = operation.layer or operation.acts_as
    output = operation.output.shape if operation.output is not None else UNKNOWN
    try:
        return acting.window(output, *(tensor.shape for tensor in operation.inputs))
    except (Undecided, TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError):
        return UNKNOWN


def through(before: Sight, window: Any, operation: Op) -> Sight:
    """What is seen through a window on what is seen."""
    if isinstance(window, Unknown) or before.flat and mixes(operation) and window is not EVERYTHING:
        return unknown_after(before)
    field = each_axis(widened, before.field, before.jump, window.extent)
    return replace(before, field=field, jump=each_axis(mul, before.jump, window.stride))


def widened(field: Any, jump: Any, extent: Any) -> Any:
    if extent == inf or not isinstance(field, Unknown) and field == inf:
        return inf
    return field + (extent - 1) * jump


def mixes(operation: Op) -> bool:
    """It reads all of the last axis, on which places may lie."""
    return operation.name in ("linear", "softmax", "log_softmax")


def unknown_after(before: Sight) -> Sight:
    """Not known, but for a value that saw everything."""
    field = each_axis(lambda field: inf if field == inf else UNKNOWN, before.field)
    return replace(before, field=field, jump=UNKNOWN)


def merges(operation: Op) -> bool:
    """It changes the number of axes, as flattening does."""
    given = operation.inputs[0].shape if operation.inputs else UNKNOWN
    made = operation.output.shape if operation.output is not None else UNKNOWN
    known = isinstance(given, tuple) and isinstance(made, tuple)
    return not known or (len(given) != len(made) and operation.name not in ("squeeze", "unsqueeze"))


def reduced(operation: Op, before: Sight) -> Sight:
    """A mean over channels sees what they see, one over places sees them all."""
    given = operation.inputs[0].shape if operation.inputs else UNKNOWN
    made = operation.output.shape if operation.output is not None else UNKNOWN
    if not (is_ranked(given) and is_ranked(made)):
        return unknown_after(before)
    if len(given) < 3:
        return before
    places = given[2:]
    if len(made) <= 2 or all(isinstance(size, int) and size == 1 for size in made[2:]):
        return Sight(inf, before.jump, before.flat)
    kept = made[-len(places) :]
    same = len(kept) == len(places) and all(
        one is other or isinstance(one == other, bool) and one == other
        for one, other in zip(kept, places, strict=True)
    )
    return before if same else unknown_after(before)
