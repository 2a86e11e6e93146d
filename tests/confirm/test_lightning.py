"""Lightning in the replaced world: the package where it is installed, else what stands in for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.confirm.worlds import MODEL, Run, ran_well, running

pytest.importorskip("torch")

HEAD = MODEL + "import lightning as L\nimport pytorch_lightning as pl\n"
MODULE = """
class Net(L.LightningModule):
    def __init__(self, width, lr=0.1, *, depth=1, **more):
        super().__init__()
        self.save_hyperparameters(ignore="depth")
        self.body = nn.Sequential(nn.Linear(4, width), nn.ReLU())
        self.head = nn.Linear(width, 2)

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = nn.functional.cross_entropy(self.head(self.body(x)), y)
        self.log("loss", loss)
        return {"loss": loss}

    def validation_step(self, batch):
        x, y = batch
        assert not self.training and not torch.is_grad_enabled()
        self.log("val_loss", nn.functional.cross_entropy(self.head(self.body(x)), y))

    test_step = validation_step

    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=self.hparams.lr)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
        return {"optimizer": optimizer, "lr_scheduler": scheduler, "monitor": "val_loss"}
"""
FIT = """
net = Net(8, other=3)
assert dict(net.hparams) == {"width": 8, "lr": 0.1, "other": 3}, net.hparams
trainer = L.Trainer(max_epochs=2, accelerator="gpu", devices=8, strategy="ddp", precision=16)
trainer.fit(net, loader, DataLoader(data, batch_size=64))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def run(folder: Path) -> Iterator[Run]:
    with running(folder) as once:
        yield once


def test_a_trainer_trains_evaluates_and_finds_again_what_it_saved(run, folder):
    rest = """
told = trainer.test(net, DataLoader(data, batch_size=64))
assert 0 < told[0]["val_loss"] < 5, told
trainer.save_checkpoint("last.ckpt")
again = Net.load_from_checkpoint("last.ckpt")
assert again.hparams.width == 8 and torch.equal(again.head.weight, net.head.weight)
"""
    result = run(HEAD + MODULE + FIT + rest)

    assert ran_well(result), result["why"]
    assert result["steps"] == 10
    assert sorted(each.name for each in folder.iterdir()) == ["script.py"]
    assert [each["steps"] for each in result["schedulers"]] == [2]
    assert [model["name"] for model in result["models"]] == ["Net"]
    tensors = result["models"][0]["tensors"]
    assert all(each["gradient"] == "some" and each["moved"] for each in tensors), (
        "its parts are called, not it"
    )


def test_a_step_comes_after_the_closure_that_makes_its_gradients(run):
    result = run(HEAD + MODULE + FIT)
    kinds = [event["kind"] for event in result["events"] if event["kind"] not in ("pass", "train")]
    steps = [event for event in result["events"] if event["kind"] == "step"]

    begins = kinds.index("forward")
    one = ["forward", "forward", "loss", "zero_grad", "backward", "step"]
    assert kinds[begins : begins + 12] == one + one
    assert all(step["gradients"] == "some" for step in steps)


def test_a_closure_of_the_users_makes_the_gradients_of_a_step(run):
    closure = """
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.1, max_iter=2)
for epoch in range(2):
    for x, y in loader:
        def closure():
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            return loss
        optimizer.step(closure)
"""
    result = run(MODEL + closure)
    kinds = [event["kind"] for event in result["events"] if event["kind"] != "pass"]

    assert ran_well(result), result["why"]
    assert kinds[:5] == ["zero_grad", "forward", "loss", "backward", "step"]
    assert kinds.count("step") == 10


def test_hooks_are_called_in_their_documented_order(run):
    hooks = """
called = []
def listed(name):
    def hook(self, *values, **named):
        called.append(name)
    return hook
class Told(Net):
    def training_step(self, batch, batch_idx):
        called.append("training_step")
        return super().training_step(batch, batch_idx)
    def validation_step(self, batch, batch_idx):
        called.append("validation_step")
        return super().validation_step(batch)
for name in ("train_epoch_start", "train_batch_start", "before_zero_grad", "before_backward",
             "after_backward", "before_optimizer_step", "train_batch_end", "validation_epoch_end",
             "train_epoch_end"):
    setattr(Told, f"on_{name}", listed(f"on_{name}"))
class Notes(pl.Callback):
    def on_train_end(self, trainer, pl_module):
        called.append("on_train_end")
few = DataLoader(TensorDataset(*data[:64]), batch_size=64)
L.Trainer(max_epochs=1, callbacks=Notes(), logger=False).fit(Told(8), few, few)
assert called == [
    "on_train_epoch_start", "on_train_batch_start", "training_step", "on_before_zero_grad",
    "on_before_backward", "on_after_backward", "on_before_optimizer_step", "on_train_batch_end",
    "validation_step", "on_validation_epoch_end", "on_train_epoch_end", "on_train_end",
], called
"""
    result = run(HEAD + MODULE + hooks, batch=64)

    assert ran_well(result), result["why"]


def test_gradients_are_gathered_over_several_batches_where_that_is_said(run):
    fit = "L.Trainer(max_epochs=2, accumulate_grad_batches=2, gradient_clip_val=0.5)"
    result = run(HEAD + MODULE + f"{fit}.fit(Net(8), loader, loader)\n")

    assert ran_well(result), result["why"]
    assert (result["steps"], result["backwards"]) == (6, 10)


def test_fabric_is_one_process(run):
    fabric = """
fabric = L.Fabric(accelerator="cuda", devices=2, precision="bf16-mixed")
fabric.launch()
model, optimizer = fabric.setup(model, optimizer)
loader = fabric.setup_dataloaders(loader)
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        fabric.backward(nn.functional.cross_entropy(model(x), y))
        optimizer.step()
"""
    result = run(HEAD + fabric)
    cleared = {event["subject"] for event in result["events"] if event["kind"] == "zero_grad"}

    assert ran_well(result), result["why"]
    assert (result["steps"], cleared) == (20, {0})


def test_a_module_that_compares_and_hashes_as_it_likes_is_one_all_the_same(run):
    odd = """
class Odd(nn.Module):
    def __init__(self):
        super().__init__()
        self.known = True
        self.layer = nn.Linear(4, 2)
    def forward(self, x):
        return self.layer(x)
    def __hash__(self):
        return hash(self.known)
    def __eq__(self, other):
        return Odd()
model = Odd()
nn.functional.cross_entropy(model(data[:4][0]), data[:4][1]).backward()
"""
    assert ran_well(result := run(MODEL + odd)), result["why"]


def test_a_library_is_not_told_of_what_only_stands_in(run, folder):
    library = folder / "site-packages"
    library.mkdir()
    (library / "asking.py").write_text("from importlib.util import find_spec\nfound = find_spec('fire')\n")
    asks = "import sys\nsys.path.append('site-packages')\nimport asking\nassert asking.found is None\n"
    result = run(asks + "import fire\n")

    assert ran_well(result), result["why"]
