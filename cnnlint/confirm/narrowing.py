"""A narrower twin of a model: the texts of its files with a quarter of each width that is written in them.

Which numbers are widths is read off the facts. In a copy of the texts each number becomes another prime, and
the sizes of the layers, taken apart into primes, tell which numbers they are made of.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from cnnlint.facts import Module
from cnnlint.values import Undecided

__all__ = ["PART", "Number", "Twin", "numbers", "twin"]

PART = 4  # a width is divided by it
LEAST = 8  # smaller numbers are sizes of windows, counts of blocks, colours
MOST_NUMBERS = 600  # in the files of a model
OUT = ("out_channels", "out_features", "hidden_size")
INTO = ("in_channels", "in_features", "num_features", "num_channels", "normalized_shape", "input_size")
FLATTENING = ("view", "reshape", "unflatten", "Unflatten")

NOT_FOLLOWED = "its layers cannot all be followed in the code, so no narrower twin of it can be written"
NO_WIDTHS = "no width of its layers is written as a number in the code, so no narrower twin can be written"


class Twin(NamedTuple):
    """The texts of the files that differ, by path; or why there is no twin."""

    texts: Mapping[str, str] = {}
    why: str = ""


class Number(NamedTuple):
    """A whole number in a text, and where its digits stand in bytes."""

    path: str
    begin: int
    end: int
    value: int


class Size(NamedTuple):
    """A size of a layer: the numbers that it is the product of, besides a factor."""

    factor: int
    numbers: tuple[Number, ...]

    def value(self, changes: Mapping[Number, int]) -> int:
        """What it comes to after changes."""
        product = self.factor
        for number in self.numbers:
            product *= changes.get(number, number.value)
        return product


class Sizes(NamedTuple):
    """How many channels or features a layer takes and gives, as far as that is a product of numbers."""

    into: Size | None
    out: Size | None


def twin(
    texts: Mapping[str, str], find: Callable[[Mapping[str, str]], Module | None], classes: int | None
) -> Twin:
    """The twin of a model that tells so many classes apart and whose layers these texts write, by path.

    `find` gives the model as it is when files have other texts.
    """
    known = [each for path, text in texts.items() for each in numbers(path, text)]
    if len(known) > MOST_NUMBERS:
        return Twin(why=NOT_FOLLOWED)
    primes = dict(zip(sorted(known, key=lambda each: each.value), _primes(), strict=False))
    by_prime = {prime: number for number, prime in primes.items()}
    try:
        model = find({path: with_numbers(path, text, primes) for path, text in texts.items()})
        layers = [_sizes(layer, by_prime) for layer in model.modules()] if model is not None else []
    except Undecided:
        layers = []
    if not layers:
        return Twin(why=NOT_FOLLOWED)
    narrowing = _Narrowing([each for each in layers if each.into or each.out], classes)
    narrowing.narrow()
    for path, text in texts.items():
        narrowing.flatten(path, text)
    changed = {path: with_numbers(path, text, narrowing.changes) for path, text in texts.items()}
    different = {path: text for path, text in changed.items() if text != texts[path]}
    return Twin(different) if different else Twin(why=NO_WIDTHS)


def numbers(path: str, text: str) -> Iterator[Number]:
    """The numbers of a text that may be widths; not those that count the rounds of a loop."""
    tree = ast.parse(text)
    counts = {id(node) for call in ast.walk(tree) if _is_range(call) for node in ast.walk(call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in counts and (found := _number(path, text, node)):
            yield found


def with_numbers(path: str, text: str, changes: Mapping[Number, int]) -> str:
    """The text of a file with other numbers."""
    data = text.encode()
    for number in sorted((each for each in changes if each.path == path), reverse=True):
        data = data[: number.begin] + str(changes[number]).encode() + data[number.end :]
    return data.decode()


class _Narrowing:
    """The layers of a model in their order, and what becomes of the numbers that their sizes are made of."""

    def __init__(self, layers: Sequence[Sizes], classes: int | None) -> None:
        self.layers = layers
        self.changes: dict[Number, int] = {}
        self.flat: dict[int, Size] = {}  # the width behind each size that goes into a layer
        giving = [layer for layer in layers if layer.out]
        first, last = giving[:1], giving[-1:]
        outputs = [layer for layer in giving if layer in last or _value(layer.out) == classes]
        sizes = [*(layer.into for layer in first), *(layer.out for layer in outputs)]
        self.fixed = {number for size in sizes if size for number in size.numbers}

    def narrow(self) -> None:
        """First what layers give, then what those behind them take."""
        for layer in self.layers:
            free = [each for each in layer.out.numbers if each not in self.fixed] if layer.out else []
            if free and not any(each in self.changes for each in free):
                widest = max(free, key=lambda each: each.value)
                self.changes[widest] = max(1, widest.value // PART)
        for place, layer in enumerate(self.layers):
            before = [each.out for each in self.layers[:place] if each.out]
            if layer.into and (width := _behind(_value(layer.into), before)):
                self.flat.setdefault(_value(layer.into), width)
                self.follow(layer.into, width)

    def follow(self, size: Size, width: Size) -> None:
        """Let a size that a width is part of become smaller with it, unless it has."""
        old, new = _value(width), width.value(self.changes)
        free = [each for each in size.numbers if each not in self.fixed]
        if old == new or any(each in self.changes for each in free):
            return
        same = [each for each in free if each.value == old]
        others = [each for each in free if each.value * new % old == 0]
        for number in [*same, *sorted(others, key=lambda each: -each.value)][:1]:
            self.changes[number] = number.value * new // old

    def flatten(self, path: str, text: str) -> None:
        """The same for the sizes that `view` and its like are given."""
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in FLATTENING:
                for each in node.args:
                    size = _product(path, text, each)
                    if size and (width := self.flat.get(_value(size))):
                        self.follow(size, width)


def _behind(taken: int, widths: Sequence[Size]) -> Size | None:
    """The width that a layer takes: the nearest before it that is as great, or a part of it, all places of a
    map side by side."""
    same = [width for width in widths if _value(width) == taken]
    parts = [width for width in widths if _value(width) > 1 and taken % _value(width) == 0]
    return next(iter([*reversed(same), *reversed(parts)]), None)


def _value(size: Size | None) -> int:
    return size.value({}) if size else 0


def _sizes(layer: Any, by_prime: Mapping[int, Number]) -> Sizes:
    """The sizes of a layer whose numbers are primes."""
    into, out = (
        next((size for name in names if (size := _size(getattr(layer, name, None), by_prime))), None)
        for names in (INTO, OUT)
    )
    return Sizes(into, out)


def _size(value: Any, by_prime: Mapping[int, Number]) -> Size | None:
    """A size taken apart; None for what is no number."""
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    if type(value) is not int or value < 1:
        return None
    made: list[Number] = []
    for prime, number in by_prime.items():
        while value % prime == 0:
            value //= prime
            made.append(number)
    return Size(value, tuple(made))


def _product(path: str, text: str, node: ast.expr) -> Size | None:
    """A product of numbers that are written there; None for anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = _product(path, text, node.left), _product(path, text, node.right)
        return Size(left.factor * right.factor, left.numbers + right.numbers) if left and right else None
    if not isinstance(node, ast.Constant) or type(node.value) is not int:
        return None
    number = _number(path, text, node)
    return Size(1, (number,)) if number else Size(node.value, ())


def _number(path: str, text: str, node: ast.Constant) -> Number | None:
    """The number that a node is; None if it is none, or too small for a width."""
    if type(node.value) is not int or node.value < LEAST or node.end_col_offset is None:
        return None
    start = _starts(text)[node.lineno - 1]
    return Number(path, start + node.col_offset, start + node.end_col_offset, node.value)


@lru_cache(maxsize=16)
def _starts(text: str) -> list[int]:
    """Where each line begins, in bytes."""
    return [0, *accumulate(len(line) + 1 for line in text.encode().split(b"\n"))]


def _is_range(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"


def _primes(first: int = 101) -> Iterator[int]:
    """Primes that no size of a window and no count of blocks has for a factor."""
    found: dict[int, list[int]] = defaultdict(list)
    for number in range(2, 1 << 30):
        if number not in found:
            found[number * number].append(number)
            if number >= first:
                yield number
        for prime in found.pop(number, ()):
            found[number + prime].append(prime)
