"""Checks on learning rates."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Optimizer
from cnnlint.findings import Confidence, Severity
from cnnlint.fixes import set_argument
from cnnlint.traces import has_layer
from cnnlint.values import surely


def learning_rate_too_high(
    optimizer: Optimizer,
    *,
    adam: float,
    adam_error: float,
    sgd: float,
    sgd_error: float,
    sgd_without_normalization: float,
) -> Flags:
    """The learning rate is beyond what its optimizer can use, and no schedule leads up to it."""
    if not optimizer.starts_at_rate:
        return
    rate = optimizer.lr
    if optimizer.family == "adam" or optimizer.kind == "RMSprop":
        limit, error, usual = adam, adam_error, adam / 10
        if rate <= error and not has_layer(optimizer.modules, "convolution"):
            return  # small dense and recurrent networks stand more
        # 0.01 is RMSprop's own default
        at_limit = rate == limit and optimizer.kind != "RMSprop" and _may_die(optimizer)
    elif optimizer.family == "sgd":
        limit, error, usual, at_limit = sgd, sgd_error, 0.01, False
        steady = sgd_without_normalization * (1 - optimizer.momentum)
        if optimizer.momentum >= 0.9 and rate >= steady and _never_normalizes(optimizer):
            limit, at_limit = steady, True
    else:
        return
    trains_weights = optimizer.params.kind == "Parameters"  # and not an image, as feature visualisation does
    if trains_weights and (rate > limit or at_limit):
        small = surely(has_layer(optimizer.modules, "convolution") == False)  # noqa: E712 - may be Unknown
        beyond = Severity.INFO if small else Severity.WARNING
        yield flag(
            optimizer,
            fix=None if optimizer.assumed else set_argument(optimizer, "lr", f"{usual:g}", safe=False),
            severity=Severity.ERROR if rate > error else beyond if rate > limit else Severity.INFO,
            confidence=Confidence.MEDIUM,
            optimizer=optimizer.name or optimizer.kind,
            kind=optimizer.kind,
            rate=rate,
            limit=limit,
            usual=usual,
        )


def _may_die(optimizer: Optimizer) -> bool:
    """Nothing normalises its convolutional network, and no activation has a slope on both sides."""
    kinds = {each.kind for module in optimizer.modules for each in module.modules()}
    return _never_normalizes(optimizer) and not kinds & TWO_SIDED


#: Activations that pass a gradient also where their input is negative.
TWO_SIDED = frozenset({"PReLU", "LeakyReLU", "RReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Tanh"})


def _never_normalizes(optimizer: Optimizer) -> bool:
    """It trains a convolutional network that surely has no normalisation."""
    modules = optimizer.modules
    return surely(has_layer(modules, "convolution")) and surely(has_layer(modules, "normalization") == False)  # noqa: E712
