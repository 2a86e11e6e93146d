"""Where the nodes of a slim tree stand in the text: made again from the text, only when reported.

libcst writes a tree out as a list of tokens; noting how many tokens there are when a node begins
and ends gives its place, at a fifth of the cost of libcst's own PositionProvider.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from cnnlint.source import Span
from cnnlint.syntax.nesting import room_for_nesting
from cnnlint.syntax.parse import parse_with_origins

if TYPE_CHECKING:
    import libcst as cst

__all__ = ["Spans", "spans"]

NEWLINE = re.compile(r"\r\n?|\n")
OWNING_THEIR_PARENTHESES = ("GeneratorExp", "Tuple")
DEFINITIONS = ("ClassDef", "FunctionDef")


def spans(text: str) -> Spans:
    """The places of all nodes of `parse(text)`, by ordinal. Raises as `parse` does."""
    origins: list[Any] = []
    parse_with_origins(text, origins)
    places, offsets = _places(origins[0])
    starts, ends, headers = array("L"), array("L"), {}
    for at, origin in enumerate(origins):
        first, last = origin if type(origin) is tuple else (origin, origin)
        start, end = places[id(first)][0], places[id(last)][1]
        if type(origin).__name__ in DEFINITIONS:
            headers[at] = (offsets[start], offsets[places[id(origin.name)][1]])
            if origin.decorators:
                start = places[id(origin.decorators[0])][0]
        starts.append(offsets[start])
        ends.append(offsets[end])
    return Spans(text, starts, ends, headers)


class Spans:
    """Places of nodes by ordinal, kept as offsets of characters."""

    def __init__(
        self, text: str, starts: array[int], ends: array[int], headers: dict[int, tuple[int, int]]
    ) -> None:
        self._lines = array("L", [0, *(newline.end() for newline in NEWLINE.finditer(text))])
        self._starts = starts
        self._ends = ends
        self._headers = headers

    def span(self, at: int) -> Span:
        """The node's text: a statement without the comments before it, but with its decorators;
        an expression without the parentheses around it, save those of a tuple or generator."""
        return self._between(*self.offsets(at))

    def header(self, at: int) -> Span:
        """From `def` or `class` to the name; the whole span of a node that is no definition."""
        return self._between(*self._headers.get(at, self.offsets(at)))

    def offsets(self, at: int) -> tuple[int, int]:
        """The node's text as a slice: the offset of its first character and of the one after it."""
        return self._starts[at], self._ends[at]

    def _between(self, start: int, end: int) -> Span:
        line, end_line = bisect_right(self._lines, start), bisect_right(self._lines, end)
        column, end_column = start - self._lines[line - 1] + 1, end - self._lines[end_line - 1] + 1
        return Span(line, column, end_line, end_column)


def _places(module: cst.Module) -> tuple[dict[int, tuple[int, int]], list[int]]:
    """The numbers of the first token and of the one after the last, by identity of libcst node;
    and the offset of each token in the text."""
    from libcst._nodes.internal import CodegenState

    places: dict[int, tuple[int, int]] = {}
    begun: list[int] = []

    class Recorder(CodegenState):
        """What libcst writes its tokens to, told of each node that begins and ends."""

        def before_codegen(self, node: cst.CSTNode) -> None:
            begun.append(len(self.tokens))

        def after_codegen(self, node: cst.CSTNode) -> None:
            start = begun.pop()
            if id(node) not in places or type(node).__name__ in OWNING_THEIR_PARENTHESES:
                places[id(node)] = (start, len(self.tokens))

        def record_syntactic_position(
            self, node: cst.CSTNode, *, start_node: Any = None, end_node: Any = None
        ) -> Any:
            return _Proper(places, self.tokens, node, start_node, end_node)

    recorder = Recorder(module.default_indent, module.default_newline)
    with room_for_nesting():
        module._codegen(recorder)
    offsets = [0, *accumulate(map(len, recorder.tokens))]
    return places, [*offsets, offsets[-1]]  # A last line without a newline had one token more.


class _Proper:
    """Around the writing of a node's proper text: records it without the whitespace beside it."""

    __slots__ = ("end_node", "node", "places", "start", "start_node", "tokens")

    def __init__(self, places: Any, tokens: list[str], node: Any, start_node: Any, end_node: Any) -> None:
        self.places = places
        self.tokens = tokens
        self.node = node
        self.start_node = start_node
        self.end_node = end_node

    def __enter__(self) -> None:
        self.start = len(self.tokens)

    def __exit__(self, *_: object) -> None:
        places = self.places
        start = self.start if self.start_node is None else places[id(self.start_node)][0]
        end = len(self.tokens) if self.end_node is None else places[id(self.end_node)][1]
        places[id(self.node)] = (start, end)
