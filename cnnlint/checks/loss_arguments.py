"""Checks on what a loss is given: tensors at the right place, in the form it is defined for."""

from __future__ import annotations

from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import MOVING, RESHAPING, Backward, Loss, LossCall, Op
from cnnlint.findings import Fix, Severity
from cnnlint.fixes import call_instead, keep, set_argument, wrap
from cnnlint.traces import choice_behind, comes_from

PROBABILITIES = ("softmax", "sigmoid", "softmin", "gumbel_softmax")
LOGARITHMS = ("log_softmax", "logsigmoid", "log")
#: Operations whose result is surely no log-probability.
RAW = ("linear", "conv1d", "conv2d", "conv3d", "relu", "leaky_relu")
BINARY = ("BCELoss", "BCEWithLogitsLoss")
CLASSIFYING = ("CrossEntropyLoss", "NLLLoss")
#: Which way a number added or subtracted moves the labels.
SHIFTING = {"add": 1, "sub": -1}
REGRESSION = ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss")


def loss_module_called_as_function(loss: Loss) -> Flags:
    """`nn.MSELoss(output, target)` builds a loss and takes the tensors for its options."""
    if loss.given_tensors:
        yield flag(
            loss,
            fix=None if loss.given_more else wrap(loss.callee, "", "()", safe=True),
            loss=loss.written if loss.written.endswith(loss.kind) else loss.kind,
        )


def kl_div_without_log(loss: LossCall) -> Flags:
    """KLDivLoss takes the logarithm of its target, and expects that of its input to be taken."""
    if loss.subject.kind != "KLDivLoss":
        return
    source = loss.prediction.source(through=RESHAPING | {"detach"})
    if source.name in PROBABILITIES:
        yield flag(
            loss,
            also=[(source.place, f"`{source.label}` here")],
            fix=_with_log(loss, source),
            loss=loss.text,
            problem=f"takes log-probabilities and gets the probabilities of `{source.label}`",
            mend="use `log_softmax` there",
        )
    elif source.name in RAW:
        yield flag(
            loss,
            also=[(source.place, f"`{source.label}` here")],
            loss=loss.text,
            problem=f"takes log-probabilities and gets the raw output of `{source.label}`",
            mend="apply `log_softmax` to it",
        )
    elif loss.subject.reduced_by == "mean" and len(loss.prediction.shape) == 2:
        yield flag(
            loss,
            severity=Severity.INFO,
            fix=_by_batch(loss),
            loss=loss.text,
            problem="averages over the classes too and so weighs a fraction of the divergence",
            mend="set `reduction='batchmean'`",
        )


def _with_log(loss: LossCall, source: Op) -> Fix | None:
    """`F.log_softmax` where the softmax is written in the call itself, else the logarithm of its result."""
    if not loss.places:
        return None
    here = source.site == loss.places[0]
    named = call_instead(source, "softmax", "log_softmax", safe=True) if here else None
    return named or wrap(loss.places[0], "", ".log()", safe=True)


def _by_batch(loss: LossCall) -> Fix | None:
    call = loss if "kl_div" in loss.written else loss.subject
    return set_argument(call, "reduction", '"batchmean"', safe=False)


def target_range(loss: LossCall) -> Flags:
    """The target holds numbers that its loss has no place for."""
    if not loss.target or loss.target.touched(RESHAPING | MOVING):
        return
    if loss.subject.kind in BINARY:
        yield from _normalized(loss)
        yield from _too_high(loss)
    if loss.subject.kind in CLASSIFYING and loss.prediction.rank > 1:
        yield from _void(loss)
        yield from _divided(loss)
        yield from _too_high(loss)
        yield from _shifted(loss)


def _normalized(loss: LossCall) -> Flags:
    """Binary cross-entropy takes probabilities for its target, and these were normalised."""
    target = loss.target.origin(RESHAPING | MOVING)
    made = target.example.origin(RESHAPING | MOVING).producer if target.example else target.producer
    images = target.loader and target.index == 0 and target.loader.dataset.transform
    if (made and made.options.get("normalizes")) or (images and images.normalizes):
        yield flag(
            loss,
            also=[made or images],
            what="`Normalize` has moved the target out of 0 to 1",
            wants=f"`{loss.text}` wants it there",
            mend="normalise only what the model sees",
        )


