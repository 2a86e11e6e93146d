"""Methods that move a tensor to a device or dtype, cut it from the graph, or ask about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnlint.facts import Shape, Tensor, is_ranked
from cnnlint.knowledge.describe import apply, describes, ranked
from cnnlint.knowledge.ops.elementwise import is_floating
from cnnlint.knowledge.ops.made import ALIASES, dtype_named, method_and_function, methods
from cnnlint.knowledge.shapes import axis_in
from cnnlint.values import Undecided, Unknown, is_unknown

DTYPES = {
    "float": "float32", "double": "float64", "half": "float16", "bfloat16": "bfloat16", "long": "int64",
    "int": "int32", "short": "int16", "char": "int8", "byte": "uint8", "bool": "bool",
}  # fmt: skip
MOVING = "cuda cpu xpu share_memory_ record_stream".split()


def cast(name: str, dtype: str) -> Callable[..., Tensor]:
    def function(input: Tensor, memory_format: Any = None) -> Tensor:
        return as_dtype(name, input, dtype)

    return function


def as_dtype(name: str, input: Tensor, dtype: Any) -> Tensor:
    """The same numbers as another dtype; autograd follows only floating point."""
    result = apply(name, [input], input.shape, dtype=dtype)
    if isinstance(dtype, str) and not is_floating(dtype) and "complex" not in dtype:
        result.graph = False
    return result


def moving(name: str) -> Callable[..., Tensor]:
    def function(input: Tensor, *options: Any, **named: Any) -> Tensor:
        return apply(name, [input], input.shape)

    return function


for _name, _dtype in DTYPES.items():
    describes(*methods(_name))(cast(_name, _dtype))
for _name in MOVING:
    describes(*methods(_name))(moving(_name.rstrip("_")))


@describes("torch.Tensor.to")
def to(input: Tensor, *where: Any, **named: Any) -> Tensor:
    """A device, a dtype, both, or another tensor whose device and dtype it takes."""
    wanted = [*where, named.get("dtype")]
    for each in wanted:
        if isinstance(each, Tensor):
            return as_dtype("to", input, each.dtype)
        if isinstance(each, str) and is_dtype(each):
            return as_dtype("to", input, dtype_named(each))
    if any(each is not None and is_unknown(each) for each in wanted):
        return as_dtype("to", input, Unknown("device or dtype not known"))
    return apply("to", [input], input.shape)


def is_dtype(text: str) -> bool:
    short = text.removeprefix("torch.")
    return text.startswith("torch.") and (short in ALIASES or short in DTYPES or short in DTYPES.values())


@describes("torch.Tensor.type")
def type_(input: Tensor, dtype: Any = None, non_blocking: Any = False) -> Any:
    """With a dtype the tensor as that, without the name of its type."""
    if dtype is None:
        return Unknown("the name of its type")
    if isinstance(dtype, str) and dtype.endswith("Tensor"):
        name = dtype.rpartition(".")[2].removesuffix("Tensor").lower()
        return as_dtype("type", input, DTYPES.get(name, Unknown("dtype not known")))
    return as_dtype("type", input, dtype_named(dtype))


@describes("torch.Tensor.type_as")
def type_as(input: Tensor, other: Tensor) -> Tensor:
    return as_dtype("type_as", input, other.dtype)


@describes(*method_and_function("detach"), "torch.Tensor.data")
def detach(input: Tensor) -> Tensor:
    result = apply("detach", [input], input.shape)
    result.graph = False
    return result


@describes("torch.Tensor.item", "torch.Tensor.tolist", "torch.Tensor.numpy", "torch.Tensor.data_ptr")
def item(input: Tensor, *options: Any, **named: Any) -> Any:
    """Plain numbers, which depend on what the tensor holds."""
    return Unknown("a number out of a tensor")


@describes("torch.Tensor.size")
def size(input: Tensor, dim: Any = None) -> Any:
    """The sizes of all axes as plain numbers, or that of one."""
    shape: Shape = input.shape
    if is_unknown(shape):
        return Unknown("shape not known")
    if not is_ranked(shape):
        from_the_end = isinstance(dim, int) and -len(shape) < dim < 0
        return shape[dim] if from_the_end else Unknown("the number of axes is not known")
    return shape if dim is None else shape[axis_in(shape, dim)]


@describes("torch.Tensor.dim", "torch.Tensor.ndimension", "torch.Tensor.ndim")
def dim(input: Tensor) -> Any:
    """The number of axes."""
    if is_unknown(input.shape):
        raise Undecided("shape not known")
    return len(ranked(input.shape))


@describes(
    "torch.Tensor.is_contiguous", "torch.is_tensor", "torch.is_floating_point", "torch.Tensor.get_device"
)
def asked(input: Any, *options: Any, **named: Any) -> Any:
    return Unknown("a property of a tensor that is not followed")
