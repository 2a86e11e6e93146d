"""Curves with axes, as pictures that fill the room they are given while their words keep their size.

The lines are drawn in a square that is stretched; words and ticks stand beside it at shares of its size.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from cnnlint.report.html import words
from cnnlint.report.html.markup import Markup, el
from cnnlint.report.html.tables import folded_table

__all__ = ["Curve", "chart", "median_of"]

#: Rows of the table beneath a chart.
TOLD = 16
#: Larger values, and what is no number, are left out.
LARGEST = 1e100
#: Room above the highest and below the lowest value, as a share.
MARGIN = 0.06
SQUARE = 1000


class Curve(NamedTuple):
    """A line: what it is, its look ('a', 'b', 'control'), its points, and whether it stands for others."""

    label: str
    look: str
    points: Sequence[tuple[float, float]]
    bold: bool = True


class Frame(NamedTuple):
    """What part of the plane is shown, and how a value is put on the axis."""

    left: float
    right: float
    low: float
    high: float
    scale: Callable[[float], float]

    def x(self, value: float) -> float:
        return (value - self.left) / ((self.right - self.left) or 1)

    def y(self, value: float) -> float:
        """From the top."""
        return 1 - (self.scale(value) - self.low) / ((self.high - self.low) or 1)


def chart(
    title: str,
    curves: Sequence[Curve],
    *,
    axis: str = "optimizer steps",
    share: bool = False,
    note: str = "",
) -> Markup | None:
    """A figure with curves, bold ones above the others. None where no curve has two points to join.

    `share` says that values lie between 0 and 1 and are told in per cent.
    """
    curves = [curve._replace(points=finite(curve.points)) for curve in curves]
    curves = [curve for curve in curves if len(curve.points) > 1]
    if not curves:
        return None
    frame, ticks = framed(curves, share)
    said: Callable[[float], str] = words.percent if share else words.decimal
    bold = [curve for curve in curves if curve.bold]
    summary = "; ".join(
        f"{curve.label} from {said(curve.points[0][1])} to {said(curve.points[-1][1])}" for curve in bold
    )
    return el(
        "figure",
        el("figcaption", el("b", title), legend(curves)),
        el(
            "div",
            el(
                "svg",
                [label_left(frame.y(tick), said(tick)) for tick in ticks],
                class_="left",
                aria_hidden="true",
            ),
            el(
                "svg",
                [
                    el(
                        "line",
                        x1=0,
                        x2="100%",
                        y1=portion(frame.y(tick)),
                        y2=portion(frame.y(tick)),
                        class_="grid",
                    )
                    for tick in ticks
                ],
                el(
                    "svg",
                    [line(curve, frame) for curve in sorted(curves, key=lambda curve: curve.bold)],
                    viewBox=f"0 0 {SQUARE} {SQUARE}",
                    preserveAspectRatio="none",
                    width="100%",
                    height="100%",
                ),
                el("line", x1=0, x2=0, y1=0, y2="100%", class_="cursor"),
                class_="area",
                aria_hidden="true",
            ),
            el("svg", ends(bold, frame), class_="right", aria_hidden="true"),
            el(
                "svg",
                [label_below(frame, tick) for tick in even_ticks(frame)],
                class_="below",
                aria_hidden="true",
            ),
            class_="plot",
            tabindex="0",
            role="img",
            aria_label=f"{title} over {axis}: {summary}",
            data_series=series(bold, share),
            data_left=frame.left,
            data_right=frame.right,
        ),
        el("p", axis, el("output", "", class_="readout", aria_live="polite"), class_="axis"),
        el("p", note, class_="quiet") if note else None,
        numbers(title, axis, bold, said),
        class_="chart",
    )


def finite(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points that can be drawn; a value that is next to nothing is drawn as nothing."""
    return [
        (x, y if abs(y) > 1 / LARGEST else 0.0) for x, y in points if abs(x) < LARGEST and abs(y) < LARGEST
    ]


