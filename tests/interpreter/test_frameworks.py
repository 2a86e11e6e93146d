"""What frameworks do of a training themselves is followed, in every spelling."""

from __future__ import annotations

from textwrap import indent

import pytest

from cnnlint import lint_text
from cnnlint.facts import Backward, Freeze, ModeChange, SchedulerStep, Step, Vain, ZeroGrad
from cnnlint.interpreter import analyse
from cnnlint.linting import Project
from cnnlint.syntax.cache import Cache

LIGHTNING = """\
import pytorch_lightning as pl
import torch
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau, StepLR

class Lit(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))

    def training_step(self, batch, batch_idx):
        x, y = batch
        return nn.functional.cross_entropy(self.net(x), y)

    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=0.1)
        scheduler = StepLR(optimizer, 10)
{returned}
"""
#: How `configure_optimizers` may say what it has built, and how often the schedule is stepped.
SPELLINGS = {
    "return optimizer": 0,
    "return [optimizer]": 0,
    "return [optimizer], [scheduler]": 1,
    "return [optimizer], [{'scheduler': scheduler, 'interval': 'step'}]": 1,
    "return {'optimizer': optimizer, 'lr_scheduler': scheduler}": 1,
    "return {'optimizer': optimizer, 'lr_scheduler': {'scheduler': scheduler, 'interval': 'epoch'}}": 1,
    "return [{'optimizer': optimizer, 'lr_scheduler': scheduler}]": 1,
    "return ({'optimizer': optimizer, 'lr_scheduler': ReduceLROnPlateau(optimizer), 'monitor': 'loss'},)": 1,
}
TRAINER = "trainer = pl.Trainer(max_epochs=3)\ntrainer.fit(Lit(), loader)\n"


def events(text: str, kind: type) -> list[object]:
    program = analyse("told/train.py", Project(Cache(None), overlay={"told/train.py": text.encode()}))
    assert not [why for _, why in program.limits if why.startswith("internal:")]
    return list(program.each(kind))


def codes(text: str) -> list[str]:
    return [finding.code for finding in lint_text(text, "told/train.py")]


@pytest.mark.parametrize("handed_over", ["", TRAINER], ids=["untold", "fitted"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_lightning_steps_what_configure_optimizers_returns(spelling: str, handed_over: str) -> None:
    text = LIGHTNING.format(returned=indent(spelling, " " * 8)) + handed_over
    assert [len(events(text, kind)) for kind in (ZeroGrad, Backward, Step)] == [1, 1, 1]
    assert len(events(text, SchedulerStep)) == SPELLINGS[spelling]
    assert set(codes(text)) <= {"CNN107"}  # of a schedule that is not returned


def test_what_happens_in_a_framework_lies_where_it_is_called_and_is_never_rewritten() -> None:
    text = LIGHTNING.format(returned="        return optimizer") + TRAINER
    (step,) = events(text, Step)
    assert step.site.within  # type: ignore[attr-defined]
    assert step.functions == ()  # type: ignore[attr-defined]
    assert {change.training for change in events(text, ModeChange)} == {True, False}  # type: ignore[attr-defined]


def test_an_update_function_of_ignite_runs_for_each_batch() -> None:
    text = """\
import torch
from ignite.engine import Engine, Events
from torch import nn

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)

def update(engine, batch):
    x, y = batch
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()

trainer = Engine(update)
trainer.add_event_handler(Events.EPOCH_COMPLETED, lambda engine: scheduler.step())
trainer.run(loader, max_epochs=30)
"""
    (step,) = events(text, Step)
    assert step.loop is not None  # type: ignore[attr-defined]
    assert codes(text) == []
    assert codes(text.replace("    optimizer.zero_grad()\n", "")) == ["CNN101"]
    assert codes(text.replace("scheduler.step()", "None")) == ["CNN107"]


@pytest.mark.parametrize(
    "frozen",
    [
        "for p in net.parameters(): p.requires_grad = False",
        "for name, p in net.named_parameters(): p.requires_grad = False",
        "for p in net.parameters(): p.requires_grad_(False)",
        "for layer in net: layer.requires_grad_(False)",
        "net.requires_grad_(False)",
    ],
)
def test_all_parameters_may_be_frozen_in_many_ways(frozen: str) -> None:
    text = f"from torch import nn\nnet = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 2))\n{frozen}\n"
    assert {freeze.learns for freeze in events(text, Freeze)} == {False}  # type: ignore[attr-defined]
    assert events(text, Vain) == []
