"""Arithmetic of shapes: axes by their names, sizes that must agree, windows that slide along an axis."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor, prod
from typing import Any

from cnnlint.dims import Dim, fitting_sizes, may_equal
from cnnlint.facts import Shape
from cnnlint.knowledge.describe import expect, ranked
from cnnlint.values import Undecided, Unknown, is_unknown, surely

#: The axes a layer of so many dimensions slides along.
SPATIAL_AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
#: Sizes that agree only for smaller maps than this were not made to meet.
SMALLEST_MAP = 3
#: Scale factors with a larger denominator are not exact.
LARGEST_DENOMINATOR = 1024


def expect_size(axis: str, *, wants: Any, got: Any) -> None:
    """The two sizes are equal for at least some sizes of the input."""
    expect(may_equal(got, wants), axis, wants=wants, got=got)
    if axis in SPATIAL_AXES[3] and isinstance(difference := got - wants, Dim):
        sizes = fitting_sizes(difference, 0) if len(difference.symbols) == 1 else [SMALLEST_MAP]
        expect(any(size >= SMALLEST_MAP for size in sizes), axis, wants=wants, got=got)


def expect_rank(axes: tuple[Any, ...], *ranks: int) -> None:
    """The shape has one of these numbers of axes; the last is the usual one."""
    expect(len(axes) in ranks, "axes", wants=ranks[-1], got=len(axes))


def maps(x: Shape, dimensions: int) -> tuple[tuple[Any, ...], Any, tuple[Any, ...]]:
    """A shape as ([N] or nothing, channels, sizes) with so many spatial dimensions."""
    axes = ranked(x)
    expect_rank(axes, dimensions + 1, dimensions + 2)
    return axes[: -dimensions - 1], axes[-dimensions - 1], axes[-dimensions:]


def each_axis(option: Any, dimensions: int) -> tuple[Any, ...]:
    """An option that is one value for all axes, or one for each."""
    if isinstance(option, tuple | list):
        if len(option) not in (1, dimensions):
            raise Undecided(f"{len(option)} values for {dimensions} axes")
        return tuple(option) * (dimensions // len(option))
    return (option,) * dimensions


def by_axis(sizes: tuple[Any, ...], *options: Any) -> Iterator[tuple[Any, ...]]:
    """For each spatial axis: its name, its size, and what each option is there."""
    return zip(
        SPATIAL_AXES[len(sizes)], sizes, *(each_axis(option, len(sizes)) for option in options), strict=True
    )


def elements(sizes: Any) -> Any:
    """The product of the sizes."""
    return prod(sizes, start=1)


def window_positions(
    axis: str, size: Any, kernel: Any, stride: Any = 1, pads: Any = 0, dilation: Any = 1, ceil: Any = False
) -> Any:
    """How often a window fits along an axis that is padded by `pads` at both ends together.

    With `ceil` a last window may hang over the end, but must start before the padding there.
    """
    extent = dilation * (kernel - 1) + 1
    if is_unknown(ceil):
        return ceil
    positions = (size + pads - extent + (stride - 1 if ceil else 0)) // stride + 1
    if ceil and not surely(stride <= extent - pads // 2) and (positions - 1) * stride >= size + pads // 2:
        positions = positions - 1
    expect(positions >= 1, axis, wants=extent - pads, got=size)
    return positions


def axis_index(dim: Any, rank: int) -> int:
    """The index, counted from the front, of an axis that may be counted from the back."""
    if not isinstance(dim, int):
        raise Undecided("which axis is not known")
    span = max(rank, 1)  # a number counts as having one axis
    expect(-span <= dim < span, "axes", wants=dim + 1 if dim >= 0 else -dim, got=rank)
    return dim % span


def axis_in(axes: tuple[Any, ...], dim: Any) -> int:
    """The index, counted from the front, of an axis that must be there."""
    expect(len(axes) >= 1, "axes", wants=1, got=0)
    return axis_index(dim, len(axes))


def axis_indices(dims: Any, rank: int) -> tuple[int, ...]:
    """Several axes, one, or all of them for None, counted from the front."""
    if dims is None or dims == ():
        return tuple(range(rank))
    given = dims if isinstance(dims, tuple | list) else (dims,)
    indices = tuple(axis_index(dim, rank) for dim in given)
    expect(len(set(indices)) == len(indices), "axes", wants=len(indices), got=len(set(indices)))
    return indices


def axis_name(axis: int, rank: int) -> str:
    """What an axis of a shape [N, C, ...] is called."""
    if axis == 0 and rank > 1:
        return "batch"
    if rank in (4, 5):
        return ("channels", *SPATIAL_AXES[rank - 2])[axis - 1]
    return f"axis {axis}"


def flattened(x: Shape, start: Any, end: Any) -> Shape:
    """The axes from `start` to `end` (included) as one."""
    axes = ranked(x) or (1,)
    first, last = axis_index(start, len(axes)), axis_index(end, len(axes))
    expect(first <= last, "axes", wants=first, got=last)
    return (*axes[:first], elements(axes[first : last + 1]), *axes[last + 1 :])


def unflattened(x: Shape, dim: Any, sizes: Any) -> Shape:
    """The axis `dim` cut into `sizes`, of which one may be -1."""
    axes = ranked(x)
    at = axis_in(axes, dim)
    return (*axes[:at], *reshaped((axes[at],), sizes), *axes[at + 1 :])


def reshaped(x: Shape, sizes: Any) -> Shape:
    """The same elements in axes of these sizes; a size of -1 takes what is left."""
    wanted = sizes_of(sizes)
    free = [at for at, size in enumerate(wanted) if isinstance(size, int) and size == -1]
    expect(len(free) <= 1, "axes", wants=1, got=len(free))
    fixed = elements(size for at, size in enumerate(wanted) if at not in free)
    total = Unknown("the number of elements is not known") if is_unknown(x) else _total(x)
    if not free:
        expect_size("elements", wants=total, got=fixed)
        return wanted
    if is_unknown(total) or is_unknown(fixed):
        left = Dim.symbol("N") if free == [0] else Unknown("what is left for -1 is not known")
    else:
        expect(may_equal(total % fixed, 0), "elements", wants=total, got=fixed)
        left = total // fixed
    return (*wanted[: free[0]], left, *wanted[free[0] + 1 :])


def _total(x: Shape) -> Any:
    return Unknown("the number of axes is not known") if x and x[0] is Ellipsis else elements(x)


def sizes_of(sizes: Any) -> tuple[Any, ...]:
    """Sizes given one by one or as one sequence: `view(2, 3)` and `view((2, 3))`."""
    if isinstance(sizes, tuple | list) and len(sizes) == 1 and isinstance(sizes[0], tuple | list):
        return tuple(sizes[0])
    if isinstance(sizes, tuple) and len(sizes) == 1 and is_unknown(sizes[0]):
        raise Undecided("whether this is one size or several is not known")
    return tuple(sizes) if isinstance(sizes, tuple | list) else (sizes,)


def resized(x: Shape, size: Any, scale: Any) -> Shape:
    """A shape [N, C, sizes] with its sizes set, or multiplied by `scale`, as interpolation does."""
    axes = ranked(x)
    expect_rank(axes, 3, 5, 4)
    sizes = axes[2:]
    if size is not None:
        if isinstance(size, tuple | list):
            expect(len(size) == len(sizes), "axes", wants=len(sizes), got=len(size))
        return (*axes[:2], *each_axis(size, len(sizes)))
    return (*axes[:2], *(scaled(*along) for along in by_axis(sizes, scale)))


def scaled(axis: str, size: Any, factor: Any) -> Any:
    """`floor(size * factor)`, exactly where the factor is an exact fraction."""
    if not isinstance(factor, int | float):
        return size * factor
    ratio = Fraction(factor)
    result: Any = Unknown("size after scaling not known")
    if ratio.denominator <= LARGEST_DENOMINATOR:
        result = size * ratio.numerator // ratio.denominator
    elif isinstance(size, int):
        result = floor(size * factor)
    expect(result >= 1, axis, wants=1, got=result)
    return result


def padded(x: Shape, pads: Any) -> Shape:
    """A shape with `pads` (before, after) added to its axes, the last axis first."""
    axes = list(ranked(x))
    expect(len(pads) // 2 <= len(axes), "axes", wants=len(pads) // 2, got=len(axes))
    for back in range(len(pads) // 2):
        at = len(axes) - 1 - back
        axes[at] = axes[at] + pads[2 * back] + pads[2 * back + 1]
        expect(axes[at] >= 0, axis_name(at, len(axes)), wants=0, got=axes[at])
    return tuple(axes)


def broadcast(*shapes: Shape) -> Shape:
    """The common shape of several; Mismatch where two sizes surely differ and none is 1."""
    ranks = [ranked(shape) for shape in shapes]
    longest = max(map(len, ranks), default=0)
    aligned = [(1,) * (longest - len(axes)) + axes for axes in ranks]
    return tuple(
        _common(axis_name(at, longest), sizes) for at, sizes in enumerate(zip(*aligned, strict=True))
    )


def _common(axis: str, sizes: tuple[Any, ...]) -> Any:
    result = sizes[0]
    for size in sizes[1:]:
        if surely(size == 1) or surely(size == result):
            continue
        if surely(result == 1):
            result = size
        elif surely(size != 1) and surely(result != 1):
            expect_size(axis, wants=result, got=size)
            result = result if is_unknown(size) or isinstance(result, int) else size
        elif surely(size != 1):  # and the other, which may be 1, must fit it
            result = size
        elif not surely(result != 1):
            result = Unknown("which of two sizes is broadcast is not known")
    return result
