"""What code cannot say of its data can be told in a comment or in the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnlint import lint_text
from cnnlint.cli import main

NET = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5)
        self.fc = nn.Linear(8 * 12 * 12, 10)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.conv(x)), 2)
        return self.fc(torch.flatten(x, 1))
"""


def codes(text):
    return [finding.code for finding in lint_text(text, path="net.py")]


def test_a_size_that_may_fit_is_not_reported():
    assert codes(NET) == []


@pytest.mark.parametrize(("shape", "found"), [("(1, 28, 28)", []), ("(1, 32, 32)", ["CNN302"])])
def test_a_comment_tells_the_size_of_the_input(shape, found):
    assert codes(f"# cnnlint: input={shape}\n{NET}") == found


def test_the_configuration_tells_the_size_of_the_input(tmp_path: Path, capsys):
    (tmp_path / "net.py").write_text(NET, encoding="utf-8")
    (tmp_path / "cnnlint.toml").write_text("[data]\ninput = [1, 32, 32]\n", encoding="utf-8")
    assert main([str(tmp_path), "--no-cache", "--output-format", "concise"]) == 1
    assert "CNN302" in capsys.readouterr().out


def test_the_configuration_tells_the_classes_of_data_from_elsewhere(tmp_path: Path, capsys):
    training = """
def train(loader):
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    for images, labels in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(images), labels).backward()
        optimizer.step()
"""
    (tmp_path / "net.py").write_text(NET + training, encoding="utf-8")
    for classes, code in ((10, 0), (5, 1)):
        (tmp_path / "cnnlint.toml").write_text(f"[data]\nclasses = {classes}\n", encoding="utf-8")
        assert main([str(tmp_path), "--no-cache", "--output-format", "concise"]) == code
    assert "CNN210" in capsys.readouterr().out
