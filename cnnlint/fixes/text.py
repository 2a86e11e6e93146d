"""A text with its tree, and the way between the places of nodes and offsets."""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from cnnlint.findings import TextEdit
from cnnlint.fixes.apply import line_starts, offsets
from cnnlint.source import Span

__all__ = ["Statement", "Text", "parsed"]


class Statement(NamedTuple):
    """A statement and where it begins and ends; `alone` if its block has no other."""

    node: ast.stmt
    begin: int
    end: int
    alone: bool


class Text:
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

    def statement(self, begin: int, end: int) -> Statement | None:
        """The innermost statement around a stretch of text that can have neighbours."""
        best: Statement | None = None
        for node in ast.walk(self.tree):
            for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
                for statement in block if isinstance(block, list) else ():
                    first, last = self.range_of(statement)
                    if self.text.startswith("elif", first):
                        continue
                    if first <= begin and end <= last and (best is None or first >= best.begin):
                        best = Statement(statement, first, last, len(block or ()) == 1)
        return best

    def before(self, offset: int) -> str:
        """What stands on the line before an offset."""
        return self.text[self.starts[bisect_right(self.starts, offset) - 1] : offset]

    def unindented(self, statement: Statement, begin: int, end: int) -> str:
        """A stretch of a statement, its lines as far to the left as they may be."""
        first, *further = re.split(r"\r\n?|\n", self.text[begin:end])
        indentation = self.before(statement.begin)
        return "\n".join((first, *(line.removeprefix(indentation) for line in further)))

    def newline(self, offset: int) -> str:
        """The newline that ends the line of an offset, or the text's usual one."""
        found = re.compile(r"\r\n?|\n").search(self.text, offset) or re.search(r"\r\n?|\n", self.text)
        return found[0] if found else "\n"


@lru_cache(maxsize=4)
def parsed(text: str) -> ast.Module | None:
    """The tree of a text; None where Python's parser cannot read it. Fixing a file asks again and again."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
