"""Checks on which optimizer has which parameters."""

from __future__ import annotations

from collections.abc import Iterator

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Backward, Forward, Loop, Module, Optimizer, Step
from cnnlint.findings import Fix
from cnnlint.fixes import move_after, replace
from cnnlint.rounds import of_another, outermost, own_to_learn, wanted
from cnnlint.traces import learns


def optimizer_before_model_change(optimizer: Optimizer) -> Flags:
    """The model that learns is not, or not wholly, the one that the optimizer was built of."""
    if optimizer.escaped:
        return
    name = optimizer.name or optimizer.kind
    for module in list(_missed(optimizer))[:1]:
        yield flag(
            optimizer,
            also=[(module, "put in later")],
            fix=_build_behind(optimizer, module),
            optimizer=name,
            fault=f"was built before `{module.label}` was put into the model, so it never updates it",
            mend="build it afterwards",
        )
    for module, backward in list(of_another(optimizer))[:1]:
        trained = _called(_whole(module, backward.loop))
        owned = ", ".join(dict.fromkeys(f"`{_called(each)}`" for each in optimizer.modules))
        yield flag(
            optimizer,
            also=[(backward, f"makes gradients for `{trained}`"), (module, "in no optimizer")],
            fix=_build_of(optimizer, _whole(module, backward.loop), backward.loop),
            optimizer=name,
            fault=f"updates {owned}, but the gradients go to `{trained}`, which no optimizer has",
            mend=f"build it of `{trained}`",
        )


def _build_behind(optimizer: Optimizer, module: Module) -> Fix | None:
    """The optimizer built behind what it is to have, where both are made in one place."""
    alike = module.functions == optimizer.functions and module.made_in == optimizer.made_in
    later = module.site.path == optimizer.site.path and module.site.at > optimizer.site.at
    if not (alike and later) or module.branched or optimizer.branched:
        return None
    return move_after(optimizer, module, safe=False, title="build the optimizer afterwards")


def _build_of(optimizer: Optimizer, module: Module, loop: Loop | None) -> Fix | None:
    """The optimizer built of what gets the gradients: in place of another network, or behind it if that
    has the name of the other."""
    if not optimizer.given or optimizer.functions != module.functions:
        return None
    owner, _, name = optimizer.given.rpartition(".")
    if name == module.name:
        return _build_behind(optimizer, module)
    forwards = outermost(loop).events(Forward) if loop else ()
    called = [each.callee_text for each in forwards if each.subject == module]
    written = f"{owner}.{module.name}" if owner else module.name
    if written not in called or module.site.at > optimizer.site.at:
        return None
    return replace(optimizer.argument, written, safe=False, title=f"build it of `{written}`")


def parameters_not_in_optimizer(loop: Loop) -> Flags:
    """A module gets gradients in a training loop, and no optimizer has its parameters."""
    if loop.parent or not loop.trains:
        return
    optimizers = [step.subject for step in loop.events(Step)]
    backwards = [each for each in loop.events(Backward) if any(each in one.backwards for one in optimizers)]
    aside = [*_set_aside(loop), *(each for optimizer in optimizers for each, _ in of_another(optimizer))]
    left = [
        (each, backward)
        for backward in backwards
        for each in backward.left_out
        if wanted(each) and each not in aside
    ]
    yield from _without_biases(optimizers)
    for first, backward in left[:1]:
        module = _whole(first, loop)
        optimizer = _stepping_after(backward, loop)
        others = len({id(each) for each, _ in left} - {id(each) for each in module.modules()})
        yield flag(
            module,
            also=[(optimizer, "updates other parameters"), (backward, "makes the gradients")],
            module=module.label,
            more=f" (and {others} more)" if others else "",
            optimizer=optimizer.name or optimizer.kind,
        )


def _without_biases(optimizers: list[Optimizer]) -> Flags:
    """A test of the names of parameters leaves the biases out, and nobody else takes them."""
    for optimizer in optimizers:
        left = [
            layer
            for layer in optimizer.params.unbiased
            if wanted(layer)
            and all(layer in other.params.unbiased for other in layer.optimizers)
            and any(layer in backward.learners for backward in optimizer.backwards)
        ]
        for first in left[:1]:
            yield flag(
                first,
                also=[(optimizer, "is given the weight without the bias")],
                module=f"{_called(first)}.bias",
                more=f" (and {len(left) - 1} more)" if left[1:] else "",
                optimizer=optimizer.name or optimizer.kind,
            )


def _stepping_after(backward: Backward, loop: Loop) -> Optimizer:
    """The optimizer that uses the gradients of a backward: the first that steps after it."""
    using: list[Step] = [step for step in loop.events(Step) if backward in step.subject.backwards]
    found: Optimizer = next((step.subject for step in using if step.order > backward.order), using[0].subject)
    return found


def _set_aside(loop: Loop) -> list[Module]:
    """What the models of a loop keep where no optimizer sees it, and what is in evaluation mode for good."""
    models = [each for forward in loop.events(Forward) for each in forward.subject.modules()]
    hidden = [
        each for model in models for kept in getattr(model, "unregistered", ()) for each in kept.modules
    ]
    still = [each for each in models if each.mode_changes and not any(c.training for c in each.mode_changes)]
    return [inner for each in (*hidden, *still) for inner in each.modules()]


def _whole(module: Module, loop: Loop | None) -> Module:
    """What a loop, or one around it, calls that it is a part of, if no optimizer has any of that."""
    for forward in outermost(loop).events(Forward) if loop else ():
        parts = list(forward.subject.modules())
        if module in parts and not any(each.optimizers for each in parts):
            return forward.subject  # type: ignore[no-any-return]
    return module


def _missed(optimizer: Optimizer) -> Iterator[Module]:
    """What was put into its modules after it was built, and gets gradients when it steps."""
    for step in optimizer.steps:
        for module in step.missed:
            owned = any(other != optimizer for other in module.optimizers)
            if not owned and learns(module) and own_to_learn(module):
                if any(module in backward.learners for backward in optimizer.backwards):
                    yield module


def _called(module: Module) -> str:
    """The name of a network, which tells it from another of its class."""
    return module.label if module.name.isdigit() else module.name or module.label
