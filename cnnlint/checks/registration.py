"""Checks on what a module knows of itself: its constructor, its sub-modules, its methods."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Hidden, Model, Module, Unready
from cnnlint.findings import Confidence, Fix, Severity
from cnnlint.fixes import define_after, insert_before, move_after, remove, rename, replace, together, wrap
from cnnlint.traces import has_layer, learns, role_of, trains_or_switches


def unregistered_modules(model: Model) -> Flags:
    """Layers kept in a plain list or dict, where the model does not see them."""
    registered = list(model.modules())
    for kept in model.unregistered:
        hidden = [each for each in kept.modules if each not in registered and trains_or_switches(each)]
        if hidden and not any(each.optimizers or each.pretrained or not each.trainable for each in hidden):
            yield flag(
                kept.site,
                also=[(each, "not registered") for each in hidden[:1]],
                fix=_registered(kept),
                attribute=kept.attribute,
                count=len(hidden),
            )


def missing_super_init(model: Model) -> Flags:
    """nn.Module's constructor does not run before it is needed, or a method it calls is misspelt."""
    if model.unready:
        unready, early = model.unready, bool(model.unready.attribute)
        yield flag(
            unready.setting if early else unready.constructor,
            fix=_ready(unready),
            fault=f"`{model.class_name}` sets `self.{unready.attribute}` before nn.Module is initialised"
            if early
            else f"the constructor of `{model.class_name}` never calls nn.Module's",
            effect="which raises AttributeError" if early else "so calling it raises AttributeError",
            mend="call `super().__init__()` first",
        )
    for slip in model.slips:
        yield flag(
            slip.site,
            fix=rename(slip.site, slip.meant, safe=True),
            fault=f"nothing calls `{model.class_name}.{slip.written}`",
            effect=f"and the class has no `{slip.meant}`",
            mend=f"rename it to `{slip.meant}`",
        )


def unused_layer(model: Model, *, kept: list[str]) -> Flags:
    """A layer that the model makes and never uses, or whose output goes nowhere."""
    for idle in model.idle:
        if any(word == idle.attribute.lower() for word in kept):
            continue
        learning = any(map(learns, idle.layer.modules()))
        if learning or has_layer((idle.layer,), "dropout"):
            yield flag(
                idle.site,
                severity=None if learning else Severity.INFO,
                confidence=Confidence.MEDIUM,
                layer=f"{'the output of ' if idle.dropped else ''}`self.{idle.attribute}`",
                model=model.class_name,
                effect="so its weights never learn" if learning else "so it drops nothing",
            )


def layer_in_forward(module: Module) -> Flags:
    """A layer with something to learn, made anew in every forward pass."""
    if not (module.per_call and module.called) or module.pretrained or not module.trainable:
        return
    learning = [each for each in module.modules() if learns(each)]
    if learning and not any(each.initial for each in learning):
        scales = all(role_of(each) == "normalization" for each in learning)
        severity = Severity.WARNING if scales else None
        yield flag(module, fix=_made_once(module), severity=severity, layer=module.written or module.label)


def _made_once(module: Module) -> Fix | None:
    """It is made in the constructor, where that knows all that it is made of."""
    if not module.home:
        return None
    last, attribute, set_here = module.home
    if set_here:
        return move_after(module, last, safe=False, title="make it in `__init__`")
    return define_after(module, f"self.{attribute}", last, safe=False, title="make it in `__init__`")


def _registered(kept: Hidden) -> Fix | None:
    """The same in an nn.ModuleList or nn.ModuleDict, if the file calls torch.nn by some name."""
    package = kept.modules[0].package
    if not package.endswith("nn") or not kept.wrapper or kept.modules[0].site.path != kept.site.path:
        return None
    container = f"{package}.{kept.wrapper}"
    return wrap(kept.site, f"{container}(", ")", safe=True, title=f"use {container}")


def _ready(unready: Unready) -> Fix | None:
    """The call as the first statement; one that comes too late is taken away, since it would clear what
    was set."""
    if not unready.bare or unready.first.at < 0:
        return None
    if unready.first == unready.late:
        return replace(unready.late, "super().__init__()", safe=True)
    ahead = insert_before(unready.first, "super().__init__()", safe=True)
    if unready.late.at < 0:
        return ahead
    return together(ahead, remove(unready.late, safe=True), title="call `super().__init__()` first")
