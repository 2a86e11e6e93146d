"""Checks on layers that are applied at several places."""

from __future__ import annotations

from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Model, Op
from cnnlint.traces import fed_by

#: Layers that keep running statistics of what they normalise.
COUNTING = frozenset({"BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm"})


def reused_normalization(model: Model) -> Flags:
    """One batch norm behind different layers: it keeps one mean and variance for all of them."""
    uses: dict[Any, list[Op]] = {}
    for operation in model.ops:
        if operation.layer and operation.layer.kind in COUNTING and operation.model == model:
            uses.setdefault(operation.layer, []).append(operation)
    for layer, (first, *others) in uses.items():
        apart = [each for each in others if not (first.maybe or each.maybe) and _apart(first, each)]
        if apart and layer.track_running_stats:
            other = apart[0]
            also = [(first.place, "and here"), (layer, "one for both")]
            yield flag(other.place, also=also, norm=other.label)


def _apart(first: Op, second: Op) -> bool:
    """Different layers feed the two; in a loop, at the same place each time."""
    before, behind = fed_by(first)[0], fed_by(second)[0]
    same = {each.layer for each in before} & {each.layer for each in behind}
    if same or not before or not behind:
        return False
    return first.site != second.site or {each.site for each in before} == {each.site for each in behind}
