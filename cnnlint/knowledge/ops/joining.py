"""Tensors joined along an axis, and cut along one."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Shape, Tensor
from cnnlint.knowledge.describe import apply, describes, expect, ranked
from cnnlint.knowledge.ops.elementwise import common_dtype
from cnnlint.knowledge.ops.made import apply_all, method_and_function
from cnnlint.knowledge.ops.reductions import chosen
from cnnlint.knowledge.shapes import axis_in, axis_index, axis_name, elements, expect_size
from cnnlint.values import Undecided, Unknown, is_unknown, surely

#: A tensor cut into more is not followed.
MOST_PARTS = 1000


def shapes_of(tensors: Any) -> list[tuple[Any, ...]]:
    """The shapes of tensors in a list; Undecided if something else is in it."""
    if not isinstance(tensors, tuple | list) or not tensors:
        raise Undecided("which tensors are joined is not known")
    if not all(isinstance(tensor, Tensor) for tensor in tensors):
        raise Undecided("not all tensors are known")
    return [ranked(tensor.shape) for tensor in tensors]


def joined(name: str, tensors: Any, shape: Any, **options: Any) -> Tensor:
    inputs = tensors if isinstance(tensors, tuple | list) else ()
    if isinstance(tensors, Tensor):
        inputs = (tensors,)
    result = apply(name, inputs, shape, dtype=common_dtype(*inputs), **options)
    if not inputs or any(is_unknown(tensor) for tensor in inputs):
        result.graph = result.graph is True or Unknown("not all tensors are known")
    return result


@describes("torch.cat", "torch.concat", "torch.concatenate")
def cat(tensors: Any, dim: Any = 0, *, axis: Any = None, out: Any = None) -> Tensor:
    """Joined along `dim`; all other sizes must agree."""
    along = chosen(dim, axis)

    def shape() -> Shape:
        if isinstance(tensors, Tensor):  # so many of one shape
            count, *sizes = ranked(tensors.shape)
            at = axis_index(along, len(sizes))
            return (*sizes[:at], count * sizes[at], *sizes[at + 1 :])
        shapes = [axes for axes in shapes_of(tensors) if not is_empty(axes)] or [(0,)]
        first = shapes[0]
        at = axis_in(first, along)
        total = first[at]
        for axes in shapes[1:]:
            expect(len(axes) == len(first), "axes", wants=len(first), got=len(axes))
            for index, (wanted, size) in enumerate(zip(first, axes, strict=True)):
                if index != at:
                    expect_size(axis_name(index, len(first)), wants=wanted, got=size)
            total = total + axes[at]
        agreed = [best_known(sizes) for sizes in zip(*shapes, strict=True)]
        return (*agreed[:at], total, *agreed[at + 1 :])

    return joined("cat", tensors, shape, dim=along)


def best_known(sizes: tuple[Any, ...]) -> Any:
    """Of sizes that are equal, a number if there is one."""
    return next((size for size in sizes if isinstance(size, int)), sizes[0])


def is_empty(axes: tuple[Any, ...]) -> bool:
    """A vector without elements, which torch passes over."""
    return len(axes) == 1 and surely(axes[0] == 0)


@describes("torch.stack")
def stack(tensors: Any, dim: Any = 0, *, axis: Any = None, out: Any = None) -> Tensor:
    """Joined along a new axis; all sizes must agree."""
    along = chosen(dim, axis)

    def shape() -> Shape:
        if isinstance(tensors, Tensor):  # so many of one shape
            count, *sizes = ranked(tensors.shape)
            at = axis_index(along, len(sizes) + 1)
            return (*sizes[:at], count, *sizes[at:])
        shapes = shapes_of(tensors)
        first = shapes[0]
        for axes in shapes[1:]:
            expect(len(axes) == len(first), "axes", wants=len(first), got=len(axes))
            for index, (wanted, size) in enumerate(zip(first, axes, strict=True)):
                expect_size(axis_name(index, len(first)), wants=wanted, got=size)
        at = axis_index(along, len(first) + 1)
        agreed = [best_known(sizes) for sizes in zip(*shapes, strict=True)]
        return (*agreed[:at], len(shapes), *agreed[at:])

    return joined("stack", tensors, shape, dim=along)


@describes("torch.hstack")
def hstack(tensors: Any) -> Tensor:
    shapes = shapes_of(tensors)
    return cat(tensors, 0 if len(shapes[0]) <= 1 else 1)


@describes(*method_and_function("chunk"))
def chunk(input: Tensor, chunks: Any, dim: Any = 0) -> Any:
    """At most so many equal parts, the last perhaps shorter."""

    def shapes() -> list[Shape]:
        axes = ranked(input.shape)
        at = axis_in(axes, dim)
        if axes[at] % chunks == 0 and chunks <= MOST_PARTS:
            return [(*axes[:at], axes[at] // chunks, *axes[at + 1 :])] * chunks
        return parts(axes, at, -(-axes[at] // chunks))

    return cut("chunk", input, shapes, chunks=chunks, dim=dim)


@describes(*method_and_function("split"))
def split(tensor: Tensor, split_size: Any, dim: Any = 0) -> Any:
    """Parts of one size, the last perhaps shorter, or parts of the sizes in a list."""

    def shapes() -> list[Shape]:
        axes = ranked(tensor.shape)
        at = axis_in(axes, dim)
        if not isinstance(split_size, tuple | list):
            return parts(axes, at, split_size)
        expect_size(axis_name(at, len(axes)), wants=sum(split_size), got=axes[at])
        return [(*axes[:at], size, *axes[at + 1 :]) for size in split_size]

    return cut("split", tensor, shapes, split_size=split_size, dim=dim)


def parts(axes: tuple[Any, ...], at: int, size: Any) -> list[Shape]:
    """Parts of this size along an axis of known size, the last perhaps shorter."""
    total = axes[at]
    if not isinstance(total, int) or not isinstance(size, int):
        raise Undecided("the number of parts is not known")
    starts = range(0, total, size) or range(1)
    if len(starts) > MOST_PARTS:
        raise Undecided("more parts than are followed")
    return [(*axes[:at], min(size, total - start), *axes[at + 1 :]) for start in starts]


@describes(*method_and_function("unbind"))
def unbind(input: Tensor, dim: Any = 0) -> Any:
    """The slices along an axis, which goes away."""

    def shapes() -> list[Shape]:
        axes = ranked(input.shape)
        at = axis_in(axes, dim)
        if not isinstance(axes[at], int) or axes[at] > MOST_PARTS:
            raise Undecided("the number of slices is not known")
        return [(*axes[:at], *axes[at + 1 :])] * axes[at]

    return cut("unbind", input, shapes, dim=dim)


def cut(name: str, input: Tensor, shapes: Any, **options: Any) -> Any:
    """The parts; Undecided if it is not known how many there are."""
    made = apply_all(name, [input], shapes(), **options)
    parts = made if isinstance(made, tuple) else (made,)
    if input.numbers is not None and not input.overwritten:
        left = input.numbers
        for part in parts:
            count = elements(part.shape)
            part.numbers, left = left[:count], left[count:]
    return parts


@describes("torch.meshgrid")
def meshgrid(*tensors: Any, indexing: Any = "ij") -> Any:
    """As many grids as vectors, each with all their sizes."""
    vectors = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], tuple | list) else tensors
    sizes = [axes[0] if axes else 1 for axes in shapes_of(vectors)]
    if indexing == "xy" and len(sizes) > 1:
        sizes[:2] = [sizes[1], sizes[0]]
    return tuple(apply("meshgrid", vectors, tuple(sizes)) for _ in sizes)