def _shifted(loss: LossCall) -> Flags:
    """Class numbers that do not begin at 0 end beyond the last output."""
    target = loss.target.origin(RESHAPING | MOVING)
    moved = target.producer
    shift = 0
    if moved and moved.name in SHIFTING and "other" in moved.options:
        shift = SHIFTING[moved.name] * moved.options["other"]
        target = moved.inputs[0].origin(RESHAPING | MOVING)
    if not (target.loader and target.index == 1) or target.overwritten:
        return
    lowest, highest = (label + shift for label in target.loader.dataset.labels)
    outputs = loss.prediction.shape[1]
    ignored = loss.subject.ignore_index
    beyond = (lowest < 0 and lowest != ignored) or (highest >= outputs and highest != ignored)
    if beyond and lowest != 0:
        yield flag(
            loss,
            also=[target.loader.dataset],
            fix=_unshifted(loss, moved, shift, lowest),
            what=f"these labels run from {lowest} to {highest}",
            wants=f"{outputs} outputs stand for 0 to {outputs - 1}",
            mend=f"{'subtract' if lowest > 0 else 'add'} {abs(lowest)}",
        )


def _too_high(loss: LossCall) -> Flags:
    """The mask is 0 or 255, and was not brought to what the loss takes."""
    made = _read_as(loss.target).producer
    highest: Any = made.options.get("highest", 0) if made else 0
    most = 1 if loss.subject.kind in BINARY else loss.prediction.shape[1] - 1
    if highest > most and highest != getattr(loss.subject, "ignore_index", None):
        yield flag(
            loss,
            also=[made],
            what=f"this target holds {highest}",
            wants=f"`{loss.text}` wants it from 0 to {most}",
            mend=f"divide it by {highest}" if most == 1 else "give each class its number",
        )


def _void(loss: LossCall) -> Flags:
    """Masks mark what belongs to no class with a number that the loss takes for one."""
    target = loss.target.origin(RESHAPING | MOVING)
    if not (target.loader and target.index == 1) or target.overwritten:
        return
    dataset, outputs = target.loader.dataset, loss.prediction.shape[1]
    void = dataset.void
    if void and void >= outputs and void != loss.subject.ignore_index:
        call = loss if "cross_entropy" in loss.written or "nll_loss" in loss.written else loss.subject
        yield flag(
            loss,
            also=[dataset],
            fix=set_argument(call, "ignore_index", void, safe=False),
            what=f"the masks of `{dataset.kind}` hold {void} where there is no class",
            wants=f"{outputs} outputs stand for 0 to {outputs - 1}",
            mend=f"set ignore_index={void}",
        )


def _divided(loss: LossCall) -> Flags:
    """`ToTensor` divides by 255: of the numbers of a mask only 0 and 1 are left as whole ones."""
    outputs = loss.prediction.shape[1]
    made = _read_as(loss.target).producer
    if made and made.options.get("scales") and outputs > 2 and _is_cast(loss.target):
        yield flag(
            loss,
            also=[made],
            what="`ToTensor` has divided this mask by 255, which leaves whole numbers 0 and 1",
            wants=f"{outputs} outputs stand for 0 to {outputs - 1}",
            mend="use `PILToTensor`",
        )


def _is_cast(target: Any) -> bool:
    """It was made whole numbers."""
    whole = target.origin(RESHAPING | MOVING)
    tensors = [*target.lineage(RESHAPING | MOVING)]
    tensors += whole.example.lineage(RESHAPING | MOVING) if whole.example else ()
    return any(each.dtype == "int64" for each in tensors if each.producer)


def _read_as(target: Any) -> Any:
    """What a mask was when it became a tensor, in an example or later."""
    whole = target.origin(RESHAPING | MOVING)
    return whole.example.origin(RESHAPING | MOVING) if whole.example else whole


def _unshifted(loss: LossCall, moved: Op | None, shift: int, lowest: int) -> Fix | None:
    """The labels as they are, where the shift is written in the call; else shifted to begin at 0."""
    if not loss.places:
        return None
    place = loss.places[1]
    if moved and shift == lowest:
        within = moved.site == place and moved.argument.path
        return keep(place, moved.argument, safe=False) if within else None
    sign = "-" if lowest > 0 else "+"
    return None if shift else wrap(place, "", f" {sign} {abs(lowest)}", safe=False)


def regression_loss_on_classes(loss: LossCall, *, most: int) -> Flags:
    """Class numbers are names: a distance between them means nothing."""
    if loss.subject.kind not in REGRESSION:
        return
    choice = choice_behind(loss.prediction)
    trained = (backward.subject for backward in (loss.loop.events(Backward) if loss.loop else ()))
    if choice and loss.output and any(comes_from(subject, loss.output) for subject in trained):
        yield flag(loss, also=[(choice, "chooses a class here")], loss=loss.text, classes=f"`{choice.label}`")
        return
    target = loss.target.origin(RESHAPING) if loss.target else loss.prediction
    if target.loader and target.index == 1 and not target.overwritten:
        dataset = target.loader.dataset
        if dataset.classes > most and dataset.target_shape == ():
            yield flag(loss, also=[dataset], loss=loss.text, classes=f"the labels of `{dataset.kind}`")
