"""Checks on layout: `view` keeps the elements in order, so what an axis means may change."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, combinations, pairwise
from math import prod
from operator import mul
from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import ACTIVATIONS, Op
from cnnlint.findings import Fix
from cnnlint.fixes import replace, set_argument, together
from cnnlint.traces import comes_from
from cnnlint.values import surely

VIEWING = ("view", "reshape")
MOVING = ("transpose", "permute")
#: Batches of images have so many axes; that all of them change places by chance is not to be expected.
IMAGES = 4
#: Where channels, height and width stood: outside of a model only a view to channels first is judged.
CHANNELS_FIRST = ([2, 0, 1], [3, 1, 2])
#: After these a view to other axes is a known trick that shifts each row by one.
LENGTHENING = ("cat", "pad")


def view_instead_of_permute(operation: Op) -> Flags:
    """The sizes after the view are those before it in another order, the elements are not."""
    if operation.name not in VIEWING or not operation.output:
        return
    tensor = operation.inputs[0]
    made_by = tensor.origin({"contiguous", "clone"}).producer
    if (made_by and made_by.name in LENGTHENING) or _unfolds(operation):
        return
    before, after = tensor.shape, operation.output.shape
    order = _order(before, after)
    if not operation.model and order[-3:] not in CHANNELS_FIRST:
        return
    sizes, wanted = _without_ones(before), _without_ones(after)
    regrouped = _regrouped(sizes, wanted) or _regrouped(wanted, sizes)
    exchanged = _order(sizes, wanted) or regrouped or _merged(before, after)
    meant = exchanged and (len(sizes) == len(wanted) >= IMAGES or not _nested(sizes, wanted))
    if meant and not any(_counted_by_a_moved_batch(operation)):  # else CNN305 says so
        yield flag(
            operation,
            fix=_permute(operation, order),
            view=operation.label,
            before=tensor.axes,
            after=operation.output.axes,
        )


def _order(before: Any, after: Any) -> list[int]:
    """Where each axis afterwards stood before, if they are the same in another order; [] otherwise."""
    left = list(range(len(before)))
    order = []
    for size in after:
        place = next((at for at in left if surely(before[at] == size)), -1)
        if place < 0:
            return []
        left.remove(place)
        order.append(place)
    moved = [at for at in order if not surely(before[at] == 1)]
    return [] if left or moved == sorted(moved) else order


def _without_ones(shape: Any) -> list[Any]:
    return [size for size in shape if size != ... and not surely(size == 1)]


def _regrouped(sizes: list[Any], wanted: list[Any]) -> bool:
    """Neighbouring axes as one, and then all of them in another order."""
    if not len(sizes) > len(wanted) > 1:
        return False
    groupings = [_grouped(sizes, cuts) for cuts in combinations(range(1, len(sizes)), len(wanted) - 1)]
    kept = any(all(surely(a == b) for a, b in zip(group, wanted, strict=True)) for group in groupings)
    return not kept and any(_order(group, wanted) for group in groupings)


def _merged(before: Any, after: Any) -> bool:
    """Heads that stand before the tokens, [b, h, n, d], made features behind them: [b, n, h * d]."""
    if Ellipsis in (*before[:1], *after[:1]) or (len(before), len(after)) != (4, 3):
        return False
    batch, heads, tokens, length = before
    return all(surely(a == b) for a, b in zip(after, (batch, tokens, heads * length), strict=True))


def _nested(sizes: list[Any], wanted: list[Any]) -> bool:
    """Each cut of the one falls on or within those of the other, as when heads are cut out of features."""
    return all(
        surely(length % other == 0) or surely(other % length == 0)
        for length in accumulate(reversed(sizes), mul)
        for other in accumulate(reversed(wanted), mul)
    )


def _grouped(sizes: list[Any], cuts: tuple[int, ...]) -> list[Any]:
    return [prod(sizes[first:last]) for first, last in pairwise((0, *cuts, len(sizes)))]


def _permute(operation: Op, order: list[int]) -> Fix | None:
    """The same axes by `permute`, laid out anew for a view that may follow."""
    if not order or not operation.receiver:
        return None
    dims = ", ".join(map(str, order))
    return replace(operation, f"{operation.receiver}.permute({dims}).contiguous()", safe=True)


def flatten_mixes_batch(operation: Op) -> Flags:
    """Rows or maps of other numbers than one example has: they hold parts of several, or of one."""
    moved = list(_counted_by_a_moved_batch(operation))
    if moved:
        yield from moved
        return
    if getattr(operation.layer, "role", "") == "loss":
        found = list(_lost_rows(operation))
    else:
        crossing = (_folds(operation) and _crosses(operation)) or _unfolds(operation)
        found = [operation] if operation.model and crossing else []
    for fold in found:
        rows = fold.output.rank == 2 if fold.output else True
        pieces, wants = "rows" if rows else "maps", prod(fold.inputs[0].shape[1:])
        got = prod(fold.output.shape[1:]) if fold.output else 0
        yield flag(
            fold,
            fix=_flatten(fold) if rows else None,
            view=fold.label,
            what=f"cuts {fold.inputs[0].axes} into {pieces} of {got} where an example has {wants} numbers, "
            f"so {pieces} mix examples",
            mend="write `flatten(1)`" if rows else "make both equal",
        )
    yield from _laid_in_one_row(operation)


def _counted_by_a_moved_batch(view: Op) -> Flags:
    """Rows or maps are counted by the batch, which is not the first axis any more."""
    if view.name not in VIEWING or not view.model or not view.output:
        return
    moved = view.inputs[0].origin(ACTIVATIONS | {"contiguous", "clone"}).producer
    if not moved or not _moves_first(moved) or not moved.inputs[0].holds_several:
        return
    batch, outer = moved.inputs[0].shape[0], view.inputs[0].shape[0]
    if surely(view.output.shape[0] == batch) and surely(outer != 1):
        yield flag(
            view,
            also=[(moved, "moves the batch")],
            view=view.label,
            what=f"cuts {view.inputs[0].axes} into {view.output.axes} though `{moved.label}` has moved the "
            "batch, so it mixes examples",
            mend="keep the batch first",
        )


def _moves_first(moved: Op) -> bool:
    """It puts another axis in the place of the first."""
    if moved.name not in MOVING:
        return False
    rank = len(moved.inputs[0].shape)
    if moved.name == "transpose" and "dim0" in moved.options:
        first, second = (moved.options[name] % rank for name in ("dim0", "dim1"))
        return bool(first != second and 0 in (first, second))
    dims: Any = moved.options["dims"] if "dims" in moved.options and rank > 1 else ()
    order = list(dims[0] if len(dims) == 1 else dims)
    return bool(order) and bool(order[0] % rank != 0)


def _laid_in_one_row(linear: Op) -> Flags:
    """A Linear that is built for the numbers of one example is given those of the whole batch."""
    laid = linear.row_before if linear.name == "linear" else None
    if laid and laid.inputs[0].holds_several and linear.layer:
        wants: Any = getattr(linear.layer, "in_features", 0)
        if wants == prod(laid.inputs[0].shape[1:]):
            yield flag(
                laid.place,
                also=[(linear, f"takes the {wants} numbers of one example")],
                fix=_by_example(laid),
                view=laid.label,
                what=f"lays the batch {laid.inputs[0].axes} in one row, of which `{linear.label}` takes "
                f"the {wants} of one example",
                mend="write `flatten(1)`",
            )


def _by_example(laid: Op) -> Fix | None:
    """`flatten()` from the second axis on."""
    if laid.name == "flatten":
        return set_argument(laid.place, "start_dim", 1, position=0 if laid.method else 1, safe=False)
    return replace(laid, f"{laid.receiver}.flatten(1)", safe=False) if laid.receiver else None


def _lost_rows(loss: Op) -> Iterator[Op]:
    """The views on the way to a loss after which there are more or fewer rows than targets."""
    for prediction, target in zip(loss.inputs, loss.inputs[1:2], strict=False):
        if surely(prediction.shape[:1]) and surely(target.shape[:1]):
            for fold in filter(_folds, prediction.ancestors()):
                kept = surely(fold.inputs[0].shape[0] == target.shape[0])
                if kept and surely(prediction.shape[0] != target.shape[0]):
                    yield fold


def _flatten(fold: Op) -> Fix | None:
    """One row for each example, and as many inputs for the layer that was built for the rows before."""
    if not (fold.receiver and fold.output and fold.model):
        return None
    flat = replace(fold, f"{fold.receiver}.flatten(1)", safe=False)
    length, rows = prod(fold.inputs[0].shape[1:]), fold.output
    for each in fold.model.ops:
        if each.name == "linear" and each.layer and comes_from(each.inputs[0], rows):
            sized = set_argument(each.layer, "in_features", length, safe=False)
            return together(flat, sized, title="flatten each example by itself") if sized else None
    return flat


def _folds(operation: Op) -> bool:
    """A view as rows of a length that is not that of one example."""
    if operation.name not in VIEWING or not operation.output:
        return False
    shape, rows = operation.inputs[0].shape, operation.output.shape
    return surely(len(rows) == 2) and surely(len(shape) > 2) and surely(rows[1] != prod(shape[1:]))


def _unfolds(operation: Op) -> bool:
    """Rows as maps of other numbers, neither several of a row nor one of several rows."""
    sizes = operation.options.get("sizes")
    if operation.name not in VIEWING or not operation.output or not (sizes and surely(sizes[0] == -1)):
        return False
    shape, maps = operation.inputs[0].shape, operation.output.shape
    if not (surely(len(shape) == 2) and surely(len(maps) > 2)):
        return False
    length, numbers = shape[1], prod(maps[1:])
    return surely(length % numbers != 0) and surely(numbers % length != 0)


def _crosses(operation: Op) -> bool:
    """The rows end amid an axis without ending with those inside it: 256 of [16, 5, 5]."""
    length = operation.output.shape[1] if operation.output else 0
    cuts = [1, *accumulate(reversed(operation.inputs[0].shape[1:]), mul)]
    nested = any(length % inner == 0 and outer % length == 0 for inner, outer in pairwise(cuts))
    return not nested and length % cuts[-1] != 0
