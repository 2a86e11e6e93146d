"""Nothing raises out of the linter, and nothing breaks inside it, whatever the source."""

from __future__ import annotations

import random
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnlint import lint_text
from cnnlint.interpreter import analyse
from cnnlint.linting import Project
from cnnlint.syntax.cache import Cache
from tests.interpreter.mutants import cut_up, reassembled, seeds

chances = st.integers(0, 2**32).map(random.Random)
modest = settings(max_examples=60, suppress_health_check=list(HealthCheck))


def broken_in(text: str) -> list[str]:
    """What the interpreter could not foresee in a program."""
    content = text.encode("utf-8", "surrogatepass")
    program = analyse("odd/train.py", Project(Cache(None), overlay={"odd/train.py": content}))
    return [why for _, why in program.limits if why.startswith("internal:")]


@modest
@given(chances)
def test_text_cut_up_is_linted_without_a_failure(chance: random.Random) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lint_text("import torch\n" + cut_up(chance), "odd/train.py")


@modest
@given(chances)
def test_a_program_of_statements_that_do_not_belong_together_is_linted_without_a_failure(
    chance: random.Random,
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lint_text("import torch\n" + reassembled(chance), "odd/train.py")


@modest
@given(chances)
def test_a_program_of_statements_that_do_not_belong_together_breaks_nothing_inside(
    chance: random.Random,
) -> None:
    assert broken_in(reassembled(chance)) == []


@pytest.mark.parametrize("seed", seeds()[::5])  # test_pages lints them all
def test_the_programs_the_odd_ones_are_made_of_break_nothing_inside(seed: str) -> None:
    assert broken_in(seed) == []


HEAD = """
import torch
from torch import nn
net = nn.Linear(8, 4)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
"""


@pytest.mark.parametrize(
    "text",
    [
        "nodes = [net(x)] + actions\nfor x in data:\n"
        "    optimizer.zero_grad()\n    torch.autograd.backward(nodes)\n    optimizer.step()",
        "def loss(x, labels=None):\n    return nn.functional.cross_entropy(net(x), labels)\nloss(torch.rand(2, 8))",
        "class Same(nn.Module):\n    def forward(self, x):\n        return x\nmodel = Same()\nfor x, y in data:\n"
        "    optimizer.zero_grad()\n    nn.functional.cross_entropy(model(x), y).backward()\n    optimizer.step()",
    ],
    ids=["backward of a list that is not known", "no target", "a model without operations"],
)
def test_no_rule_breaks_on_what_is_hardly_a_training(text):
    lint_text(HEAD + text, "train.py")
