"""What a run saw inside its models: activations, gradients and updates of each layer, as bars and dots."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from cnnlint.evidence import Activation, Parameter, RunModel, RunResult
from cnnlint.report.html import words
from cnnlint.report.html.markup import Child, Markup, el
from cnnlint.report.html.sources import Sources
from cnnlint.report.html.tables import YOURS, data_table

__all__ = ["activations", "parameters"]

#: From this share on, units that are dead or saturated are pointed at.
MANY = 0.8
#: The ends of the scale of updates, as powers of ten, and where most healthy trainings lie.
LOWEST, HIGHEST = -8, 0
USUAL = (-4.0, -2.0)
#: Outside of these an update is pointed at.
TOO_SMALL, TOO_LARGE = 1e-6, 0.3


def activations(result: RunResult, sources: Sources) -> Iterator[Markup]:
    """Of each activation the dead units and the saturated values, at the start and at the end."""
    found = result["measured"].get("activations", [])
    if not found:
        return
    yield el("h4", "Activations: dead and saturated units")
    yield el(
        "p",
        "A unit is dead if it is zero for every example of a batch; a value is saturated if it lies where "
        "the activation is flat, so that hardly any gradient comes back through it. The upper bar is the "
        "start of the run, the lower one its end.",
        class_="quiet",
    )
    columns = [
        what for what in ("dead", "saturated") if what == "dead" or any(each["saturated"] for each in found)
    ]
    heads = [
        "activation",
        *({"dead": "dead units", "saturated": "saturated values"}[what] for what in columns),
        YOURS,
    ]
    yield data_table(
        "Activations", heads, [activation_row(*pair, columns, result, sources) for pair in paired(found)]
    )


def paired(found: Sequence[Activation]) -> Iterator[tuple[Activation | None, Activation | None]]:
    """Each call at the start of the run and at its end."""
    calls: dict[tuple[Any, ...], dict[str, Activation]] = {}
    seen: Counter[tuple[Any, ...]] = Counter()
    for each in found:
        place = each["place"]
        call = (each["model"], each["module"], each["kind"], place["line"] if place else 0)
        seen[each["when"], call] += 1
        number = seen[each["when"], call]
        calls.setdefault((*call, number), {})[each["when"]] = each
    for by_time in calls.values():
        yield by_time.get("start"), by_time.get("end")


def activation_row(
    start: Activation | None,
    end: Activation | None,
    columns: Sequence[str],
    result: RunResult,
    sources: Sources,
) -> Sequence[Child]:
    told = end or start
    assert told is not None
    several = len(result["models"]) > 1
    model = (
        f"{result['models'][told['model']]['name']}."
        if several and told["model"] < len(result["models"])
        else ""
    )
    return (
        (
            el("span", f"{model}{told['module']}", class_="name"),
            el("span", f" {told['kind']}", class_="kind"),
        ),
        *(two_bars(*(each and each[what] for each in (start, end))) for what in columns),  # type: ignore[literal-required]
        sources.marked(told["place"]),
    )


def two_bars(start: float | None, end: float | None) -> Child:
    """A share at the start above the one at the end, and both in words."""
    values = [value for value in (start, end) if value is not None]
    if not values:
        return "–"
    said = " → ".join(dict.fromkeys(map(words.percent, values)))
    high = values[-1] >= MANY
    bars = [
        (
            el("rect", x=0, y=y, width="100%", height=5, class_="track"),
            el("rect", x=0, y=y, width=f"{100 * min(max(value, 0), 1):.1f}%", height=5, class_=look),
        )
        for value, y, look in ((start, 0, "before"), (end, 7, "after"))
        if value is not None
    ]
    return el(
        "span",
        el("svg", bars, class_="bars", aria_hidden="true"),
        el("span", said),
        el("span", " ▲ most of them", class_="odd") if high else None,
        class_=f"measure{' high' if high else ''}",
    )


def parameters(model: RunModel, result: RunResult) -> Iterator[Markup]:
    """Of each tensor of a model the gradient and the first update against its own size."""
    tensors = model["tensors"]
    if not tensors:
        return
    yield el("h4", "Gradients and updates of ", el("code", model["name"]))
    still = sum(each["trains"] and not each["moved"] for each in tensors)
    learning = sum(each["trains"] for each in tensors)
    yield el(
        "p",
        f"{learning} of {words.count(len(tensors), 'tensor')} may learn"
        + (
            f"; {still} of them never changed."
            if still
            else ", and all of them changed."
            if learning
            else "."
        ),
        " Each dot is on a scale of powers of ten: how large the gradient and the first update are against "
        "the values themselves. The shaded band is where updates of a healthy training mostly lie.",
        class_="quiet",
    )
    heads: list[Child] = ["tensor", ("gradient / value", scale()), ("update / value", scale()), "what is odd"]
    yield data_table(
        f"Parameters of {model['name']}", heads, [parameter_row(each, result) for each in tensors]
    )


def parameter_row(tensor: Parameter, result: RunResult) -> Sequence[Child]:
    slope, norm = tensor["slope"], tensor["norm"]
    gradient = slope / norm if slope is not None and norm else None
    odd = list(oddities(tensor, result))
    return (
        (
            el("span", tensor["name"], class_="name"),
            el("span", f" {words.shape(tensor['shape'])}", class_="kind"),
        ),
        dot(gradient, band=False) if gradient is not None else tensor["gradient"] or "–",
        dot(tensor["update"], band=True) if tensor["update"] is not None else "–",
        el("span", ", ".join(odd), class_="odd") if odd else None,
    )


def oddities(tensor: Parameter, result: RunResult) -> Iterator[str]:
    """What a person would want to look at."""
    if not tensor["trains"]:
        yield "frozen"
        return
    if result["optimizers"] and not tensor["optimizers"]:
        yield "in no optimizer"
    if tensor["gradient"] in ("none", "zero"):
        yield {"none": "never got a gradient", "zero": "its gradient was always zero"}[tensor["gradient"]]
    if result["steps"] and not tensor["moved"]:
        yield "never changed"
    update = tensor["update"]
    if update is not None and 0 < update < TOO_SMALL:
        yield "hardly changes"
    if update is not None and update > TOO_LARGE:
        yield "changes by a large part of itself in one step"


def dot(value: float, *, band: bool) -> Child:
    """A value on the scale of powers of ten."""
    if not value or not math.isfinite(value):
        return "0" if value == 0 else words.decimal(value)
    x = position(math.log10(abs(value)))
    low, high = map(position, USUAL)
    return el(
        "span",
        el(
            "svg",
            el("rect", x=0, y=5, width="100%", height=2, class_="track"),
            el("rect", x=portion(low), y=1, width=portion(high - low), height=10, class_="band")
            if band
            else None,
            el("circle", cx=portion(x), cy=6, r=4, class_="dot"),
            class_="scale",
            aria_hidden="true",
        ),
        el("span", words.decimal(value)),
        class_="measure",
    )


def scale() -> Markup:
    """The powers of ten that the dots below stand under."""
    marks = range(LOWEST, HIGHEST + 1, 4)
    anchors = {LOWEST: "start", HIGHEST: "end"}
    return el(
        "svg",
        [
            el(
                "text",
                words.power(mark) if mark else "1",
                x=portion(position(mark)),
                y=10,
                text_anchor=anchors.get(mark, "middle"),
            )
            for mark in marks
        ],
        class_="scale ticks",
        aria_hidden="true",
    )


def position(power: float) -> float:
    return min(max((power - LOWEST) / (HIGHEST - LOWEST), 0.02), 0.98)


def portion(share: float) -> str:
    return f"{100 * share:.1f}%"
