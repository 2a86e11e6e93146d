"""`Dim`: an exact integer that depends on sizes which are not known, such as `16*(H//4)*(W//4)`.

It is a polynomial with integer coefficients over atoms. An atom is a symbol, which stands for any integer
>= 1, or the floor division of a polynomial by an integer > 1. In the normal form kept here such a
numerator has positive coefficients only, so every atom is >= 0 and grows with every symbol.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from itertools import count
from math import gcd, prod
from typing import Any

from cnnlint.dims.polynomial import (
    Atom,
    Floor,
    Monomial,
    Symbol,
    Terms,
    bounds_of,
    collected,
    constant_of,
    exact_quotient,
    is_constant,
    may_vanish,
    primitive_part,
    products,
    scaled,
    sole_floor,
    subtracted,
    symbols_of,
)
from cnnlint.values import Undecided, Unknown

#: Beyond these a product is not reckoned.
MOST_TERMS = 2000
LARGEST_EXPONENT = 8

_serials = count()
_PROCESS = os.urandom(8).hex()


class Dim:
    """An integer that depends on symbols. Whatever turns out constant is a plain int instead.

    Comparisons answer True, False, or Unknown where it depends on the symbols.
    """

    __slots__ = ("terms",)

    def __init__(self, terms: Terms) -> None:
        self.terms = terms

    @staticmethod
    def symbol(name: str) -> Dim:
        """A fresh unknown size, different from every other, also from those of the same name."""
        return Dim((((Symbol(0, next(_serials), name, _PROCESS),), 1),))

    @property
    def key(self) -> Terms:
        """What two Dims share if and only if they are the same expression."""
        return self.terms

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """The symbols it depends on, oldest first."""
        return tuple(sorted(set(symbols_of(self.terms))))

    def at(self, sizes: Mapping[Symbol, Any]) -> Any:
        """Its value with these symbols replaced by ints or Dims."""
        return replace(self.terms, sizes)

    def bounds(self) -> tuple[float, float]:
        """A number it is never below, and one it is never above."""
        return bounds_of(self.terms)

    def __add__(self, other: Any) -> Any:
        if (terms := terms_of(other)) is None:
            return NotImplemented
        return made([*self.terms, *terms])

    def __mul__(self, other: Any) -> Any:
        if (terms := terms_of(other)) is None:
            return NotImplemented
        if len(self.terms) * len(terms) > MOST_TERMS:
            return self._undecidable()
        return made(products(self.terms, terms))

    def __neg__(self) -> Dim:
        return Dim(scaled(self.terms, -1))

    def __sub__(self, other: Any) -> Any:
        if (terms := terms_of(other)) is None:
            return NotImplemented
        return made(subtracted(self.terms, terms))

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __floordiv__(self, other: Any) -> Any:
        if (terms := terms_of(other)) is None:
            return NotImplemented
        return divide(self.terms, terms)

    def __rfloordiv__(self, other: Any) -> Any:
        if (terms := terms_of(other)) is None:
            return NotImplemented
        return divide(terms, self.terms)

    def __mod__(self, other: Any) -> Any:
        if terms_of(other) is None:
            return NotImplemented
        return self - self // other * other

    def __rmod__(self, other: Any) -> Any:
        if terms_of(other) is None:
            return NotImplemented
        return other - other // self * self

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __truediv__(self, other: Any) -> Any:
        return self._undecidable()

    def __pow__(self, exponent: Any) -> Any:
        if not isinstance(exponent, int) or not 0 <= exponent <= LARGEST_EXPONENT:
            return self._undecidable()
        return prod([self] * exponent)

    def __pos__(self) -> Dim:
        return self

    def __eq__(self, other: object) -> Any:
        terms = terms_of(other)
        if terms is None:
            return NotImplemented
        difference = subtracted(self.terms, terms)
        return self._undecidable() if difference and may_vanish(difference) else not difference

    def __ne__(self, other: object) -> Any:
        equal = self.__eq__(other)
        return not equal if isinstance(equal, bool) else equal

    def __lt__(self, other: Any) -> Any:
        return self._room(other, -1, 1)

    def __le__(self, other: Any) -> Any:
        return self._room(other, -1, 0)

    def __gt__(self, other: Any) -> Any:
        return self._room(other, 1, 1)

    def __ge__(self, other: Any) -> Any:
        return self._room(other, 1, 0)

    def _room(self, other: Any, sign: int, least: int) -> Any:
        """Whether it lies at least so far above (sign 1) or below (sign -1) the other."""
        terms = terms_of(other)
        if terms is None:
            return NotImplemented
        low, high = bounds_of(scaled(subtracted(self.terms, terms), sign))
        if low >= least:
            return True
        return False if high < least else self._undecidable()

    def _undecidable(self) -> Unknown:
        return Unknown(f"{self!r} depends on sizes that are not known")

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __index__(self) -> int:
        raise Undecided(f"{self!r} depends on sizes that are not known")

    __int__ = __index__
    __radd__ = __add__
    __rmul__ = __mul__

    def __float__(self) -> float:
        return float(self.__index__())

    def __hash__(self) -> int:
        return hash(self.terms)

    def __reduce__(self) -> Any:
        return (Dim, (self.terms,))

    def __repr__(self) -> str:
        ordered = sorted(self.terms, key=lambda term: (-len(term[0]), term[0]))
        text = "".join(written(monomial, coefficient) for monomial, coefficient in ordered)
        return text.removeprefix(" + ") if text.startswith(" + ") else text.replace(" - ", "-", 1)

    def __format__(self, spec: str) -> str:
        return repr(self)


def terms_of(value: object) -> Terms | None:
    if isinstance(value, Dim):
        return value.terms
    if isinstance(value, int):
        return (((), int(value)),) if value else ()
    return None


def made(terms: Iterable[tuple[Monomial, int]]) -> Any:
    """The polynomial as a Dim, or as an int if it is constant."""
    total = collected(terms)
    return constant_of(total) if is_constant(total) else Dim(total)


def divide(numerator: Terms, divisor: Terms) -> Any:
    """Python's floor division; Unknown where the divisor is a polynomial that does not divide out."""
    if not divisor:
        raise ZeroDivisionError("division by zero")
    if is_constant(divisor):
        return floor_divide(numerator, constant_of(divisor))
    content, primitive = primitive_part(divisor)
    quotient = exact_quotient(numerator, primitive)
    if quotient is not None:
        return floor_divide(quotient, content)
    (low, high), (least, _) = bounds_of(numerator), bounds_of(divisor)
    if low >= 0 and high < least:
        return 0
    return Unknown(f"{made(numerator)!r} divided by {made(divisor)!r} is not known")


