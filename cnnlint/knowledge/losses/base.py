"""What every loss of torch has: its reduction, what it takes, and its twin in torch.nn.functional."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter, Signature, signature
from typing import Any, ClassVar, TypeVar

from cnnlint.facts import Loss, Shape
from cnnlint.knowledge.describe import describes, expect, ranked
from cnnlint.values import Undecided, Unknown, surely

L = TypeVar("L", bound="type[TorchLoss]")


class TorchLoss(Loss):
    """A loss of torch.nn. `takes` names the arguments of its forward, in order."""

    takes: ClassVar[tuple[str, ...]] = ("input", "target")
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"

    @property
    def reduced_by(self) -> Any:
        """'mean', 'sum', 'none' or 'batchmean', the two deprecated arguments reckoned with."""
        if self.size_average is None and self.reduce is None:
            return self.reduction
        if self.reduce is not None and not self.reduce:
            return "none"
        return "mean" if self.size_average is None or self.size_average else "sum"

    def roles(self, inputs: tuple[Any, ...]) -> tuple[Any, Any]:
        """The prediction and the target among what is passed to it; None for what is not there."""
        prediction = inputs[0] if inputs else None
        at = next((index for index, name in enumerate(self.takes) if name in ("target", "targets")), None)
        return prediction, inputs[at] if at is not None and at < len(inputs) else None

    def output(self, *inputs: Shape) -> Shape:
        """`()` where the loss is averaged or summed, else the shape of the single losses."""
        complete = len(inputs) == len(self.takes)
        if complete:
            self.compare(*inputs)
        if self.reduced_by != "none":
            return ()
        return self.single_losses(*inputs) if complete else Unknown("what the loss is given is not known")

    def compare(self, *inputs: Shape) -> None:
        """Check the inputs' shapes against each other as far as they are known."""
        try:
            self.check(*inputs)
        except Undecided:
            return

    def check(self, *inputs: Shape) -> None:
        """`expect` what the inputs must satisfy."""

    def single_losses(self, *inputs: Shape) -> Shape:
        """The shape of the losses before they are averaged or summed."""
        return Unknown("the shape of the single losses is not known")


@dataclass(frozen=True)
class LossUse:
    """One computation of a loss: the loss with its options, and all it was given, in order."""

    loss: TorchLoss
    inputs: tuple[Any, ...]

    @property
    def prediction(self) -> Any:
        return self.loss.roles(self.inputs)[0]

    @property
    def target(self) -> Any:
        return self.loss.roles(self.inputs)[1]


class FunctionalLoss:
    """A function of torch.nn.functional that computes a loss.

    It takes what the loss takes (`takes` says how it is named here), then the options of the loss in the
    same order, then one named `extra`. Calling it with the arguments of a call gives the `LossUse`;
    TypeError if they do not fit.
    """

    def __init__(self, loss_class: type[TorchLoss], takes: tuple[str, ...], extra: str) -> None:
        self.loss_class = loss_class
        self.takes = takes
        self.extra = extra

    def __call__(self, *arguments: Any, **keywords: Any) -> LossUse:
        bound = self.signature.bind(*arguments, **keywords)
        bound.apply_defaults()
        inputs = tuple(bound.arguments[name] for name in self.takes)
        known = signature(self.loss_class).parameters
        options = {name: value for name, value in bound.arguments.items() if name in known}
        return LossUse(self.loss_class(**options), inputs)

    @cached_property
    def signature(self) -> Signature:
        """Its parameters, each by position or name."""
        inputs = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in self.takes]
        options = [
            option.replace(kind=Parameter.POSITIONAL_OR_KEYWORD)
            for option in signature(self.loss_class).parameters.values()
        ]
        more = [Parameter(self.extra, Parameter.POSITIONAL_OR_KEYWORD, default=None)] if self.extra else []
        return Signature([*inputs, *options, *more])


def describes_loss(function: str = "", takes: tuple[str, ...] = (), extra: str = "") -> Callable[[L], L]:
    """Register a record under torch.nn, and as a function of torch.nn.functional if one is named."""

    def register(loss_class: L) -> L:
        describes(f"torch.nn.{loss_class.__name__}")(loss_class)
        if function:
            twin = FunctionalLoss(loss_class, takes or loss_class.takes, extra)
            describes(f"torch.nn.functional.{function}")(twin)
        return loss_class

    return register


def expect_same_shape(input: Shape, target: Shape) -> None:
    """Both must have the same axes, one by one."""
    predicted, wanted = ranked(input), ranked(target)
    expect(len(predicted) == len(wanted), "target axes", wants=len(predicted), got=len(wanted))
    for axis, (size, target_size) in enumerate(zip(predicted, wanted, strict=True)):
        expect(size == target_size, axis_name(axis, len(predicted)), wants=size, got=target_size)


def expect_broadcast(input: Shape, target: Shape) -> None:
    """Counted from the last axis, sizes must agree or one of them be 1."""
    predicted, wanted = ranked(input), ranked(target)
    rank = max(len(predicted), len(wanted))
    for back, (size, other) in enumerate(zip(reversed(predicted), reversed(wanted), strict=False), start=1):
        if surely(size != 1) and surely(other != 1):
            expect(size == other, axis_name(rank - back, rank), wants=size, got=other)


def broadcast(input: Shape, target: Shape) -> Shape:
    """The shape of an element-wise loss of both."""
    shorter, longer = sorted((ranked(input), ranked(target)), key=len)
    padded = (1,) * (len(longer) - len(shorter)) + shorter
    return tuple(broadcast_axis(size, other) for size, other in zip(longer, padded, strict=True))


def broadcast_axis(size: Any, other: Any) -> Any:
    if surely(other == 1) or surely(size == other):
        return size
    if surely(size == 1):
        return other
    return Unknown("how the two sizes fit together is not known")


def axis_name(axis: int, rank: int) -> str:
    """What an axis is called: [batch, channels, height, width] of four, else by its number."""
    if rank == 4:
        return ("batch", "channels", "height", "width")[axis]
    return "batch" if axis == 0 else f"axis {axis}"
