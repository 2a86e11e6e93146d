"""An operation knows the number it was given, and where its first tensor is written."""

from __future__ import annotations

import pytest

from cnnlint.facts import Op, Program
from cnnlint.interpreter import analyse
from cnnlint.syntax.parse import parse
from cnnlint.syntax.positions import spans

PRELUDE = "import torch\nx = torch.rand(4, 10)\ny = torch.rand(4, 10)\n"


class OneText:
    """A project of one file that is only a text."""

    data = None

    def __init__(self, text: str) -> None:
        self.text = text

    def module(self, path):
        return parse(self.text) if path == "made.py" else None

    def is_file(self, path):
        return path == "made.py"

    def input_shape(self, path):
        return None

    def put_aside(self, path, name):
        return False

    def images(self, root, path):
        return None


def last_operation(line: str) -> tuple[Op, str]:
    """The operation a line ends with, and its first tensor as written ('' if it is none by itself)."""
    text = PRELUDE + line
    program: Program = analyse("made.py", OneText(text))
    operation = list(program.each(Op))[-1]
    if not operation.argument.path:
        return operation, ""
    span = spans(text).span(operation.argument.at)
    return operation, text.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1]


@pytest.mark.parametrize(
    ("line", "name", "number", "written"),
    [
        ("x > 0.5", "gt", 0.5, "x"),
        ("0.5 <= x", "le", 0.5, "x"),
        ("x.ge(0.5)", "ge", 0.5, "x"),
        ("torch.lt(x, 0.5)", "lt", 0.5, "x"),
        ("x[0] == 1", "eq", 1, "x[0]"),
        ("x.numpy() > 0.5", "gt", 0.5, ""),
        ("0 < x < 1", "lt", 0, ""),
        ("x + 1", "add", 1, "x"),
        ("2 - x", "sub", 2, "x"),
    ],
)
def test_a_tensor_with_a_number(line, name, number, written):
    operation, argument = last_operation(line)
    assert (operation.name, argument) == (name, written)
    assert operation.options.get("other", operation.options.get("input")) == number


def test_two_tensors_leave_no_number():
    operation, argument = last_operation("x == y")
    assert (operation.name, operation.options, argument) == ("eq", {}, "x")


@pytest.mark.parametrize(
    ("line", "receiver"),
    [("x.view(10, 4)", "x"), ("torch.argmax(x, 1)", ""), ("x[0].argmax()", ""), ("x.exp().sum(0)", "")],
)
def test_a_method_knows_its_receiver_where_that_is_a_name(line, receiver):
    assert last_operation(line)[0].receiver == receiver
