"""What experiments saw, for -v: of each model a row for each call, of each script how it went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cnnlint.evidence import Layer, ModelTrace, RunResult, ShapesResult, Trial
from cnnlint.report._paint import clean

__all__ = ["lines"]

HEADINGS = ("layer", "class", "in", "out", "params")


def lines(trials: Iterable[Trial]) -> Iterator[str]:
    """All experiments, in the order they were made."""
    for trial in trials:
        tell = TELLERS.get(trial.level)
        if trial.answer["result"] is None:
            yield f"{trial.path}: {trial.level}: {clean(trial.answer['why'])}"
        elif tell is not None:
            yield from tell(trial.path, trial.answer["result"])
        yield ""


def shapes_lines(path: str, result: ShapesResult) -> Iterator[str]:
    for model in result["models"]:
        yield f"{path}: {model['name']}{about(model)}"
        if model["layers"]:
            yield from table(model)
        if model["unused"]:
            yield f"  never called: {', '.join(layer['name'] for layer in model['unused'])}"


def about(model: ModelTrace) -> str:
    """How it was built and on what it was called."""
    if model["why"]:
        return f": not built: {clean(model['why'])}"
    inputs = " ".join(map(shape, model["inputs"]))
    guess = " (a size that fits)" if model["searched"] else ""
    broken = model["broken"]
    end = f", broke: {broken['kind']}: {clean(broken['message'])}" if broken else ""
    return f": {model['parameters']:,} parameters, built by {model['how']}, on {inputs}{guess}{end}"


def table(model: ModelTrace) -> Iterator[str]:
    rows: list[Sequence[str]] = [HEADINGS, *map(row, model["layers"])]
    widths = [max(len(each[column]) for each in rows) for column in range(len(HEADINGS))]
    for each in rows:
        cells = (text.ljust(width) for text, width in zip(each, widths, strict=True))
        yield ("  " + "  ".join(cells)).rstrip()


def row(layer: Layer) -> Sequence[str]:
    inputs = " ".join(map(shape, layer["inputs"]))
    output = shape(layer["output"]) if layer["output"] is not None else "-"
    return clean(layer["name"]) or ".", clean(layer["kind"]), inputs, output, f"{layer['parameters']:,}"


def shape(sizes: Sequence[int]) -> str:
    return f"[{', '.join(map(str, sizes))}]"


def run_lines(path: str, result: RunResult) -> Iterator[str]:
    yield f"{path}: {result['steps']} steps in {result['seconds']:.1f} s: {clean(result['why'])}"
    order = [event["kind"] for event in result["events"]]
    yield f"  order: {' '.join(order[:ORDER])}{' ...' if len(order) > ORDER else ''}"
    for replaced in result["replaced"]:
        yield f"  {clean(replaced['what'])} replaced by {clean(replaced['by'])}"
    for wanted in result["wanted"]:
        yield f"  not there: {clean(wanted)}"


#: Events of a run that are named.
ORDER = 24
TELLERS: dict[str, Any] = {"shapes": shapes_lines, "run": run_lines}
