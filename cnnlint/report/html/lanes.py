"""What flows where in a model, as lanes beside a list of its layers: one for each tensor kept for later.

A tensor that goes to the next layer runs straight down; one that a later layer takes as well (a skip
connection) waits in a lane of its own, and lanes are used again as soon as they are free.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

__all__ = ["Row", "laid_out"]


@dataclass
class Row:
    """What is drawn beside one row: whether the tensor running straight down comes from above and goes on,
    and the lanes that begin here, pass by, are taken from, and end here."""

    from_above: bool = False
    goes_on: bool = False
    begins: list[int] = field(default_factory=list)
    passes: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)


def laid_out(count: int, nodes: Sequence[int], edges: Iterable[tuple[int, int]]) -> tuple[list[Row], int]:
    """The rows of a list of `count`, of which some are `nodes`, and how many lanes there are.

    `edges` are pairs of nodes, from above to below; others are left out.
    """
    rows = [Row() for _ in range(count)]
    following = dict(pairwise(nodes))
    targets: dict[int, set[int]] = defaultdict(set)
    for source, target in edges:
        if source in following and source < target < count:
            targets[source].add(target)
    busy: dict[int, int] = {}  # lane to the row where it ends
    used = 0
    for source in sorted(targets):
        straight = following[source]
        if straight in targets[source]:
            rows[source].goes_on = rows[straight].from_above = True
            for between in range(source + 1, straight):
                rows[between].from_above = rows[between].goes_on = True
        later = sorted(targets[source] - {straight})
        if not later:
            continue
        busy = {lane: end for lane, end in busy.items() if end > source}
        lane = next(lane for lane in range(len(busy) + 1) if lane not in busy)
        busy[lane] = later[-1]
        used = max(used, lane + 1)
        rows[source].begins.append(lane)
        rows[later[-1]].ends.append(lane)
        for between in range(source + 1, later[-1]):
            (rows[between].taken if between in later else rows[between].passes).append(lane)
    return rows, used
