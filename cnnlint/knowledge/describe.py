"""How knowledge is written down: `describes` registers it, `expect` says what must hold.

A class described under a dotted name is what calling that name builds (a Layer, an Optimizer ...).
A function described under a dotted name is what calling that name does. Tensor methods are
described as `torch.Tensor.view`; their first parameter is the tensor. Arguments are bound to the
Python signature, which is torch's own. A parameter annotated `Tensor` receives a Tensor even where
the analysis knows nothing (then of unknown shape); any other may be Unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from cnnlint.facts import MOVING, RESHAPING, Op, Shape, Tensor
from cnnlint.values import Undecided, Unknown, surely

KNOWN: dict[str, Any] = {}

T = TypeVar("T")


class Mismatch(Exception):
    """An input that surely cannot be processed: on `axis`, `wants` was needed and `got` came."""

    def __init__(self, axis: str, wants: Any, got: Any) -> None:
        super().__init__(f"{axis}: wants {wants}, got {got}")
        self.axis, self.wants, self.got = axis, wants, got


def describes(*names: str) -> Callable[[T], T]:
    """Register what is known under each fully qualified name."""

    def register(described: T) -> T:
        for name in names:
            KNOWN[name] = described
        return described

    return register


def expect(condition: Any, axis: str, *, wants: Any, got: Any) -> None:
    """True passes, surely false raises Mismatch, undecided passes."""
    if surely(condition == False):  # noqa: E712 - `not` would ask an Unknown for its truth
        raise Mismatch(axis, wants, got)


def apply(
    name: str,
    inputs: Iterable[Any],
    shape: Shape | Callable[[], Shape] = None,
    *,
    dtype: Any = None,
    acts_as: Any = None,
    **options: Any,
) -> Tensor:
    """The tensor that operation `name` makes of `inputs`, with its Op as producer.

    `shape` may be a function: if it raises Undecided the shape is Unknown, and the rest stands. So may
    `acts_as`, the Layer that does the same.
    """
    tensors = tuple(value for value in inputs if isinstance(value, Tensor))
    result = Tensor(
        shape=settle(shape),
        dtype=dtype_after(name, tensors) if dtype is None else dtype,
        graph=joined_graph(tensors),
    )
    result.producer = Op(name=name, inputs=tensors, output=result, options=options)
    result.producer.acts_as = settle(acts_as) if callable(acts_as) else acts_as
    return result


#: Operations that move whole numbers about, and give them back as what they were.
MOVING_ALL = RESHAPING | MOVING | {
    "detach", "getitem", "cat", "concat", "stack", "hstack", "vstack", "chunk", "split", "unbind",
    "narrow", "flip", "roll", "repeat", "repeat_interleave", "gather", "index_select", "masked_select",
    "take", "swapaxes", "masked_fill", "sort", "topk", "max", "min", "amax", "amin", "select", "diagonal",
    "tril", "triu", "t", "pad",
}  # fmt: skip


def dtype_after(name: str, tensors: tuple[Tensor, ...]) -> Any:
    """That of the first tensor, where torch does not promote it."""
    first = tensors[0].dtype if tensors else Unknown("dtype not known")
    if not isinstance(first, str):
        return first
    others = {tensor.dtype for tensor in tensors[1:] if isinstance(tensor.dtype, str)} - {first}
    if "float" not in first:
        promoted = name not in MOVING_ALL or name in ("cat", "concat", "stack") and others
    else:
        promoted = any("float" in other for other in others)
    return Unknown("what torch promotes it to is not known") if promoted else first


def settle(shape: Shape | Callable[[], Shape]) -> Shape:
    """A shape, or the shape a function returns, or Unknown if it cannot be decided."""
    if not callable(shape) or isinstance(shape, Unknown):
        return Unknown("shape not known") if shape is None else shape
    try:
        return shape()
    except Undecided as undecided:
        return Unknown(undecided.why, undecided.site)


def joined_graph(tensors: Iterable[Tensor]) -> Any:
    """Autograd follows a result if it follows any input."""
    answer: Any = False
    for tensor in tensors:
        if tensor.graph is True:
            return True
        if tensor.graph is not False:
            answer = tensor.graph
    return answer


def ranked(shape: Shape) -> tuple[Any, ...]:
    """The shape as a tuple of axes; Undecided if the number of axes is not known."""
    axes = tuple(shape)
    if axes and axes[0] is Ellipsis:
        raise Undecided("the number of axes is not known")
    return axes
