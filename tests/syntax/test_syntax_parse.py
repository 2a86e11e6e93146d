"""Whatever the text, parsing gives a tree or one of two plain errors."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlint.syntax import tree
from cnnlint.syntax.parse import SyntaxProblem, TooLarge, parse
from cnnlint.syntax.positions import spans
from tests.syntax.tricky_source import NEWER_TEXTS, TEXTS

ALL_TEXT = "\n".join((*TEXTS.values(), *NEWER_TEXTS.values())).replace("\r", "")
ODD_CHARACTERS = "()[]{}'\"\\:;,\n\t #@*f\0é"
PLACES = st.integers(0, len(ALL_TEXT))


def reads(text: str) -> tree.Module | SyntaxProblem | TooLarge:
    try:
        return parse(text)
    except (SyntaxProblem, TooLarge) as error:
        return error


@settings(deadline=None)
@given(PLACES, PLACES, PLACES, PLACES)
def test_spliced_source_gives_a_tree_or_a_plain_error(a: int, b: int, c: int, d: int) -> None:
    assert reads(ALL_TEXT[min(a, b) : max(a, b)] + ALL_TEXT[min(c, d) : max(c, d)])


@settings(deadline=None)
@given(
    st.sampled_from(list(TEXTS.values())), st.integers(0, 400), st.sampled_from("()[]{}'\"\\:;,\n\t #@*f\0é")
)
def test_a_character_too_many_gives_a_tree_or_a_plain_error(text: str, place: int, character: str) -> None:
    assert reads(text[:place] + character + text[place:])


@settings(deadline=None)
@given(st.text())
def test_arbitrary_characters_give_a_tree_or_a_plain_error(text: str) -> None:
    assert reads(text)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("x = (1,\ny = 2\n", 1, 5),
        ("a = 1\nif x\n  pass\n", 2, 5),
        ("é = 'ä' b\n", 1, 9),
        ("x = 1\0\n", 1, 6),
        ("x = 1\ny = '\ud800'\n", 2, 6),
        ("x = 'a' b'b'\n", 1, 13),
    ],
)
def test_a_syntax_problem_has_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse(text)
    assert caught.value.line == line
    assert 1 <= caught.value.column <= column + 4  # Versions of Python differ in where exactly.
    assert caught.value.message


def test_a_syntax_problem_speaks_the_words_of_python() -> None:
    text = "print 'loss'\n"
    with pytest.raises(SyntaxError) as python:
        ast.parse(text)
    with pytest.raises(SyntaxProblem) as ours:
        parse(text)
    assert ours.value.message == python.value.msg


CHAINS = {
    "method calls": ("x = a", ".f()", "\n"),
    "attributes": ("x = a", ".b", "\n"),
    "subscripts": ("x = a", "[0]", "\n"),
    "sums": ("x = a", " + a", "\n"),
    "powers": ("x = a", " ** a", "\n"),
    "negations": ("x =", " not", " a\n"),
    "signs": ("x = ", "-", "a\n"),
    "alternatives": ("x = a", " or a", "\n"),
    "conditions": ("x =", " a if b else", " a\n"),
    "lambdas": ("x =", " lambda:", " a\n"),
    "lambdas with parameters": ("x =", " lambda b, c:", " a\n"),
    "strings": ("x = ''", " 'a'", "\n"),
    "clauses": ("x = [a", " for a in b", "]\n"),
    "sums in an f-string": ("x = f'{a", " + a", "}'\n"),
    "open brackets": ("x = ", "(", "\n"),
    "open calls": ("x = ", "f(", "\n"),
    "elif branches": ("if a: pass\n", "elif b: pass\n", ""),
    "indented blocks": ("", "if a:\n", ""),
}
NESTS = {
    "parentheses": ("(", ")"),
    "lists": ("[", "]"),
    "calls": ("f(a, ", ")"),
    "dictionaries": ("{a: ", "}"),
    "lambdas": ("(lambda: ", ")"),
    "f-strings": ("f'{(", ")}'"),
}


@pytest.mark.parametrize("count", [3_000, 5_000, 50_000])
@pytest.mark.parametrize("chain", [pytest.param(parts, id=name) for name, parts in CHAINS.items()])
def test_an_endless_chain_is_refused_before_it_overwhelms_the_parser(
    chain: tuple[str, str, str], count: int
) -> None:
    before, link, after = chain
    with pytest.raises((TooLarge, SyntaxProblem)):
        parse(before + link * count + after)


@pytest.mark.parametrize("count", [150, 3_000])
@pytest.mark.parametrize("nest", [pytest.param(parts, id=name) for name, parts in NESTS.items()])
def test_endless_nesting_is_refused_before_it_overwhelms_the_parser(
    nest: tuple[str, str], count: int
) -> None:
    opening, closing = nest
    with pytest.raises((TooLarge, SyntaxProblem)):
        parse("x = " + opening * count + "a" + closing * count + "\n")


@pytest.mark.parametrize("nest", [("(", ")"), ("[", "]"), ("C(k=", ")"), ("{'k': ", "}")])
def test_nested_patterns_are_refused_before_they_take_exponential_time(nest: tuple[str, str]) -> None:
    opening, closing = nest
    with pytest.raises(TooLarge):
        parse("match a:\n    case " + opening * 25 + "b" + closing * 25 + ": pass\n")


@pytest.mark.parametrize("name", [name for name in CHAINS if not name.startswith(("open", "indented"))])
def test_a_chain_within_the_limit_is_read_and_has_its_place(name: str) -> None:
    before, link, after = CHAINS[name]
    text = before + link * 150 + after
    module = parse(text)
    places = spans(text)
    assert all(places.span(at) for at in range(module.count))


@pytest.mark.parametrize("name", list(NESTS))
def test_nesting_within_the_limit_is_read_and_has_its_place(name: str) -> None:
    opening, closing = NESTS[name]
    depth = 1 if name == "f-strings" else 55
    text = "x = " + opening * depth + "a" + closing * depth + "\n"
    assert spans(text).span(parse(text).count - 1)


def test_reading_leaves_the_recursion_limit_as_it_was() -> None:
    before = sys.getrecursionlimit()
    parse("x = 1\n")
    spans("x = 1\n")
    assert sys.getrecursionlimit() == before


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("TABLE = {\n" + "    'k': [-1.5 + a.b(c), not d],\n" * 400 + "}\n", id="a long table"),
        pytest.param("x = a.b + c\n" * 2_000, id="many statements"),
        pytest.param("x = '" + "(" * 500 + "'\n", id="brackets in a string"),
        pytest.param("# " + "(" * 500 + "\nx = 1\n", id="brackets in a comment"),
        pytest.param("def f():\n    '''" + "a.b + (c [d\n" * 500 + "'''\n", id="brackets in a docstring"),
        pytest.param("x = f'" + "{a.b} and {c}, " * 100 + "'\n", id="a long f-string"),
        pytest.param("if a: pass\nelif b: pass\n" * 400, id="many short if chains"),
    ],
)
def test_much_code_that_does_not_nest_is_read(text: str) -> None:
    assert parse(text).body


def test_a_forgotten_bracket_is_a_syntax_problem_however_much_follows() -> None:
    with pytest.raises(SyntaxProblem):
        parse("x = f(1\n" + "y = a.b + c.d\n" * 2_000)


def test_a_text_beyond_the_limit_of_characters_is_too_large() -> None:
    with pytest.raises(TooLarge, match="1,000,001 characters"):
        parse("#" * 1_000_001)


def test_a_tree_beyond_the_limit_of_nodes_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnlint.syntax.parse.MAXIMUM_NODES", 100)
    with pytest.raises(TooLarge, match="nodes"):
        parse("x = 1\n" * 100)


def test_importing_the_syntax_package_loads_no_parser() -> None:
    code = "import sys, cnnlint.syntax.cache, cnnlint.syntax.positions; sys.exit('libcst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
