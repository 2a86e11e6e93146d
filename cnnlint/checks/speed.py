"""Checks on library functions that are called where they do nothing, or cost time."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Backward, LibraryCall, Loop
from cnnlint.fixes import keep, remove
from cnnlint.values import surely


def deprecated_variable(call: LibraryCall) -> Flags:
    """A tensor is wrapped in a Variable, which has been one itself since PyTorch 0.4."""
    if call.subject != "variable":
        return
    inside = f"`{call.given_text}`" if call.given_text else "its argument"
    wanted = [name for name, value in call.options.items() if not surely(value == False)]  # noqa: E712
    mend, fix = f"write {inside} alone", None
    if "volatile" in wanted:
        mend = f"write {inside} under `with torch.no_grad():`, since `volatile` is ignored"
    elif "requires_grad" in wanted:
        mend = f"call `requires_grad_()` on {inside}"
    elif surely(getattr(call.given, "graph", None)):
        mend = f"call `detach()` on {inside} if its graph is to be cut, as this does"
    elif call.argument.at >= 0:
        loose = surely(getattr(call.given, "graph", None) == False)  # noqa: E712 - may be Unknown
        fix = keep(call, call.argument, safe=loose)
    yield flag(call, fix=fix, call=call.text, mend=mend)


def empty_cache_in_loop(call: LibraryCall) -> Flags:
    """The cache of device memory is given back in each iteration, and asked for again in the next."""
    loop = call.loop
    if call.subject == "empty cache" and loop and _per_step(loop) and not call.maybe:
        yield flag(
            call, also=[(loop, "in each batch of this loop")], fix=remove(call, safe=True), call=call.text
        )


def _per_step(loop: Loop) -> bool:
    """It draws batches, or steps by itself."""
    return loop.per_batch or any(each.loop == loop for each in loop.events(Backward))
