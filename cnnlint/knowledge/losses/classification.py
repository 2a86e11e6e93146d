"""Losses on classes: cross entropy in its forms, margins, CTC."""

from __future__ import annotations

from dataclasses import KW_ONLY
from math import prod
from typing import Any

from cnnlint.facts import Shape, Tensor
from cnnlint.knowledge.describe import expect, ranked
from cnnlint.knowledge.losses.base import (
    TorchLoss,
    axis_name,
    broadcast,
    describes_loss,
    expect_same_shape,
)
from cnnlint.records import record
from cnnlint.values import surely


@describes_loss("cross_entropy")
@record
class CrossEntropyLoss(TorchLoss):
    """Softmax and negative log-likelihood in one: logits [N, C, ...] against classes [N, ...].

    https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
    """

    expects = "logits"
    operation = "cross_entropy"
    weight: Any = None
    size_average: Any = None
    ignore_index: Any = -100
    reduce: Any = None
    reduction: Any = "mean"
    label_smoothing: Any = 0.0

    def check(self, input: Shape, target: Shape) -> None:
        logits, classes = ranked(input), ranked(target)
        expect_class_weights(self.weight, logits)
        if len(logits) != len(classes):
            expect_class_target(logits, classes)
            return
        for size, other in zip(logits, classes, strict=True):  # probabilities, shaped like the logits
            if surely(size != other):
                expect_class_target(logits, classes)

    def single_losses(self, input: Shape, target: Shape) -> Shape:
        return without_classes(ranked(input))


@describes_loss("nll_loss")
@record
class NLLLoss(TorchLoss):
    """Negative log-likelihood of log-probabilities [N, C, ...] against classes [N, ...].

    https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
    """

    expects = "log-probabilities"
    operation = "nll_loss"
    weight: Any = None
    size_average: Any = None
    ignore_index: Any = -100
    reduce: Any = None
    reduction: Any = "mean"

    def check(self, input: Shape, target: Shape) -> None:
        logits = ranked(input)
        expect_class_weights(self.weight, logits)
        expect_class_target(logits, ranked(target))

    def single_losses(self, input: Shape, target: Shape) -> Shape:
        return without_classes(ranked(input))


@describes_loss("binary_cross_entropy")
@record
class BCELoss(TorchLoss):
    """Binary cross entropy of probabilities; both of one shape.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
    """

    expects = "probabilities"
    operation = "binary_cross_entropy"
    weight: Any = None
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"

    def check(self, input: Shape, target: Shape) -> None:
        expect_same_shape(input, target)

    def single_losses(self, input: Shape, target: Shape) -> Shape:
        return input


@describes_loss("binary_cross_entropy_with_logits")
@record
class BCEWithLogitsLoss(TorchLoss):
    """Sigmoid and binary cross entropy in one; both of one shape.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
    """

    expects = "logits"
    operation = "binary_cross_entropy_with_logits"
    weight: Any = None
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"
    pos_weight: Any = None

    def check(self, input: Shape, target: Shape) -> None:
        expect_same_shape(input, target)

    def single_losses(self, input: Shape, target: Shape) -> Shape:
        return input


@describes_loss("multilabel_soft_margin_loss")
@record
class MultiLabelSoftMarginLoss(TorchLoss):
    """Binary cross entropy of logits [N, C], averaged over the classes.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html
    """

    expects = "logits"
    operation = "multilabel_soft_margin_loss"
    weight: Any = None
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"

    def check(self, input: Shape, target: Shape) -> None:
        expect_same_shape(input, target)

    def single_losses(self, input: Shape, target: Shape) -> Shape:
        return ranked(input)[:-1]


@describes_loss("multi_margin_loss")
@record
class MultiMarginLoss(TorchLoss):
    """Hinge loss of scores [N, C] against classes [N].

    https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html
    """

    operation = "multi_margin_loss"
    p: Any = 1
    margin: Any = 1.0
    weight: Any = None
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"

    def single_losses(self, input: Shape, target: Shape) -> Shape:
        return ranked(target)


@describes_loss("multilabel_margin_loss")
@record
class MultiLabelMarginLoss(TorchLoss):
    """Hinge loss of scores [N, C] against lists of classes [N, C] that end with -1.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html
    """

    operation = "multilabel_margin_loss"
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"

    def check(self, input: Shape, target: Shape) -> None:
        expect_same_shape(input, target)

    def single_losses(self, input: Shape, target: Shape) -> Shape:
        return ranked(input)[:-1]


@describes_loss("soft_margin_loss")
@record
class SoftMarginLoss(TorchLoss):
    """Logistic loss of logits against targets of 1 and -1.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html
    """

    expects = "logits"
    operation = "soft_margin_loss"
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"

    def single_losses(self, input: Shape, target: Shape) -> Shape:
        return broadcast(input, target)


@describes_loss("ctc_loss")
@record
class CTCLoss(TorchLoss):
    """Connectionist temporal classification of log-probabilities [T, N, C].

    https://docs.pytorch.org/docs/stable/generated/torch.nn.CTCLoss.html
    """

    takes = ("log_probs", "targets", "input_lengths", "target_lengths")
    expects = "log-probabilities"
    operation = "ctc_loss"
    blank: Any = 0
    reduction: Any = "mean"
    zero_infinity: Any = False

    def single_losses(self, log_probs: Shape, *others: Shape) -> Shape:
        return ranked(log_probs)[1:-1]


@describes_loss()
@record
class LinearCrossEntropyLoss(TorchLoss):
    """A linear layer and cross entropy in one: features [N, in_features] against classes [N].

    https://docs.pytorch.org/docs/stable/generated/torch.nn.LinearCrossEntropyLoss.html
    """

    operation = "linear_cross_entropy"
    in_features: Any
    num_classes: Any
    _: KW_ONLY
    out_features: Any = ()
    bias: Any = False
    device: Any = None
    dtype: Any = None
    reduction: Any = "mean"
    weight: Any = None
    ignore_index: Any = None
    label_smoothing: Any = 0.0
    options: Any = None

    def own_parameter_count(self) -> Any:
        outputs = self.num_classes * prod(self.out_features)
        return outputs * self.in_features + (outputs if self.bias else 0)


def expect_class_target(logits: tuple[Any, ...], classes: tuple[Any, ...]) -> None:
    """Class numbers have the axes of the logits without the class axis, which is the second."""
    without = without_classes(logits)
    expect(len(without) == len(classes), "target axes", wants=len(without), got=len(classes))
    names = [axis_name(axis, len(logits)) for axis in range(len(logits)) if axis != 1]
    for name, size, other in zip(names, without, classes, strict=False):
        expect(size == other, name, wants=size, got=other)


def expect_class_weights(weight: Any, logits: tuple[Any, ...]) -> None:
    """One weight for each class."""
    if isinstance(weight, Tensor) and logits:
        classes = logits[min(1, len(logits) - 1)]
        weights = ranked(weight.shape)
        expect(len(weights) == 1, "axes of the class weights", wants=1, got=len(weights))
        expect(weights[0] == classes, "class weights", wants=classes, got=weights[0])


def without_classes(logits: tuple[Any, ...]) -> tuple[Any, ...]:
    """[N, C, ...] to [N, ...], and [C] to []."""
    return logits[:1] + logits[2:] if len(logits) > 1 else ()
