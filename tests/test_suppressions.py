"""Comments that silence rules, and the text that only looks like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlint.source import Suppressions, read_source
from cnnlint.source.lines import logical_lines

NAMES = ("missing-zero-grad", "no-zero-grad")


def suppressions(text: str) -> Suppressions:
    return read_source("train.py", text.encode()).suppressions


def silenced(text: str, line: int, code: str = "CNN101") -> bool:
    return suppressions(text).covering(line, code, NAMES) is not None


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "#noqa",
        "# NOQA",
        "# noqa: CNN101",
        "# noqa:CNN101",
        "# noqa : CNN101",
        "# noqa: cnn101",
        "# noqa: CNN1",
        "# noqa: CNN",
        "# noqa: ALL",
        "# noqa: E501, CNN101",
        "# noqa: E501 CNN101 the gradients are summed on purpose",
        "# noqa: missing-zero-grad",
        "# noqa: no-zero-grad",
        "# type: ignore  # noqa: CNN101",
        "# cnnlint: ignore",
        "# cnnlint: ignore[CNN101]",
        "#cnnlint:ignore[CNN101]",
        "# cnnlint: ignore[CNN5, missing-zero-grad]",
        "# cnnlint: ignore[CNN101] on purpose",
    ],
)
def test_a_comment_silences_its_line(comment: str) -> None:
    assert silenced(f"step()  {comment}\nstep()\n", 1)
    assert not silenced(f"step()  {comment}\nstep()\n", 2)


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: E501",
        "# noqa: CNN2",
        "# noqa: CNN1010",
        "# noqa:",
        "# noqa-free",
        "# nota bene",
        "# cnnlint: ignore[CNN2]",
        "# cnnlint: ignore[]",
        "# cnnlint: ignore[CNN101",
        "# cnnlint: ignroe[CNN101]",
        "# cnnlint: input=(1, 28, 28)",
    ],
)
def test_another_comment_does_not(comment: str) -> None:
    assert not silenced(f"step()  {comment}\n", 1)


@pytest.mark.parametrize(
    "code",
    [
        's = "# noqa"',
        "s = '# noqa: CNN101'",
        's = """\n# noqa\n"""',
        's = r"\\\\" "# noqa"',
        "s = 'it\\'s # noqa'",
        's = f"{x} # noqa"',
    ],
)
def test_a_string_that_looks_like_a_comment_silences_nothing(code: str) -> None:
    assert suppressions(code + "\n").entries == ()


def test_at_the_end_of_a_statement_it_speaks_for_the_whole_statement() -> None:
    text = "loss = criterion(\n    model(x),\n    y,\n)  # noqa: CNN101\nstep()\n"
    assert [silenced(text, line) for line in range(1, 6)] == [True, True, True, True, False]


def test_inside_a_statement_it_speaks_for_its_line() -> None:
    text = "net = Sequential(\n    conv(),  # noqa: CNN101\n    relu(),\n)\n"
    assert [silenced(text, line) for line in range(1, 5)] == [False, True, False, False]


def test_alone_on_a_line_ours_speaks_for_the_next_line_of_code() -> None:
    text = "a()\n# cnnlint: ignore[CNN101]\n\n# why\nb()\nc()\n"
    assert [silenced(text, line) for line in range(1, 7)] == [False, False, False, False, True, False]


def test_alone_on_a_line_noqa_silences_nothing() -> None:
    assert suppressions("# noqa\na()\n").entries == ()


@pytest.mark.parametrize(("comment", "other"), [("ignore-file", True), ("ignore-file[CNN101]", False)])
def test_a_whole_file_can_be_silenced(comment: str, other: bool) -> None:
    text = f"a()\nb()\n# cnnlint: {comment}\nc()\n"
    assert all(silenced(text, line) for line in range(1, 5))
    assert silenced(text, 1, "CNN201") is other


def test_comments_are_found_in_text_that_does_not_parse() -> None:
    assert silenced("def f(:\n  x = = 1  # noqa\n", 2)


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("# cnnlint: ignore[]", "brackets"),
        ("# cnnlint: ignore[CNN101", "brackets"),
        ("# cnnlint: ignore[CNN101;CNN2]", "brackets"),
        ("# cnnlint: ignroe[CNN101]", "not a directive"),
        ("# cnnlint: off", "not a directive"),
        ("# cnnlint:", "not a directive"),
        ("# cnnlint ignore[CNN401]", "the colon is missing; write `cnnlint: ignore`"),
        ("# cnnlint : ignore[CNN401]", "the colon is missing"),
        ("# cnnlint-ignore: CNN401", "the colon is missing"),
        ("# cnnlint ignore", "the colon is missing"),
        ("# cnnlint ignore-file", "write `cnnlint: ignore-file`"),
        ("# cnnlint input=(1, 28, 28)", "write `cnnlint: input`"),
        ("# cnnlint: input=(1, 28, 28", "needs a shape"),
        ("# cnnlint: input=(1, 0, 28)", "needs a shape"),
        ("# cnnlint: input", "needs a shape"),
    ],
)
def test_a_malformed_comment_is_kept_with_its_place_and_reason(comment: str, why: str) -> None:
    (malformed,) = suppressions(f"import torch\nx = 1  {comment}\n").malformed
    assert (malformed.line, malformed.column, malformed.end_column) == (2, 8, 8 + len(comment))
    assert why in malformed.why


@pytest.mark.parametrize(
    "comment",
    [
        "# cnnlint is great",
        "# cnnlint ignores this",
        "# see cnnlint",
        "# cnnlint: input=(1, 28, 28)",
        "# cnnlint/input",
    ],
)
def test_a_comment_that_means_nothing_of_the_kind_is_no_malformed_one(comment: str) -> None:
    assert suppressions(f"x = 1  {comment}\n").malformed == ()


@given(st.text(alphabet="ab #'\"()[]\\\n:=", max_size=80))
def test_logical_lines_tile_the_text(text: str) -> None:
    lines = list(logical_lines(text))
    assert "".join(text[line.start : line.end] for line in lines) == text
    assert all(text[start] == "#" for line in lines for start, _ in line.comments)
