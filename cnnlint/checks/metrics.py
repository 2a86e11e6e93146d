"""Checks on metrics: what is summed over batches, and what the sum is divided by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Average, Loader, Loop
from cnnlint.findings import Fix
from cnnlint.fixes import insert_before, replace
from cnnlint.scoring import loaders_behind, tallied
from cnnlint.values import surely


def metric_miscount(average: Average) -> Flags:
    """What is counted by example is divided by batches, or the other way round; or what one round is divided
    by all rounds before were added to as well."""
    loaders = list(dict.fromkeys(loaders_behind(average.subject)))
    if average.scaled or len(loaders) != 1:
        return
    loader, kinds = loaders[0], tallied(average.subject)
    called = loader.name or "a loader"
    for drawn in _rounds_kept(average, loader):
        here = drawn.functions == average.functions
        yield flag(
            average,
            also=[(drawn, "each round adds to it")],
            fix=insert_before(drawn, f"{average.kept} = 0", safe=False) if here else None,
            fault=f"`{average.kept}` is never set back, so it holds what all rounds over `{called}` gave",
            mend="set it to 0 before each",
        )
        return
    by_batches, by_examples = (
        _is(average.over, loader, loader.batches),
        _is(average.over, loader.dataset, loader.dataset.size),
    )
    if by_batches == by_examples or not loader.batch_size > 1:
        return
    if by_batches and kinds in ({"counts"}, {"sums"}):
        what = "counts right answers" if kinds == {"counts"} else "sums the loss of each example"
        divisor, right, fix = "batches", "examples", _by_examples(average, loader)
    elif by_examples and kinds == {"means"}:
        what = "sums the mean of each batch"
        divisor, right, fix = "examples", "batches", _by_batches(average)
    else:
        return
    yield flag(
        average,
        also=[(loader, "gives the batches")],
        fix=fix,
        fault=f"this {what} over `{called}` and divides by the number of {divisor}",
        mend=f"divide by its number of {right}",
    )


def _rounds_kept(average: Average, loader: Loader) -> Iterator[Loop]:
    """The loop over all batches that adds to a sum in each round of the one that it is divided in."""
    for drawn in average.loop.inner_loops() if average.loop and average.kept else ():
        if drawn.loader == loader and drawn.parent == average.loop:
            over = average.over
            if _is(over, loader.dataset, loader.dataset.size) or over == loader or over == loader.batches:
                yield drawn


def _is(over: Any, thing: Any, length: Any) -> bool:
    """It is that thing, or its length."""
    return surely(over == thing) or surely(over == length)


def _by_examples(average: Average, loader: Loader) -> Fix | None:
    """The length of the dataset in place of the loader's, where all of it is drawn."""
    if not average.measured or loader.sampler or loader.batch_sampler or loader.drop_last:
        return None
    return replace(average.divisor, f"len({average.measured}.dataset)", safe=False)


def _by_batches(average: Average) -> Fix | None:
    """The length of the loader in place of its dataset's."""
    if not average.measured.endswith(".dataset"):
        return None
    return replace(average.divisor, f"len({average.measured.removesuffix('.dataset')})", safe=False)
