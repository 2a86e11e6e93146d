"""Which values an expression can take: whether two may be equal, and for which square inputs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from math import isqrt
from typing import Any

from cnnlint.dims.dim import Dim, terms_of
from cnnlint.dims.polynomial import (
    Monomial,
    Symbol,
    Terms,
    bounds_of,
    collected,
    constant_of,
    grows,
    is_constant,
    may_vanish,
    primitive_part,
    scaled,
    subtracted,
    symbols_of,
    value_at,
    without,
)

#: How many sizes `may_equal` tries where a value does not simply grow with the size.
SIZES_TRIED = 2048
#: Numbers above this are not taken apart into divisors.
LARGEST_DIVIDED = 10**10
#: The largest square input that `fitting_sizes` proposes, in pixels.
LARGEST_SQUARE = 2048


def may_equal(a: Any, b: Any) -> bool:
    """False only where no sizes at all make them equal; True also where that is not known."""
    if isinstance(a, int) and isinstance(b, int):
        return a == b
    left, right = terms_of(a), terms_of(b)
    if left is None or right is None:
        numbers = isinstance(a, int | float) and isinstance(b, int | float)
        return not numbers or bool(a == b)
    difference = subtracted(left, right)
    if not difference or not may_vanish(difference):
        return not difference
    left, right = without_common_symbols(left, right)
    if is_constant(left):
        left, right = right, left
    return not is_constant(right) or takes_value(left, constant_of(right))


def fitting_sizes(expression: Any, value: int) -> list[int]:
    """The square inputs that give `expression` this value: all its symbols are set to the same size."""
    if not isinstance(expression, Dim):
        return []
    terms, sizes = expression.terms, range(1, LARGEST_SQUARE + 1)
    if not grows(terms):
        return [size for size in sizes if value_at(terms, size) == value]
    first = bisect_left(sizes, value, key=lambda size: value_at(terms, size))
    end = bisect_right(sizes, value, key=lambda size: value_at(terms, size))
    return list(sizes[first:end])


def reaching_sizes(expression: Any, least: int) -> list[int]:
    """The square inputs that give `expression` at least this value."""
    if not isinstance(expression, Dim) or not isinstance(least, int):
        return []
    return [size for size in range(1, LARGEST_SQUARE + 1) if value_at(expression.terms, size) >= least]


def without_common_symbols(left: Terms, right: Terms) -> tuple[Terms, Terms]:
    """Both divided by the symbols that are in each of their monomials: a symbol is never zero."""
    monomials = [monomial for monomial, _ in (*left, *right)]
    common = tuple(
        atom
        for atom in sorted(set(monomials[0]))
        if isinstance(atom, Symbol)
        for _ in range(min(monomial.count(atom) for monomial in monomials))
    )
    return reduce(left, common), reduce(right, common)


def reduce(terms: Terms, part: Monomial) -> Terms:
    return collected((without(monomial, part) or (), coefficient) for monomial, coefficient in terms)


def takes_value(terms: Terms, value: int) -> bool:
    """False only if no sizes give it this value."""
    content, factors = factors_of(terms)
    if not value:
        return any(factor_takes(factor, 0) for factor in factors)
    if value % content:
        return False
    if abs(value // content) > LARGEST_DIVIDED:
        return True
    remaining = {value // content}
    for factor in factors:
        remaining = {
            rest // divisor
            for rest in remaining
            for divisor in divisors_of(rest)
            if factor_takes(factor, divisor)
        }
    return 1 in remaining


def factors_of(terms: Terms) -> tuple[int, list[Terms]]:
    """An integer, and polynomials without common symbols, of which it is the product."""
    content, rest = primitive_part(terms)
    factors = []
    for group in independent(rest):
        parts = split_off(rest, group)
        if parts:
            factors.append(parts[0])
            rest = parts[1]
    return content, [*factors, rest]


def independent(terms: Terms) -> list[set[Symbol]]:
    """Its symbols in groups; symbols within one floor division go together."""
    groups: list[set[Symbol]] = []
    for atom in sorted({atom for monomial, _ in terms for atom in monomial}):
        together = set(symbols_of((((atom,), 1),)))
        for group in [group for group in groups if group & together]:
            together |= group
            groups.remove(group)
        groups.append(together)
    return groups


def split_off(terms: Terms, group: set[Symbol]) -> tuple[Terms, Terms] | None:
    """Factors of a primitive polynomial, the first over the symbols of the group, the other without.

    Written as a table, a row for each monomial of the group, it has such factors if it has rank one.
    """
    rows: dict[Monomial, dict[Monomial, int]] = {}
    for monomial, coefficient in terms:
        inside = tuple(atom for atom in monomial if group.issuperset(symbols_of((((atom,), 1),))))
        outside = tuple(atom for atom in monomial if not group.issuperset(symbols_of((((atom,), 1),))))
        rows.setdefault(inside, {})[outside] = coefficient
    pivot = next(iter(rows.values()))
    column, corner = next(iter(pivot.items()))
    for row in rows.values():
        if row.keys() != pivot.keys() or any(row[at] * corner != row[column] * pivot[at] for at in pivot):
            return None
    _, inner = primitive_part((monomial, row[column]) for monomial, row in rows.items())
    _, outer = primitive_part(pivot.items())
    return inner, scaled(outer, 1 if corner > 0 else -1)


def factor_takes(terms: Terms, value: int) -> bool:
    """Whether it can have this value: exact where it grows and depends on one symbol."""
    low, high = bounds_of(terms)
    if not low <= value <= high:
        return False
    if len(set(symbols_of(terms))) > 1:
        return True
    if not grows(terms):
        low, high = bounds_of(terms, SIZES_TRIED + 1)
        return low <= value <= high or value in first_values(terms)
    end = 1
    while value_at(terms, end) < value:
        end *= 2
    size = bisect_left(range(end), value, key=lambda below: value_at(terms, below + 1)) + 1
    return value_at(terms, size) == value


@lru_cache(maxsize=64)
def first_values(terms: Terms) -> frozenset[int]:
    """Its values for the smallest sizes of its one symbol."""
    return frozenset(value_at(terms, size) for size in range(1, SIZES_TRIED + 1))


def divisors_of(number: int) -> set[int]:
    """All integers that divide it, the negative ones too."""
    positive = {
        divisor
        for small in range(1, isqrt(abs(number)) + 1)
        if number % small == 0
        for divisor in (small, abs(number) // small)
    }
    return positive | {-divisor for divisor in positive}
