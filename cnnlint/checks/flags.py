"""How a check speaks: it yields flags, each a place with the values its page's message names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from cnnlint.facts import Fact, Tensor
from cnnlint.findings import Confidence, Fix, Flag, Severity
from cnnlint.fixes import site_of
from cnnlint.source import Site

__all__ = ["Flags", "flag", "said", "trail"]

Flags = Iterator[Flag]

#: Operations of a trail that are shown.
SHOWN = 8


def flag(
    where: Fact | Site,
    *,
    also: Iterable[Any] = (),
    fix: Fix | None = None,
    severity: Severity | None = None,
    confidence: Confidence | None = None,
    **values: Any,
) -> Flag:
    """A flag at a fact or a site.

    `also` are further places, each a fact or a (fact or site, note) pair; a fact alone is noted as
    its author wrote it. `confidence` is medium for a fact that rests on a default, else high.
    Undecided if a place is Unknown.
    """
    assumed = getattr(where, "assumed", False)
    return Flag(
        site=site_of(where),
        values=values,
        also=tuple(_note(place) for place in also),
        fix=fix,
        severity=severity,
        confidence=confidence or (Confidence.MEDIUM if assumed else Confidence.HIGH),
    )


def _note(place: Any) -> tuple[Site, str]:
    if hasattr(place, "site"):
        words = getattr(place, "text", "") or place.name
        return site_of(place), f"`{words}`" if words else place.kind
    where, note = place
    return site_of(where), note


def said(tensor: Tensor) -> str:
    """Where a tensor comes from, as a message says it."""
    maker = tensor.producer
    return f"`{maker.label}`" if maker and maker.inputs else "the input"


def trail(*tensors: Tensor) -> list[tuple[Any, str]]:
    """The operations that gave each of these its shape, back to the input, oldest first."""
    notes: dict[int, tuple[Any, str]] = {}
    for tensor in tensors:
        for note in reversed(list(islice(_changes(tensor), SHOWN))):
            notes.setdefault(id(note[0]), note)
    return list(notes.values())


def _changes(tensor: Tensor) -> Iterator[tuple[Any, str]]:
    """The operations that changed the shape, nearest first, each with what it made of what."""
    for operation in tensor.history():
        made = operation.output
        given = operation.inputs[0].axes if operation.inputs else ""
        if made and made.axes not in (given, "?"):
            yield (
                operation.place,
                f"{given} becomes {made.axes}" if given not in ("", "?") else f"makes {made.axes}",
            )