def framed(curves: Sequence[Curve], share: bool) -> tuple[Frame, Sequence[float]]:
    """What is shown, and the values that the left axis names. Values of very different size are shown by
    their powers of ten."""
    xs = [x for curve in curves for x, _ in curve.points]
    ys = [y for curve in curves for _, y in curve.points]
    left, right, low, high = min(xs), max(xs), min(ys), max(ys)
    if share:
        return Frame(left, right, -MARGIN / 2, 1 + MARGIN / 2, float), (0, 0.25, 0.5, 0.75, 1)
    if low > 0 and high / low > 100:
        bottom, top = math.log10(low), math.log10(high)
        powers = range(math.floor(bottom), math.ceil(top) + 1)
        ticks = [10.0**power for power in powers[:: max(1, math.ceil(len(powers) / 6))]]
        return Frame(left, right, min(bottom, powers[0]), max(top, powers[-1]), math.log10), ticks
    low = min(low, 0.0) if low > -0.1 * high and low < 0.5 * high else low
    room = (high - low or abs(high) or 1) * MARGIN
    frame = Frame(left, right, low - room, high + room, float)
    return frame, nice_ticks(low, high)


def nice_ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round numbers between two values."""
    span = (high - low) or abs(high) or 1
    rough = span / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 12) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def even_ticks(frame: Frame) -> list[float]:
    return [tick for tick in nice_ticks(frame.left, frame.right) if tick == int(tick)]


def portion(share: float) -> str:
    return f"{100 * share:.2f}%"


def label_left(y: float, label: str) -> Markup:
    return el("text", label, x="100%", y=portion(y), dx=-6, dy="0.35em", text_anchor="end")


def label_below(frame: Frame, tick: float) -> Markup:
    x = frame.x(tick)
    anchor = "start" if x < 0.03 else "end" if x > 0.97 else "middle"
    return el("text", f"{tick:,.0f}", x=portion(x), y="1.1em", text_anchor=anchor)


def line(curve: Curve, frame: Frame) -> Markup:
    points = " ".join(f"{SQUARE * frame.x(x):.0f},{SQUARE * frame.y(y):.0f}" for x, y in curve.points)
    classes = f"curve {curve.look}{' bold' if curve.bold else ''}"
    return el("polyline", el("title", curve.label), points=points, class_=classes)


def ends(curves: Sequence[Curve], frame: Frame) -> Iterator[Markup]:
    """The letter of each curve at its end, none above another."""
    lowest = -1.0
    for y, curve in sorted(
        ((frame.y(curve.points[-1][1]), curve) for curve in curves), key=lambda each: each[0]
    ):
        y = max(y, lowest + 0.07)
        lowest = y
        letter = curve.label[:1] if curve.label[1:2] == " " else "●"
        yield el("text", letter, x=6, y=portion(min(y, 1)), dy="0.35em", class_=f"end {curve.look}")


def legend(curves: Sequence[Curve]) -> Markup | None:
    """What each look means; a single curve is told by the title."""
    if len(curves) < 2:
        return None
    thin = {curve.look for curve in curves if not curve.bold}
    entries = [
        el(
            "li",
            el(
                "svg",
                el("line", x1=1, x2=27, y1=7, y2=7, class_=f"curve {curve.look} bold"),
                width=28,
                height=14,
                aria_hidden="true",
            ),
            curve.label,
        )
        for curve in curves
        if curve.bold
    ]
    return el(
        "ul", entries, el("li", "thin: single seeds", class_="quiet") if thin else None, class_="legend"
    )


def series(curves: Sequence[Curve], share: bool) -> str:
    """What the script needs to tell values under the pointer."""
    told: list[Any] = [
        [curve.label, [[x, float(f"{y:.4g}")] for x, y in curve.points], share] for curve in curves
    ]
    return json.dumps(told, separators=(",", ":"))


def numbers(title: str, axis: str, curves: Sequence[Curve], said: Callable[[float], str]) -> Markup:
    """The same as a table, at some of the steps."""
    every = sorted({x for curve in curves for x, _ in curve.points})
    stride = max(1, math.ceil(len(every) / TOLD))
    wanted = [*every[:-1:stride], every[-1]]
    values = [dict(curve.points) for curve in curves]
    rows = [[f"{x:g}", *(said(value[x]) if x in value else "–" for value in values)] for x in wanted]
    return folded_table("The numbers", title, (axis, *(curve.label for curve in curves)), rows)


def median_of(curves: Sequence[Curve], label: str, look: str) -> Curve:
    """The middle of several curves, where all of them have a point."""
    values = [dict(curve.points) for curve in curves]
    common = sorted(set(values[0]).intersection(*values[1:])) if values else []
    points = []
    for x in common:
        ordered = sorted(value[x] for value in values)
        middle = len(ordered) // 2
        points.append(
            (x, ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2)
        )
    return Curve(label, look, points)
