"""Texts that stand for what files hold, and fixes that lie in a file which the script imports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnnlint.cli import main
from cnnlint.confirm.workshop import Workshop
from cnnlint.evidence import Task

pytest.importorskip("torch")

ENGINE = """\
import torch


def train(model, loader, optimizer, epochs):
    for epoch in range(epochs):
        for x, y in loader:
            torch.nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
"""
MAIN = """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
{importing}

torch.manual_seed(1)
labels = torch.randint(4, (400,))
images = torch.randn(400, 1, 8, 8) * 0.3
for number, label in enumerate(labels.tolist()):
    images[number, :, 2 * label : 2 * label + 2] += 0.4
loader = DataLoader(TensorDataset(images, labels), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
train(model, loader, optimizer, 20)
"""
WAYS = {
    "beside": ("engine.py", "from engine import train"),
    "in a package": ("parts/engine.py", "from parts.engine import train"),
    "in a folder": ("loose/engine.py", "import loose.engine\ntrain = loose.engine.train"),
}


@pytest.fixture
def project(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script, and the loop that it imports, which clears no gradients."""
    name, importing = WAYS[request.param]
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(ENGINE, encoding="utf-8")
    if "package" in request.param:
        (tmp_path / "parts" / "__init__.py").touch()
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "main.py").write_text(MAIN.format(importing=importing), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / name


@pytest.mark.parametrize("project", WAYS, indirect=True)
def test_what_is_imported_takes_the_text_that_is_given(project):
    path = Path("main.py").resolve()
    source = path.read_text(encoding="utf-8")
    cleared = ENGINE.replace(
        "            torch.nn", "            optimizer.zero_grad()\n            torch.nn"
    )
    told = {"steps": 3, "seconds": 20.0}
    tasks = [
        Task(kind="run", path=str(path), root=str(path.parent), source=source, overlay=overlay, options=told)
        for overlay in ({}, {str(project): cleared})
    ]
    with Workshop(root=path.parent) as shop:
        results = [answer["result"] for _, answer in shop.answers(tasks, 60.0)]

    kinds = [{event["kind"] for event in result["events"]} for result in results]
    assert ["zero_grad" in each for each in kinds] == [False, True]
    lines = {event["place"]["line"] for event in results[1]["events"] if event["kind"] == "step"}
    assert lines == {ENGINE.count("\n") + 1}
    assert project.read_text(encoding="utf-8") == ENGINE


@pytest.mark.parametrize("project", ["beside"], indirect=True)
def test_a_fix_in_an_imported_file_is_trained(project, capsys):
    code = main(["--confirm=train", "--select=CNN101", "--output-format=json", "--no-cache", "."])
    (finding,) = json.loads(capsys.readouterr().out)

    assert code == 1
    assert finding["filename"] == "engine.py"
    assert finding["verdict"]["outcome"] == "confirmed"
    assert "mended, it" in finding["verdict"]["text"]
    trained = finding["verdict"]["numbers"]["trained"]
    assert trained["train"]["written"] != trained["train"]["mended"]
