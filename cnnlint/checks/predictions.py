"""Checks on predictions: what is read off a model's output, against what it was trained to mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import MOVING, NOWHERE, RESHAPING, Naming, Op, Tensor
from cnnlint.findings import Confidence
from cnnlint.fixes import set_argument, wrap
from cnnlint.traces import choice_behind
from cnnlint.values import surely

#: What leaves the axes of a model's output where they are.
IN_PLACE = frozenset({
    "softmax", "log_softmax", "sigmoid", "detach", "to", "cuda", "cpu", "float", "double", "half",
    "contiguous", "clone",
})  # fmt: skip
#: What a choice over the first axis does, which is that of the batch.
ACROSS = "chooses over the batch{}, so it finds an example for each class"
#: What compares each element with a threshold.
COMPARING = ("gt", "ge", "lt", "le")
#: The probability at which two classes are equally likely.
EVEN_ODDS = 0.5
#: From so many classes on, counted from 1, their numbers sorted as text are in another order.
TWO_DIGITS = 10


def argmax_dim(operation: Op) -> Flags:
    """The prediction is the best example of the batch, not the best class of an example."""
    labels = operation.name == "eq" and any(map(_are_labels, operation.inputs))
    for choice in _predictions(operation):
        if choice.model:
            continue
        scores, dim = choice.inputs[0], choice.dim
        if choice.without_dim:
            wrong = labels and scores.holds_several and _of_network(scores)
            what = f"chooses one number of all in {scores.axes}, which is compared with each label"
        elif labels and _of_batch(scores):
            wrong, what = dim == 0, ACROSS.format("")
        else:
            across = dim in (0, -len(scores.shape)) and _of_network(scores)
            wrong = across and (labels or scores.shape[1] > 1)
            what = ACROSS.format(f" of {scores.axes}")
        if wrong:
            named = "axis" if "axis" in choice.options else "dim"
            at = (0 if choice.method else 1) + (choice.name == "topk")
            yield flag(
                choice,
                fix=set_argument(choice, named, 1, position=at, safe=True),
                choice=choice.label,
                what=what,
                dim=f"{named}=1",
            )


def _predictions(operation: Op) -> Iterator[Op]:
    """The argmax itself; or what is compared with something, an argmax or where a `max` or `topk` is."""
    if operation.name == "argmax":
        yield operation
    if operation.name == "eq":
        yield from filter(None, map(choice_behind, operation.inputs))


def _are_labels(tensor: Tensor) -> bool:
    origin = tensor.origin(RESHAPING | MOVING | {"detach"})
    return bool(origin.loader and origin.index == 1)


def _of_batch(scores: Tensor) -> bool:
    """A model of which nothing else is known gave these to a batch, whose axis they begin with."""
    made = scores.origin(IN_PLACE).producer
    known = made and made.layer and made.layer.kind == "AnyModule"
    return bool(known and made and made.inputs[0].origin(MOVING).loader)


def _of_network(scores: Tensor) -> bool:
    """These are the scores [N, C] or [N, C, H, W] that a model, not now at work, gave to a batch."""
    source = scores.source(through=IN_PLACE)
    network = source.model or (source.layer and source.layer.role == "network")
    return bool(len(scores.shape) in (2, 4) and network)


def threshold_on_logits(operation: Op) -> Flags:
    """Trained as logits, where even odds are 0, and cut where probabilities have even odds."""
    number = operation.options.get("other", operation.options.get("input"))
    rounds = operation.name == "round" and not operation.options
    if not rounds and not (operation.name in COMPARING and number == EVEN_ODDS):
        return
    source = operation.inputs[0].source(through=RESHAPING | {"detach"})
    if operation.inputs[0].touched(RESHAPING | {"detach"}):
        return
    here = source.functions[: len(operation.functions)] == operation.functions
    written = operation.argument if here else NOWHERE
    for loss in source.layer.losses if source.layer else ():
        if loss.subject.kind == "BCEWithLogitsLoss":
            yield flag(
                operation,
                also=[(loss, "trained on the logits here")],
                fix=wrap(written, "", ".sigmoid()", safe=True) if written.path else None,
                source=source.label,
                cut="rounded" if rounds else f"compared with {EVEN_ODDS}",
            )
            return


def class_index_mismatch(naming: Naming) -> Flags:
    """A class is called by the name of another, since its names do not follow the order of the folders."""
    for images in naming.folders[:1]:
        for what, confidence in _misnamed(naming, images.names):
            yield flag(
                naming.listing if naming.listing.path else naming,
                also=[(images, "numbers the classes"), (naming, "looks up the name of a class")],
                confidence=confidence,
                images=images.name or images.kind,
                what=what,
            )


def _misnamed(naming: Naming, folders: Any) -> Iterator[tuple[str, Confidence]]:
    """How the names are in another order, and how surely: as sure as that they are those of the folders,
    which are known where the data is there."""
    names = f"`{naming.text or 'the list'}`"
    if naming.spelt:
        counted = sorted(f"{number + 1}" for number in range(naming.classes))
        in_words = f"the number plus one is looked up in {names}"
        if naming.plus == 1 and len(counted) >= TWO_DIGITS and not surely(folders != tuple(counted)):
            yield in_words, Confidence.MEDIUM
    elif naming.plus != 0:
        return
    elif naming.listed:
        yield f"{names} has them as the file system lists them", Confidence.HIGH
    else:
        in_order = tuple(sorted(naming.names))
        as_counted = tuple(sorted(naming.names, key=_counting))
        for first, second in pairwise(naming.names):
            if first > second:
                if surely(folders == in_order):
                    yield f"{names} has `{first}` before `{second}`", Confidence.HIGH
                elif not surely(folders != in_order) and as_counted == naming.names:
                    yield f"{names} has `{first}` before `{second}`", Confidence.MEDIUM
                return


def _counting(name: str) -> list[Any]:
    """What people sort names by: numbers in them as numbers, capitals as small letters."""
    return [int(part) if part.isdigit() else part.casefold() for part in re.split(r"(\d+)", name)]
