"""Checks on outputs against targets: their order, shapes and classes."""

from __future__ import annotations

from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import ACTIVATIONS, DROPPING, MOVING, NORMALIZING, RESHAPING, LossCall, Op
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


def loss_broadcast(loss: LossCall) -> Flags:
    """Outputs [N, 1] against targets [N]: each output is compared with each target."""
    strict = loss.subject.kind in STRICT
    if not loss.target or not (strict or loss.subject.broadcasts):
        return
    outputs, targets = loss.prediction.shape, loss.target.shape
    if _cross(outputs, targets):
        effect = "which raises" if strict else "so each output meets each target"
        yield flag(
            loss,
            fix=_fitting(loss),
            loss=loss.subject.kind,
            outputs=loss.prediction.axes,
            targets=loss.target.axes,
            effect=effect,
            mend=_mend(loss),
        )


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
    if loss.subject.kind not in ON_CLASSES or loss.prediction.rank < 2:
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
    if len(first) == len(second) or Ellipsis in (*first, *second):
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
