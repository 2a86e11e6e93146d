"""Checks on outputs against targets: their order, shapes and classes."""

from __future__ import annotations

from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import (
    ACTIVATIONS,
    DROPPING,
    MOVING,
    NORMALIZING,
    RESHAPING,
    WEIGHTED,
    Event,
    LossCall,
    Op,
    Tensor,
)
from cnnlint.findings import Fix, Severity
from cnnlint.fixes import call_method, set_argument, swap
from cnnlint.values import surely

#: What keeps a target a target.
KEEPING = MOVING | RESHAPING
#: Operations that make constant targets, of a GAN or a contrastive loss.
CONSTANT = frozenset({"ones", "zeros", "full", "ones_like", "zeros_like", "full_like", "arange"})
#: Losses that give the same with their arguments swapped.
SYMMETRIC = ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss")
#: Losses that do not.
ORDERED = (
    "CrossEntropyLoss", "NLLLoss", "BCELoss", "BCEWithLogitsLoss", "PoissonNLLLoss",
    "MultiLabelSoftMarginLoss", "MultiMarginLoss", "SoftMarginLoss",
)  # fmt: skip
#: Losses that refuse shapes that differ, which others broadcast.
STRICT = ("BCELoss", "BCEWithLogitsLoss")
#: Losses on class numbers.
ON_CLASSES = ("CrossEntropyLoss", "NLLLoss")
#: What logits pass through on their way to such a loss, class by class.
CLASSWISE = RESHAPING | ACTIVATIONS | DROPPING | NORMALIZING | {
    "log_softmax", "softmax", "adaptive_avg_pool2d", "avg_pool2d", "mean", "interpolate",
}  # fmt: skip
#: What the constructors of layers call their outputs.
OUTPUTS = {
    "Linear": "out_features",
    "Conv1d": "out_channels",
    "Conv2d": "out_channels",
    "Conv3d": "out_channels",
}
#: What makes one number of many, and what may come between that and a difference.
REDUCING = ("mean", "sum", "norm")
OF_DIFFERENCES = frozenset({"pow", "square", "abs", "mul", "sqrt"})
#: What gives targets the axes of the outputs, by how many the outputs and the targets have.
METHODS = {(2, 1): "unsqueeze(1)", (1, 2): "squeeze(1)"}
#: Samplers that leave no class out.
COVERING = ("RandomSampler", "SequentialSampler", "DistributedSampler", "WeightedRandomSampler")


def swapped_loss_arguments(loss: LossCall) -> Flags:
    """The targets stand where the prediction belongs, and the model's output where the targets do."""
    symmetric = loss.subject.kind in SYMMETRIC
    if not loss.target or not (symmetric or loss.subject.kind in ORDERED):
        return
    first = loss.prediction.origin(through=KEEPING)
    label = bool(first.loader) and first.index > 0
    constant = bool(first.producer) and first.producer.name in CONSTANT
    given = label if symmetric else first.loader or constant
    if given and not loss.prediction.graph and loss.target.graph:
        yield flag(
            loss,
            fix=swap(*loss.places, safe=True) if loss.places else None,
            severity=Severity.INFO if symmetric else None,
            loss=loss.text,
            effect="which is the same for this loss only" if symmetric else "so the loss is wrong",
        )


def loss_broadcast(event: Event) -> Flags:
    """Outputs [N, 1] against targets [N]: each output is compared with each target."""
    if event.kind == "LossCall":
        yield from _broadcast_by_a_loss(event)
    elif event.kind == "Backward":
        yield from _broadcast_by_hand(event)


def _broadcast_by_a_loss(loss: Any) -> Flags:
    strict = loss.subject.kind in STRICT
    if not loss.target or not (strict or loss.subject.broadcasts):
        return
    outputs, targets = loss.prediction.shape, loss.target.shape
    if _cross(outputs, targets):
        effect = "which raises" if strict else "so each output meets each target"
        yield flag(
            loss,
            fix=_fitting(loss),
            loss=f"`{loss.subject.kind}`",
            outputs=loss.prediction.axes,
            targets=loss.target.axes,
            effect=effect,
            mend=_mend(loss),
        )


def _broadcast_by_hand(backward: Any) -> Flags:
    """The mean of squared or absolute differences, of which a gradient is taken."""
    for reduction in backward.subject.ancestors():
        inside = reduction.inputs[0].origin(OF_DIFFERENCES).producer if reduction.name in REDUCING else None
        if not (inside and inside.name == "sub" and len(inside.inputs) == 2 and reduction.without_dim):
            continue
        first, second = inside.inputs
        output, target = (first, second) if surely(first.graph) else (second, first)
        if _cross(output.shape, target.shape) and _is_output(output) and _is_given(target):
            method = METHODS.get((second.rank, first.rank), "")
            here = method and inside.functions == backward.functions
            yield flag(
                inside,
                also=[(backward, "learnt from here")],
                fix=call_method(inside.argument, method, safe=False) if here else None,
                loss="this difference",
                outputs=output.axes,
                targets=target.axes,
                effect="so each output meets each target",
                mend=f"call `{method}` on {_named(first)}" if method else "give both the same shape",
            )


