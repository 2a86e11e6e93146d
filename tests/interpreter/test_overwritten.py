"""A tensor knows whether it, or what it was taken from, was changed in place."""

from __future__ import annotations

import pytest

from cnnlint.facts import RESHAPING, Layer, LossCall
from cnnlint.interpreter import analyse
from cnnlint.values import is_unknown
from tests.interpreter.test_operands import OneText

PROGRAM = """
import torch
import torch.nn.functional as F
x, y = torch.rand(4, 3), torch.arange(4)
{change}
F.cross_entropy(x, {target})
"""


@pytest.mark.parametrize(
    ("change", "target", "touched"),
    [
        ("", "y", False),
        ("y + 1", "y.view(-1)", False),
        ("y.clamp(max=2)", "y", False),
        ("y.clamp_(max=2)", "y", True),
        ("y[y < 0] = 0", "y.long()", True),
        ("torch.relu_(y)", "y.view(-1)", True),
    ],
)
def test_what_was_changed_in_place_is_touched(change, target, touched):
    program = analyse("made.py", OneText(PROGRAM.format(change=change, target=target)))
    (loss,) = program.each(LossCall)
    assert loss.target.touched(RESHAPING | {"long"}) is touched


OPTIONS = """
from torch import nn
options = {"kernel_size": 3, "padding": 1}
for name in names_of(elsewhere):
    if name == "padding":
        options.CHANGE
layer = nn.Conv2d(3, 8, **options)
"""


@pytest.mark.parametrize(
    ("change", "known"),
    [("get(name)", True), ("setdefault(name, 2)", False), ("pop(name)", False), ("popitem()", False)],
)
def test_a_dict_that_changes_at_a_key_that_is_not_known_is_lost(change, known):
    program = analyse("made.py", OneText(OPTIONS.replace("CHANGE", change)))
    (layer,) = program.each(Layer)
    assert is_unknown(layer.padding) is not known
