"""Training as written against training as mended: the curves of all seeds, and what became of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import fmean

from cnnlint.evidence import CurvePoint
from cnnlint.evidence.train import Comparison, Pair, Training
from cnnlint.report.html import words
from cnnlint.report.html.charts import Curve, chart, median_of
from cnnlint.report.html.markup import Child, Markup, el
from cnnlint.report.html.tables import folded_table

__all__ = ["article", "points", "smooth"]

#: The sides of a comparison: their key, what they are called, and how they are drawn.
SIDES = {
    "written": ("A as written", "a"),
    "mended": ("B as mended", "b"),
    "again": ("C as written, again", "control"),
}
#: Losses and accuracies of single batches jump: each point is the mean of so many steps, at most.
SMOOTHED = 10


def article(comparison: Comparison, name: str, title: Markup | str) -> Markup:
    """One comparison."""
    heading = f"{name}-title"
    return el(
        "article",
        el("h3", title, id=heading),
        el("p", el("b", "Not compared. "), words.sentence(comparison["why"]), class_="callout")
        if comparison["why"]
        else told(comparison),
        class_="comparison",
        id=name,
        aria_labelledby=heading,
    )


def told(comparison: Comparison) -> Iterator[Markup | None]:
    """How it was made, the curves, the numbers of each seed."""
    steps = words.count(comparison["steps"], "optimizer step")
    seeds = words.count(len(comparison["pairs"]), "seed")
    if comparison.get("narrower"):
        how = (
            f"Both were trained for {steps} by the script's own recipe on its own data, with {seeds}. B has "
            "a quarter of the widths of A."
        )
    else:
        images = "images that cnnlint draws" if comparison.get("drawn", True) else "the script's own data"
        how = (
            f"Both were trained for {steps} on {images}, in batches of {comparison['batch']}, with {seeds}: "
            "the same images in the same order, from the same weights. C is the code as written, trained "
            "once more: how far a seed of it lies from the same seed of A is what chance does."
        )
    yield el("p", how, class_="quiet")
    yield el(
        "div",
        chart("Accuracy on the batches it learns from", list(curves(comparison, "accuracy")), share=True),
        chart(
            "Training loss",
            list(curves(comparison, "loss")),
            note="Where the mend changes the loss, its values differ in meaning: compare the accuracy.",
        ),
        class_="charts",
    )
    yield table(comparison)


def curves(comparison: Comparison, what: str) -> Iterator[Curve]:
    """Of each side every seed, and their median."""
    for key, (label, look) in sides(comparison).items():
        seeds = [
            Curve(f"{label}, seed {pair['seed']}", look, smooth(points(training["curve"], what)), bold=False)
            for pair in comparison["pairs"]
            if (training := trained(pair, key)) is not None
        ]
        seeds = [each for each in seeds if each.points]
        if len(seeds) > 1:
            yield from seeds
        if seeds:
            yield median_of(seeds, label, look)


def sides(comparison: Comparison) -> dict[str, tuple[str, str]]:
    """The sides of a comparison."""
    return {**SIDES, "mended": ("B a quarter as wide", "b")} if comparison.get("narrower") else SIDES


def trained(pair: Pair, side: str) -> Training | None:
    return {"written": pair["written"], "mended": pair["mended"], "again": pair["again"]}[side]


def points(curve: Sequence[CurvePoint], what: str) -> list[tuple[float, float]]:
    """A curve by optimizer step, of several losses in a step their mean; by number where nothing stepped."""
    stepped = any(point["step"] for point in curve)
    values: dict[int, list[float]] = defaultdict(list)
    for number, point in enumerate(curve):
        value = point["accuracy"] if what == "accuracy" else point["loss"]
        if value is not None:
            values[point["step"] if stepped else number].append(value)
    return [(float(step), fmean(found)) for step, found in sorted(values.items())]


def smooth(values: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Means over neighbours, each where its last one is; a short curve stays as it is."""
    size = min(SMOOTHED, len(values) // 20)
    if size < 2:
        return list(values)
    groups = [values[at : at + size] for at in range(0, len(values), size)]
    return [(group[-1][0], fmean(value for _, value in group)) for group in groups]


def table(comparison: Comparison) -> Markup:
    """Each training in a row."""
    rows: list[list[Child]] = [
        [pair["seed"], sides(comparison)[key][0], *outcome(training)]
        for pair in comparison["pairs"]
        for key in SIDES
        if (training := trained(pair, key)) is not None
    ]
    heads = ("seed", "training", "steps", "accuracy at the end", "on new images", "seconds", "ended")
    return folded_table("Each training", "Each training of the comparison", heads, rows)


def outcome(training: Training) -> tuple[str, ...]:
    """The cells of a training."""
    accuracies = [value for _, value in points(training["curve"], "accuracy")]
    last = accuracies[-max(1, len(accuracies) // 10) :]
    return (
        f"{training['steps']:,}",
        words.percent(fmean(last)) if last else "–",
        "–" if training["evaluated"] is None else words.percent(training["evaluated"]),
        f"{training['seconds']:.1f}",
        training["why"] or training["ended"],
    )
