"""From an edit in terms of nodes to an edit of the text.

Works from the text and the spans of nodes alone. Statements are found with Python's own parser;
what it cannot read is not edited, and an edit after which the text would no longer parse is refused.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import Protocol

from cnnlint.findings import Edit, TextEdit
from cnnlint.fixes.apply import apply_edits
from cnnlint.fixes.imports import import_beside, import_module
from cnnlint.fixes.parameters import feeding, owner_of
from cnnlint.fixes.text import Statement, Text, parsed
from cnnlint.source import Span

__all__ = ["Spans", "resolve"]

#: Expressions that keep their meaning wherever they are put.
_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.List, ast.Dict, ast.Set)
#: The name that the first definition in a stretch of text gives.
_DEFINED = re.compile(r"\b(?:def|class)[ \t]+(\w+)")
#: The name that a call calls, at the end of its callee.
_CALLED = re.compile(r"\w+\Z")
_REST_OF_LINE = re.compile(r"[ \t\f]*(?:#[^\r\n]*)?(?P<newline>\r\n?|\n|\Z)")


class Spans(Protocol):
    """Knows where each node of a file stands; None where that is not known."""

    def span(self, at: int, /) -> Span | None: ...


def resolve(edit: Edit, spans: Spans, text: str) -> TextEdit | None:
    """The edit of `text` that `edit` asks for; None where it cannot be made without breaking the text."""
    tree = parsed(text)
    span = spans.span(edit.site.at)
    if tree is None or span is None:
        return None
    resolved = _resolve(edit, span, spans, Text(text, tree))
    if resolved is None or parsed(apply_edits(text, [resolved])) is None:
        return None
    return resolved


def _resolve(edit: Edit, span: Span, spans: Spans, text: Text) -> TextEdit | None:
    begin, end = text.offsets(span)
    match edit.kind:
        case "replace":
            return text.edit(begin, end, edit.text)
        case "keep":
            inner = spans.span(edit.other.at) if edit.other else None
            return _keep(text, begin, end, *text.offsets(inner)) if inner else None
        case "wrap":
            return text.edit(begin, end, edit.text + text.text[begin:end] + edit.name)
        case "swap":
            inner = spans.span(edit.other.at) if edit.other else None
            return _swap(text, (begin, end), text.offsets(inner)) if inner else None
        case "call_method":
            words = text.text[begin:end]
            atom = isinstance(_expression(words), _ATOMS)
            return text.edit(begin, end, f"{words if atom else f'({words})'}.{edit.text}")
        case "change_argument":
            return _change_argument(text, begin, end, edit)
        case "set_argument":
            return _set_argument(text, begin, end, edit)
        case "call_instead":
            called = _CALLED.search(text.text[begin:end])
            return text.edit(begin + called.start(), end, edit.text) if called else None
        case "item_before" | "item_after":
            return _beside_item(text, begin, end, edit.text, edit.kind == "item_before")
        case "import_beside":
            return import_beside(text, edit.name, edit.text)
        case "import":
            return import_module(text, edit.text)
        case "rename":
            named = _DEFINED.search(text.text, begin, end)
            return text.edit(*named.span(1), edit.text) if named else None
    statement = text.statement(begin, end)
    if statement is None:
        return None
    match edit.kind:
        case "insert_before":
            return _insert_before(text, statement, edit.text)
        case "insert_after":
            return _insert_after(text, statement, edit.text)
        case "move_before" | "move_after":
            place = spans.span(edit.other.at) if edit.other else None
            other = text.statement(*text.offsets(place)) if place else None
            return _move(text, statement, other, edit.kind == "move_before") if other else None
        case "define_after":
            place = spans.span(edit.other.at) if edit.other else None
            other = text.statement(*text.offsets(place)) if place else None
            lines = text.unindented(statement, begin, end)
            return _insert_after(text, other, f"{edit.text} = {lines}") if other else None
        case "put_under":
            return _put_under(text, statement, edit.text)
        case "remove":
            return _remove(text, statement) if (statement.begin, statement.end) == (begin, end) else None
    return None


def _insert_before(text: Text, statement: Statement, content: str) -> TextEdit | None:
    indentation = text.before(statement.begin)
    if indentation.strip():
        return None if "\n" in content else text.edit(statement.begin, statement.begin, f"{content}; ")
    newline = text.newline(statement.begin)
    lines = (newline + indentation).join(content.split("\n"))
    return text.edit(statement.begin, statement.begin, lines + newline + indentation)


def _insert_after(text: Text, statement: Statement, content: str) -> TextEdit | None:
    indentation = text.before(statement.begin)
    rest = _REST_OF_LINE.match(text.text, statement.end)
    if indentation.strip() or rest is None:
        return None if "\n" in content else text.edit(statement.end, statement.end, f"; {content}")
    newline = text.newline(statement.end)
    lines = (newline + indentation).join(content.split("\n"))
    place = rest.start("newline")
    return text.edit(place, place, newline + indentation + lines)


def _put_under(text: Text, statement: Statement, header: str) -> TextEdit | None:
    """The statement in a block of its own; None where what heads it is not imported, or a string changes."""
    indentation = text.before(statement.begin)
    words = text.text[statement.begin : statement.end]
    strings = (node for node in ast.walk(statement.node) if isinstance(node, (ast.Constant, ast.JoinedStr)))
    if indentation.strip() or any(node.lineno != node.end_lineno for node in strings):
        return None
    imports = (node for node in ast.walk(text.tree) if isinstance(node, ast.Import))
    names = {alias.asname or alias.name.partition(".")[0] for node in imports for alias in node.names}
    if header.partition(" ")[2].partition(".")[0] not in names:
        return None
    step = "\t" if indentation.startswith("\t") else "    "
    newline = text.newline(statement.begin)
    lines = [line if not line.strip() else step + line for line in words.splitlines(keepends=True)]
    lines[0] = indentation + lines[0]
    return text.edit(statement.begin, statement.end, header + newline + "".join(lines))


def _remove(text: Text, statement: Statement) -> TextEdit | None:
    if statement.alone:
        return text.edit(statement.begin, statement.end, "pass")
    indentation = text.before(statement.begin)
    rest = _REST_OF_LINE.match(text.text, statement.end)
    if not indentation.strip() and rest is not None:
        return text.edit(statement.begin - len(indentation), rest.end(), "")
    following = re.compile(r"[ \t]*;[ \t]*").match(text.text, statement.end)
    if following and not _REST_OF_LINE.match(text.text, following.end()):
        return text.edit(statement.begin, following.end(), "")
    leading = re.search(r"[ \t]*;[ \t]*\Z", indentation)
    if leading:
        return text.edit(statement.begin - len(leading[0]), statement.end, "")
    return None


def _move(text: Text, statement: Statement, other: Statement, before: bool) -> TextEdit | None:
    indentation = text.before(statement.begin)
    if indentation.strip():
        return None
    content = text.unindented(statement, statement.begin, statement.end)
    if not before and _used_between(text, statement, other):
        return None
    put = (_insert_before if before else _insert_after)(text, other, content)
    taken = _remove(text, statement)
    if put is None or taken is None:
        return None
    (begin, first_end), (last, end) = sorted((text.offsets(put.span), text.offsets(taken.span)))
    if last < first_end:  # it is the last statement of the one it goes behind
        return text.edit(begin, first_end, put.content.lstrip("\r\n") + text.newline(statement.end))
    written = apply_edits(text.text, [put, taken])
    return text.edit(begin, end, written[begin : len(written) - len(text.text) + end])


def _used_between(text: Text, statement: Statement, other: Statement) -> bool:
    """What a statement binds is used behind it, up to the end of another one."""
    bound = {ast.unparse(node) for node in ast.walk(statement.node) if _stores(node)}
    for node in ast.walk(text.tree) if bound else ():
        if isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in bound:
            begin, end = text.range_of(node)
            if statement.end <= begin and end <= other.end:
                return True
    return False


def _stores(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store)


def _keep(text: Text, begin: int, end: int, inner_begin: int, inner_end: int) -> TextEdit | None:
    if not begin <= inner_begin <= inner_end <= end:
        return None
    words = text.text[inner_begin:inner_end]
    expression = _expression(words)
    if expression is None:
        return None
    fenced = bool(re.search(r"[(\[{,]\s*\Z", text.text[:begin])) and bool(
        re.match(r"\s*[)\]},]", text.text[end:])
    )
    on_its_own = (
        bool(re.search(r"(?:[^=!<>]=|\breturn)[ \t]*\Z", text.before(begin)))
        and bool(_REST_OF_LINE.match(text.text, end))
        and not re.search(r"[\r\n]", words)
    )
    if not (isinstance(expression, _ATOMS) and "\n" not in words) and not fenced and not on_its_own:
        words = f"({words})"
    return text.edit(begin, end, words)


def _swap(text: Text, *places: tuple[int, int]) -> TextEdit | None:
    (begin, first_end), (second, end) = sorted(places)
    if first_end > second:
        return None
    between = text.text[first_end:second]
    return text.edit(begin, end, text.text[second:end] + between + text.text[begin:first_end])


def _beside_item(text: Text, begin: int, end: int, content: str, before: bool) -> TextEdit | None:
    """Adds an item beside that at a place. None if there is none: of what is called with an item, only a
    Sequential is known to take another."""
    for node in ast.walk(text.tree):
        match node:
            case ast.List(elts=items):
                pass
            case ast.Call(func=ast.Name(id="Sequential") | ast.Attribute(attr="Sequential"), args=items):
                pass
            case _:
                continue
        if (begin, end) in map(text.range_of, items):
            return text.edit(begin, begin, f"{content}, ") if before else text.edit(end, end, f", {content}")
    return None


def _set_argument(text: Text, begin: int, end: int, edit: Edit) -> TextEdit | None:
    words = text.text[begin:end]
    call = _expression(words)
    if not isinstance(call, ast.Call) or not words.endswith(")"):
        return None
    inside = Text(f"({words}\n)", ast.Module([], []))

    def changed(node: ast.expr) -> TextEdit | None:
        size = node.id if isinstance(node, ast.Name) and edit.text.isdigit() else ""
        owner = owner_of(text.tree, text.place(begin)[0], size) if size else None
        if owner is not None:
            source = feeding(text.tree, owner, size)
            return text.edit(*text.range_of(source), edit.text) if source else None
        first, last = inside.range_of(node)
        return text.edit(begin + first - 1, begin + last - 1, edit.text)

    if (already := _argument(call, edit)) is not None:
        return changed(already)
    if _open_ended(call):
        return None
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    if not given:
        return text.edit(end - 1, end - 1, f"{edit.name}={edit.text}")
    place = max(inside.range_of(node)[1] for node in given) - 1
    closing = re.compile(r"(?:\s|#[^\r\n]*)*\)")
    while (found := closing.match(words, place)) and found.end() < len(words):
        place = found.end()
    return text.edit(begin + place, begin + place, f", {edit.name}={edit.text}")


def _change_argument(text: Text, begin: int, end: int, edit: Edit) -> TextEdit | None:
    """What is made of an argument that is a name, attribute or item, put in its place."""
    words = text.text[begin:end]
    call = _expression(words)
    given = _argument(call, edit) if isinstance(call, ast.Call) else None
    if not isinstance(given, ast.Name | ast.Attribute | ast.Subscript):
        return None
    first, last = Text(f"({words}\n)", ast.Module([], [])).range_of(given)
    return text.edit(begin + first - 1, begin + last - 1, edit.text.format(words[first - 1 : last - 1]))


def _argument(call: ast.Call, edit: Edit) -> ast.expr | None:
    """The argument of a call that an edit names, if it is given."""
    for keyword in call.keywords:
        if keyword.arg == edit.name:
            return keyword.value
    placed = edit.position is not None and edit.position < len(call.args)
    return call.args[edit.position or 0] if placed and not _open_ended(call) else None


def _open_ended(call: ast.Call) -> bool:
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    return starred or any(keyword.arg is None for keyword in call.keywords)


def _expression(words: str) -> ast.expr | None:
    """The expression that `words` are; its places are those in `(words` on the first line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(f"({words}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
