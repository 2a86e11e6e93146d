"""Which fixes are proposed, and where none is, since no change is right for all that it would reach."""

from __future__ import annotations

from cnnlint import lint_text
from cnnlint.config import Config


def test_a_number_that_one_call_gives_to_several_layers_is_not_written_for_one_of_them() -> None:
    program = """
import torch
from torch import nn


def block(before, after):
    return nn.Conv2d(before, after, 3)


{model}
model(torch.zeros(2, 3, 32, 32))
"""
    different = "model = nn.Sequential(block(3, 8), nn.ReLU(), block(9, 16))"
    alike = "model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), block(9, 16))"
    (found,) = lint_text(program.format(model=different), "train.py", Config(cache=False))
    assert (found.code, found.fix) == ("CNN301", None)
    (found,) = lint_text(program.format(model=alike), "train.py", Config(cache=False))
    assert found.fix is not None


def test_one_place_that_made_several_layers_is_mended_once() -> None:
    text = """
import torch
from torch import nn
layers = [nn.Flatten(), nn.Linear(784, 256), nn.Sigmoid()]
for _ in range(6):
    layers += [nn.Linear(256, 256), nn.Sigmoid()]
layers.append(nn.Linear(256, 10))
net = nn.Sequential(*layers)
for x, y in loader:
    nn.functional.cross_entropy(net(x), y).backward()
"""
    (found,) = [each for each in lint_text(text) if each.code == "CNN502"]
    assert found.fix
    assert len({edit.span for edit in found.fix.edits}) == len(found.fix.edits) == 2
    assert len({note.span for note in found.related}) == len(found.related)


def test_where_two_inputs_want_two_values_none_is_written() -> None:
    text = """
import torch
from torch import nn
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(100, 10))
net(torch.zeros(2, 3, 32, 32))
net(torch.zeros(2, 3, 28, 28))
"""
    (found,) = [each for each in lint_text(text) if each.code == "CNN302"]
    assert found.fix is None


def test_a_normalisation_that_does_not_fit_passes_on_what_it_gets() -> None:
    text = """
import torch
from torch import nn
net = nn.Sequential(nn.Conv2d(3, 64, 3), nn.BatchNorm2d(32), nn.ReLU(), nn.Conv2d(64, 64, 3))
net(torch.zeros(2, 3, 32, 32))
"""
    assert [(each.code, each.span.line) for each in lint_text(text)] == [("CNN301", 4)]


def test_a_map_that_was_not_flattened_is_one_mistake() -> None:
    text = """
import torch
from torch import nn
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Linear(8 * 30 * 30, 64), nn.ReLU(), nn.Linear(64, 10))
out = net(torch.zeros(2, 3, 32, 32))
nn.functional.cross_entropy(out, torch.tensor([1, 2])).backward()
"""
    assert [each.code for each in lint_text(text)] == ["CNN304"]
