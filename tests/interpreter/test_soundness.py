"""What is out of sight silences the rules: programs that may well be right, each in one way unseen.

Each case is a training program in which the lines marked `# unseen` may clear gradients or step the
scheduler where we cannot look. As it stands it must be silent; without those lines it must not be.
"""

from __future__ import annotations

import re
from textwrap import dedent, indent

import pytest

from cnnlint import lint_text
from tests.interpreter.seen_clearing import WRITTEN
from tests.interpreter.unseen_clearing import CLEARING
from tests.interpreter.unseen_stepping import RETURNED, STEPPING

PRELUDE = """\
import functools
import torch
from torch import nn, optim
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
import elsewhere
from elsewhere import Base, Keeper, follow, hold, prepare, wrap

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
images = datasets.MNIST("data", train=True, transform=transforms.ToTensor())
loader = DataLoader(images, batch_size=64, shuffle=True)
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.01)
"""


def without_marked(program: str) -> str:
    """The program with `pass` for each line marked as unseen."""
    return re.sub(r"(?m)^( *).*# unseen$", r"\1pass", program)


def codes(program: str) -> list[str]:
    return [finding.code for finding in lint_text(program, "unseen/train.py")]


def clearing(program: str) -> str:
    return PRELUDE + dedent(program)


def stepping(handed_over: str) -> str:
    loop = """\
        for epoch in range(10):
            for x, y in loader:
                optimizer.zero_grad()
                criterion(model(x), y).backward()
                optimizer.step()
        """
    return f"{PRELUDE}scheduler = StepLR(optimizer, 10)\n{handed_over}\n{dedent(loop)}"


def returned(ending: str) -> str:
    body = stepping("").removeprefix(PRELUDE)
    holder = "class Holder:\n    def __init__(self, kept): self.kept = kept\n\n"
    return f"{PRELUDE}{holder}def build(owner):\n{indent(body, '    ')}{ending}\n"


@pytest.mark.parametrize("case", [*CLEARING, *WRITTEN])
def test_gradients_that_may_be_cleared_out_of_sight_are_no_finding(case: str) -> None:
    assert codes(clearing({**CLEARING, **WRITTEN}[case])) == []


@pytest.mark.parametrize("case", sorted({*CLEARING, *WRITTEN} - {"by a decorator that wraps"}))
def test_the_same_gradients_are_a_finding_in_plain_sight(case: str) -> None:
    assert set(codes(without_marked(clearing({**CLEARING, **WRITTEN}[case])))) & {"CNN101", "CNN103"}


@pytest.mark.parametrize("case", STEPPING)
def test_a_scheduler_that_may_be_stepped_out_of_sight_is_no_finding(case: str) -> None:
    assert codes(stepping(STEPPING[case])) == []


def test_the_same_scheduler_is_a_finding_in_plain_sight() -> None:
    assert codes(stepping("hold(model)")) == ["CNN107"]


@pytest.mark.parametrize("ending", RETURNED)
def test_what_a_function_gives_to_its_unknown_caller_may_be_used_there(ending: str) -> None:
    assert codes(returned(RETURNED[ending])) == []


def test_what_a_function_keeps_to_itself_is_not_used_by_its_caller() -> None:
    assert codes(returned("    return model")) == ["CNN107"]
