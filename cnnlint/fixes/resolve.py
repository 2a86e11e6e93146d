"""From an edit in terms of nodes to an edit of the text.

Works from the text and the spans of nodes alone. Statements are found with Python's own parser;
what it cannot read is not edited, and an edit after which the text would no longer parse is refused.
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple, Protocol

from cnnlint.findings import Edit, TextEdit
from cnnlint.fixes.apply import apply_edits, line_starts, offsets
from cnnlint.fixes.parameters import feeding, owner_of
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
    tree = _parsed(text)
    span = spans.span(edit.site.at)
    if tree is None or span is None:
        return None
    resolved = _resolve(edit, span, spans, _Text(text, tree))
    if resolved is None or _parsed(apply_edits(text, [resolved])) is None:
        return None
    return resolved


def _resolve(edit: Edit, span: Span, spans: Spans, text: _Text) -> TextEdit | None:
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
        case "set_argument":
            return _set_argument(text, begin, end, edit)
        case "call_instead":
            called = _CALLED.search(text.text[begin:end])
            return text.edit(begin + called.start(), end, edit.text) if called else None
        case "item_before" | "item_after":
            return _beside_item(text, begin, end, edit.text, edit.kind == "item_before")
        case "import_beside":
            return _import_beside(text, edit.name, edit.text)
        case "import":
            return _import(text, edit.text)
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
        case "put_under":
            return _put_under(text, statement, edit.text)
        case "remove":
            return _remove(text, statement) if (statement.begin, statement.end) == (begin, end) else None
    return None


class _Statement(NamedTuple):
    """A statement and where it begins and ends; `alone` if its block has no other."""

    node: ast.stmt
    begin: int
    end: int
    alone: bool


class _Text:
    """A text with its tree, and the way between offsets and places."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        self.text = text
        self.tree = tree
        self.starts = line_starts(text)

    def offsets(self, span: Span) -> tuple[int, int]:
        return offsets(span, self.starts)

    def edit(self, begin: int, end: int, content: str) -> TextEdit:
        return TextEdit(Span(*self.place(begin), *self.place(end)), content)

    def place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Where a place that Python's parser names is; it counts columns in bytes."""
        start = self.starts[line - 1]
        stop = self.starts[line] if line < len(self.starts) else len(self.text)
        words = self.text[start:stop]
        return start + (column if words.isascii() else len(words.encode()[:column].decode()))

    def range_of(self, node: ast.stmt | ast.expr | ast.keyword) -> tuple[int, int]:
        line, column = node.lineno, node.col_offset
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.decorator_list:
            line = node.decorator_list[0].lineno
        return self.offset(line, column), self.offset(node.end_lineno or line, node.end_col_offset or 0)

    def statement(self, begin: int, end: int) -> _Statement | None:
        """The innermost statement around a stretch of text that can have neighbours."""
        best: _Statement | None = None
        for node in ast.walk(self.tree):
            for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
                for statement in block if isinstance(block, list) else ():
                    first, last = self.range_of(statement)
                    if self.text.startswith("elif", first):
                        continue
                    if first <= begin and end <= last and (best is None or first >= best.begin):
                        best = _Statement(statement, first, last, len(block or ()) == 1)
        return best

    def before(self, offset: int) -> str:
        """What stands on the line before an offset."""
        return self.text[self.starts[bisect_right(self.starts, offset) - 1] : offset]

    def newline(self, offset: int) -> str:
        """The newline that ends the line of an offset, or the text's usual one."""
        found = re.compile(r"\r\n?|\n").search(self.text, offset) or re.search(r"\r\n?|\n", self.text)
        return found[0] if found else "\n"


def _insert_before(text: _Text, statement: _Statement, content: str) -> TextEdit | None:
    indentation = text.before(statement.begin)
    if indentation.strip():
        return None if "\n" in content else text.edit(statement.begin, statement.begin, f"{content}; ")
    newline = text.newline(statement.begin)
    lines = (newline + indentation).join(content.split("\n"))
    return text.edit(statement.begin, statement.begin, lines + newline + indentation)


def _insert_after(text: _Text, statement: _Statement, content: str) -> TextEdit | None:
    indentation = text.before(statement.begin)
    rest = _REST_OF_LINE.match(text.text, statement.end)
    if indentation.strip() or rest is None:
        return None if "\n" in content else text.edit(statement.end, statement.end, f"; {content}")
    newline = text.newline(statement.end)
    lines = (newline + indentation).join(content.split("\n"))
    place = rest.start("newline")
    return text.edit(place, place, newline + indentation + lines)


def _put_under(text: _Text, statement: _Statement, header: str) -> TextEdit | None:
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


def _remove(text: _Text, statement: _Statement) -> TextEdit | None:
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


