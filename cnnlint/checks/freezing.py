"""Checks on what is frozen, or meant to be."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Optimizer, Vain
from cnnlint.fixes import replace
from cnnlint.rounds import of_another


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


def frozen_parameters(optimizer: Optimizer) -> Flags:
    """Everything that it updates is frozen whenever it steps."""
    if not optimizer.steps or any(step.learns for step in optimizer.steps) or optimizer.escaped:
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
            optimizer=optimizer.name or optimizer.kind,
        )
