"""Checks on what a loss is given: tensors at the right place, in the form it is defined for."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import RESHAPING, Backward, Loss, LossCall, Op
from cnnlint.findings import Fix, Severity
from cnnlint.fixes import replace, set_argument, wrap
from cnnlint.traces import choice_behind, comes_from

PROBABILITIES = ("softmax", "sigmoid", "softmin", "gumbel_softmax")
LOGARITHMS = ("log_softmax", "logsigmoid", "log")
#: Operations whose result is surely no log-probability.
RAW = ("linear", "conv1d", "conv2d", "conv3d", "relu", "leaky_relu")
REGRESSION = ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss")


def loss_module_called_as_function(loss: Loss) -> Flags:
    """`nn.MSELoss(output, target)` builds a loss and takes the tensors for its options."""
    if loss.given_tensors:
        yield flag(
            loss,
            fix=None
            if loss.given_more or not loss.written
            else replace(loss.callee, f"{loss.written}()", safe=True),
            loss=loss.written or loss.kind,
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
            problem="averages over the classes too, which makes it as many times too small",
            mend="set `reduction='batchmean'`",
        )


def _with_log(loss: LossCall, source: Op) -> Fix | None:
    """`F.log_softmax` where the softmax is written in the call itself, else the logarithm of its result."""
    if not loss.places:
        return None
    function = source.written
    named = function.endswith(".softmax") and function.replace(".", "").isidentifier()
    if named and source.site == loss.places[0]:
        return replace(source.callee, function.replace(".softmax", ".log_softmax"), safe=True)
    return wrap(loss.places[0], "", ".log()", safe=True)


def _by_batch(loss: LossCall) -> Fix | None:
    call = loss if "kl_div" in loss.written else loss.subject
    return set_argument(call, "reduction", '"batchmean"', safe=False)


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
    if target.loader and target.index == 1:
        dataset = target.loader.dataset
        if dataset.classes > most and dataset.target_shape == ():
            yield flag(loss, also=[dataset], loss=loss.text, classes=f"the labels of `{dataset.kind}`")