def floor_divide(terms: Terms, divisor: int) -> Any:
    """Floor division by an integer, with whole parts, common factors and nested divisions taken out."""
    if divisor < 0:
        return floor_divide(scaled(terms, -1), -divisor)
    whole = [(monomial, coefficient // divisor) for monomial, coefficient in terms]
    rest = tuple(
        (monomial, coefficient % divisor) for monomial, coefficient in terms if coefficient % divisor
    )
    if is_constant(rest):
        return made(whole)
    # What is below the common factor cannot lift a multiple of it over the next multiple of the divisor.
    common = gcd(divisor, *(coefficient for monomial, coefficient in rest if monomial))
    rest = tuple((monomial, coefficient // common) for monomial, coefficient in rest if coefficient >= common)
    inner = sole_floor(rest)
    if inner is None:
        return made([*whole, ((Floor(1, rest, divisor // common),), 1)])
    # (n // a + c) // b == (n + a * c) // (a * b)
    lifted = collected([*inner.numerator, ((), constant_of(rest) * inner.divisor)])
    return made(whole) + floor_divide(lifted, inner.divisor * (divisor // common))


def replace(terms: Terms, sizes: Mapping[Symbol, Any]) -> Any:
    total: Any = 0
    for monomial, coefficient in terms:
        total = total + prod((replace_atom(atom, sizes) for atom in monomial), start=coefficient)
    return total


def replace_atom(atom: Atom, sizes: Mapping[Symbol, Any]) -> Any:
    if isinstance(atom, Floor):
        return replace(atom.numerator, sizes) // atom.divisor
    return sizes.get(atom, Dim((((atom,), 1),)))


def written(monomial: Monomial, coefficient: int) -> str:
    """A term with its sign before it."""
    sign = " - " if coefficient < 0 else " + "
    factors = [str(abs(coefficient))] if abs(coefficient) != 1 or not monomial else []
    alone = len(monomial) == coefficient == 1
    return sign + "*".join([*factors, *(written_atom(atom, alone) for atom in monomial)])


def written_atom(atom: Atom, alone: bool) -> str:
    if isinstance(atom, Symbol):
        return atom.name
    numerator = repr(Dim(atom.numerator))
    text = f"{numerator}//{atom.divisor}" if numerator.isidentifier() else f"({numerator})//{atom.divisor}"
    return text if alone else f"({text})"
