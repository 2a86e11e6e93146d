"""Checks on what reaches a loss: logits, probabilities or log-probabilities."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import (
    ACTIVATIONS,
    DROPPING,
    NORMALIZING,
    RESHAPING,
    WEIGHTED,
    LossCall,
    Op,
    Tensor,
)
from cnnlint.findings import Fix, Severity
from cnnlint.fixes import call_instead, keep, put_instead

#: What an average of logits passes through on its way to the loss.
POOLING = frozenset({"adaptive_avg_pool2d", "avg_pool2d", "mean"})
#: Operations whose result is surely no log-probability.
RAW = WEIGHTED | {"relu", "leaky_relu", "sigmoid"}
#: Operations whose result may lie outside 0..1 if what they are given may.
BEYOND_ONE = (ACTIVATIONS | DROPPING) - {"sigmoid", "hardsigmoid", "hardtanh", "threshold"}
#: What an operation between the last layer and a loss does to the logits.
SPOILING = {
    **dict.fromkeys(
        "relu relu6 elu selu celu gelu silu mish softplus hardswish".split(),
        "cuts off negative logits with their gradients, so learning stalls",
    ),
    **dict.fromkeys(
        "sigmoid hardsigmoid tanh softsign".split(),
        "squeezes the logits into a narrow range, so the loss stays high",
    ),
    **dict.fromkeys(("leaky_relu", "rrelu"), "flattens negative logits, so learning is slow"),
    **dict.fromkeys(DROPPING, "zeroes logits at random, so the loss is mostly noise"),
}
#: Losses that take what this operation makes of logits; those that take logits; those on class numbers.
AFTER = {"NLLLoss": "log_softmax", "BCELoss": "sigmoid"}
ON_LOGITS = ("CrossEntropyLoss", "BCEWithLogitsLoss", "MultiLabelSoftMarginLoss")
ON_CLASSES = ("CrossEntropyLoss", "NLLLoss")
#: Of what spoils logits, the network may learn in spite of these.
BEARABLE = DROPPING | {"leaky_relu", "rrelu"}


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
    same = _calls_alike(loss, source)
    if source.name == "sigmoid" and loss == same[0]:
        yield flag(
            loss,
            also=[(source.place, f"`{source.label}` here"), *_further(same)],
            fix=_without(source),
            sigmoid=source.label,
        )


def nll_without_log_softmax(loss: LossCall) -> Flags:
    """NLLLoss takes log-probabilities and does not check that it gets them."""
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


def bce_without_sigmoid(loss: LossCall) -> Flags:
    """BCELoss takes probabilities and raises on anything outside 0..1."""
    if loss.subject.kind != "BCELoss":
        return
    source = loss.prediction.source(through=RESHAPING | POOLING | DROPPING)
    logits = source.name in WEIGHTED | NORMALIZING
    changed = [] if logits else [each.name for each in _spoilt(loss.prediction)]
    same = _calls_alike(loss, source)
    wrong = logits or source.name == "log_softmax" or (changed and BEYOND_ONE.issuperset(changed))
    if wrong and loss == same[0]:
        yield flag(
            loss,
            also=[(source.place, f"`{source.label}` here"), *_further(same)],
            fix=_with_logits(loss) if logits else None,
            source=source.label,
        )


def _calls_alike(loss: LossCall, source: Op) -> list[LossCall]:
    """The calls of the same loss on what the same layer gave, in the order of the program: one fault."""
    calls = source.layer.losses if source.layer else ()
    alike = {each.site: each for each in (loss, *calls) if each.subject == loss.subject}
    return sorted(alike.values(), key=lambda call: call.order)


def _further(calls: list[LossCall]) -> list[tuple[LossCall, str]]:
    return [(call, "and here") for call in calls[1:]]


def activation_on_logits(loss: LossCall) -> Flags:
    """Something changes the logits between the last layer and a loss on classes."""
    logits = loss.prediction
    if loss.subject.kind in AFTER:
        last = logits.source(through=RESHAPING)
        if last.name != AFTER[loss.subject.kind]:
            return
        logits = last.inputs[0]
    elif loss.subject.kind not in ON_LOGITS:
        return
    spoiling = _spoilt(logits)
    if not spoiling or (spoiling[0].name == "sigmoid" and loss.subject.kind not in ON_CLASSES):
        return
    worst = min(spoiling, key=lambda operation: operation.name in BEARABLE)
    yield flag(
        worst.place,
        also=[(loss, f"`{loss.subject.kind}` takes them")],
        fix=_without(worst),
        severity=Severity.WARNING if worst.name in BEARABLE else None,
        activation=worst.label,
        layer=spoiling[-1].inputs[0].source(through=RESHAPING | NORMALIZING).label,
        effect=SPOILING[worst.name],
    )


def _spoilt(logits: Tensor) -> list[Op]:
    """The operations that spoil logits, nearest to the loss first; none if no layer gave them."""
    found: list[Op] = []
    operation = logits.source(through=RESHAPING)
    while operation.name in SPOILING and _acts(operation):
        found.append(operation)
        operation = operation.inputs[0].source(through=RESHAPING | NORMALIZING)
    return found if operation.name in WEIGHTED else []


def _acts(operation: Op) -> bool:
    """It is no dropout, or one that drops something."""
    return operation.name not in DROPPING or bool(operation.number("p", 0.5) > 0)


def _without(operation: Op) -> Fix | None:
    """Leave a softmax or activation out: `F.softmax(x, dim=1)` becomes `x`."""
    layer, model = operation.layer, operation.model
    if layer and model and [each.layer for each in model.ops].count(layer) == 1:
        return put_instead(layer, "Identity()", safe=False)
    if operation.contained:
        return None
    return keep(operation, operation.argument, safe=False) if operation.argument.path else None


def _with_log(operation: Op) -> Fix | None:
    """Take the logarithm as well: `F.softmax` becomes `F.log_softmax`, `nn.Softmax` `nn.LogSoftmax`."""
    if operation.layer:
        return call_instead(operation.layer, "Softmax", "LogSoftmax", safe=False)
    return call_instead(operation, "softmax", "log_softmax", safe=False)


def _as_cross_entropy(loss: LossCall) -> Fix | None:
    """Use the loss that takes logits: `nn.NLLLoss` becomes `nn.CrossEntropyLoss`."""
    function = call_instead(loss, "nll_loss", "cross_entropy", safe=False)
    return function or call_instead(loss.subject, "NLLLoss", "CrossEntropyLoss", safe=False)


def _with_logits(loss: LossCall) -> Fix | None:
    """Use the loss that applies the sigmoid itself: `nn.BCELoss` becomes `nn.BCEWithLogitsLoss`."""
    function = call_instead(loss, "binary_cross_entropy", "binary_cross_entropy_with_logits", safe=False)
    return function or call_instead(loss.subject, "BCELoss", "BCEWithLogitsLoss", safe=False)
