"""Tensors, the numbers taken out of them, and the operations that made them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import TYPE_CHECKING, Any

from cnnlint.facts.base import ACTIVATIONS, DROPPING, MOVING, NOWHERE, RESHAPING, Fact
from cnnlint.facts.bounds import Bounds, bounds_of
from cnnlint.records import record
from cnnlint.source import Site
from cnnlint.values import Undecided, Unknown, surely

if TYPE_CHECKING:
    from cnnlint.facts.data import Dataset, Loader
    from cnnlint.facts.modules import Layer, Model


#: Operations that give a map, by torch's names, and of how many dimensions.
MAKING_MAPS = re.compile(r"(?:conv|conv_transpose|\w+_pool)(\d)d")
#: Roles of layers that keep a map, and operations that do.
KEEPING_MAPS = frozenset({"normalization", "activation", "dropout"})
KEEPING_OPERATIONS = ACTIVATIONS | {
    "dropout", "dropout2d", "batch_norm", "add", "mul", "cat", "contiguous", "identity", "to", "clone",
}  # fmt: skip


#: Operations that make something of each example, and leave them in their order.
IN_ORDER = RESHAPING | MOVING | {
    "argmax", "max", "softmax", "log_softmax", "sigmoid", "exp", "round", "tensor", "from_numpy", "detach",
    "numpy", "gt", "ge",
}  # fmt: skip


#: Operations that lay the numbers of a tensor out on other axes.
LAYING = ("flatten", "view", "reshape")

Shape = Any  # tuple of int | Dim | Unknown, perhaps led by `...` (any further axes), or Unknown


def is_ranked(shape: Shape) -> bool:
    """Whether the number of axes is known, though perhaps not their sizes."""
    return isinstance(shape, tuple) and not (shape and shape[0] is Ellipsis)


def same_shape(first: Shape, second: Shape) -> bool:
    """Whether both are known, and surely the same."""
    if not (is_ranked(first) and is_ranked(second)) or len(first) != len(second):
        return False
    return all(surely(one == other) for one, other in zip(first, second, strict=True))


#: What the size of an axis cannot be.
NO_SIZE = (tuple, list, dict, str, float, type(None))


@record
class Tensor(Fact):
    """`shape` [axes], `dtype` as torch spells it without 'torch.', `graph` whether autograd follows it."""

    shape: Shape = field(default_factory=lambda: Unknown("shape not known"))
    dtype: Any = field(default_factory=lambda: Unknown("dtype not known"))
    graph: Any = field(default_factory=lambda: Unknown("not known whether autograd follows it"))
    device: Any = field(default_factory=lambda: Unknown("device not known"))  # 'cpu', 'moved'
    leaf: Any = False  # told to require a gradient: what it was made of gets none
    gradient_read: bool = False  # something reads its `.grad`
    producer: Op | None = None
    loader: Loader | None = None  # whose batch it is a part of, as it came
    supposed: bool = False  # perhaps none: a batch of unknown parts, or what unseen code made of tensors
    index: int = 0  # which output of its producer, or which part of the batch
    example: Tensor | None = (
        None  # of a batch: what it was cut from or put together of, as the dataset has it
    )
    overwritten: bool = False  # by a method that works in place, or in part: later it holds something else
    told: bool = False  # its shape is the one that the user told
    numbers: tuple[float, ...] | None = None  # what it holds, in order, where that is known
    gathered: Loader | None = None  # it has something of each example, as this has drawn them one by one ...
    listed: Dataset | None = None  # ... or in the order that this has them in
    held: Bounds = None  # between which numbers that lies, where its maker tells; else its operation does

    def __post_init__(self) -> None:
        axes = self.shape if isinstance(self.shape, tuple) else ()
        if any(isinstance(axis, NO_SIZE) or axis is Ellipsis and at for at, axis in enumerate(axes)):
            self.shape = Unknown("a size is no number")

    def source(self, through: Iterable[str] = ()) -> Any:
        """The operation that made this value, looking back through the operations named."""
        operation = self.origin(through).producer
        return Unknown("where this value comes from is not known") if operation is None else operation

    def origin(self, through: Iterable[str] = ()) -> Tensor:
        """The value this one was made of by nothing but the operations named."""
        return self.lineage(through)[-1]

    def lineage(self, through: Iterable[str] = ()) -> list[Tensor]:
        """This value, and those it was made of by nothing but the operations named, nearest first."""
        tensors = [self]
        while (made := tensors[-1].producer) and made.name in through and made.inputs:
            if tensors[-1].loader:
                break
            tensors.append(made.inputs[0])
        return tensors

    def touched(self, through: Iterable[str] = ()) -> bool:
        """Some of it may have been overwritten in place, here or before one of the operations named."""
        return any(tensor.overwritten for tensor in self.lineage(through))

    @property
    def drawn_by(self) -> Loader | None:
        """The loader in whose order it has something of each example."""
        return next((each.gathered for each in self.lineage(IN_ORDER) if each.gathered), None)

    @property
    def listed_by(self) -> Dataset | None:
        """The dataset in whose order it has something of each example."""
        return next((each.listed for each in self.lineage(IN_ORDER) if each.listed), None)

    @property
    def bounds(self) -> Bounds:
        """The least and the greatest number it can hold."""
        return bounds_of(self)

    @property
    def rank(self) -> Any:
        """How many axes it has."""
        if is_ranked(self.shape):
            return len(self.shape)
        return Unknown("the number of axes is not known")

    @property
    def axes(self) -> str:
        """Its shape as a person reads it: `[N, 16, 5, 5]`; an axis that is not known is `?`."""
        if isinstance(self.shape, Unknown):
            return "?"
        return f"[{', '.join('...' if axis is Ellipsis else f'{axis}' for axis in self.shape)}]"

    def history(self) -> Iterator[Op]:
        """The operations that led here, nearest first, each time by the first of the tensors joined."""
        operation = self.producer
        while operation is not None:
            yield operation
            operation = operation.inputs[0].producer if operation.inputs else None

    @property
    def root(self) -> Tensor:
        """What its history begins with."""
        tensor = self
        for operation in self.history():
            tensor = operation.inputs[0] if operation.inputs else tensor
        return tensor

    @property
    def holds_several(self) -> Any:
        """It is a batch of more than one example, but perhaps in the last batch of its loader."""
        if isinstance(self.shape[0], int):
            return self.shape[0] > 1
        whole = self.root
        return bool(whole.loader and whole.loader.batch_size > 1 and self.shape[0] == whole.shape[0])

    @property
    def is_map(self) -> bool:
        """A batch [N, C, H, W] that a convolution or pooling made, its axes where they were."""
        for operation in self.history():
            role = getattr(operation.layer, "role", "")
            dimensions = MAKING_MAPS.fullmatch(operation.name)
            if dimensions:
                return len(self.shape) == int(dimensions[1]) + 2
            if role not in KEEPING_MAPS and operation.name not in KEEPING_OPERATIONS:
                return False
        return False

    def ancestors(self) -> Iterator[Op]:
        """Every operation this value was computed from, each once, nearest first."""
        seen: set[int] = set()
        pending = [self.producer]
        while pending:
            operation = pending.pop(0)
            if operation is None or id(operation) in seen:
                continue
            seen.add(id(operation))
            yield operation
            pending.extend(tensor.producer for tensor in operation.inputs)


@record
class Number(Fact):
    """A plain number taken out of a tensor (`loss.item()`)."""

    source: Tensor | None = None
    exact: bool = False  # it is the tensor's one value, not a sum or mean with others
    scaled: bool = False  # it was multiplied or divided since, but for a percentage
    average: Any = None  # the Average it is the result of
    plus: Any = 0  # what was added to it since
    text: bool = False  # it was made text


class Operands(tuple[Tensor, ...]):
    """What an operation is applied to, so far as that are tensors. Asking for one that is not there raises
    Undecided: it may have been given something that is not known."""

    __slots__ = ()

    def __getitem__(self, index: Any) -> Any:
        try:
            return super().__getitem__(index)
        except IndexError:
            raise Undecided("what this is applied to is not known") from None


@record
class Op(Fact):
    """One application of a layer, function or tensor method.

    `name` is torch's functional name ('conv2d', 'softmax', 'view', 'add'), whatever the spelling;
    `layer` the Layer applied, if any; `model` the innermost user Model whose forward ran it.
    """

    name: str = ""
    inputs: tuple[Tensor, ...] = ()
    output: Tensor | None = None
    options: dict[str, Any] = field(default_factory=dict)
    layer: Layer | None = None
    model: Model | None = None
    text: str = ""  # as the author wrote it: 'F.softmax', 'self.fc1'
    maybe: bool = False  # it lies in an undecided branch of its function
    grad_enabled: Any = True  # whether autograd records here
    arms: int = 0  # undecided branches it lies in, those of its callers included
    pretrained: Any = False  # its layer had weights from elsewhere when it was applied
    acts_as: Any = None  # of a function that does what a layer does: that Layer, of the same sizes
    argument: Site = NOWHERE  # the expression of its first tensor: `x` in `F.softmax(x)` and `x > 0` ...
    method: bool = False  # ... and in `x.softmax(1)`, where it is a method of it

    def __post_init__(self) -> None:
        self.inputs = Operands(self.inputs)

    def number(self, option: str, default: float) -> Any:
        """An option of the layer or function that must be a number; Unknown if it is none."""
        value = getattr(self.layer, option, default) if self.layer else self.options.get(option, default)
        known = isinstance(value, int | float | Unknown)
        return value if known else Unknown(f"`{option}` is no plain number", self.site)

    @property
    def dim(self) -> Any:
        """The axis it runs over, as its author gave it; None for none."""
        return getattr(self.layer, "dim", None) if self.layer else self.options.get("dim")

    @property
    def without_dim(self) -> Any:
        """It was not told the axis it runs over."""
        return self.dim if isinstance(self.dim, Unknown) else self.dim is None

    @property
    def in_place(self) -> Any:
        """It writes what it computes over its input."""
        told = getattr(self.layer, "inplace", False) if self.layer else self.options.get("inplace", False)
        return self.text.endswith("_") or told

    @property
    def joins_examples(self) -> bool:
        """It lays all that it is given, the examples of a batch, in one row."""
        one_row = self.name in LAYING and self.output is not None and len(self.output.shape) == 1
        return one_row and len(self.inputs[0].shape) > 1

    @property
    def row_before(self) -> Op | None:
        """What laid all that this is given in one row, with nothing but activations between."""
        laid = self.inputs[0].origin(ACTIVATIONS | DROPPING).producer
        return laid if laid and laid.joins_examples else None

    @property
    def receiver(self) -> str:
        """The tensor whose method it is, as written: `x` of `x.view(...)`; '' if that is no plain name."""
        owner = self.text.rpartition(".")[0] if self.method else ""
        return owner if owner.replace(".", "").isidentifier() else ""

    @property
    def contained(self) -> bool:
        """It applies a layer that the program calls through a container: `text` names that one."""
        return self.layer is not None and self.text.rpartition(".")[2] != self.layer.name

    @property
    def label(self) -> str:
        """What a message calls it: as written, or the layer inside the container that is called."""
        if self.contained and self.layer is not None:
            return self.layer.written or self.layer.kind
        return self.text or self.name

    @property
    def place(self) -> Fact:
        """Where a reader finds it: its call, or the layer inside the container that is called."""
        return self.layer if self.contained and self.layer is not None else self
