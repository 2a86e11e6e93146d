"""What the traces of a file's models show at a line of the user's code."""

from __future__ import annotations

import os
from functools import cache
from math import inf
from typing import NamedTuple

from cnnlint.confirm.linking import stand_ins
from cnnlint.confirm.proofs import Claim, Judgement, inconclusive
from cnnlint.evidence import GUESSED, Layer, ModelTrace, Place, ShapesResult, line_of

__all__ = ["Row", "at", "guessed", "known", "lines_above", "nothing_seen", "rows", "shaped", "sized", "words"]


class Row(NamedTuple):
    """A call in a trace."""

    trace: ModelTrace
    number: int
    layer: Layer

    @property
    def label(self) -> str:
        """What to call it."""
        return self.layer["name"] or self.layer["kind"]


def rows(result: ShapesResult, *places: Place) -> list[Row]:
    """The calls that one of these lines makes, and those of the layers that one of them builds."""
    return [
        Row(trace, number, layer)
        for trace in result["models"]
        for number, layer in enumerate(trace["layers"])
        if any(at(layer["place"], place) or at(layer["built"], place) for place in places)
    ]


def at(place: Place | None, other: Place | None) -> bool:
    """Whether two places are the same line."""
    if place is None or other is None or place["line"] != other["line"]:
        return False
    return place["path"] == other["path"] or real(place["path"]) == real(other["path"])


@cache
def real(path: str) -> str:
    return os.path.realpath(path)


def known(trace: ModelTrace) -> bool:
    """The model is as the code builds it, and its input has the size that the code says."""
    return not trace["searched"] and trace["how"] != GUESSED


def guessed(trace: ModelTrace, seen: str) -> Judgement:
    """Nothing follows from what was seen of a model that was not built, or not called, as the code does."""
    what, key = ("the size", "input") if trace["searched"] else ("how it is built", "build")
    return inconclusive(
        f"`{trace['name']}` {seen} for {shaped(trace)}, but {what} was guessed; {told_by(key)}"
    )


def told_by(key: str) -> str:
    """How the user can tell what nothing in the code does."""
    return f"`{key}` in [tool.cnnlint.confirm] tells it"


def nothing_seen(claim: Claim, result: ShapesResult) -> Judgement:
    """Why no trace shows the line of a finding: a model that could not be built, one that broke before."""
    for trace in sorted(result["models"], key=lambda trace: lines_above(claim.place, trace)):
        broken = trace["broken"]
        if trace["why"]:
            why = f"{trace['why']}{stand_ins(result['stubs'])}"
            return inconclusive(f"`{trace['name']}` could not be built: {why}; {told_by('build')}")
        if broken is not None:
            where = f" on {line_of(broken['place'])}" if broken["place"] else ""
            why = f"{words(broken['message'])}{stand_ins(result['stubs'])}"
            return inconclusive(f"`{trace['name']}` breaks before it gets here{where}: {why}")
    if not result["models"]:
        return inconclusive("the file defines no model that could be built")
    return inconclusive("no model that was built and called passes this line")


def lines_above(place: Place, trace: ModelTrace) -> float:
    """How far above a line a model's class begins: that of the nearest one holds the line."""
    start = trace["place"]
    above = place["line"] - start["line"] if start and start["path"] == place["path"] else -1
    return above if above >= 0 else inf


def shaped(trace: ModelTrace) -> str:
    """What a model was called with, in words: `an input of 2x3x32x32`."""
    sizes = " and ".join(sized(each) for each in trace["inputs"])
    return f"an input of {sizes}" if len(trace["inputs"]) == 1 else f"inputs of {sizes}"


def sized(shape: list[int]) -> str:
    """`2x3x32x32`."""
    return "x".join(map(str, shape)) or "one number"


def words(message: str, longest: int = 200) -> str:
    """The first line of an error's message, cut to a length."""
    first = message.strip().split("\n")[0]
    return first if len(first) <= longest else first[: longest - 1] + "…"
