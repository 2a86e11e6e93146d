"""Checks on samplers: which examples a loader draws, and in which order."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Loader, Loop, Sampler
from cnnlint.fixes import insert_before
from cnnlint.values import surely


def sampler_epoch_not_set(loader: Loader) -> Flags:
    """A sampler that orders by the number of the epoch is drawn from in every epoch and never told it."""
    epochs = [(loop, loop.parent) for loop in loader.loops if loop.trains and loop.parent]
    for sampler in loader.samplers if epochs and not loader.escaped else ():
        if not sampler.per_epoch or not sampler.shuffles or sampler.epochs or sampler.escaped:
            continue
        loop, around = epochs[0]
        name = _reachable(sampler, loader, loop)
        written = f"{name or sampler.name or 'sampler'}.set_epoch({around.counter or 'epoch'})"
        here = name and around.counter and loop.functions == around.functions
        yield flag(
            loop,
            also=[(sampler, "built here"), (around, "the loop over the epochs")],
            fix=insert_before(loop, written, safe=True) if here else None,
            sampler=sampler.name or sampler.kind,
            call=written,
        )


def _reachable(sampler: Sampler, loader: Loader, loop: Loop) -> str:
    """The sampler as it can be written at a loop; '' if it cannot, or is there on some paths only."""
    if not surely(loader.sampler == sampler):
        return ""
    if sampler.functions == loop.functions and sampler.name:
        return sampler.name
    return f"{loader.name}.sampler" if loader.functions == loop.functions and loader.name else ""