def _is_output(tensor: Tensor) -> bool:
    """A layer gave this, and no axis was put into it on purpose."""
    last = tensor.source(through=RESHAPING | ACTIVATIONS)
    return last.name in WEIGHTED and not _widened(tensor)


def _is_given(tensor: Tensor) -> bool:
    """No layer made this, and no axis was put into it on purpose."""
    return not (tensor.graph or _widened(tensor) or any(each.layer for each in tensor.ancestors()))


def _widened(tensor: Tensor) -> bool:
    """An axis of size 1 was put into it, as for a table of differences."""
    made = [each.producer for each in tensor.lineage(through=RESHAPING | ACTIVATIONS)]
    return any(each and each.name in ("unsqueeze", "getitem") for each in made)


def _named(tensor: Tensor) -> str:
    return f"`{tensor.name}`" if tensor.name else "the first of the two"


def cross_entropy_single_output(loss: LossCall) -> Flags:
    """Cross-entropy over one class is always 0."""
    if loss.subject.kind in ON_CLASSES and len(loss.prediction.shape) > 1:
        if loss.prediction.shape[1] == 1:
            source = loss.prediction.source(through=CLASSWISE)
            yield flag(
                loss,
                also=[(source.place, "gives one output")],
                source=source.label,
            )


def class_count_mismatch(loss: LossCall) -> Flags:
    """The network has other outputs than the dataset has classes."""
    if loss.subject.kind not in ON_CLASSES or not loss.target or loss.prediction.rank < 2:
        return
    labels = loss.target.origin(through=KEEPING)
    if not labels.loader or labels.index != 1:
        return
    outputs, dataset = loss.prediction.shape[1], labels.loader.dataset
    too_few = outputs < dataset.classes
    if outputs == 1 or not (too_few or outputs > dataset.classes + 1) or (too_few and _chosen(labels.loader)):
        return
    source = loss.prediction.source(through=CLASSWISE)
    own = source.place.site.path
    yield flag(
        source.place if own else loss,
        also=[(dataset, f"{dataset.classes} classes")],
        fix=_with_outputs(source, dataset.classes) if own else None,
        severity=None if too_few else Severity.WARNING,
        layer=source.label if own else source.text,
        outputs=outputs,
        classes=dataset.classes,
        dataset=dataset.kind or "the dataset",
        effect="so labels are out of range and raise" if too_few else "so the rest is never a right answer",
    )


def _cross(first: Any, second: Any) -> bool:
    """Broadcasting repeats both: they are alike but for axes of size 1, and meet out of step."""
    if len(first) == len(second) or Ellipsis in (*first[:1], *second[:1]):
        return False
    own, other = ([size for size in shape if not surely(size == 1)] for shape in (first, second))
    if len(own) != len(other) or not all(size == same for size, same in zip(own, other, strict=True)):
        return False
    longer, shorter = (first, second) if len(first) > len(second) else (second, first)
    aligned = zip(reversed(longer), reversed(shorter), strict=False)
    return any(surely(wide == 1) and not surely(narrow == 1) for wide, narrow in aligned)


def _fitting(loss: LossCall) -> Fix | None:
    """Targets [N] become [N, 1] by `unsqueeze(1)`, and targets [N, 1] become [N] by `squeeze(1)`."""
    method = METHODS.get((loss.prediction.rank, loss.target.rank))
    return call_method(loss.places[1], method, safe=False) if loss.places and method else None


def _mend(loss: LossCall) -> str:
    """What `_fitting` does in words, or what must become true."""
    method = METHODS.get((loss.prediction.rank, loss.target.rank))
    target = f"the target `{loss.target.name}`" if loss.target.name else "the target"
    return f"call `{method}` on {target}" if method else f"give {target} the shape of the output"


def _chosen(loader: Any) -> bool:
    """Some of the examples are drawn, perhaps by their class."""
    return bool(loader.batch_sampler) or bool(loader.sampler and loader.sampler.kind not in COVERING)


def _with_outputs(operation: Op, classes: int) -> Fix | None:
    """As many outputs as classes, where the layer that gives them is the user's."""
    layer = operation.layer
    if not layer or layer.kind not in OUTPUTS or not layer.written:
        return None
    return set_argument(layer, OUTPUTS[layer.kind], classes, safe=False)
