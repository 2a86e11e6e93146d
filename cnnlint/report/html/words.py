"""Numbers, sizes and shapes as a person would say them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["count", "decimal", "percent", "plain", "power", "sentence", "shape", "short_count", "within"]

UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
#: Of a list of numbers or names, how many are written out.
LISTED = 12


def count(number: int, noun: str) -> str:
    """`1 layer`, `1,204 layers`, `2 passes`."""
    plural = "" if number == 1 else "es" if noun.endswith("s") else "s"
    return f"{number:,} {noun}{plural}"


def short_count(number: float) -> str:
    """`11.2 M`."""
    for unit, letter in UNITS:
        if abs(number) >= unit:
            return f"{number / unit:.3g} {letter}"
    return f"{number:g}"


def decimal(number: float) -> str:
    """Three digits, and a power of ten where it needs one."""
    if not math.isfinite(number):
        return {math.inf: "∞", -math.inf: "−∞"}.get(number, "not a number")
    if number and not 1e-3 <= abs(number) < 1e6:
        digits, exponent = f"{number:.1e}".split("e")
        return minus(f"{digits.removesuffix('.0')} × {power(int(exponent))}").removeprefix("1 × ")
    return minus(f"{number:.3g}" if abs(number) < 1000 else f"{number:,.0f}")


def power(exponent: int) -> str:
    """`10⁻³`."""
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def minus(number: str) -> str:
    return number.replace("-", "−")


def percent(share: float) -> str:
    """`12 %`; a share that is not quite nothing or all is not rounded to it."""
    if 0 < share < 0.005:
        return "< 1 %"
    if 0.995 < share < 1:
        return "> 99 %"
    return f"{share:.0%}".replace("%", " %")


def shape(sizes: Sequence[Any] | None) -> str:
    """`16 × 32 × 32`, the batch included."""
    return "–" if sizes is None else " × ".join(map(str, sizes)) or "one number"


def within(sizes: Sequence[Any] | None) -> str:
    """The shape of one example: what follows the size of the batch."""
    return shape(sizes if sizes is None or len(sizes) < 2 else sizes[1:])


def plain(value: Any) -> str:
    """Any value that JSON carries, in words."""
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case int():
            return minus(f"{value:,}")
        case float():
            return decimal(value)
        case str():
            return value
        case Mapping():
            return listed(f"{key} {plain(item)}" for key, item in value.items())
        case Iterable():
            return listed(map(plain, value))
    return str(value)


def listed(items: Iterable[str]) -> str:
    every = list(items)
    more = f" and {len(every) - LISTED} more" if len(every) > LISTED else ""
    return ", ".join(every[:LISTED]) + more


def sentence(words: str) -> str:
    """Words as a sentence: they begin with a capital, unless with code, and end with a stop."""
    words = words.strip()
    first = words[:1].upper() + words[1:] if words[:1].islower() and " " in words else words
    return first if not first or first.endswith((".", "!", "?", "…")) else f"{first}."