def _move(text: _Text, statement: _Statement, other: _Statement, before: bool) -> TextEdit | None:
    indentation = text.before(statement.begin)
    if indentation.strip():
        return None
    first, *further = re.split(r"\r\n?|\n", text.text[statement.begin : statement.end])
    content = "\n".join((first, *(line.removeprefix(indentation) for line in further)))
    put = (_insert_before if before else _insert_after)(text, other, content)
    taken = _remove(text, statement)
    if put is None or taken is None:
        return None
    (begin, first_end), (last, end) = sorted((text.offsets(put.span), text.offsets(taken.span)))
    if last < first_end:  # it is the last statement of the one it goes behind
        return text.edit(begin, first_end, put.content.lstrip("\r\n") + text.newline(statement.end))
    written = apply_edits(text.text, [put, taken])
    return text.edit(begin, end, written[begin : len(written) - len(text.text) + end])


def _keep(text: _Text, begin: int, end: int, inner_begin: int, inner_end: int) -> TextEdit | None:
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


def _swap(text: _Text, *places: tuple[int, int]) -> TextEdit | None:
    (begin, first_end), (second, end) = sorted(places)
    if first_end > second:
        return None
    between = text.text[first_end:second]
    return text.edit(begin, end, text.text[second:end] + between + text.text[begin:first_end])


def _beside_item(text: _Text, begin: int, end: int, content: str, before: bool) -> TextEdit | None:
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


def _import_beside(text: _Text, beside: str, name: str) -> TextEdit | None:
    """Adds a name to the import that binds another; changes nothing if it does so already. None if there is
    no such import, or the name means something else in the text."""
    imports = [node for node in text.tree.body if isinstance(node, ast.ImportFrom)]
    for node in imports:
        bound = {alias.asname or alias.name: alias for alias in node.names}
        if beside in bound:
            last = node.names[-1]
            end = text.offset(last.end_lineno or node.lineno, last.end_col_offset or 0)
            if name in bound:
                return text.edit(end, end, "") if bound[name].name == name else None
            return None if name in _bound(text.tree) else text.edit(end, end, f", {name}")
    return None


def _import(text: _Text, module: str) -> TextEdit | None:
    """Imports a module, before what else is imported of it or else before all; changes nothing if the text
    does so already. None if it imports nothing, or the name means something else in it."""
    imports = [node for node in text.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    imports = [node for node in imports if getattr(node, "module", "") != "__future__"]
    if not imports:
        return None
    of_it = [node for node in imports if module in map(_package, _modules(node))]
    begin, _ = text.range_of((of_it or imports)[0])
    for node in of_it:
        if isinstance(node, ast.Import):
            bound = {alias.asname or _package(alias.name): alias.name for alias in node.names}
            if _package(bound.get(module, "")) == module:
                return text.edit(begin, begin, "")
    if module in _bound(text.tree):
        return None
    return text.edit(begin, begin, f"import {module}{text.newline(begin)}")


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]


def _package(module: str) -> str:
    return module.partition(".")[0]


def _bound(tree: ast.Module) -> set[str]:
    """All names that something in a text is bound to."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name)
    return found


def _set_argument(text: _Text, begin: int, end: int, edit: Edit) -> TextEdit | None:
    words = text.text[begin:end]
    call = _expression(words)
    if not isinstance(call, ast.Call) or not words.endswith(")"):
        return None
    inside = _Text(f"({words}\n)", ast.Module([], []))

    def changed(node: ast.expr) -> TextEdit | None:
        size = node.id if isinstance(node, ast.Name) and edit.text.isdigit() else ""
        owner = owner_of(text.tree, text.place(begin)[0], size) if size else None
        if owner is not None:
            source = feeding(text.tree, owner, size)
            return text.edit(*text.range_of(source), edit.text) if source else None
        first, last = inside.range_of(node)
        return text.edit(begin + first - 1, begin + last - 1, edit.text)

    for keyword in call.keywords:
        if keyword.arg == edit.name:
            return changed(keyword.value)
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    if starred or any(keyword.arg is None for keyword in call.keywords):
        return None
    if edit.position is not None and edit.position < len(call.args):
        return changed(call.args[edit.position])
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    if not given:
        return text.edit(end - 1, end - 1, f"{edit.name}={edit.text}")
    place = max(inside.range_of(node)[1] for node in given) - 1
    closing = re.compile(r"(?:\s|#[^\r\n]*)*\)")
    while (found := closing.match(words, place)) and found.end() < len(words):
        place = found.end()
    return text.edit(begin + place, begin + place, f", {edit.name}={edit.text}")


def _expression(words: str) -> ast.expr | None:
    """The expression that `words` are; its places are those in `(words` on the first line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(f"({words}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=4)
def _parsed(text: str) -> ast.Module | None:
    """The tree of a text; None where Python's parser cannot read it. Fixing a file asks again and again."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
