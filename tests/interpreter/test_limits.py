"""Where the analysis stops, what follows is unseen code, and nobody claims what it never does."""

from __future__ import annotations

import pytest

from cnnlint import lint_text
from cnnlint.interpreter import analyse, limits
from cnnlint.linting import Project
from cnnlint.syntax.cache import Cache
from cnnlint.syntax.positions import spans

PROGRAM = """
import torch
from torch import nn

net = nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Dropout(0.5), nn.Linear(3, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 3)
criterion = nn.CrossEntropyLoss()


def sample():
    net.eval()
    for a in range(20):
        for b in range(20):
            for c in range(20):
                net(torch.ones(a, 3))
    net.train()


def train(loader):
    for epoch in range(10):
        for x, y in loader:
            criterion(net(x), y).backward()
            optimizer.step()
            sample()
            optimizer.zero_grad()
        scheduler.step()
"""


@pytest.mark.parametrize("steps", [250, 500, 1_000, 2_000])
def test_a_program_that_is_not_followed_to_its_end_is_not_blamed_for_what_it_does_there(monkeypatch, steps):
    monkeypatch.setattr(limits, "STEPS_PER_ENTRY", steps)
    assert not lint_text(PROGRAM, "train.py")


GENERATION = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([nn.Linear(8, 8) for _ in range(20)])

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


net = Net()
for word in range(200):
    x = net(torch.ones(1, 8))
    for position in range(200):
        x = net(x)
        if x.argmax().item() == 3:
            break
"""


def test_a_model_called_time_after_time_is_followed_once():
    project = Project(Cache(None), overlay={"sample.py": GENERATION.encode()})
    assert not analyse("sample.py", project).limits


COSTLY = """
import torch
from torch import nn


def shape(i, j, k):
    return i * j * k


def data():
    return [shape(i, j, k) for i in range(100) for j in range(100) for k in range(100)]


def unseen():
    optimizer.zero_grad()


def fetch(clear):
    images = data()
    if clear:
        unseen()
    return images


net = nn.Linear(3, 3)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(1_000):
    loss = net(fetch({clear})).sum()
    loss.backward()
    optimizer.step()
"""


@pytest.mark.parametrize(("clear", "found"), [(False, ["CNN101"]), (True, [])])
def test_a_costly_call_leaves_steps_for_what_follows_it(clear, found):
    assert [each.code for each in lint_text(COSTLY.replace("{clear}", str(clear)), "train.py")] == found


@pytest.mark.parametrize("steps", range(1, 20))
def test_a_limit_is_told_where_the_class_that_was_not_followed_is(monkeypatch, steps):
    monkeypatch.setattr(limits, "STEPS", steps)
    net = "class Net(nn.Module):\n    def forward(self, x):\n        return x\n"
    nets = "from torch import nn\n" + "depth = 3\n" * 50 + net
    files = {"nets.py": nets.encode(), "train.py": b"from nets import Net\nnet = Net()\n"}
    program = analyse("train.py", Project(Cache(None), overlay=files))
    assert {site.path for site, _ in program.limits} <= {"nets.py", "train.py"}
    for site, _ in program.limits:
        assert spans(files[site.path].decode()).span(site.at).line > 0
