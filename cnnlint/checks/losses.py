"""Checks on what reaches a loss: logits, probabilities or log-probabilities."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import RESHAPING, LossCall, Op
from cnnlint.findings import Fix, Severity
from cnnlint.fixes import keep, replace

#: What an average of logits passes through on its way to the loss.
POOLING = frozenset({"adaptive_avg_pool2d", "avg_pool2d", "mean"})
#: Operations whose result is surely no log-probability.
RAW = frozenset({"linear", "conv2d", "conv1d", "conv3d", "relu", "leaky_relu", "sigmoid"})


def softmax_before_cross_entropy(loss: LossCall) -> Flags:
    """CrossEntropyLoss takes logits: it applies log-softmax itself."""
    if loss.subject.kind != "CrossEntropyLoss":
        return
    source = loss.prediction.source(through=RESHAPING)
    if source.name in ("softmax", "log_softmax"):
        harmless = source.name == "log_softmax"
        yield flag(
            loss,
            also=[(source.place, f"`{source.label}` here")],
            fix=_without(source),
            severity=Severity.INFO if harmless else None,
            softmax=source.label,
            effect="takes it again, to no effect"
            if harmless
            else "takes a softmax itself, so gradients fade",
        )


def sigmoid_before_bce_with_logits(loss: LossCall) -> Flags:
    """BCEWithLogitsLoss takes logits: it applies the sigmoid itself."""
    if loss.subject.kind != "BCEWithLogitsLoss":
        return
    source = loss.prediction.source(through=RESHAPING)
    if source.name == "sigmoid":
        yield flag(
            loss,
            also=[(source.place, f"`{source.label}` here")],
            fix=_without(source),
            sigmoid=source.label,
        )


def nll_without_log_softmax(loss: LossCall) -> Flags:
    """NLLLoss takes log-probabilities and checks nothing."""
    if loss.subject.kind != "NLLLoss":
        return
    source = loss.prediction.source(through=RESHAPING | POOLING)
    softmax = source.name == "softmax"
    if softmax or source.name in RAW:
        yield flag(
            loss,
            also=[(source.place, f"`{source.label}` here")],
            fix=_with_log(source) if softmax else _as_cross_entropy(loss),
            got=f"the probabilities of `{source.label}`"
            if softmax
            else f"the raw output of `{source.label}`",
        )


def _without(operation: Op) -> Fix | None:
    """Leave a softmax or sigmoid out: `F.softmax(x, dim=1)` becomes `x`."""
    if operation.layer:
        package = operation.layer.written.rpartition(".")[0]
        return replace(operation.layer, f"{package}.Identity()", safe=False) if package else None
    return keep(operation, operation.argument, safe=False) if operation.argument.path else None


def _with_log(operation: Op) -> Fix | None:
    """Take the logarithm as well: `F.softmax` becomes `F.log_softmax`, `nn.Softmax` `nn.LogSoftmax`."""
    call = operation.layer or operation
    mended = call.written.replace("Softmax", "LogSoftmax").replace("softmax", "log_softmax")
    return replace(call.callee, mended, safe=False) if call.written else None


def _as_cross_entropy(loss: LossCall) -> Fix | None:
    """Use the loss that takes logits: `nn.NLLLoss` becomes `nn.CrossEntropyLoss`."""
    call = loss if "nll_loss" in loss.written else loss.subject
    mended = call.written.replace("NLLLoss", "CrossEntropyLoss").replace("nll_loss", "cross_entropy")
    return replace(call.callee, mended, safe=False) if call.written else None
