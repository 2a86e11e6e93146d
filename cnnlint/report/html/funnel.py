"""A model at a glance: the pictures in it as blocks, high as they are, deep as their channels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from cnnlint.evidence import ModelTrace
from cnnlint.report.html import words
from cnnlint.report.html.layers import channels, spatial
from cnnlint.report.html.markup import Markup, el

__all__ = ["funnel"]

#: Pixels: the highest block, the space for words under it, between blocks, and the slant of a side.
HIGHEST, WORDS, GAP, SLANT = 150, 46, 34, 0.38
#: More blocks than these are joined where only channels change.
MANY = 22


class Block(NamedTuple):
    """Consecutive calls that give the same shape: their rows in the table, the first shape and the last."""

    rows: Sequence[int]
    first: Sequence[int]
    last: Sequence[int]


def funnel(model: ModelTrace, name: str) -> Markup | None:
    """The blocks, each a link to its first row of the table; None where there is nothing to see."""
    found = blocks(model)
    if len(found) < 2:
        return None
    tallest = max(max(spatial(block.first), default=1) for block in found)
    x = 4.0
    drawn = []
    for block in found:
        shape, taken = cuboid(block, tallest, x, name)
        drawn.append(shape)
        x += taken + GAP
    told = ", ".join(words.within(block.last) for block in found)
    return el(
        "div",
        el(
            "svg",
            el("title", f"{model['name']} at a glance: {told}"),
            drawn,
            width=round(x),
            height=HIGHEST + WORDS + 30,
            viewBox=f"0 0 {round(x)} {HIGHEST + WORDS + 30}",
            role="group",
            class_="funnel",
        ),
        class_="wide",
        tabindex="0",
        role="group",
        aria_label="Shapes at a glance",
    )


def blocks(model: ModelTrace) -> list[Block]:
    """The shapes that follow one another, the input first; by the size of pictures only if they are many."""
    touched = {row for edge in model["edges"] for row in edge}
    shapes = [(0, shape) for shape in model["inputs"][:1]]
    shapes += [
        (number + 1, layer["output"])
        for number, layer in enumerate(model["layers"])
        if layer["output"] and number in touched
    ]
    found = runs(shapes, lambda shape: tuple(shape[1:]))
    if len(found) > MANY:
        found = runs(shapes, lambda shape: (len(shape), *spatial(shape)))
    return found


def runs(shapes: Iterable[tuple[int, Sequence[int]]], key: object) -> list[Block]:
    assert callable(key)
    groups = (list(group) for _, group in groupby(shapes, key=lambda each: key(each[1])))
    return [Block([row for row, _ in group], group[0][1], group[-1][1]) for group in groups]


def cuboid(block: Block, tallest: int, x: float, name: str) -> tuple[Markup, float]:
    """One block that begins at `x`, and how much room it takes."""
    sides = spatial(block.last)
    side = max(sides, default=1)
    deep = 5 + 4.2 * math.log2(max(channels(block.last), 1))
    high = (
        8 + (HIGHEST - 8) * math.sqrt(side / tallest)
        if sides
        else 5 + 8 * math.log2(max(channels(block.last), 2))
    )
    if not sides:
        deep, high = 8, min(high, HIGHEST)
    slant = SLANT * high * 0.5 if sides else 3.0
    top = 18 + (HIGHEST - high) / 2
    faces = (
        el("path", d=outline((x, top), (slant, -slant * 0.55), (deep, 0)), class_="face top"),
        el("path", d=outline((x + deep, top), (slant, -slant * 0.55), (0, high)), class_="face side"),
        el("path", d=outline((x, top), (deep, 0), (0, high)), class_="face front"),
    )
    label_x = x + (deep + slant) / 2
    said = list(labels(block))
    widest = max(map(len, said)) * 6.4
    taken = max(deep + slant, widest)
    shift = (taken - deep - slant) / 2
    texts = [
        el("text", line, x=label_x, y=HIGHEST + 40 + 14 * number, class_="strong" if not number else None)
        for number, line in enumerate(said)
    ]
    calls = words.count(len(block.rows), "call") if block.rows[0] else "the input"
    kind = "picture" if sides else "vector"
    anchor = el(
        "a",
        el("title", f"{words.shape(block.last)}: {calls}"),
        faces,
        texts,
        href=f"#{name}-{block.rows[0]}",
        class_=f"block {kind}",
        transform=f"translate({round(shift, 1):g} 0)" if shift else None,
    )
    return anchor, taken


def labels(block: Block) -> Iterator[str]:
    """Channels, and the size of the picture beneath."""
    first, last = channels(block.first), channels(block.last)
    yield f"{first}–{last}" if first != last else f"{last}"
    if spatial(block.last):
        yield "×".join(map(str, spatial(block.last)))


def outline(start: tuple[float, float], along: tuple[float, float], across: tuple[float, float]) -> str:
    """A parallelogram, as the data of a path."""
    (x, y), (a, b), (c, d) = start, along, across
    return f"M{x:.1f} {y:.1f}l{a:.1f} {b:.1f}l{c:.1f} {d:.1f}l{-a:.1f} {-b:.1f}z"
