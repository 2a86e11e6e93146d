"""Operations that reduce axes, or find and order values along one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnlint.facts import Shape, Tensor
from cnnlint.knowledge.describe import apply, describes, ranked
from cnnlint.knowledge.ops.elementwise import common_dtype, common_shape
from cnnlint.knowledge.ops.made import apply_all, dtype_named, method_and_function, without_graph
from cnnlint.knowledge.shapes import (
    axis_index,
    axis_indices,
    axis_name,
    elements,
    expect_rank,
    expect_size,
)
from cnnlint.values import Undecided, Unknown, is_unknown

#: Reductions over one, several or all axes; those of the second list answer with truth values.
REDUCING = "sum mean prod nansum nanmean logsumexp amax amin".split()
ASKING = "all any".split()
SPREADS = "std var".split()
#: Over one axis they give (values, indices), over all one value; max and min also compare two tensors.
CHOOSING = "max min median nanmedian".split()
FINDING = "argmax argmin".split()


def reduced(x: Shape, dim: Any, keepdim: Any) -> Shape:
    """The shape without the axes in `dim` (all of them for None), or with 1 in their place."""
    if dim is None and not keepdim:
        return ()
    axes = ranked(x)
    gone = axis_indices(dim, len(axes))
    kept = ((1 if at in gone else size) for at, size in enumerate(axes) if keepdim or at not in gone)
    return tuple(kept)


def chosen(value: Any, alias: Any) -> Any:
    """An option or its numpy spelling, whichever is given."""
    return value if alias is None else alias


def reduction(name: str) -> Callable[..., Tensor]:
    def function(
        input: Tensor, dim: Any = None, keepdim: Any = False, *, dtype: Any = None, out: Any = None,
        axis: Any = None, keepdims: Any = None,
    ) -> Tensor:  # fmt: skip
        dim, keepdim = chosen(dim, axis), chosen(keepdim, keepdims)
        made = dtype_named(dtype, common_dtype(input, 1.0) if name in ("mean", "logsumexp") else None)
        if name in ASKING:
            made = "bool"
        result = apply(
            name, [input], lambda: reduced(input.shape, dim, keepdim), dtype=made, dim=dim, keepdim=keepdim
        )
        return without_graph(result) if name in ASKING else result

    return function


def spread(name: str) -> Callable[..., Tensor]:
    def function(
        input: Tensor, dim: Any = None, unbiased: Any = True, keepdim: Any = False, *, correction: Any = 1,
        out: Any = None, axis: Any = None,
    ) -> Tensor:  # fmt: skip
        dim = chosen(dim, axis)
        dim = None if isinstance(dim, bool) else dim
        return apply(name, [input], lambda: reduced(input.shape, dim, keepdim), dim=dim, keepdim=keepdim)

    return function


def finding(name: str) -> Callable[..., Tensor]:
    def function(
        input: Tensor, dim: Any = None, keepdim: Any = False, *, axis: Any = None, out: Any = None
    ) -> Tensor:
        named = {} if axis is None else {"axis": axis}
        dim = chosen(dim, axis)
        shape = lambda: reduced(input.shape, dim, keepdim)  # noqa: E731
        return without_graph(apply(name, [input], shape, dim=dim, keepdim=keepdim, **named), "int64")

    return function


def choosing(name: str) -> Callable[..., Any]:
    def function(
        input: Tensor, dim: Any = None, keepdim: Any = False, *, axis: Any = None, out: Any = None
    ) -> Any:
        named = {} if axis is None else {"axis": axis}
        dim = chosen(dim, axis)
        if isinstance(dim, Tensor):
            pair = "maximum" if name == "max" else "minimum"
            shape = lambda: common_shape(input, dim)  # noqa: E731
            return apply(pair, [input, dim], shape, dtype=common_dtype(input, dim))
        if is_unknown(dim):
            raise Undecided("whether an axis or a tensor is given is not known")
        if dim is None:
            return apply(name, [input], ())
        shape = lambda: reduced(input.shape, dim, keepdim)  # noqa: E731
        return with_indices(name, input, shape, dim=dim, keepdim=keepdim, **named)

    return function


def with_indices(
    name: str, input: Tensor, shape: Callable[[], Shape], **options: Any
) -> tuple[Tensor, Tensor]:
    """(values, indices) of the same shape."""
    values = apply(name, [input], shape, **options)
    indices = Tensor(shape=values.shape, dtype="int64", graph=False, producer=values.producer, index=1)
    return values, indices


for _names, _make in (
    ((*REDUCING, *ASKING), reduction),
    (SPREADS, spread),
    (FINDING, finding),
    (CHOOSING, choosing),
):
    for _name in _names:
        describes(*method_and_function(_name))(_make(_name))


@describes("numpy.argmax")
def numpy_argmax(a: Tensor, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Tensor:
    """Of an array that a tensor was read into.

    https://numpy.org/doc/stable/reference/generated/numpy.argmax.html
    """
    if not isinstance(a, Tensor) or a.producer is None:
        raise Undecided("no tensor")
    found = finding("argmax")(a, axis, keepdims)
    assert found.producer is not None
    found.producer.options["axis"] = axis
    return found


@describes(*method_and_function("norm"))
def norm(
    input: Tensor, p: Any = "fro", dim: Any = None, keepdim: Any = False, out: Any = None, dtype: Any = None
) -> Tensor:
    return apply("norm", [input], lambda: reduced(input.shape, dim, keepdim), p=p, dim=dim, keepdim=keepdim)


@describes("torch.linalg.norm", "torch.linalg.vector_norm")
def linalg_norm(
    input: Tensor,
    ord: Any = None,
    dim: Any = None,
    keepdim: Any = False,
    *,
    out: Any = None,
    dtype: Any = None,
) -> Tensor:
    return apply("norm", [input], lambda: reduced(input.shape, dim, keepdim), p=ord, dim=dim, keepdim=keepdim)


@describes(*method_and_function("mode"))
def mode(input: Tensor, dim: Any = -1, keepdim: Any = False, *, out: Any = None) -> Any:
    return with_indices("mode", input, lambda: reduced(input.shape, dim, keepdim), dim=dim, keepdim=keepdim)


@describes(*method_and_function("cummax"))
def cummax(input: Tensor, dim: Any) -> Any:
    return with_indices("cummax", input, lambda: input.shape, dim=dim)


@describes(*method_and_function("cummin"))
def cummin(input: Tensor, dim: Any) -> Any:
    return with_indices("cummin", input, lambda: input.shape, dim=dim)


@describes(*method_and_function("sort"))
def sort(
    input: Tensor, dim: Any = -1, descending: Any = False, stable: Any = False, *, out: Any = None
) -> Any:
    return with_indices("sort", input, lambda: input.shape, dim=dim, descending=descending)


@describes(*method_and_function("argsort"))
def argsort(input: Tensor, dim: Any = -1, descending: Any = False, stable: Any = False) -> Tensor:
    return without_graph(apply("argsort", [input], input.shape, dim=dim, descending=descending), "int64")


@describes(*method_and_function("topk"))
def topk(
    input: Tensor, k: Any, dim: Any = -1, largest: Any = True, sorted: Any = True, *, out: Any = None
) -> Any:
    """The `k` largest along an axis, and where they are."""

    def shape() -> Shape:
        axes = ranked(input.shape)
        if not axes:
            return ()
        at = axis_index(dim, len(axes))
        return (*axes[:at], k, *axes[at + 1 :])

    return with_indices("topk", input, shape, k=k, dim=dim, largest=largest)


@describes(*method_and_function("kthvalue"))
def kthvalue(input: Tensor, k: Any, dim: Any = -1, keepdim: Any = False, *, out: Any = None) -> Any:
    return with_indices("kthvalue", input, lambda: reduced(input.shape, dim, keepdim), k=k, dim=dim)


@describes("torch.std_mean", "torch.var_mean")
def std_mean(
    input: Tensor, dim: Any = None, unbiased: Any = True, keepdim: Any = False, *, correction: Any = 1
) -> Any:
    def shapes() -> Shape:
        shape = reduced(input.shape, dim, keepdim)
        return [shape, shape]

    return apply_all("std_mean", [input], shapes, count=2, dim=dim)


@describes(*method_and_function("count_nonzero"))
def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    return without_graph(apply("count_nonzero", [input], lambda: reduced(input.shape, dim, False)), "int64")


@describes(*method_and_function("nonzero"))
def nonzero(input: Tensor, *, as_tuple: Any = False) -> Tensor:
    """How many are not zero depends on the values."""
    if as_tuple:
        raise Undecided("the number of axes is not known")
    shape = lambda: (Unknown("how many are not zero"), len(ranked(input.shape)))  # noqa: E731
    return without_graph(apply("nonzero", [input], shape), "int64")


@describes("torch.trace", "torch.Tensor.trace")
def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal of a matrix."""

    def shape() -> Shape:
        expect_rank(ranked(input.shape), 2)
        return ()

    return apply("trace", [input], shape)


