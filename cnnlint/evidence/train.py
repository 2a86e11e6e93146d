"""What training twice shows: a script as it is written, and as a finding's fix would have it."""

from __future__ import annotations

from typing import TypedDict

from cnnlint.evidence.run import CurvePoint
from cnnlint.evidence.tasks import Place

__all__ = ["Comparison", "Pair", "Training"]


class Training(TypedDict):
    """One training: its curve, and the accuracy of the script's own evaluation after it, None without one.
    `ended` and `why` are those of a run, or of an answer if there was no run."""

    ended: str
    why: str
    steps: int
    curve: list[CurvePoint]
    evaluated: float | None
    seconds: float


class Pair(TypedDict):
    """The trainings of one seed, which see the same data in the same order and start from the same weights:
    as written, as mended, and as written once more, which shows what chance does; None where not asked."""

    seed: int
    written: Training
    mended: Training
    again: Training | None


class Comparison(TypedDict):
    """All trainings of two texts, for as many optimizer `steps` with batches of at most `batch`.

    `seen` are the lines that the text as written did something at. Where it could not be made there are no
    pairs, and `why` says why.
    """

    why: str
    pairs: list[Pair]
    steps: int
    batch: int
    device: str
    versions: dict[str, str]
    sandbox: list[str]
    seen: list[Place]
    seconds: float
