"""A place is where the node's text is, in lines and characters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest

from cnnlint.source import Span
from cnnlint.syntax import tree
from cnnlint.syntax.parse import SyntaxProblem, parse
from cnnlint.syntax.positions import Spans, spans
from tests.syntax.tricky_source import TEXTS

EACH_TEXT = pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TEXTS.items()])
#: Kinds of `ast` whose extent is that of our kind; a definition there begins after its decorators.
SAME_EXTENT = {
    "Name": "Name", "Attribute": "Attribute", "Call": "Call", "Subscript": "Subscript", "Tuple": "Tuple",
    "List": "List", "Dict": "Dictionary", "Set": "SetDisplay", "BinOp": "BinaryOperation",
    "BoolOp": "BooleanOperation", "Compare": "Compare", "IfExp": "Conditional", "Lambda": "Lambda",
    "ListComp": "Comprehension", "Slice": "Slice", "NamedExpr": "NamedExpression", "Await": "Yield",
    "Expr": "ExpressionStatement", "Assign": "Assign", "AugAssign": "AugAssign", "AnnAssign": "AnnAssign",
    "If": "If", "For": "For", "AsyncFor": "For", "While": "While", "With": "With", "AsyncWith": "With",
    "Try": "Try", "Return": "Return", "Raise": "Raise", "Assert": "Assert", "Delete": "Delete",
    "Import": "Import", "ImportFrom": "ImportFrom", "Global": "Global", "Pass": "Pass", "Match": "Match",
    "match_case": "Case", "ExceptHandler": "Handler", "keyword": "Argument",
}  # fmt: skip


def nodes(node: Any) -> Iterator[Any]:
    if hasattr(node, "at"):
        yield node
    if isinstance(node, tuple):
        for child in node:
            yield from nodes(child)


def text_at(text: str, span: Span) -> str:
    """The text of a span, counted here in another way than the code under test does."""
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text) + [""]
    lines = lines[span.line - 1 : span.end_line]
    removed = len(lines[-1]) - (span.end_column - 1)
    whole = "".join(lines)
    return whole[span.column - 1 : len(whole) - removed]


def found(text: str, kind: type[Any], at: Spans) -> list[str]:
    return [text_at(text, at.span(node.at)) for node in nodes(parse(text)) if type(node) is kind]


@EACH_TEXT
def test_the_text_of_a_name_is_the_name(text: str) -> None:
    places = spans(text)
    for node in nodes(parse(text)):
        if type(node) is tree.Name:
            assert text_at(text, places.span(node.at)) == node.id


@EACH_TEXT
def test_every_place_can_be_cut_out_of_the_text(text: str) -> None:
    places = spans(text)
    for node in nodes(parse(text)):
        start, end = places.offsets(node.at)
        assert text_at(text, places.span(node.at)) == text[start:end]


@EACH_TEXT
def test_expressions_and_statements_begin_and_end_where_python_says(text: str) -> None:
    text = text.replace("\r", "")
    places = spans(text)
    ours = {(type(node).__name__, places.offsets(node.at)) for node in nodes(parse(text))}
    lines = text.splitlines(keepends=True)

    def offset(line: int, column: int) -> int:
        return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())

    not_lowered = {part for node in ast.walk(ast.parse(text)) for part in unlowered(node)}
    for node in ast.walk(ast.parse(text)):
        kind = SAME_EXTENT.get(type(node).__name__)
        if kind is None or not hasattr(node, "lineno"):
            continue
        place: Any = node
        extent = offset(place.lineno, place.col_offset), offset(place.end_lineno, place.end_col_offset)
        if text[slice(*extent)].endswith(","):  # To Python a tuple in brackets has its last comma.
            extent = extent[0], extent[1] - 1
        if (place.lineno, place.col_offset) not in not_lowered:
            assert (kind, extent) in ours, text[slice(*extent)]


def unlowered(node: Any) -> Iterator[tuple[int, int]]:
    """Where the parts are that the slim tree leaves out: causes, starred annotations, patterns."""
    left_out = [getattr(node, "cause", None)]
    if isinstance(node, ast.arguments):
        left_out += [each.annotation for each in (node.vararg, node.kwarg) if each]
    if isinstance(node, ast.match_case):
        left_out.append(node.pattern)
    if isinstance(node, ast.JoinedStr):  # Before Python 3.12 what is in an f-string has no place of its own.
        left_out.append(node)
    for each in left_out:
        if each is not None:
            parts: list[Any] = [part for part in ast.walk(each) if hasattr(part, "lineno")]
            yield from ((part.lineno, part.col_offset) for part in parts)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("# before\nx = 1  # after\n", tree.Assign, ["x = 1"]),
        ("a = 1; b = 2 ; c = 3\n", tree.Assign, ["a = 1", "b = 2", "c = 3"]),
        ("f(a, *b, c = d, **e)", tree.Argument, ["a", "*b", "c = d", "**e"]),
        ("f( # first\n    a , # second\n    b)", tree.Argument, ["a", "b"]),
        ("(nn.Conv2d(1, 2,\n  3))", tree.Call, ["nn.Conv2d(1, 2,\n  3)"]),
        ("x = (a + b)", tree.BinaryOperation, ["a + b"]),
        ("x = (a, b)", tree.Tuple, ["(a, b)"]),
        ("x = a, b", tree.Tuple, ["a, b"]),
        ("x = ()", tree.Tuple, ["()"]),
        ("x[a, b]", tree.Tuple, ["a, b"]),
        ("x[ a ]", tree.Subscript, ["x[ a ]"]),
        ("f(x for x in y)", tree.Comprehension, ["x for x in y"]),
        ("y = (x for x in y)", tree.Comprehension, ["(x for x in y)"]),
        ("x = 'a' \\\n 'b'", tree.Constant, ["'a' \\\n 'b'"]),
        ("x = f'a{b}'", tree.FormattedString, ["f'a{b}'"]),
        ("def f(a, b: int = 1): pass", tree.Parameter, ["a", "b"]),
        (
            "@d\n# between\ndef f():\n    pass\n    # after\n",
            tree.FunctionDef,
            ["@d\n# between\ndef f():\n    pass"],
        ),
        ("if a:\n    b\n\n# after\nelse:\n    c\n\n", tree.If, ["if a:\n    b\n\n# after\nelse:\n    c"]),
        ("if a: b\nelif c: d\n", tree.If, ["if a: b\nelif c: d", "elif c: d"]),
        ("try: a\nexcept B as c: d\n", tree.Handler, ["except B as c: d"]),
        ("with a as b, c: d\n", tree.WithItem, ["a as b", "c"]),
    ],
)
def test_a_node_has_just_its_own_text(text: str, kind: type[Any], expected: list[str]) -> None:
    assert found(text, kind, spans(text)) == expected


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("class Net(nn.Module):\n    pass\n", "class Net"),
        ("def forward(self, x): return x\n", "def forward"),
        ("async  def f(): pass\n", "async  def f"),
        ("@a\n@b\ndef f(): pass\n", "def f"),
        ("@a\nclass C: pass\n", "class C"),
        ("x = 1\n", "x = 1"),
    ],
)
def test_the_header_of_a_definition_runs_from_its_keyword_to_its_name(text: str, header: str) -> None:
    assert text_at(text, spans(text).header(parse(text).body[0].at)) == header


def test_columns_count_characters_and_lines_any_ending() -> None:
    text = "x = '日本'; größe = y\r\nz\r\n"
    places = spans(text)
    names = [node for node in nodes(parse(text)) if type(node) is tree.Name]
    assert [places.span(name.at) for name in names] == [
        (1, 1, 1, 2),
        (1, 11, 1, 16),
        (1, 19, 1, 20),
        (2, 1, 2, 2),
    ]


def test_places_agree_with_those_of_libcst() -> None:
    import libcst
    from libcst.metadata import MetadataWrapper, PositionProvider

    text = "\n".join(TEXTS.values()).replace("\r", "")
    module = libcst.parse_module(text)
    theirs = {
        (place.start.line, place.start.column + 1, place.end.line, place.end.column + 1)
        for node, place in MetadataWrapper(module).resolve(PositionProvider).items()
    }
    places = spans(text)
    own_convention = (tree.Module, tree.FunctionDef, tree.ClassDef, tree.Tuple, tree.Comprehension)
    for node in nodes(parse(text)):
        if type(node) not in own_convention:
            assert tuple(places.span(node.at)) in theirs


def test_what_cannot_be_parsed_has_no_places() -> None:
    with pytest.raises(SyntaxProblem):
        spans("x = (\n")
