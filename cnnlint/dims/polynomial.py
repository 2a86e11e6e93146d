"""Polynomials with integer coefficients over sizes and floor divisions, as plain sorted tuples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import gcd, inf, prod
from typing import NamedTuple


class Symbol(NamedTuple):
    """A size that is not known, an integer >= 1. `serial` and `process` tell it from all others."""

    rank: int
    serial: int
    name: str
    process: str


class Floor(NamedTuple):
    """`numerator // divisor`, the divisor > 1 and the numerator's coefficients in 0..divisor-1."""

    rank: int
    numerator: Terms
    divisor: int


Atom = Symbol | Floor
#: A sorted tuple of atoms, one for each power; the constant's is empty.
Monomial = tuple[Atom, ...]
#: The monomials of a polynomial in order, each with its coefficient, which is never zero.
Terms = tuple[tuple[Monomial, int], ...]


def collected(terms: Iterable[tuple[Monomial, int]]) -> Terms:
    total: dict[Monomial, int] = {}
    for monomial, coefficient in terms:
        total[monomial] = total.get(monomial, 0) + coefficient
    return tuple(sorted(term for term in total.items() if term[1]))


def is_constant(terms: Terms) -> bool:
    return not any(monomial for monomial, _ in terms)


def constant_of(terms: Terms) -> int:
    return sum(coefficient for monomial, coefficient in terms if not monomial)


def scaled(terms: Terms, factor: int) -> Terms:
    return tuple((monomial, coefficient * factor) for monomial, coefficient in terms)


def subtracted(left: Terms, right: Terms) -> Terms:
    return collected([*left, *scaled(right, -1)])


def products(left: Terms, right: Terms) -> Iterator[tuple[Monomial, int]]:
    for monomial, coefficient in left:
        for other, factor in right:
            yield tuple(sorted(monomial + other)), coefficient * factor


def primitive_part(terms: Iterable[tuple[Monomial, int]]) -> tuple[int, Terms]:
    """The greatest common divisor of the coefficients, and the polynomial divided by it."""
    total = collected(terms)
    content = gcd(*(coefficient for _, coefficient in total))
    return content, tuple((monomial, coefficient // content) for monomial, coefficient in total)


def sole_floor(terms: Terms) -> Floor | None:
    """The floor division that together with a constant is the whole polynomial, if it is one."""
    varying = [term for term in terms if term[0]]
    monomial, coefficient = varying[0]
    alone = len(varying) == len(monomial) == coefficient == 1
    return monomial[0] if alone and isinstance(monomial[0], Floor) else None


def exact_quotient(numerator: Terms, divisor: Terms) -> Terms | None:
    """The polynomial q with q * divisor == numerator, if there is one."""
    atoms = sorted({atom for monomial, _ in (*numerator, *divisor) for atom in monomial})

    def order(term: tuple[Monomial, int]) -> tuple[int, ...]:
        return (len(term[0]), *(term[0].count(atom) for atom in atoms))

    lead, factor = max(divisor, key=order)
    rest = numerator
    quotient: list[tuple[Monomial, int]] = []
    while rest:
        monomial, coefficient = max(rest, key=order)
        reduced = without(monomial, lead)
        if reduced is None or coefficient % factor:
            return None
        quotient.append((reduced, coefficient // factor))
        rest = subtracted(rest, tuple(products(divisor, (quotient[-1],))))
    return collected(quotient)


def without(monomial: Monomial, part: Monomial) -> Monomial | None:
    """The monomial divided by another; None if that leaves a fraction."""
    remaining = list(monomial)
    for atom in part:
        if atom not in remaining:
            return None
        remaining.remove(atom)
    return tuple(remaining)


def value_at(terms: Terms, size: int) -> int:
    """The value with every symbol set to the same size."""
    return sum(
        prod((atom_value(atom, size) for atom in monomial), start=coefficient)
        for monomial, coefficient in terms
    )


def atom_value(atom: Atom, size: int) -> int:
    return size if isinstance(atom, Symbol) else value_at(atom.numerator, size) // atom.divisor


def symbols_of(terms: Terms) -> Iterator[Symbol]:
    for monomial, _ in terms:
        for atom in monomial:
            if isinstance(atom, Symbol):
                yield atom
            else:
                yield from symbols_of(atom.numerator)


def bounds_of(terms: Terms, least: int = 1) -> tuple[float, float]:
    """The interval of its values when every symbol is at least `least`."""
    low: float = 0
    high: float = 0
    for monomial, coefficient in terms:
        smallest = prod((atom_value(atom, least) for atom in monomial), start=coefficient)
        largest = coefficient * inf if monomial else coefficient
        low += min(smallest, largest)
        high += max(smallest, largest)
    return low, high


def may_vanish(terms: Terms) -> bool:
    """Zero lies within its bounds, and its constant is a multiple of what divides all the rest."""
    low, high = bounds_of(terms)
    common = gcd(*(coefficient for monomial, coefficient in terms if monomial))
    return low <= 0 <= high and (not common or constant_of(terms) % common == 0)


def grows(terms: Terms) -> bool:
    """It never falls when a symbol grows."""
    return all(coefficient > 0 for monomial, coefficient in terms if monomial)