@describes("torch.dist", "torch.Tensor.dist")
def dist(input: Tensor, other: Tensor, p: Any = 2) -> Tensor:
    return apply("dist", [input, other], ())


@describes(*method_and_function("equal", "allclose"))
def equal(input: Tensor, other: Tensor, *options: Any, **named: Any) -> Any:
    """A truth value that depends on the numbers."""
    return Unknown("whether two tensors are equal")


@describes(*method_and_function("bincount"))
def bincount(input: Tensor, weights: Any = None, minlength: Any = 0) -> Tensor:
    result = apply("bincount", [input, weights], (Unknown("the largest number"),))
    return without_graph(result)


@describes("torch.cdist")
def cdist(x1: Tensor, x2: Tensor, p: Any = 2.0, compute_mode: Any = None) -> Tensor:
    """[..., P, M] and [..., R, M] to [..., P, R]."""

    def shape() -> Shape:
        first, second = ranked(x1.shape), ranked(x2.shape)
        expect_size(axis_name(len(first) - 1, len(first)), wants=first[-1], got=second[-1])
        return (*first[:-1], second[-2])

    return apply("cdist", [x1, x2], shape)


@describes(*method_and_function("numel"), "torch.Tensor.nelement")
def numel(input: Tensor) -> Any:
    """The number of elements, as a plain number."""
    return elements(ranked(input.shape))
