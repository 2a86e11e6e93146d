"""Parts of a tensor: `x[...]`, and the functions that pick rows, columns and elements."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Shape, Tensor
from cnnlint.knowledge.describe import apply, describes, expect, ranked
from cnnlint.knowledge.ops.made import method_and_function
from cnnlint.knowledge.shapes import axis_in, axis_name, broadcast, elements
from cnnlint.values import Undecided, Unknown, is_unknown, surely


def index(tensor: Tensor, key: Any) -> Tensor:
    """`tensor[key]`, the key a tuple of int, slice, None, Ellipsis, Tensor, list or Unknown.

    Mismatch if it has more indices than the tensor has axes, or one that is surely outside.
    """
    keys = key if isinstance(key, tuple) else (key,)
    inputs = [tensor, *(each for each in keys if isinstance(each, Tensor))]
    result = apply("getitem", inputs, lambda: indexed(tensor.shape, keys), dtype=tensor.dtype, key=keys)
    result.graph = tensor.graph
    return result


def indexed(x: Shape, keys: tuple[Any, ...]) -> Shape:
    """The shape of `x[keys]`."""
    for key in keys:
        if is_unknown(key):
            raise Undecided("what is picked is not known")
    axes = list(ranked(x))
    taken = sum(consumed(key) for key in keys)
    expect(taken <= len(axes), "axes", wants=taken, got=len(axes))
    rest = [slice(None)] * (len(axes) - taken)
    at = next((place for place, key in enumerate(keys) if key is Ellipsis), len(keys))
    return picked(axes, [*keys[:at], *rest, *keys[at + 1 :]], len(axes))


def consumed(key: Any) -> int:
    """How many axes a key speaks of."""
    if key is None or key is Ellipsis or isinstance(key, bool):
        return 0
    return len(ranked(key.shape)) if is_mask(key) else 1


def is_mask(key: Any) -> bool:
    """A tensor of truth values; Undecided if it may be one."""
    if not isinstance(key, Tensor):
        return False
    if is_unknown(key.dtype):
        raise Undecided("whether this picks by truth or by number is not known")
    return bool(key.dtype in ("bool", "uint8"))


def picked(axes: list[Any], keys: list[Any], rank: int) -> Shape:
    """Go along the axes: a number drops one, a slice shortens one, tensors of numbers give theirs."""
    result: list[Any] = []
    shapes: list[Shape] = []
    places: list[int] = []  # where among the keys tensors or lists stand
    put_at = 0
    for place, key in enumerate(keys):
        if key is None or isinstance(key, bool):
            result.append(1)
        elif isinstance(key, slice):
            result.append(sliced(axes.pop(0), key))
        elif isinstance(key, int):
            size = axes.pop(0)
            name = axis_name(rank - len(axes) - 1, rank)
            expect(
                size > key if key >= 0 else size >= -key, name, wants=key + 1 if key >= 0 else -key, got=size
            )
        else:
            put_at = len(result) if not places else put_at
            places.append(place)
            shapes.append(picking_shape(key))
            del axes[: consumed(key)]
    if not places:
        return tuple(result)
    apart = any(isinstance(key, slice) or key is None for key in keys[places[0] : places[-1]])
    put_at = 0 if apart else put_at
    if any(isinstance(key, int) for key in keys):
        raise Undecided("numbers and tensors together are not followed")
    return (*result[:put_at], *broadcast(*shapes), *result[put_at:])


def picking_shape(key: Any) -> Shape:
    if isinstance(key, Tensor):
        return (Unknown("how many are true"),) if is_mask(key) else ranked(key.shape)
    if isinstance(key, list) and all(isinstance(each, int) and not isinstance(each, bool) for each in key):
        return (len(key),)
    raise Undecided("what is picked is not known")


def sliced(size: Any, key: slice) -> Any:
    """How many elements of an axis a slice takes."""
    step = 1 if key.step is None else key.step
    bounds = (key.start, key.stop, step)
    if any(bound is not None and is_unknown(bound) for bound in bounds):
        return Unknown("the bounds of the slice are not known")
    if isinstance(size, int) and all(bound is None or isinstance(bound, int) for bound in bounds):
        return len(range(*key.indices(size)))
    start = within(0 if key.start is None else key.start, size)
    stop = within(size if key.stop is None else key.stop, size)
    if is_unknown(start) or is_unknown(stop) or not surely(stop >= start) or not surely(step >= 1):
        return Unknown("how much the slice takes depends on a size that is not known")
    return (stop - start + step - 1) // step


def within(bound: Any, size: Any) -> Any:
    """A bound counted from the front, if it surely lies within the axis."""
    place = size + bound if surely(bound < 0) else bound
    inside = surely(place >= 0) and surely(place <= size)
    return place if inside else Unknown("whether this lies within is not known")


@describes(*method_and_function("narrow"))
def narrow(input: Tensor, dim: Any, start: Any, length: Any) -> Tensor:
    """`length` elements of an axis."""

    def shape() -> Shape:
        axes = ranked(input.shape)
        at = axis_in(axes, dim)
        expect(start + length <= axes[at], axis_name(at, len(axes)), wants=start + length, got=axes[at])
        return (*axes[:at], length, *axes[at + 1 :])

    return apply("narrow", [input], shape, dim=dim, start=start, length=length)


@describes(*method_and_function("select"))
def select(input: Tensor, dim: Any, index: Any) -> Tensor:
    """One slice of an axis, which goes away."""

    def shape() -> Shape:
        axes = ranked(input.shape)
        at = axis_in(axes, dim)
        return (*axes[:at], *axes[at + 1 :])

    return apply("select", [input], shape, dim=dim, index=index)


@describes(*method_and_function("index_select"))
def index_select(input: Tensor, dim: Any, index: Tensor, *, out: Any = None) -> Tensor:
    """The slices of an axis at these places."""

    def shape() -> Shape:
        axes = ranked(input.shape)
        at = axis_in(axes, dim)
        return (*axes[:at], elements(ranked(index.shape)), *axes[at + 1 :])

    return taken("index_select", input, index, shape, dim=dim)


@describes(*method_and_function("gather"))
def gather(input: Tensor, dim: Any, index: Tensor, *, sparse_grad: Any = False, out: Any = None) -> Tensor:
    """One element for each of the index."""

    def shape() -> Shape:
        axes = ranked(index.shape)
        if not is_unknown(input.shape):
            expect(
                len(axes) == len(ranked(input.shape)), "axes", wants=len(ranked(input.shape)), got=len(axes)
            )
        return axes

    return taken("gather", input, index, shape, dim=dim)


@describes(*method_and_function("take"))
def take(input: Tensor, index: Tensor) -> Tensor:
    return taken("take", input, index, lambda: index.shape)


@describes(*method_and_function("take_along_dim"))
def take_along_dim(input: Tensor, indices: Tensor, dim: Any = None) -> Tensor:
    return taken("take_along_dim", input, indices, Unknown("its shape is not reckoned"), dim=dim)


@describes(*method_and_function("masked_select"))
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    return taken("masked_select", input, mask, (Unknown("how many are true"),))


def taken(name: str, input: Tensor, index: Tensor, shape: Any, **options: Any) -> Tensor:
    """Elements of `input`: its dtype and graph, whatever picks them."""
    result = apply(name, [input, index], shape, dtype=input.dtype, **options)
    result.graph = input.graph
    return result
