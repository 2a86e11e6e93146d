"""What training twice shows: a script as it is written, and as a finding's fix would have it."""

from __future__ import annotations

from typing import TypedDict

from cnnlint.evidence.run import CurvePoint
from cnnlint.evidence.tasks import Place

__all__ = ["Comparison", "Pair", "Training"]


class OnOwnData(TypedDict, total=False):
    """What is told besides of a training on the user's own data: the learnable numbers of its models, the
    passes over the data it learnt from, how many examples were evaluated, and the share of their commonest
    class (None where they have none)."""

    parameters: int
    passes: int
    examples: int
    commonest: float | None


class Training(OnOwnData):
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


class Manner(TypedDict, total=False):
    """How a comparison was made: whether its images were drawn by us, and, in `narrower`, whether the other
    text is that of a narrower twin, each side in its own batches on all of the user's data."""

    drawn: bool
    narrower: bool


class Comparison(Manner):
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
