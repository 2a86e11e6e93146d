"""How a check speaks: it yields flags, each a place with the values its page's message names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cnnlint.facts import Fact
from cnnlint.findings import Confidence, Fix, Flag, Severity
from cnnlint.fixes import site_of
from cnnlint.source import Site

__all__ = ["Flags", "flag"]

Flags = Iterator[Flag]


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
