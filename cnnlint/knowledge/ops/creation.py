"""Tensors made from sizes, numbers or other tensors. Autograd follows them only if asked to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnlint.dims import Dim
from cnnlint.facts import Picture, Shape, Tensor
from cnnlint.knowledge.describe import apply, describes
from cnnlint.knowledge.ops.made import dtype_named
from cnnlint.knowledge.shapes import sizes_of
from cnnlint.values import Undecided, Unknown, is_float, is_integer, is_unknown

#: Numbers of a tensor that are kept.
MOST_NUMBERS = 256
FILLED = "zeros ones rand randn empty".split()
#: The classes of tensors by dtype, which are called with sizes or with data.
TYPED = {
    "FloatTensor": "float32", "DoubleTensor": "float64", "HalfTensor": "float16", "LongTensor": "int64",
    "Tensor": "float32", "IntTensor": "int32", "ShortTensor": "int16", "ByteTensor": "uint8",
    "BoolTensor": "bool",
}  # fmt: skip


def created(
    name: str, shape: Shape | Callable[[], Shape], dtype: Any, requires_grad: Any = False, *sources: Any
) -> Tensor:
    """A new tensor; `sources` are tensors whose shape or numbers it takes."""
    result = apply(name, sources, shape, dtype=dtype)
    result.graph = result.leaf = requires_grad
    return result


def filled(name: str) -> Callable[..., Tensor]:
    def function(
        *size: Any, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
        requires_grad: Any = False, pin_memory: Any = False, generator: Any = None, memory_format: Any = None,
        names: Any = None,
    ) -> Tensor:  # fmt: skip
        return created(name, lambda: sizes_of(size), dtype_named(dtype, "float32"), requires_grad)

    return function


def filled_like(name: str) -> Callable[..., Tensor]:
    def function(
        input: Tensor, *numbers: Any, dtype: Any = None, layout: Any = None, device: Any = None,
        requires_grad: Any = False, memory_format: Any = None,
    ) -> Tensor:  # fmt: skip
        return created(name, input.shape, dtype_named(dtype, input.dtype), requires_grad, input)

    return function


def filled_as(name: str) -> Callable[..., Tensor]:
    def function(
        input: Tensor, *size: Any, dtype: Any = None, device: Any = None, requires_grad: Any = False,
        layout: Any = None, pin_memory: Any = False,
    ) -> Tensor:  # fmt: skip
        return created(name, lambda: sizes_of(size), dtype_named(dtype, input.dtype), requires_grad, input)

    return function


for _name in FILLED:
    describes(f"torch.{_name}")(filled(_name))
    describes(f"torch.Tensor.new_{_name}")(filled_as(_name))
for _name in (*FILLED, "full", "randint"):
    describes(f"torch.{_name}_like")(filled_like(_name))


@describes("torch.full")
def full(
    size: Any, fill_value: Any, *, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
    requires_grad: Any = False,
) -> Tensor:  # fmt: skip
    chosen = dtype_named(dtype, dtype_of_number(fill_value))
    return created("full", lambda: sizes_of((size,)), chosen, requires_grad)


@describes("torch.Tensor.new_full")
def new_full(
    input: Tensor, size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None,
    requires_grad: Any = False,
) -> Tensor:  # fmt: skip
    shape = lambda: sizes_of((size,))  # noqa: E731
    return created("full", shape, dtype_named(dtype, input.dtype), requires_grad, input)


def dtype_of_number(number: Any) -> Any:
    """What torch makes of a plain number."""
    if isinstance(number, bool):
        return "bool"
    if is_integer(number):
        return "int64"
    return "float32" if is_float(number) else Unknown("dtype not known")


@describes("torch.randint")
def randint(
    low: Any, high: Any = None, size: Any = None, *, generator: Any = None, out: Any = None,
    dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: Any = False,
) -> Tensor:  # fmt: skip
    sizes = high if size is None else size  # torch.randint(10, (2, 3))
    return created("randint", lambda: sizes_of((sizes,)), dtype_named(dtype, "int64"), requires_grad)


@describes("torch.randperm")
def randperm(
    n: Any, *, generator: Any = None, out: Any = None, dtype: Any = None, layout: Any = None,
    device: Any = None, requires_grad: Any = False,
) -> Tensor:  # fmt: skip
    return created("randperm", (n,), dtype_named(dtype, "int64"), requires_grad)


@describes("torch.normal")
def normal(mean: Any, std: Any = 1.0, size: Any = None, *, generator: Any = None, out: Any = None) -> Tensor:
    if size is not None:
        return created("normal", lambda: sizes_of((size,)), "float32")
    shape = next((each.shape for each in (mean, std) if isinstance(each, Tensor)), None)
    return created("normal", shape, "float32")


@describes("torch.arange", "torch.range")
def arange(
    start: Any, end: Any = None, step: Any = 1, *, out: Any = None, dtype: Any = None, layout: Any = None,
    device: Any = None, requires_grad: Any = False,
) -> Tensor:  # fmt: skip
    """With one number, from 0 up to it."""
    first, last = (0, start) if end is None else (start, end)
    numbers = (first, last, step)
    whole = all(isinstance(number, int) for number in numbers)
    unit = isinstance(step, int) and step == 1 and isinstance(first, int)
    length = len(range(*numbers)) if whole else last - first if unit else Unknown("length not known")
    fractions = any(isinstance(number, float) for number in numbers)
    chosen = "float32" if fractions else "int64" if whole else Unknown("dtype not known")
    known = Unknown("length not known") if isinstance(length, float) else length
    return created("arange", (known,), dtype_named(dtype, chosen), requires_grad)


@describes("torch.linspace")
def linspace(
    start: Any, end: Any, steps: Any = 100, *, out: Any = None, dtype: Any = None, layout: Any = None,
    device: Any = None, requires_grad: Any = False,
) -> Tensor:  # fmt: skip
    """Evenly spaced numbers from one to the other, both included."""
    made = created("linspace", (steps,), dtype_named(dtype, "float32"), requires_grad)
    known = all(isinstance(each, int | float) for each in (start, end))
    if known and isinstance(steps, int) and 1 < steps <= MOST_NUMBERS:
        between = (start + (end - start) * (at / (steps - 1)) for at in range(steps - 1))
        made.numbers = (*between, float(end))
    return made


@describes("torch.logspace")
def logspace(
    start: Any, end: Any, steps: Any = 100, base: Any = 10.0, *, out: Any = None, dtype: Any = None,
    layout: Any = None, device: Any = None, requires_grad: Any = False,
) -> Tensor:  # fmt: skip
    return created("logspace", (steps,), dtype_named(dtype, "float32"), requires_grad)


@describes("torch.eye")
def eye(
    n: Any, m: Any = None, *, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
    requires_grad: Any = False,
) -> Tensor:  # fmt: skip
    return created("eye", (n, n if m is None else m), dtype_named(dtype, "float32"), requires_grad)


@describes("torch.as_tensor", "torch.asarray")
def as_tensor(data: Any, dtype: Any = None, device: Any = None, **options: Any) -> Tensor:
    """A tensor stays what it is, on its graph."""
    if isinstance(data, Tensor):
        return apply("to", [data], data.shape, dtype=dtype_named(dtype, data.dtype))
    return tensor(data, dtype, device)


@describes("torch.tensor")
def tensor(
    data: Any, dtype: Any = None, device: Any = None, requires_grad: Any = False, pin_memory: Any = False,
    copy: Any = None,
) -> Tensor:  # fmt: skip
    """A number, or nested lists of them."""
    if isinstance(data, Picture):
        made = created("tensor", data.laid_out, dtype_named(dtype, data.dtype), requires_grad)
        made.held = data.bounds
        return made
    known = data.dtype if isinstance(data, Tensor) else dtype_of(data)
    chosen = dtype_named(dtype, known)
    return created("tensor", lambda: shape_of_data(data), chosen, requires_grad, *tensors_in(data))


def tensors_in(data: Any) -> list[Tensor]:
    """The tensors in nested lists, of which only the numbers are taken."""
    if isinstance(data, tuple | list):
        return [each for item in data for each in tensors_in(item)]
    return [data] if isinstance(data, Tensor) else []


def shape_of_data(data: Any) -> Shape:
    """The shape of nested lists: as many axes as they are deep."""
    if isinstance(data, tuple | list):
        return (len(data), *(shape_of_data(data[0]) if data else ()))
    if isinstance(data, bool) or is_integer(data) or is_float(data):
        return ()
    if isinstance(data, Tensor):
        return data.shape
    raise Undecided("the data is not known")


def dtype_of(data: Any) -> Any:
    while isinstance(data, tuple | list) and data:
        if any(map(is_float, data)):
            return "float32"
        data = data[0]
    return dtype_of_number(data)


@describes("torch.from_numpy", "torch.frombuffer", "torch.from_dlpack")
def from_numpy(ndarray: Any, *options: Any, **named: Any) -> Tensor:
    if isinstance(ndarray, Picture | Tensor):
        shape = ndarray.laid_out if isinstance(ndarray, Picture) else ndarray.shape
        made = created("from_numpy", shape, ndarray.dtype)
        made.held = ndarray.bounds
        if isinstance(ndarray, Picture) and made.producer is not None:
            made.producer.options["highest"] = ndarray.highest
        return made
    return created("from_numpy", Unknown("the array is not known"), Unknown("dtype not known"))


def typed(dtype: str) -> Callable[..., Tensor]:
    def function(*data: Any, device: Any = None) -> Tensor:
        if len(data) == 1 and isinstance(data[0], tuple) and not any(isinstance(x, Dim) for x in data[0]):
            return created("tensor", Unknown("whether these are sizes or numbers is not known"), dtype)
        if len(data) == 1 and isinstance(data[0], Picture | Tensor):
            return tensor(data[0], dtype)
        if len(data) == 1 and (isinstance(data[0], list) or is_unknown(data[0])):
            return created("tensor", lambda: shape_of_data(data[0]), dtype, False, *tensors_in(data[0]))
        return created("empty", lambda: sizes_of(data) if data else (0,), dtype)

    return function


for _name, _dtype in TYPED.items():
    describes(f"torch.{_name}", f"torch.cuda.{_name}")(typed(_dtype))
