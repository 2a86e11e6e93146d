"""What a training loop did, in order: each kind of optimizer step a strip of signs.

What every training step needs and this run never did stands in the strip as a gap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, TypeVar

from cnnlint.evidence import Event, RunResult
from cnnlint.report.html import words
from cnnlint.report.html.markup import Markup, el, identifier
from cnnlint.report.html.sources import Sources
from cnnlint.report.html.tables import YOURS, folded_table

__all__ = ["strip"]

#: The sign of each kind of event, and what it is.
SIGNS = {
    "pass": ("P", "a pass over a loader begins"),
    "train": ("T", "training mode is set"),
    "eval": ("E", "evaluation mode is set"),
    "zero_grad": ("Z", "gradients are cleared"),
    "forward": ("F", "the model is called"),
    "loss": ("L", "a loss is computed"),
    "backward": ("B", "gradients are computed"),
    "clip": ("C", "gradients are clipped"),
    "step": ("S", "the optimizer moves the weights"),
    "scheduler_step": ("R", "the learning rate is scheduled"),
}
#: What a training step is made of, in its order, and what it means if it is missing.
NEEDED = {
    "zero_grad": "nothing clears the gradients, so each backward pass adds to all before it",
    "forward": "no model is called",
    "backward": "no gradients are computed",
    "step": "nothing moves the weights",
}
ORDER = tuple(NEEDED)
#: Kinds of steps told apart, ranges of them named, signs of one, and the longest pattern that is looked for.
MOST_STEPS, RANGES, MOST_SIGNS, LONGEST = 10, 3, 36, 6
T = TypeVar("T", bound=Hashable)


class Sign(NamedTuple):
    """An event as it is drawn: its kind, the word under it, and what is wrong with it, '' for nothing."""

    kind: str
    word: str
    wrong: str


def strip(result: RunResult, sources: Sources) -> Iterator[Markup]:
    """The strip, what is missing in words, and the lines that each sign comes from."""
    events = result["events"]
    if not events:
        return
    kinds = Counter(event["kind"] for event in events)
    missing = [kind for kind in NEEDED if not kinds[kind]] if kinds["backward"] or kinds["step"] else []
    yield el("h4", "What each step did")
    for kind in missing:
        yield el(
            "p",
            el("span", SIGNS[kind][0], class_="event ghost", aria_hidden="true"),
            el("b", f" {kind} never happened. "),
            words.sentence(f"in {words.count(result['steps'], 'step')} {NEEDED[kind]}"),
            class_="callout bad",
        )
    yield el(
        "div",
        el("ol", rows(events, missing), class_="steps"),
        class_="wide",
        tabindex="0",
        role="group",
        aria_label="Events of each step",
    )
    yield legend(events, sources)


def rows(events: Sequence[Event], missing: Sequence[str]) -> Iterator[Markup]:
    """A row for each kind of optimizer step, in the order in which they first came."""
    alike: dict[tuple[Sign, ...], list[int]] = {}
    for step, group in groupby(events, key=lambda event: event["step"]):
        alike.setdefault(tuple(map(sign_of, group)), []).append(step + 1)
    told = list(alike.items())
    for signs, steps in told[:MOST_STEPS]:
        stepped = any(sign.kind == "step" for sign in signs)
        name = named(steps) if stepped else f"after step {steps[0] - 1}" if steps[0] > 1 else "no step"
        yield el(
            "li", el("span", name, class_="step-name"), el("span", drawn(signs, missing), class_="events")
        )
    if len(told) > MOST_STEPS:
        more = sum(len(steps) for _, steps in told[MOST_STEPS:])
        yield el("li", el("span", words.count(more, "more step"), class_="quiet"))


def named(steps: Sequence[int]) -> str:
    """`step 1`, `steps 2–5, 7–10 …`."""
    groups = groupby(enumerate(steps), key=lambda each: each[1] - each[0])
    ranges = [[step for _, step in group] for _, group in groups]
    told = [f"{each[0]}–{each[-1]}" if len(each) > 1 else f"{each[0]}" for each in ranges]
    return (
        f"step{'s' if len(steps) > 1 else ''} {', '.join(told[:RANGES])}{' …' if len(told) > RANGES else ''}"
    )


def sign_of(event: Event) -> Sign:
    """How an event is drawn."""
    kind = event["kind"]
    word, wrong = kind.replace("scheduler_step", "rate"), ""
    if kind == "forward":
        word = f"in {event.get('mode', '')}" + ("" if event.get("gradients_on", True) else ", no grad")
    if kind == "backward" and event.get("kept"):
        word, wrong = "adds up", "adds to gradients that were not cleared"
    if kind == "step" and event.get("gradients") in ("none", "zero"):
        word = wrong = {"none": "no gradients", "zero": "zero gradients"}[event["gradients"]]
    return Sign(kind, word, wrong)


def drawn(signs: Sequence[Sign], missing: Sequence[str]) -> Iterator[Markup]:
    """The signs of a step, repeated ones once, with the gaps where something never happens."""
    trains = any(sign.kind in ("backward", "step") for sign in signs)
    pending = [kind for kind in missing if trains]
    folded = list(patterns(signs))
    for pattern, times in folded[:MOST_SIGNS]:
        shown = []
        for sign in pattern:
            while pending and sign.kind in NEEDED and ORDER.index(sign.kind) > ORDER.index(pending[0]):
                shown.append(ghost(pending.pop(0)))
            shown.append(badge(sign))
        yield (
            el("span", shown, el("span", f"×{times}", class_="times"), class_="repeated")
            if times > 1
            else Markup("".join(shown))
        )
    yield from map(ghost, pending)
    if len(folded) > MOST_SIGNS:
        yield el("span", f"and {len(folded) - MOST_SIGNS} more", class_="quiet")


def patterns(items: Sequence[T]) -> Iterator[tuple[Sequence[T], int]]:
    """A sequence as patterns and how often each is repeated."""
    at = 0
    while at < len(items):
        best, times = 1, 1
        for length in range(1, min(LONGEST, len(items) - at) + 1):
            pattern, count = items[at : at + length], 1
            while items[at + count * length : at + (count + 1) * length] == pattern:
                count += 1
            if count > 1 and count * length > best * times:
                best, times = length, count
        yield items[at : at + best], times
        at += best * times


def badge(sign: Sign) -> Markup:
    letter, meaning = sign_for(sign.kind)
    return el(
        "span",
        el("abbr", letter, title=f"{sign.kind}: {meaning}"),
        el("small", sign.word) if sign.word else None,
        class_=f"event {identifier(sign.kind)}{' wrong' if sign.wrong else ''}",
        title=sign.wrong or None,
    )


def ghost(kind: str) -> Markup:
    return el(
        "span",
        el("abbr", SIGNS[kind][0], title=f"{kind} is missing"),
        el("small", f"no {kind}"),
        class_="event ghost",
    )


def legend(events: Sequence[Event], sources: Sources) -> Markup:
    """Which line each kind of event comes from, and how often."""
    places: Counter[tuple[str, str, int]] = Counter()
    for event in events:
        place = event["place"]
        places[event["kind"], place["path"] if place else "", place["line"] if place else 0] += 1
    order = list(SIGNS)
    rows = [
        [
            (el("span", sign_for(kind)[0], class_=f"event {identifier(kind)}"), f" {kind}"),
            sign_for(kind)[1],
            f"{times:,}",
            sources.marked({"path": path, "line": line}) if path else None,
        ]
        for (kind, path, line), times in sorted(
            places.items(), key=lambda each: (order.index(each[0][0]) if each[0][0] in order else 99, each[0])
        )
    ]
    heads = ("event", "which is", "times", YOURS)
    return folded_table("The signs, and your lines behind them", "Events by kind and line", heads, rows)


def sign_for(kind: str) -> tuple[str, str]:
    return SIGNS.get(kind, ("·", ""))
