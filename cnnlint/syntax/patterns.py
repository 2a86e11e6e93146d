"""What the pattern of a `case` says: the names it binds and the constants it compares with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnlint.syntax import tree
from cnnlint.syntax.handlers import expression, intern

__all__ = ["bound_names", "constants", "is_irrefutable"]


def bound_names(pattern: Any) -> tuple[str, ...]:
    """Every name that a match of this libcst pattern binds, in reading order, once each."""
    return tuple(dict.fromkeys(_names(pattern)))


def constants(pattern: Any) -> tuple[Any, ...] | None:
    """The constants that the pattern is an alternative of; None if it is more than that."""
    match type(pattern).__name__:
        case "MatchValue" | "MatchSingleton":
            return _constant(expression(pattern.value, []))
        case "MatchOr":
            alternatives = [constants(each.pattern) for each in pattern.patterns]
            if None in alternatives:
                return None
            return tuple([value for each in alternatives for value in each or ()])
    return None


def is_irrefutable(pattern: Any) -> bool:
    """Whether the pattern matches anything: `_`, a bare name, or an alternative of one of them."""
    match type(pattern).__name__:
        case "MatchAs":
            return pattern.pattern is None or is_irrefutable(pattern.pattern)
        case "MatchOr":
            return any(is_irrefutable(each.pattern) for each in pattern.patterns)
    return False


def _constant(value: tree.Expression) -> tuple[Any, ...] | None:
    match value:
        case tree.Constant(constant):
            return (constant,)
        case tree.UnaryOperation("-", tree.Constant(int() | float() | complex() as number)):
            return (-number,)
    return None


def _names(pattern: Any) -> Iterator[str]:
    """Patterns hold patterns in `pattern`, `patterns`, `elements` and `kwds`; `value` is one in
    an element of a sequence; `name` and `rest` are names to bind."""
    kind = type(pattern).__name__
    if kind in ("MatchValue", "MatchSingleton"):
        return
    for field in ("patterns", "elements", "kwds"):
        for inner in getattr(pattern, field, ()):
            yield from _names(inner)
    for field in ("pattern", "value"):
        inner = getattr(pattern, field, None)
        if inner is not None:
            yield from _names(inner)
    for field in ("name", "rest"):
        name = getattr(pattern, field, None)
        if name is not None:
            yield intern(name.value)
