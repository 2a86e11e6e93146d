"""What the probes of a run measured on its models, one row each, with what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cnnlint.evidence import InputRange, Mixing, ModeGap, Normalization, Responses, RunResult
from cnnlint.report.html import words
from cnnlint.report.html.markup import Child, Markup, el
from cnnlint.report.html.sources import Sources
from cnnlint.report.html.tables import YOURS, data_table, judged

__all__ = ["measurements"]

#: From these on a measurement is pointed at: how far outputs depend on the other examples of a batch, how
#: little a model differs from a linear map, how little its outputs differ over the inputs.
MIXES, LINEAR, ALIKE = 1e-4, 1e-4, 1e-3

#: What was measured, its value, what that says, the user's line.
Row = tuple[Child, Child, Child, Child]


def measurements(result: RunResult, sources: Sources) -> Iterator[Markup]:
    """The table; nothing where nothing was measured."""
    found = result["measured"]
    rows = [
        row
        for probe, tell in TELLERS.items()
        for each in found.get(probe, [])  # type: ignore[attr-defined]
        for row in tell(each, named(result, each["model"]), sources)
    ]
    if rows:
        yield el("h4", "Measured on the models")
        yield data_table("Measurements", ("what", "value", "which says", YOURS), rows)


def named(result: RunResult, model: int) -> str:
    return result["models"][model]["name"] if 0 <= model < len(result["models"]) else "the model"


def inputs(found: InputRange, model: str, sources: Sources) -> Iterator[Row]:
    span = f"{words.decimal(found['low'])} to {words.decimal(found['high'])}"
    spread = f"mean {words.decimal(found['mean'])}, deviation {words.decimal(found['deviation'])}"
    when = " in evaluation" if found["mode"] == "eval" else ""
    yield f"input of {model}{when}", f"{words.shape(found['shape'])} {found['kind']}, {span}", spread, None


def mixing(found: Mixing, model: str, sources: Sources) -> Iterator[Row]:
    odd = found["crossing"] > MIXES
    said = "the output of an example depends on the others of its batch" if odd else "examples stay apart"
    yield (
        f"mixing in {model}",
        words.decimal(found["crossing"]),
        judged(said, odd),
        sources.marked(found["place"]),
    )


def modes(found: ModeGap, model: str, sources: Sources) -> Iterator[Row]:
    gap, noise = words.decimal(found["gap"]), words.decimal(found["noise"])
    said = "how far outputs in training and evaluation mode lie apart"
    yield f"modes of {model}", gap, judged(said, False), None
    if found["noise"]:
        said = "two passes in evaluation mode differ"
        yield f"noise of {model}", noise, judged(said, True), sources.marked(found["noisy"])


def responses(found: Responses, model: str, sources: Sources) -> Iterator[Row]:
    if (affine := found["affine"]) is not None:
        odd = affine < LINEAR
        said = "it is one linear map" if odd else "it is no linear map"
        yield f"bends of {model}", words.decimal(affine), judged(said, odd), None
    if (spread := found["spread_last"]) is not None:
        odd = spread < ALIKE
        said = "every input gets the same output" if odd else "outputs follow the input"
        value = f"{words.plain(found['spread_first'])} → {words.decimal(spread)}"
        yield f"spread of outputs of {model}", value, judged(said, odd), None


def normalization(found: Normalization, model: str, sources: Sources) -> Iterator[Row]:
    trained = found["training"] > 0
    said = "its statistics moved" if found["moved"] else "its statistics never moved"
    if trained and found["values"] < 2:
        said = "it had a single value for each channel"
    examples, values = words.count(found["examples"], "example"), words.count(found["values"], "value")
    value = f"{examples}, {values} for each channel"
    odd = trained and (found["values"] < 2 or not found["moved"])
    name = el("span", found["module"], class_="name"), f" batch norm of {model}"
    yield name, value, judged(said, odd), sources.marked(found["built"])


TELLERS: dict[str, Callable[[Any, str, Sources], Iterator[Row]]] = {
    "inputs": inputs,
    "mixing": mixing,
    "modes": modes,
    "responses": responses,
    "normalization": normalization,
}
