"""Bytes become text, and places in that text are places in the author's file."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlint.source import SourceFile, Span, Unreadable, has_marker, read_source


def read(data: bytes, path: str = "train.py") -> SourceFile:
    return read_source(path, data)


def test_plain_text_is_utf8() -> None:
    assert read("größe = 1\n".encode()).text == "größe = 1\n"


@pytest.mark.parametrize(
    "comment",
    ["# -*- coding: latin-1 -*-", "# vim: set fileencoding=latin-1 :", "#!/usr/bin/python\n# coding=latin-1"],
)
def test_an_encoding_named_in_the_first_two_lines_counts(comment: str) -> None:
    assert "größe" in read(f"{comment}\ngröße = 1\n".encode("latin-1")).text


def test_an_encoding_named_below_code_does_not_count() -> None:
    source = read(b"import torch\n# coding: latin-1\n")
    assert source.encoding == "utf-8"


def test_an_encoding_named_in_the_third_line_does_not_count() -> None:
    assert read(b"\n\n# coding: latin-1\n").encoding == "utf-8"


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    source = read(codecs.BOM_UTF8 + b"import torch\n")
    assert source.text == "import torch\n"
    assert source.original == "import torch\n"
    assert source.encoding == "utf-8-sig"


def test_a_mark_that_contradicts_the_comment_is_said() -> None:
    with pytest.raises(Unreadable, match="UTF-8 mark"):
        read(codecs.BOM_UTF8 + b"# coding: latin-1\n")


def test_bytes_that_are_no_text_are_said_with_their_line() -> None:
    with pytest.raises(Unreadable) as caught:
        read(b"import torch\n\nx = '\xff'\n")
    assert (caught.value.path, caught.value.line) == ("train.py", 3)
    assert "0xff" in caught.value.why


@pytest.mark.parametrize("name", ["no-such-thing", "rot13", "hex", "base64"])
def test_an_encoding_that_is_none_is_said(name: str) -> None:
    with pytest.raises(Unreadable):
        read(f"# coding: {name}\nx = 1\n".encode())


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_newlines_of_other_systems_parse_and_are_kept(newline: str) -> None:
    source = read(f"x = 1{newline}y = 2{newline}".encode())
    assert source.text == "x = 1\ny = 2\n"
    assert source.original == f"x = 1{newline}y = 2{newline}"
    assert source.lines() == ["x = 1", "y = 2", ""]


def test_a_form_feed_between_functions_is_white_space() -> None:
    source = read(b"x = 1\n\x0c\ny = 2\n")
    compile(source.text, "train.py", "exec")
    assert source.text.split("\n")[2] == "y = 2"


def test_a_form_feed_before_code_neither_indents_nor_moves_it() -> None:
    source = read(b"if x:\n    y = 1\n\x0cdef f():\n  \x0c  return 2\n")
    compile(source.text, "train.py", "exec")
    assert source.place(Span(3, 5, 3, 6)) == (None, Span(3, 6, 3, 7))
    assert source.lines()[2][5] == "f"


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_unreadable(data: bytes) -> None:
    try:
        source = read(data)
    except Unreadable:
        return
    assert "\r" not in source.text
    assert "\f" not in source.text
    assert source.suppressions.entries is not None


@given(st.text(alphabet="ab \t\f\n\r#'\"", max_size=60))
def test_every_line_of_the_text_is_a_line_of_the_original(text: str) -> None:
    source = read(text.encode())
    lines = source.text.split("\n")
    originals = source.lines()
    assert len(lines) == len(originals)
    for number, (line, original) in enumerate(zip(lines, originals, strict=True), start=1):
        _, span = source.place(Span(number, 1, number, 1 + len(line)))
        assert original[span.column - 1 : span.end_column - 1].replace("\f", " ") == line


@pytest.mark.parametrize(
    "fragment",
    [
        b"import torch",
        b"import lightning as L",
        b"self.conv = nn.Conv2d(3, 64, 3)",
        b"loss.backward()",
        b"for x, y in DataLoader(data):",
        b"optimizer.step()",
        b"x = F.relu(x)",
        b"torch.save(model.state_dict(), path)",
    ],
)
def test_a_fragment_of_pytorch_has_a_marker(fragment: bytes) -> None:
    assert has_marker(b"# somebody's notes\n" + fragment + b"\n")


@pytest.mark.parametrize("text", [b"", b"print('hello')", b"import numpy as np\nnp.linalg.norm(x)\n"])
def test_other_python_has_none(text: bytes) -> None:
    assert not has_marker(text)


@pytest.mark.parametrize(
    ("comment", "shape"),
    [
        ("# cnnlint: input=(1, 28, 28)", (1, 28, 28)),
        ("x = 1  # cnnlint: input = [3, 224, 224]", (3, 224, 224)),
        ("s = '# cnnlint: input=(1, 28, 28)'", None),
        ("# cnnlint: input=(1, n, 28)", None),
        ("# cnnlint: input=(1, -28, 28)", None),
        ("# cnnlint: input=()", None),
        ("x = 1", None),
    ],
)
def test_a_comment_may_tell_the_shape_of_the_input(comment: str, shape: tuple[int, ...] | None) -> None:
    assert read(f"import torch\n{comment}\n".encode()).input_shape == shape
