"""How operations are written down: several outputs, spellings, dtypes, and functions that are like layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import MISSING
from functools import cached_property
from inspect import Parameter, Signature
from typing import Any

from cnnlint.facts import Layer, Shape, Tensor
from cnnlint.knowledge.describe import apply, describes, settle
from cnnlint.values import Unknown, is_unknown, surely

Described = Callable[..., Any]


def spelled(name: str, *others: str) -> list[str]:
    """Everywhere an operation may be offered: as a function, a method, and in place."""
    return [
        f"{place}.{each}{ending}"
        for each in (name, *others)
        for place in ("torch", "torch.Tensor", "torch.nn.functional")
        for ending in ("", "_")
    ]


def method_and_function(*names: str) -> list[str]:
    return [f"{place}.{name}" for name in names for place in ("torch", "torch.Tensor")]


def methods(*names: str) -> list[str]:
    return [f"torch.Tensor.{name}" for name in names]


def functional(*names: str) -> list[str]:
    return [f"torch.nn.functional.{name}" for name in names]


def apply_all(
    name: str, inputs: Iterable[Any], shapes: Shape | Callable[[], Shape], count: int = 1, **options: Any
) -> Any:
    """As `apply`, for an operation with several outputs: a list of shapes gives a tuple of tensors.

    `count` is how many there are where the shapes cannot be told.
    """
    settled = settle(shapes)
    if not isinstance(settled, list):
        settled = [settled] * count
    first = apply(name, inputs, settled[0], **options)
    others = (
        Tensor(shape=shape, dtype=first.dtype, graph=first.graph, producer=first.producer, index=index)
        for index, shape in enumerate(settled[1:], start=1)
    )
    return (first, *others) if len(settled) > 1 else first


def without_graph(tensor: Tensor, dtype: Any = None) -> Tensor:
    """The tensor as one that autograd does not follow, of this dtype if one is given."""
    tensor.graph = False
    if dtype is not None:
        tensor.dtype = dtype
    return tensor


def dtype_named(dtype: Any, otherwise: Any = None) -> Any:
    """A dtype as facts spell it: 'float32' for `torch.float32`; `otherwise` where None is given."""
    if isinstance(dtype, str):
        short = dtype.removeprefix("torch.")
        return ALIASES.get(short, short)
    if dtype is None:
        return otherwise
    return dtype if is_unknown(dtype) else Unknown("dtype not known")


ALIASES = {"float": "float32", "double": "float64", "half": "float16", "long": "int64", "int": "int32",
           "short": "int16"}  # fmt: skip


class LikeLayer:
    """A function that does to its input what a layer does.

    `order` names its parameters after `input`: fields of the layer, with its defaults, and those given
    in `more` with theirs.
    """

    def __init__(self, layer: type[Layer], order: str, more: dict[str, Any]) -> None:
        self.layer = layer
        self.order = order
        self.more = more

    @cached_property
    def signature(self) -> Signature:
        """Its parameters."""
        first = Parameter("input", Parameter.POSITIONAL_OR_KEYWORD, annotation="Tensor")
        return Signature([first, *map(self.parameter, self.order.split())])

    def parameter(self, name: str) -> Parameter:
        """A parameter after the first."""
        default = self.more[name] if name in self.more else self.fields[name].default
        empty = Parameter.empty
        return Parameter(
            name, Parameter.POSITIONAL_OR_KEYWORD, default=empty if default is MISSING else default
        )

    @property
    def fields(self) -> dict[str, Any]:
        """What the layer is built of."""
        return getattr(self.layer, "__dataclass_fields__", {})

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        bound = self.signature.bind(*arguments, **keywords)
        bound.apply_defaults()
        input, options = bound.arguments.pop("input"), bound.arguments
        built = self.layer(**{name: value for name, value in options.items() if name in self.fields})
        if "dtype" in options:
            options["dtype"] = dtype_named(options["dtype"])
        count = 2 if surely(options.get("return_indices", False)) else 1
        made = apply_all(
            built.operation, [input], lambda: built.output(input.shape), count, acts_as=built, **options
        )
        return (made[0], without_graph(made[1], "int64")) if count == 2 else made


def describe_like(layer: type[Layer], names: Iterable[str], order: str = "", **more: Any) -> None:
    """Register such a function."""
    describes(*names)(LikeLayer(layer, order, more))
