"""Checks on what is frozen, or meant to be."""

from __future__ import annotations

from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Forward, Optimizer, Vain
from cnnlint.findings import Severity
from cnnlint.fixes import replace
from cnnlint.rounds import of_another
from cnnlint.traces import comes_from, learns, role_of


def requires_grad_on_module(setting: Vain) -> Flags:
    """`requires_grad` is set on a module, or misspelt on a parameter: nothing reads it."""
    of_module = setting.text.endswith(".requires_grad")
    if setting.value == True and of_module:  # noqa: E712 - may be Unknown
        if all(each.trainable for each in setting.subject.modules()):
            return
        effect = "what is frozen stays frozen"
    else:
        effect = "every parameter goes on learning" if of_module else "the parameter is as it was"
    call = f"call `{setting.owner}.requires_grad_()` instead"
    yield flag(
        setting,
        fix=replace(setting, setting.mend, safe=True) if setting.mend else None,
        written=setting.text,
        effect=effect,
        mend=call if of_module else "write `requires_grad`",
    )


def frozen_parameters(optimizer: Optimizer, *, random_words: list[str]) -> Flags:
    """Everything that it updates is frozen whenever it steps; or features are, as they were drawn."""
    if not optimizer.steps or optimizer.escaped:
        return
    if any(step.learns for step in optimizer.steps):
        yield from _frozen_as_drawn(optimizer, random_words)
        return
    if any(of_another(optimizer)):  # CNN111 says so
        return
    modules = [each for module in optimizer.modules for each in module.modules()]
    freezes = [freeze for each in modules for freeze in each.freezes]
    exposed = any(each.exposed for each in modules)
    if any(each.escaped for each in modules) or exposed and any(freeze.learns for freeze in freezes):
        return
    for freeze in [each for each in freezes if not each.learns][-1:]:
        yield flag(
            optimizer,
            also=[(freeze, "frozen here"), (optimizer.steps[-1], "steps here")],
            name=optimizer.name or optimizer.kind,
            fault="steps while everything it is given is frozen, so nothing learns and `backward()` "
            "may raise",
            mend="give it what is to learn, or unfreeze that",
        )


def _frozen_as_drawn(optimizer: Optimizer, random_words: list[str]) -> Flags:
    """Convolutional features are frozen that nothing has trained, and the rest of their model learns on them.
    A single random layer does little harm, and is frozen so on purpose."""
    loops = [step.loop for step in optimizer.steps if step.loop]
    forwards = {forward.subject: forward for loop in loops for forward in loop.events(Forward)}
    for forward in forwards.values():
        for layer in _features_as_drawn(forward, optimizer)[:1]:
            freeze = layer.freezes[-1]
            name = freeze.subject.name or freeze.subject.label
            if not any(word in name.lower() for word in random_words):
                yield flag(
                    freeze,
                    severity=Severity.WARNING,
                    also=[(optimizer, "updates the rest")],
                    name=name,
                    fault="is frozen with the weights it was drawn with, so the rest learns on random "
                    "features",
                    mend="load trained weights, or let it learn",
                )


def _features_as_drawn(forward: Forward, optimizer: Optimizer) -> list[Any]:
    """The layers of a model that are frozen at random before any training, if an optimizer updates what
    follows on them and no other has them."""
    model, operations = forward.subject, forward.ancestors
    layers = [each for each in model.modules() if learns(each) or role_of(each) == "network"]
    frozen: list[Any] = [each for each in layers if not each.trainable]
    rest = [each for each in layers if each.trainable and optimizer in each.optimizers]
    made = [each.output for each in operations if each.output and each.layer in frozen]
    if (
        model.exposed
        or model.escaped
        or not any(
            comes_from(each.output, tensor) for each in operations if each.layer in rest for tensor in made
        )
    ):
        return []
    roles = [role_of(each) for each in frozen]
    freezes = [freeze for each in frozen for freeze in each.freezes]
    first = min(step.order for step in optimizer.steps)
    if roles.count("convolution") < 2 and "network" not in roles:
        return []
    if any(freeze.learns or freeze.order > first for freeze in freezes):
        return []
    alone = all({*each.optimizers} <= {optimizer} for each in frozen)
    fresh = all(each.drawn and not each.pretrained and not each.escaped for each in frozen)
    return frozen if alone and fresh else []
