"""--facts shows what was understood of any program, as text and as JSON, and never fails."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from cnnlint.config import Config
from cnnlint.interpreter import analyse
from cnnlint.linting import new_session
from cnnlint.report.facts import show_facts
from cnnlint.report.facts_json import write_facts
from cnnlint.source import Site
from tests.blocks import Case, cases

HERE = Path(__file__).parent
PROGRAMS = sorted(
    path.relative_to(HERE).as_posix()
    for folder in ("programs", "architectures")
    for path in (HERE / folder).rglob("*.py")
)
SQUEEZE = """\
import torch
import torch.nn as nn
import torch.nn.functional as F


class Squeeze(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 16, 5, padding=2)
        self.gate = nn.Conv2d(16, 16, 1)

    def forward(self, x):
        x = F.relu(self.first(x))
        w = F.avg_pool2d(x, x.size(2))
        return x * self.gate(w).sigmoid()


print(Squeeze()(images))
"""


STORY = """\
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import transforms

from elsewhere import images_of

steps = transforms.Compose([transforms.RandomCrop(28, 4), transforms.ToTensor()])
loader = DataLoader(images_of(steps), batch_size=64, shuffle=True)
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
for epoch in range(5):
    for images, labels in loader:
        optimizer.zero_grad()
        loss = criterion(net(images), labels)
        loss.backward()
        if clip:
            optimizer.step()
    net.eval()
"""
TOLD = """\
  at  steps Compose: transforms=(RandomCrop, ToTensor), also in code that is not seen
  at  loader DataLoader: dataset=?, batch_size=64, shuffle=True

losses
  at  criterion CrossEntropyLoss

modules that are not in a table
  at  net Sequential

optimizers and schedulers
  at  optimizer SGD: params=net, lr=0.1

what happens
  at  OpaqueCall elsewhere.images_of
  at  loop over range(0, 5), 5 times
  at    loop over loader
  at      ZeroGrad optimizer
  at      Forward net, inputs=images, modes=(eval, train)
  at      LossCall criterion, prediction=[..., 10]
  at      Backward loss
  at      perhaps
  at        Step optimizer
  at    ModeChange net, training=False

found out
  at  net Training: model=net, optimizer=optimizer, loss=criterion, dataset=?

"""


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_is_known_of_a_program_can_be_shown(program: str) -> None:
    show(HERE / program)


@pytest.mark.parametrize("case", cases("bad"), ids=str)
def test_what_is_known_of_a_block_can_be_shown(case: Case, tmp_path: Path) -> None:
    files = [tmp_path / (part.path or "train.py") for part in case.block.parts]
    for file, part in zip(files, case.block.parts, strict=True):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(part.text, encoding="utf-8")
    for file in files:
        show(file)


def test_a_window_as_wide_as_an_image_of_unknown_size_can_be_shown(tmp_path: Path) -> None:
    file = tmp_path / "squeeze.py"
    file.write_text(SQUEEZE, encoding="utf-8")
    show(file)


def test_the_story_of_a_training_takes_a_line_for_each_object_and_step(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_text(STORY, encoding="utf-8")
    stream = io.StringIO()
    program = analyse(str(file), new_session(Config(cache=False)).project)
    show_facts(program, lambda site: "at", stream)
    assert stream.getvalue().partition("data\n")[2] == TOLD


def show(file: Path) -> None:
    """Both forms can be written, and the one for machines can be read."""
    text, machine = io.StringIO(), io.StringIO()
    program = analyse(str(file), new_session(Config(cache=False)).project)
    show_facts(program, lambda site: f"{site.path}:{site.at}", text)
    show_facts(program, lambda site: f"{site.path}:{site.at}", text, whole=True)
    write_facts(program, located, machine)
    assert "Traceback" not in text.getvalue()
    json.loads(machine.getvalue())


def located(site: Site) -> tuple[str, int | None, int, int]:
    return site.path, None, 1, 1
