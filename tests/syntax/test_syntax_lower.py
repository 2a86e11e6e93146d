"""The slim tree says of a text what Python's own parser says of it."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import cnnlint
from cnnlint.syntax import tree
from cnnlint.syntax.parse import parse
from tests.syntax.shapes import ast_shape, slim_shape
from tests.syntax.tricky_source import NEWER_TEXTS, TEXTS

OUR_OWN_FILES = sorted(Path(cnnlint.__file__).parent.rglob("*.py"))
LEAVES = st.sampled_from(["a", "b.c", "'s'", "1", "2.5", "None", "True", "...", "b'x'", "f'{a}-{b!r}'", "()"])
FORMS = (
    "({}) + ({})", "{0} * {1}", "-({})", "not ({})", "({}) and ({}) and ({})", "({}) or ({})",
    "({}) if ({}) else ({})", "({}) < ({}) not in ({})", "f({})", "f({}, *({}), k=({}), **({}))", "({}).m",
    "({}).m(({}))", "({})[{}]", "({})[({}):, ::({})]", "[{}, *({})]", "({}, {})", "({},)", "{{({}), ({})}}",
    "{{({}): ({}), **({})}}", "[({}) for x in ({}) if ({})]", "sum(({}) for x, y in ({}))", "({}) ** ({})",
    "{{({}): ({}) for k in ({})}}", "lambda x, *y, z=({}): ({})", "(w := ({}))", "({}) @ ({}) // ({})",
    "a - ({}) - ({}) - ({})", "({}) is not ({})", "~({})",
)  # fmt: skip
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda form, *parts: form.format(*parts), st.sampled_from(FORMS), inner, inner, inner, inner
    ),
    max_leaves=12,
)


def python_shape(text: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast_shape(ast.parse(text))


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TEXTS.items()])
def test_each_oddity_is_read_as_python_reads_it(text: str) -> None:
    assert slim_shape(parse(text)) == python_shape(text)


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in NEWER_TEXTS.items()])
def test_newer_syntax_is_read_also_where_this_python_cannot(text: str) -> None:
    try:
        expected = python_shape(text)
    except SyntaxError:
        assert parse(text).body
    else:
        assert slim_shape(parse(text)) == expected


@pytest.mark.parametrize("file", [pytest.param(f, id=f.stem) for f in OUR_OWN_FILES if f.stat().st_size])
def test_our_own_files_are_read_as_python_reads_them(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert slim_shape(parse(text)) == python_shape(text)


@settings(deadline=None)
@given(EXPRESSIONS)
def test_any_expression_is_read_as_python_reads_it(text: str) -> None:
    try:
        plainer = ast.unparse(ast.parse(text))
    except SyntaxError:
        assume(False)
    assert slim_shape(parse(text)) == python_shape(text)
    assert slim_shape(parse(plainer)) == python_shape(plainer)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\f")), st.booleans())
def test_any_string_has_the_value_that_python_gives_it(value: str, as_bytes: bool) -> None:
    constant: Any = value.encode() if as_bytes else value
    statement = parse(f"x = {constant!r}").body[0]
    assert isinstance(statement, tree.Assign)
    assert statement.value == tree.Constant(constant, statement.value.at)


@settings(deadline=None)
@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False, min_value=0))
def test_any_number_has_the_value_that_python_gives_it(value: float) -> None:
    assert slim_shape(parse(repr(value))) == python_shape(repr(value))


@pytest.mark.parametrize("literal", ["9" * 5_000, "f'{a:>3}'", "f'{a!r}'"])
def test_what_has_no_value_of_its_own_is_opaque(literal: str) -> None:
    assert "Opaque" in str(parse(f"x = {literal}"))


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TEXTS.items()])
def test_ordinals_count_every_node_once_with_parents_before_children(text: str) -> None:
    module = parse(text)
    seen: list[int] = []

    def visit(node: Any, parent: int) -> None:
        if hasattr(node, "at"):
            assert node.at > parent
            seen.append(node.at)
            parent = node.at
        if isinstance(node, tuple):
            for child in node:
                visit(child, parent)

    visit(module, -1)
    assert sorted(seen) == list(range(module.count))


@pytest.mark.parametrize(
    ("pattern", "bound", "constants", "catches_all"),
    [
        ("1", (), (1,), False),
        ("-2 | 'x' | None", (), (-2, "x", None), False),
        ("x", ("x",), None, True),
        ("_", (), None, True),
        ("_ if y", (), None, False),
        ("x if y", ("x",), None, False),
        ("1 | _", (), None, True),
        ("1 as x", ("x",), None, False),
        ("A.B", (), None, False),
        ("1 | A.B", (), None, False),
        ("[x, *rest]", ("x", "rest"), None, False),
        ("(x, [y, _])", ("x", "y"), None, False),
        ("{'k': x, **rest}", ("x", "rest"), None, False),
        ("C(x, k=y) as z", ("x", "y", "z"), None, False),
    ],
)
def test_a_case_says_what_it_binds_and_compares_with(
    pattern: str, bound: tuple[str, ...], constants: Any, catches_all: bool
) -> None:
    statement = parse(f"match v:\n    case {pattern}: pass\n").body[0]
    assert isinstance(statement, tree.Match)
    case = statement.cases[0]
    assert (case.bound, case.constants, case.catches_all) == (bound, constants, catches_all)


def test_a_chain_of_sums_nests_to_the_left() -> None:
    value = parse("a + b - c").body[0].value
    assert isinstance(value, tree.BinaryOperation)
    assert (value.operator, type(value.left), value.left.operator) == ("-", tree.BinaryOperation, "+")
