"""Checks on masks: what moves an image moves its mask alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Application, Dataset
from cnnlint.traces import parts


def image_mask_misaligned(dataset: Dataset, *, masks: list[str], segmented: list[str]) -> Flags:
    """An image is moved to a place drawn at random, and its mask is not moved there."""
    transform = dataset.transform
    if dataset.kind in segmented and not dataset.parent and transform and transform.displaces:
        also = [(transform, "moves the image")]
        yield flag(dataset, also=also, step=_moving(transform), mask="the target")
    for draws in _between_seeds(dataset.draws):
        shown = [draw for draw in draws if parts(draw.given) & set(masks)]
        moved = [draw for draw in draws if draw not in shown and draw.subject.displaces]
        for mask, image in zip(shown[:1], moved[:1], strict=False):
            if image.order > mask.order and not mask.subject.displaces:
                return  # what is moved then may be made of both
            also = [(image, "moves the image"), (mask.subject, "is applied to the mask by itself")]
            yield flag(mask, also=also, step=_moving(image.subject), mask=f"`{mask.given}`")


def _between_seeds(draws: Iterable[Any]) -> Iterator[list[Application]]:
    """The transforms that every example goes through, those that draw from one state together."""
    for seeding, several in groupby(draws, lambda draw: draw.kind == "Seeding"):
        if not seeding:
            yield [draw for draw in several if not draw.maybe_not]


def _moving(transform: Any) -> str:
    """The step that moves what is in an image."""
    return str(next(step.kind for step in transform.flat_steps() if step.displaces))
