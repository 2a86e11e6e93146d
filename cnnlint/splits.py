"""Questions on which examples reach which loop, that several checks on data ask.

An answer is True or False; where it is not known, Undecided is raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cnnlint.facts import Dataset, Evaluation, Indices, Loader, Op
from cnnlint.values import Undecided, surely

__all__ = [
    "held_out_by_name",
    "in_order",
    "indices_of",
    "is_for_show",
    "named_test",
    "overlap",
    "repeated",
    "taken_from",
]

_HELD_OUT = re.compile(
    r"(?:test|testing|val|valid|validate|validation|holdout|held|heldout|unseen|dev)"
    r"(?:set|sets|data|dataset|loader|dataloader|dl|ds|iter|gen|generator|images?|folder)?\d*"
)
_TRAINING = re.compile(r"(?:train|trn|fit|learn|overfit|debug|sanity|tiny|memory|gallery|bank)\w*")


def held_out_by_name(loader: Loader) -> bool:
    """The loader, or else its dataset, is called what only examples are that nothing learns from."""
    words = named_after(loader)
    return any(map(_HELD_OUT.fullmatch, words)) and not any(map(_TRAINING.fullmatch, words))


def named_after(loader: Loader) -> list[str]:
    """The words in the name of a loader; where it has none, or a plain one, of its dataset."""
    words = _words(str(loader.name))
    if any(_HELD_OUT.fullmatch(word) or _TRAINING.fullmatch(word) for word in words):
        return words
    return [*words, *_words(surely_named(loader.dataset))]


def surely_named(fact: Any) -> str:
    return str(fact.name) if isinstance(fact, Dataset) else ""


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+", name)]


def overlap(first: Loader, second: Loader) -> bool:
    """Whether two loaders draw examples that are the same."""
    mine, theirs = taken_from(first), taken_from(second)
    if mine[0] is not theirs[0]:
        if mine[0].switched or theirs[0].switched or mine[0].source != theirs[0].source:
            return False
        if len(mine) > 1 and len(theirs) > 1:
            raise Undecided("which examples the two take is not known")
        return True
    if mine[0].switched:
        return False
    for part, other in zip(mine[1:], theirs[1:], strict=False):
        if part is other:
            continue
        if disjoint(part, other):
            return False
        if not crossing(part, other):
            raise Undecided("which examples the two take is not known")
    return True


def taken_from(loader: Loader) -> list[Any]:
    """The dataset that a loader's examples come from in the end, and what is taken of it: each part that
    is cut of it, and what the sampler chooses, outermost first."""
    parts: list[Any] = []
    chosen = _chosen_by(loader)
    if chosen is not None:
        parts.append(chosen)
    dataset = loader.dataset
    while isinstance(dataset, Dataset) and dataset.parent is not None:
        parts.append(dataset)
        dataset = dataset.parent
    if not isinstance(dataset, Dataset):
        raise Undecided("the dataset is not known")
    return [dataset, *reversed(parts)]


def _chosen_by(loader: Loader) -> Any:
    """What a loader's sampler takes of its dataset; None for all of it."""
    if not loader.sampler and not loader.batch_sampler:
        return None
    if not getattr(loader.sampler, "whole", False):
        return loader.sampler
    return None


def indices_of(part: Any) -> Any:
    """The Indices that a part or a sampler takes."""
    return getattr(part, "indices" if isinstance(part, Dataset) else "chosen", None)


def disjoint(part: Any, other: Any) -> bool:
    """Two parts of one dataset surely have no example in common."""
    cut = getattr(part, "cut", None)
    if cut is not None and cut is getattr(other, "cut", None):
        return True
    mine, theirs = indices_of(part), indices_of(other)
    if not isinstance(mine, Indices) or not isinstance(theirs, Indices) or mine.drawn is not theirs.drawn:
        return False
    return surely(mine.stop <= theirs.start) or surely(theirs.stop <= mine.start)


def crossing(part: Any, other: Any) -> bool:
    """Two parts of one dataset surely have examples in common."""
    mine, theirs = indices_of(part), indices_of(other)
    if mine is theirs and isinstance(mine, Indices):
        return True
    if not isinstance(mine, Indices) or not isinstance(theirs, Indices) or mine.drawn is not theirs.drawn:
        return False
    known = isinstance(mine.drawn, Op) or surely(mine.ordered) and surely(theirs.ordered)
    return known and surely(mine.start < theirs.stop) and surely(theirs.start < mine.stop)


def in_order(loader: Loader) -> Iterator[Any]:
    """The part of a dataset that a loader draws from, where it is cut out of it in the dataset's order."""
    whole, *parts = taken_from(loader)
    if len(parts) == 1 and whole.ordered and not whole.switched:
        indices = indices_of(parts[0])
        if isinstance(indices, Indices) and indices.ordered:
            yield parts[0]


def is_for_show(evaluation: Evaluation) -> bool:
    """A trial run: whoever wrote it says that the model shall overfit, or that nothing is measured."""
    names = (evaluation.loader.name, surely_named(evaluation.dataset), *evaluation.functions)
    return any(_TRIAL.fullmatch(word) for name in names for word in _words(name))


_TRIAL = re.compile(r"overfit\w*|debug\w*|sanity|tiny|toy|dummy|visuali[sz]e\w*|plot\w*|show\w*|tta")


def repeated(evaluation: Evaluation) -> bool:
    """The same data is gone through several times, not once an epoch: the results are put together."""
    loop = evaluation.loop
    return loop is not None and any(not around.trains for around in loop.around())


def named_test(evaluation: Evaluation) -> bool:
    """The examples are called a test set, by the loader or by the library that splits them."""
    words = named_after(evaluation.loader)
    if any(word.startswith(("val", "dev")) for word in words):
        return False
    return any(word.startswith("test") for word in words) or surely(evaluation.dataset.train == False)  # noqa: E712
