"""Checks on which optimizer has which parameters."""

from __future__ import annotations

from collections.abc import Iterator

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Backward, Forward, Loop, Module, Optimizer, Step
from cnnlint.traces import learns, reaches


def optimizer_before_model_change(optimizer: Optimizer) -> Flags:
    """The model that learns is not, or not wholly, the one that the optimizer was built of."""
    if optimizer.escaped:
        return
    name = optimizer.name or optimizer.kind
    for module in list(_missed(optimizer))[:1]:
        yield flag(
            optimizer,
            also=[(module, "put in later")],
            optimizer=name,
            fault=f"was built before `{module.label}` was put into the model, so it never updates it",
            mend="build it afterwards",
        )
    for module in list(_of_another(optimizer))[:1]:
        yield flag(
            optimizer,
            also=[(module, "gets the gradients")],
            optimizer=name,
            fault=f"updates none of what the loss is computed with, and nothing updates `{module.label}`",
            mend="build it of the model that is trained",
        )


def parameters_not_in_optimizer(loop: Loop) -> Flags:
    """A module gets gradients in a training loop, and no optimizer has its parameters."""
    if loop.parent or not loop.trains:
        return
    optimizers = [step.subject for step in loop.events(Step)]
    backwards = [each for each in loop.events(Backward) if any(each in one.backwards for one in optimizers)]
    aside = _set_aside(loop)
    left = [
        each for backward in backwards for each in backward.left_out if _wanted(each) and each not in aside
    ]
    for module in [_whole(each, loop) for each in left[:1]]:
        others = len({id(each) for each in left} - {id(each) for each in module.modules()})
        yield flag(
            module,
            also=[(optimizers[0], "updates other parameters"), (backwards[0], "makes the gradients")],
            module=module.label,
            more=f" (and {others} more)" if others else "",
            optimizer=optimizers[0].name or optimizers[0].kind,
        )


def _set_aside(loop: Loop) -> list[Module]:
    """What the models of a loop keep where no optimizer sees it, and what is in evaluation mode for good."""
    models = [each for forward in loop.events(Forward) for each in forward.subject.modules()]
    hidden = [
        each for model in models for kept in getattr(model, "unregistered", ()) for each in kept.modules
    ]
    still = [each for each in models if each.mode_changes and not any(c.training for c in each.mode_changes)]
    return [inner for each in (*hidden, *still) for inner in each.modules()]


def _whole(module: Module, loop: Loop) -> Module:
    """What the loop calls that it is a part of, if no optimizer has any of that."""
    for forward in loop.events(Forward):
        parts = list(forward.subject.modules())
        if module in parts and not any(each.optimizers for each in parts):
            return forward.subject  # type: ignore[no-any-return]
    return module


def _missed(optimizer: Optimizer) -> Iterator[Module]:
    """What was put into its modules after it was built, and gets gradients when it steps."""
    for step in optimizer.steps:
        for module in step.missed:
            owned = any(other != optimizer for other in module.optimizers)
            if not owned and learns(module) and _ours(module):
                if any(module in backward.learners for backward in optimizer.backwards):
                    yield module


def _of_another(optimizer: Optimizer) -> Iterator[Module]:
    """What gets the gradients in its loops, if nothing that it updates does."""
    loops = [([*step.loop.around()] or [step.loop])[-1] for step in optimizer.steps if step.loop]
    backwards = [backward for loop in loops for backward in loop.events(Backward)]
    if not backwards or any(reaches(each, optimizer) or not each.traced for each in backwards):
        return
    if all(step.learns for step in optimizer.steps):
        yield from (each for backward in backwards for each in backward.left_out if _wanted(each))


def _wanted(module: Module) -> bool:
    """It is meant to learn, so far as can be told."""
    return _ours(module) and not module.pretrained


def _ours(module: Module) -> bool:
    """It can learn, is made once, and no code has it that is not seen."""
    unseen = module.escaped or module.exposed or module.gradients_read or module.per_call
    return bool(module.trainable) and not unseen
