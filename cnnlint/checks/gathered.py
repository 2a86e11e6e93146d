"""Checks on what is gathered batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Loader, Op, Tensor
from cnnlint.fixes import set_argument
from cnnlint.splits import taken_from


def shuffled_order_comparison(operation: Op) -> Flags:
    """Predictions in the order that a loader has drawn are compared with targets in that of its dataset."""
    if operation.name not in ("eq", "ne", "compared"):
        return
    for loader, dataset in _in_two_orders(operation):
        if loader.shuffle:
            learnt = any(loop.trains for loop in loader.loops)
            yield flag(
                operation,
                also=[(loader, "draws them in another order each time")],
                fix=None if learnt else set_argument(loader, "shuffle", "False", position=2, safe=False),
                loader=loader.name or "a loader",
                dataset=dataset.name or dataset.kind,
            )


def _in_two_orders(operation: Op) -> Iterator[tuple[Loader, Any]]:
    """A loader and the dataset that it draws from, where one side is in the order of each."""
    for drawn in operation.inputs:
        for other in operation.inputs:
            loader = drawn.drawn_by
            if loader and not other.drawn_by:
                dataset, *parts = taken_from(loader)
                if not parts and (other.listed_by == dataset or _held(other, dataset)):
                    yield loader, dataset


def _held(tensor: Tensor, dataset: Any) -> bool:
    """The dataset was made of this tensor, among others."""
    made_of = [element.example for element in dataset.elements or ()]
    return any(each and each in tensor.lineage() for each in made_of)
