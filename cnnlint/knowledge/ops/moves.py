"""Operations that give the same elements another shape or another order of axes."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Shape, Tensor
from cnnlint.knowledge.describe import apply, describes, expect, ranked
from cnnlint.knowledge.layers.shape import Padding
from cnnlint.knowledge.ops.made import functional, method_and_function
from cnnlint.knowledge.shapes import (
    axis_in,
    axis_index,
    axis_indices,
    axis_name,
    elements,
    expect_size,
    flattened,
    padded,
    reshaped,
    sizes_of,
    unflattened,
    window_positions,
)
from cnnlint.values import Undecided, Unknown, surely


@describes("torch.Tensor.view")
def view(input: Tensor, *shape: Any, dtype: Any = None, size: Any = None) -> Tensor:
    sizes = shape if size is None else (size,)
    if len(shape) == 1 and isinstance(shape[0], str):  # x.view(torch.int32)
        return apply("view", [input], Unknown("seen as another dtype"), dtype=Unknown("dtype not known"))
    return apply("view", [input], lambda: reshaped(input.shape, sizes), sizes=sizes)


@describes("torch.Tensor.reshape")
def reshape_method(input: Tensor, *shape: Any) -> Tensor:
    return apply("reshape", [input], lambda: reshaped(input.shape, shape), sizes=shape)


@describes("torch.reshape")
def reshape(input: Tensor, shape: Any) -> Tensor:
    return apply("reshape", [input], lambda: reshaped(input.shape, (shape,)), sizes=(shape,))


@describes("torch.Tensor.view_as", "torch.Tensor.reshape_as")
def view_as(input: Tensor, other: Tensor) -> Tensor:
    return apply("view_as", [input], lambda: reshaped(input.shape, ranked(other.shape)))


@describes(*method_and_function("flatten"))
def flatten(input: Tensor, start_dim: Any = 0, end_dim: Any = -1) -> Tensor:
    shape = lambda: flattened(input.shape, start_dim, end_dim)  # noqa: E731
    return apply("flatten", [input], shape, start_dim=start_dim, end_dim=end_dim)


@describes(*method_and_function("ravel"))
def ravel(input: Tensor) -> Tensor:
    return flatten(input)


@describes(*method_and_function("unflatten"))
def unflatten(input: Tensor, dim: Any, sizes: Any) -> Tensor:
    return apply("unflatten", [input], lambda: unflattened(input.shape, dim, sizes), dim=dim, sizes=sizes)


@describes("torch.Tensor.permute")
def permute_method(input: Tensor, *dims: Any) -> Tensor:
    return apply("permute", [input], lambda: permuted(input.shape, sizes_of(dims)), dims=dims)


@describes("torch.permute")
def permute(input: Tensor, dims: Any) -> Tensor:
    return apply("permute", [input], lambda: permuted(input.shape, sizes_of(dims)), dims=dims)


def permuted(x: Shape, dims: tuple[Any, ...]) -> Shape:
    """The axes in this order, each of them named once."""
    axes = ranked(x)
    expect(len(dims) == len(axes), "axes", wants=len(dims), got=len(axes))
    return tuple(axes[at] for at in axis_indices(dims, len(axes))) if dims else ()


@describes(*method_and_function("transpose", "swapaxes", "swapdims", "transpose_"))
def transpose(input: Tensor, dim0: Any, dim1: Any) -> Tensor:
    def shape() -> Shape:
        axes = list(ranked(input.shape))
        first, second = axis_index(dim0, len(axes)), axis_index(dim1, len(axes))
        if axes:
            axes[first], axes[second] = axes[second], axes[first]
        return tuple(axes)

    return apply("transpose", [input], shape, dim0=dim0, dim1=dim1)


@describes(*method_and_function("t"), "torch.Tensor.T")
def t(input: Tensor) -> Tensor:
    return apply("transpose", [input], lambda: ranked(input.shape)[::-1])


@describes("torch.Tensor.mT", "torch.Tensor.mH", "torch.adjoint", "torch.Tensor.adjoint")
def matrix_transpose(input: Tensor) -> Tensor:
    def shape() -> Shape:
        *others, rows, columns = ranked(input.shape)
        return (*others, columns, rows)

    return apply("transpose", [input], shape)


@describes(*method_and_function("movedim", "moveaxis"))
def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    def shape() -> Shape:
        axes = ranked(input.shape)
        moved = dict(zip(axis_indices(destination, len(axes)), axis_indices(source, len(axes)), strict=True))
        others = (at for at in range(len(axes)) if at not in moved.values())
        return tuple(axes[moved[at] if at in moved else next(others)] for at in range(len(axes)))

    return apply("movedim", [input], shape, source=source, destination=destination)


@describes(*method_and_function("squeeze", "squeeze_"))
def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """Axes of size 1 go away: those in `dim`, or all; Unknown where a size may be 1 or not."""

    def shape() -> Shape:
        axes = ranked(input.shape)
        kept = set(range(len(axes))).difference(axis_indices(dim, len(axes)))
        if axes and surely(input.holds_several):
            kept.add(0)
        return tuple(size for at, size in enumerate(axes) if at in kept or not size == 1)  # noqa: SIM201

    return apply("squeeze", [input], shape, dim=dim)


@describes(*method_and_function("unsqueeze", "unsqueeze_"))
def unsqueeze(input: Tensor, dim: Any) -> Tensor:
    def shape() -> Shape:
        axes = ranked(input.shape)
        at = axis_index(dim, len(axes) + 1)
        return (*axes[:at], 1, *axes[at:])

    return apply("unsqueeze", [input], shape, dim=dim)


@describes("torch.Tensor.expand")
def expand(input: Tensor, *sizes: Any, implicit: Any = False) -> Tensor:
    return apply("expand", [input], lambda: expanded(input.shape, sizes_of(sizes)), sizes=sizes)


@describes("torch.broadcast_to", "torch.Tensor.broadcast_to")
def broadcast_to(input: Tensor, size: Any) -> Tensor:
    return apply("expand", [input], lambda: expanded(input.shape, sizes_of(size)), sizes=size)


@describes("torch.Tensor.expand_as")
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    return apply("expand_as", [input], lambda: expanded(input.shape, ranked(other.shape)))


def expanded(x: Shape, sizes: tuple[Any, ...]) -> Shape:
    """Axes of size 1 get the size wanted; -1 keeps a size; new axes come in front."""
    axes = ranked(x)
    expect(len(sizes) >= len(axes), "axes", wants=len(sizes), got=len(axes))
    new = len(sizes) - len(axes)
    expect(not any(surely(size == -1) for size in sizes[:new]), "axes", wants=len(sizes), got=len(axes))
    for at, (size, wanted) in enumerate(zip(axes, sizes[new:], strict=True), start=new):
        if surely(size != 1) and not surely(wanted == -1):
            expect_size(axis_name(at, len(sizes)), wants=wanted, got=size)
    kept = (size if surely(wanted == -1) else wanted for size, wanted in zip(axes, sizes[new:], strict=True))
    return (*sizes[:new], *kept)


@describes("torch.Tensor.repeat")
def repeat(input: Tensor, *repeats: Any) -> Tensor:
    return apply("repeat", [input], lambda: tiled(input.shape, sizes_of(repeats)), repeats=repeats)


@describes("torch.Tensor.tile", "torch.tile")
def tile(input: Tensor, *dims: Any) -> Tensor:
    def shape() -> Shape:
        counts = sizes_of(dims)
        return tiled(input.shape, (1,) * (len(ranked(input.shape)) - len(counts)) + counts)

    return apply("tile", [input], shape, dims=dims)


def tiled(x: Shape, counts: tuple[Any, ...]) -> Shape:
    """Each axis so many times, new axes in front."""
    axes = ranked(x)
    expect(len(counts) >= len(axes), "axes", wants=len(counts), got=len(axes))
    lengthened = (1,) * (len(counts) - len(axes)) + axes
    return tuple(size * count for size, count in zip(lengthened, counts, strict=True))


@describes(*method_and_function("repeat_interleave"))
def repeat_interleave(input: Tensor, repeats: Any, dim: Any = None, *, output_size: Any = None) -> Tensor:
    def shape() -> Shape:
        axes = ranked(input.shape)
        if isinstance(repeats, Tensor):
            raise Undecided("how often each is repeated is not known")
        if dim is None:
            return (elements(axes) * repeats,)
        at = axis_in(axes, dim)
        return (*axes[:at], axes[at] * repeats, *axes[at + 1 :])

    return apply("repeat_interleave", [input], shape, repeats=repeats, dim=dim)


@describes(*functional("pad"))
def pad(input: Tensor, pad: Any, mode: Any = "constant", value: Any = None) -> Tensor:
    """`pad` is (before, after) for the last axis, then for the one before it, and so on."""

    def shape() -> Shape:
        if mode == "constant":
            return padded(input.shape, pad)
        layer = Padding()
        layer.mode, layer.padding, layer.dimensions = mode, pad, len(pad) // 2  # type: ignore[misc]
        return layer.output(input.shape)

    return apply("pad", [input], shape, pad=pad, mode=mode, value=value)


@describes("torch.Tensor.unfold")
def unfold(input: Tensor, dimension: Any, size: Any, step: Any) -> Tensor:
    """Windows along an axis, each as a new last axis."""

    def shape() -> Shape:
        axes = ranked(input.shape)
        at = axis_index(dimension, len(axes))
        windows = window_positions(axis_name(at, len(axes)), axes[at], size, step)
        return (*axes[:at], windows, *axes[at + 1 :], size)

    return apply("unfold", [input], shape, dimension=dimension, size=size, step=step)


@describes(*method_and_function("rot90"))
def rot90(input: Tensor, k: Any = 1, dims: Any = (0, 1)) -> Tensor:
    def shape() -> Shape:
        axes = list(ranked(input.shape))
        first, second = axis_indices(dims, len(axes))
        if k % 2:
            axes[first], axes[second] = axes[second], axes[first]
        return tuple(axes)

    return apply("rot90", [input], shape, k=k, dims=dims)


@describes(*method_and_function("diagonal"))
def diagonal(input: Tensor, offset: Any = 0, dim1: Any = 0, dim2: Any = 1) -> Tensor:
    """The two axes go away and their common diagonal becomes the last."""

    def shape() -> Shape:
        axes = ranked(input.shape)
        first, second = axis_index(dim1, len(axes)), axis_index(dim2, len(axes))
        rows, columns = axes[first], axes[second]
        others = (size for at, size in enumerate(axes) if at not in (first, second))
        shorter = min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns)
        return (*others, shorter)

    return apply("diagonal", [input], shape)
