"""Checks on samplers: which examples a loader draws, and in which order."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Loader, Loop
from cnnlint.fixes import insert_before


def sampler_epoch_not_set(loader: Loader) -> Flags:
    """A sampler that orders by the number of the epoch is drawn from in every epoch and never told it."""
    sampler = loader.sampler
    if not getattr(sampler, "per_epoch", False) or not sampler.shuffles:
        return
    if sampler.epochs or sampler.escaped or loader.escaped:
        return
    for loop, epochs in [(loop, loop.parent) for loop in loader.loops if loop.trains and loop.parent][:1]:
        name = _reachable(loader, loop)
        written = f"{name or sampler.name or 'sampler'}.set_epoch({epochs.counter or 'epoch'})"
        here = name and epochs.counter and loop.functions == epochs.functions
        yield flag(
            loop,
            also=[(sampler, "built here"), (epochs, "the loop over the epochs")],
            fix=insert_before(loop, written, safe=True) if here else None,
            sampler=sampler.name or sampler.kind,
            call=written,
        )


def _reachable(loader: Loader, loop: Loop) -> str:
    """The sampler as it can be written at a loop; '' if it cannot."""
    if loader.sampler.functions == loop.functions and loader.sampler.name:
        return f"{loader.sampler.name}"
    return f"{loader.name}.sampler" if loader.functions == loop.functions and loader.name else ""
