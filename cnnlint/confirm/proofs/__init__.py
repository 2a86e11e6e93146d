"""Proofs: a module here judges findings by what an experiment showed, and a rule's page names it.

Each has `LEVEL`, the kind of experiment it looks at, and `judge(claim, result)`, which never asks torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast

from cnnlint.evidence import Place
from cnnlint.findings import Finding, Outcome

__all__ = [
    "LEVELS",
    "NO_EXPERIMENT",
    "Claim",
    "Judgement",
    "Proof",
    "confirmed",
    "inconclusive",
    "not_reproduced",
    "proof",
    "refuted",
]

#: The kinds of experiment, cheapest first.
LEVELS = ("shapes", "run", "train")
#: What is said of a finding that no proof can judge.
NO_EXPERIMENT = "it is read from the code alone, no experiment shows it"


class Claim(NamedTuple):
    """A finding with its places as the experiment counts lines: its own, and those of its notes."""

    finding: Finding
    place: Place
    others: tuple[Place, ...] = ()


class Judgement(NamedTuple):
    """What a proof says of a claim, in one sentence, and the numbers it rests on."""

    outcome: Outcome
    text: str
    numbers: Mapping[str, Any] = {}


class Proof(Protocol):
    """What a module of this package gives."""

    LEVEL: str
    judge: Callable[[Claim, Any], Judgement]


def proof(name: str) -> Proof:
    """The proof a page names, as `gradients-cleared`. ModuleNotFoundError if there is none."""
    return cast(Proof, import_module(f"{__name__}.{name.replace('-', '_')}"))


def confirmed(text: str, **numbers: Any) -> Judgement:
    """It is so."""
    return Judgement(Outcome.CONFIRMED, text, numbers)


def refuted(text: str, **numbers: Any) -> Judgement:
    """It is not so."""
    return Judgement(Outcome.REFUTED, text, numbers)


def not_reproduced(text: str, **numbers: Any) -> Judgement:
    """What it would cause was looked for and not seen."""
    return Judgement(Outcome.NOT_REPRODUCED, text, numbers)


def inconclusive(why: str, **numbers: Any) -> Judgement:
    """Nothing can be said."""
    return Judgement(Outcome.INCONCLUSIVE, why, numbers)
