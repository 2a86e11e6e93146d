"""Numbers and strings of libcst to constants and formatted strings of the slim tree."""

# ruff: noqa: N802 (A function is named after the libcst class that it lowers.)

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from cnnlint.syntax import tree
from cnnlint.syntax.handlers import Origins, expression

if TYPE_CHECKING:
    import libcst as cst

__all__ = ["string_value"]

Literal = tree.Constant | tree.Opaque


def lower_Integer(node: cst.Integer, origins: Origins) -> Literal:
    return _literal(node, origins, lambda text: int(text, 0), node.value)


def lower_Float(node: cst.Float, origins: Origins) -> Literal:
    return _literal(node, origins, float, node.value)


def lower_Imaginary(node: cst.Imaginary, origins: Origins) -> Literal:
    return _literal(node, origins, complex, node.value)


def lower_SimpleString(node: cst.SimpleString, origins: Origins) -> Literal:
    return _literal(node, origins, string_value, node.value)


def lower_Ellipsis(node: cst.Ellipsis, origins: Origins) -> tree.Constant:
    origins.append(node)
    return tree.Constant(..., len(origins) - 1)


def lower_ConcatenatedString(node: cst.ConcatenatedString, origins: Origins) -> Any:
    at = len(origins)
    origins.append(node)
    pieces = list(_pieces(node))
    kinds = {type(piece).__name__ for piece in pieces}
    if "TemplatedString" in kinds:
        return tree.Opaque(tuple([expression(piece, origins) for piece in pieces]), at)
    if "FormattedString" not in kinds:
        return _joined(pieces, at)
    parts: list[Any] = []
    for piece in pieces:
        if type(piece).__name__ == "FormattedString":
            parts += [_string_part(part, piece, origins) for part in piece.parts]
        else:
            parts.append(expression(piece, origins))
    return tree.FormattedString(tuple(parts), at)


def lower_FormattedString(node: cst.FormattedString, origins: Origins) -> tree.FormattedString:
    at = len(origins)
    origins.append(node)
    return tree.FormattedString(tuple([_string_part(part, node, origins) for part in node.parts]), at)


def lower_TemplatedString(node: cst.TemplatedString, origins: Origins) -> tree.Opaque:
    """A template string is no str, so it has no value here; its expressions are still visited."""
    at = len(origins)
    origins.append(node)
    parts = [part for part in node.parts if hasattr(part, "expression")]
    return tree.Opaque(tuple([_string_part(part, node, origins) for part in parts]), at)


def string_value(literal: str) -> Any:
    """The str or bytes of one string literal; ValueError or SyntaxError if it has none."""
    if "\\" not in literal and "\r" not in literal and literal[0] in "\"'":
        width = 3 if literal[:3] in ('"""', "'''") else 1
        return literal[width:-width]
    return ast.literal_eval(literal)


def _literal(node: Any, origins: Origins, evaluate: Callable[[str], Any], text: str) -> Literal:
    at = len(origins)
    origins.append(node)
    try:
        return tree.Constant(evaluate(text), at)
    except (ValueError, SyntaxError):
        return tree.Opaque((), at)


def _pieces(node: Any) -> Iterator[Any]:
    while hasattr(node, "right"):
        yield node.left
        node = node.right
    yield node


def _joined(pieces: list[Any], at: int) -> Literal:
    try:
        values = [string_value(piece.value) for piece in pieces]
        return tree.Constant(type(values[0])().join(values), at)
    except (ValueError, SyntaxError, TypeError):
        return tree.Opaque((), at)


def _string_part(part: Any, string: Any, origins: Origins) -> Any:
    """A literal part as Constant, `{expression}` as itself, `{expression!r:>{width}}` as Opaque."""
    if not hasattr(part, "expression"):
        raw = "r" in string.start.lower() or "\\" not in part.value
        text = part.value.replace("{{", "{").replace("}}", "}")
        literal = text if raw else string.end + text + string.end
        return _literal(part, origins, str if raw else string_value, literal)
    if part.conversion is None and part.format_spec is None and part.equal is None:
        return expression(part.expression, origins)
    at = len(origins)
    origins.append(part)
    spec = [inner for inner in part.format_spec or () if hasattr(inner, "expression")]
    value = expression(part.expression, origins)
    return tree.Opaque((value, *[_string_part(inner, string, origins) for inner in spec]), at)
