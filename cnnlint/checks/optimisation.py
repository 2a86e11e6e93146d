"""Checks on optimizers: learning rates, momentum, decay and what else they are given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Optimizer, Step
from cnnlint.findings import Confidence, Severity
from cnnlint.fixes import call_instead, set_argument
from cnnlint.schedules import loops_around, peak_of, rounds
from cnnlint.stacks import starts_trained
from cnnlint.traces import has_layer, role_of
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
    """The learning rate is beyond what its optimizer can use, also where a schedule leads up to it."""
    if optimizer.adjusted:
        return
    leading = [scheduler for scheduler in optimizer.schedulers if scheduler.warms_up]
    rate = max((scheduler.peak for scheduler in leading), default=optimizer.lr)
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
    if leading:
        limit, at_limit = error, False
    trains_weights = optimizer.params.kind == "Parameters"  # and not an image, as feature visualisation does
    if trains_weights and (rate > limit or at_limit):
        small = surely(has_layer(optimizer.modules, "convolution") == False)  # noqa: E712 - may be Unknown
        beyond = Severity.INFO if small else Severity.WARNING
        written = not (optimizer.assumed or leading)
        yield flag(
            optimizer,
            also=leading,
            fix=set_argument(optimizer, "lr", f"{usual:g}", safe=False) if written else None,
            severity=Severity.ERROR if rate > error else beyond if rate > limit else Severity.INFO,
            confidence=Confidence.MEDIUM,
            optimizer=optimizer.name or optimizer.kind,
            kind=optimizer.kind,
            begins="is led up to" if leading else "starts at",
            rate=rate,
            limit=limit,
            usual=usual,
        )


def learning_rate_too_low(optimizer: Optimizer, *, adam: float, sgd: float, fine_tuning: float) -> Flags:
    """Even the highest rate of the run is below what trains a network from scratch."""
    if optimizer.params.kind != "Parameters":
        return
    adaptive = optimizer.family == "adam" or optimizer.kind == "RMSprop"
    if not adaptive and optimizer.family != "sgd":
        return
    highest = peak_of(optimizer)
    limit, usual = (adam, 1e-3) if adaptive else (sgd * (1 - optimizer.momentum), 0.01)
    if highest > limit * ROUNDED or highest <= 0 or not (adaptive or _averages_losses(optimizer)):
        return
    if highest >= fine_tuning and starts_trained(_all_modules(optimizer)):
        return
    alone = not (optimizer.schedulers or optimizer.assumed)
    yield flag(
        optimizer,
        also=optimizer.schedulers,
        fix=set_argument(optimizer, "lr", f"{usual:g}", safe=False) if alone else None,
        confidence=Confidence.MEDIUM,
        optimizer=optimizer.name or optimizer.kind,
        kind=optimizer.kind,
        highest=highest,
        usual=usual,
    )


#: One minus a momentum of 0.9 is not quite a tenth.
ROUNDED = 1 + 1e-9


def sgd_without_momentum(optimizer: Optimizer, *, layers: int) -> Flags:
    """Plain SGD on a deep convolutional network."""
    if optimizer.kind != "SGD" or optimizer.momentum or not optimizer.steps or optimizer.adjusted:
        return
    if any(getattr(each, "cycle_momentum", False) for each in optimizer.schedulers):
        return
    deep = sum(role_of(each) == "convolution" for each in _all_modules(optimizer))
    if deep >= layers:
        yield flag(
            optimizer,
            fix=set_argument(optimizer, "momentum", 0.9, safe=False),
            optimizer=optimizer.name or optimizer.kind,
            deep=deep,
        )


def no_scheduler(optimizer: Optimizer, *, epochs: int) -> Flags:
    """A convolutional network is trained for many epochs at one rate."""
    if optimizer.schedulers or optimizer.adjusted or optimizer.escaped or optimizer.exposed:
        return
    if optimizer.family not in ("adam", "sgd") or not has_layer(optimizer.modules, "convolution"):
        return
    for step in [step for step in optimizer.steps if step.loop and step.loop.per_batch][-1:]:
        loops = loops_around(step, optimizer)
        if any(other.subject != optimizer for loop in loops[:1] for other in loop.events(Step)):
            return  # networks that train against one another settle nowhere
        long = rounds(loops[1:])
        if long >= epochs:
            yield flag(
                optimizer,
                also=[(step, f"steps in {long:,} epochs")],
                optimizer=optimizer.name or optimizer.kind,
                rate=optimizer.lr,
                epochs=long,
            )


def optimizer_hyperparameter_range(optimizer: Optimizer, *, decay: float, decoupled_decay: float) -> Flags:
    """An option lies where torch raises, where training cannot work, or where nobody has it."""
    for what, effect, severity in [*_refused(optimizer), *_senseless(optimizer, decay, decoupled_decay)][:1]:
        yield flag(
            optimizer,
            severity=severity,
            optimizer=optimizer.name or optimizer.kind,
            kind=optimizer.kind,
            what=what,
            effect=effect,
        )


def coupled_weight_decay(optimizer: Optimizer) -> Flags:
    """Adam with weight decay in its gradient, where it is divided by the size of the gradient."""
    coupled = optimizer.kind == "Adam" and not getattr(optimizer, "decoupled_weight_decay", False)
    if coupled and optimizer.params.kind == "Parameters" and optimizer.weight_decay > 0:
        yield flag(
            optimizer,
            fix=call_instead(optimizer, "Adam", "AdamW", safe=False),
            optimizer=optimizer.name or optimizer.kind,
            decay=optimizer.weight_decay,
        )


def _refused(optimizer: Optimizer) -> Iterator[tuple[str, str, Severity]]:
    """What torch raises ValueError for."""
    raises = "which torch refuses with ValueError"
    for option in ("lr", "momentum", "weight_decay", "eps"):
        value = getattr(optimizer, option, 0)
        if surely(value < 0):
            yield f"`{option}={value}`", raises, Severity.ERROR
    for which, beta in enumerate(getattr(optimizer, "betas", ())):
        if surely(beta < 0) or surely(beta >= 1):
            yield f"`betas[{which}]={beta}`, no share of 0 to 1", raises, Severity.ERROR
    if surely(getattr(optimizer, "rho", 0) > 1):
        yield "`rho` above 1", raises, Severity.ERROR
    if optimizer.kind == "SGD" and getattr(optimizer, "nesterov", False):
        if surely(optimizer.momentum == 0):
            yield "`nesterov=True` and no momentum", raises, Severity.ERROR


def _senseless(
    optimizer: Optimizer, decay: float, decoupled_decay: float
) -> Iterator[tuple[str, str, Severity]]:
    """What torch takes, and no training survives or nobody means."""
    momentum, weight_decay = optimizer.momentum, optimizer.weight_decay
    if surely(momentum >= 1):
        yield f"`momentum={momentum}`", "so steps grow without end; 0.9 is usual", Severity.ERROR
    if surely(getattr(optimizer, "alpha", 0) >= 1) and optimizer.kind == "RMSprop":
        yield "`alpha` of 1 or more", "so its mean never follows the gradient; 0.99 is usual", Severity.ERROR
    first, second = getattr(optimizer, "betas", (0, 1))
    if surely(first >= 0.98) and surely(second < first):
        yield (
            f"`betas=({first}, {second})`",
            "as if the two were swapped; (0.9, 0.999) is usual",
            Severity.WARNING,
        )
    elif surely(second < 0.5):
        yield f"`betas[1]={second}`", "so each step has its own scale; 0.999 is usual", Severity.WARNING
    decoupled = optimizer.kind == "AdamW" or getattr(optimizer, "decoupled_weight_decay", False)
    if optimizer.family in ("adam", "sgd") and surely(
        weight_decay >= (decoupled_decay if decoupled else decay)
    ):
        usual = "0.01" if decoupled else "1e-4"
        effect = f"which pulls weights to zero faster than they learn; {usual} is usual"
        yield f"`weight_decay={weight_decay}`", effect, Severity.WARNING
    eps = getattr(optimizer, "eps", 1e-8)
    if optimizer.family == "adam" and surely(eps == 0):
        yield "`eps=0`", "so a weight without gradient becomes NaN; 1e-8 is usual", Severity.WARNING
    elif optimizer.family == "adam" and surely(eps > 1):
        yield f"`eps={eps}`", "so it hardly steps at all; 1e-8 is usual", Severity.WARNING


def _all_modules(optimizer: Optimizer) -> Iterator[Any]:
    """All that it trains, and what that is made of."""
    return (each for module in optimizer.modules for each in module.modules())


def _averages_losses(optimizer: Optimizer) -> bool:
    """Each loss that it learns from is a mean, so that its rate can be judged."""
    lossy = [getattr(getattr(back.subject, "producer", None), "layer", None) for back in optimizer.backwards]
    return bool(lossy) and all(getattr(loss, "reduced_by", "") == "mean" for loss in lossy)


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
