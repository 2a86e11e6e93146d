"""Values the analysis reckons with: what is unknown, and integers that depend on sizes."""

from __future__ import annotations

from typing import Any, NoReturn

from cnnlint.source import Site

__all__ = ["Undecided", "Unknown", "surely"]


class Undecided(Exception):
    """A check asked what the analysis cannot answer; the engine keeps that check silent."""

    def __init__(self, why: str, site: Site | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.site = site


class Unknown:
    """A value the analysis could not determine. It spreads, and has no truth value.

    Attributes, items, calls, arithmetic and comparisons give the same Unknown; anything that needs
    an answer (`if`, `len`, `in`, iteration, `int`, hashing) raises Undecided.
    """

    __slots__ = ("_site", "_why")

    def __init__(self, why: str, site: Site | None = None) -> None:
        self._why = why
        self._site = site

    def __repr__(self) -> str:
        return f"Unknown({self._why!r})"

    def __format__(self, spec: str) -> str:
        return "?"

    def __reduce__(self) -> Any:
        return (Unknown, (self._why, self._site))

    def _spread(self, *_: Any, **__: Any) -> Any:
        return self

    def _undecided(self, *_: Any) -> NoReturn:
        raise Undecided(self._why, self._site)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    __call__ = __getitem__ = _spread
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _spread
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _spread
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _spread
    __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __divmod__ = __rdivmod__ = _spread
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = _spread
    __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = _spread
    __neg__ = __pos__ = __abs__ = __invert__ = __round__ = _spread
    __bool__ = __len__ = __iter__ = __hash__ = __int__ = __float__ = _undecided
    __index__ = __contains__ = __str__ = __complex__ = __reversed__ = _undecided


def why_unknown(value: Unknown) -> tuple[str, Site | None]:
    """The reason a value is unknown and the place it became so."""
    return value._why, value._site


#: Why a number is Unknown that surely is a Python float, and one that surely is an int.
A_FLOAT = "a float"
AN_INTEGER = "a whole number"


def is_float(value: object) -> bool:
    """A Python float, known or not."""
    return isinstance(value, float) or type(value) is Unknown and value._why == A_FLOAT


def is_integer(value: object) -> bool:
    """A Python int, known or not; a bool is none."""
    known = isinstance(value, int) and not isinstance(value, bool)
    return known or type(value) is Unknown and value._why == AN_INTEGER


def is_unknown(value: object) -> bool:
    """True where a value is Unknown: for the interpreter and knowledge; a check never asks."""
    return type(value) is Unknown


def surely(question: Any) -> bool:
    """True only where the answer is known and true; for the rare check that mixes questions."""
    try:
        return bool(question)
    except Undecided:
        return False
