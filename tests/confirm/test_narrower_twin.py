"""Models larger than their data ask for: the twin that is written, and what training both comes to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cnnlint.cli import main
from cnnlint.config import Config
from cnnlint.confirm.files import Files
from cnnlint.confirm.narrowing import NO_WIDTHS
from cnnlint.confirm.proofs import Claim, Judgement, proof
from cnnlint.evidence import Comparison, Pair, Training
from cnnlint.findings import Finding, Outcome, Severity
from cnnlint.linting import lint_paths, new_session
from cnnlint.source import Span

PLACE = {"path": "/p/train.py", "line": 3}
FINDING = Finding("train.py", Span(3, 1, 3, 2), "CNN504", "oversized-model", "", Severity.INFO)
CLAIM = Claim(FINDING, {"path": "/p/train.py", "line": 3})


# The rule, on made-up results.
def training(right: float | None, parameters: int = 1_000_000, **told: Any) -> Training:
    whole: Training = {
        "ended": "finished", "why": "", "steps": 200, "curve": [], "evaluated": right, "seconds": 1.0,
        "parameters": parameters, "passes": 10, "examples": 500, "commonest": 0.1,
    }  # fmt: skip
    return {**whole, **told}  # type: ignore[typeddict-item]


def compared(*pairs: tuple[Training, Training], **told: Any) -> Comparison:
    numbered: list[Pair] = [
        {"seed": seed, "written": written, "mended": twin, "again": None}
        for seed, (written, twin) in enumerate(pairs)
    ]
    whole: Comparison = {
        "why": "", "pairs": numbered, "steps": 200, "batch": 0, "device": "cpu", "versions": {},
        "sandbox": [], "seen": [], "seconds": 1.0,
    }  # fmt: skip
    return {**whole, **told}  # type: ignore[typeddict-item]


def judged(written: list[float], twin: list[float], parameters: int = 70_000, **told: Any) -> Judgement:
    pairs = [
        (training(one, **told), training(other, parameters, **told))
        for one, other in zip(written, twin, strict=True)
    ]
    return proof("narrower-twin").judge(CLAIM, compared(*pairs))


@pytest.mark.parametrize(
    ("written", "twin", "outcome", "words"),
    [
        ([0.95, 0.95, 0.95], [0.95, 0.95, 0.95], Outcome.CONFIRMED, "oversized"),
        ([0.956, 0.950, 0.953], [0.954, 0.953, 0.951], Outcome.CONFIRMED, "oversized"),
        ([0.95, 0.95, 0.95], [0.97, 0.96, 0.98], Outcome.CONFIRMED, "oversized"),  # not beyond chance
        ([0.70, 0.71, 0.69], [0.80, 0.79, 0.81], Outcome.CONFIRMED, "a quarter of its widths is better"),
        ([0.95, 0.95, 0.95], [0.94, 0.94, 0.94], Outcome.NOT_REPRODUCED, "its widths pay"),
        ([0.95, 0.94, 0.96], [0.80, 0.85, 0.82], Outcome.NOT_REPRODUCED, "its widths pay"),
        ([0.9, 0.5, 0.7], [0.6, 0.8, 0.6], Outcome.INCONCLUSIVE, "seeds lie too far apart"),
        ([0.12, 0.11, 0.13], [0.12, 0.11, 0.13], Outcome.INCONCLUSIVE, "it has learnt too little"),
    ],
)
def test_a_twin_is_judged_by_what_it_gets_right_over_the_seeds(written, twin, outcome, words):
    judgement = judged(written, twin)

    assert judgement.outcome is outcome
    assert words in judgement.text


def test_the_saving_the_steps_and_the_data_are_told():
    judgement = judged([0.956, 0.956, 0.956], [0.956, 0.956, 0.956])

    assert judgement.text == (
        "oversized for what it costs: with a quarter of its widths 70,000 of 1,000,000 parameters get 95.6% "
        "of 500 held-out examples right after 200 steps (10 passes), all of them 95.6% (3 seeds)"
    )
    assert judgement.numbers["parameters"] == {"written": 1_000_000, "twin": 70_000}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"steps": 40}, "its recipe ends after 40 steps, which are too few to compare"),
        ({"evaluated": None}, "as written, it evaluates no accuracy on held-out data after its steps"),
        ({"ended": "broken", "why": "it raised"}, "as written, it ended after 200 steps: it raised"),
        ({"commonest": None}, "what it learns is no class"),
    ],
)
def test_what_cannot_be_compared_is_told(told, why):
    pair = training(0.9, **told), training(0.9, 70_000, **told)
    judgement = proof("narrower-twin").judge(CLAIM, compared(pair, pair, pair))

    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert judgement.text.startswith(why)


def test_a_twin_that_is_not_narrower_says_nothing():
    assert "is not narrower" in judged([0.9] * 3, [0.9] * 3, parameters=900_000).text
    assert proof("narrower-twin").judge(CLAIM, compared(why="too slow")).text == "too slow"


# The twin.
HEAD = """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
"""
TAIL = """
data = TensorDataset(torch.randn(500, 3, 32, 32), torch.randint(0, 10, (500,)))
loader = DataLoader(data, batch_size=32, shuffle=True)
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for epoch in range(20):
    for images, labels in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
"""
MODELS = {
    "literals": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 11, padding=5)
        self.norm = nn.BatchNorm2d(64)
        self.conv2 = nn.Conv2d(64, 128, 3, padding=1)
        self.fc1 = nn.Linear(128 * 8 * 8, 1024)
        self.fc2 = nn.Linear(1024, 10)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.norm(self.conv1(x))), 2)
        x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
        return self.fc2(torch.relu(self.fc1(x.view(-1, 128 * 8 * 8))))


model = Net()
""",
        [("64", "16"), ("128", "32"), ("1024", "256")],
    ),
    "products written out": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 50, 3, padding=1)
        self.fc1 = nn.Linear(12800, 500)
        self.fc2 = nn.Linear(500, 10)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.conv(x)), 2)
        return self.fc2(torch.relu(self.fc1(x.reshape(x.size(0), 12800))))


model = Net()
""",
        [("12800", "3072"), ("500)", "125)"), ("(500", "(125"), ("50,", "12,")],
    ),
    "a list": (
        """
def layers(widths, before=3):
    found = []
    for width in widths:
        if width == "M":
            found.append(nn.MaxPool2d(2))
        else:
            found += [nn.Conv2d(before, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
            before = width
    return found


model = nn.Sequential(*layers([64, "M", 128, "M", 256, 256, "M"]), nn.Flatten(), nn.Linear(256 * 16, 512),
                      nn.ReLU(), nn.Linear(512, 10))
""",
        [("64", "16"), ("128", "32"), ("256 *", "64 *"), ("256, 256", "64, 64"), ("512", "128")],
    ),
    "an argument": (
        """
class Net(nn.Module):
    def __init__(self, hidden=64, classes=10):
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, hidden), nn.ReLU())
        self.head = nn.Linear(hidden, classes)

    def forward(self, x):
        return self.head(self.body(x))


model = Net(hidden=1024)
""",
        [("hidden=1024", "hidden=256")],
    ),
}


def twin_of(path: Path) -> Any:
    """The twin of the model that is oversized in a script."""
    config = Config(select=("CNN504",), root=path.parent, cache=False)
    (finding,) = lint_paths([str(path)], config).findings
    return Files([str(path)], new_session(config)).narrower(finding, str(path))


@pytest.mark.parametrize("name", MODELS)
def test_widths_are_quartered_and_what_the_data_fix_is_not(name, tmp_path):
    model, changes = MODELS[name]
    path, expected = tmp_path / "train.py", model
    for old, new in changes:
        expected = expected.replace(old, new)
    path.write_text(HEAD + model + TAIL, encoding="utf-8")

    assert twin_of(path).texts == {str(path): HEAD + expected + TAIL}


def test_the_class_may_lie_in_another_file(tmp_path):
    model, changes = MODELS["literals"]
    expected = model.replace("model = Net()\n", "")
    (tmp_path / "net.py").write_text(HEAD + expected, encoding="utf-8")
    (tmp_path / "train.py").write_text(HEAD + "from net import Net\nmodel = Net()\n" + TAIL, encoding="utf-8")
    for old, new in changes:
        expected = expected.replace(old, new)

    assert twin_of(tmp_path / "train.py").texts == {str(tmp_path / "net.py"): HEAD + expected}


def test_widths_that_no_number_says_are_told(tmp_path):
    path = tmp_path / "train.py"
    layers = "nn.Flatten(), nn.Linear(3 * 32 * 32, 2 ** 9), nn.ReLU(), nn.Linear(2 ** 9, 10)"
    path.write_text(HEAD + f"model = nn.Sequential({layers})\n" + TAIL, encoding="utf-8")

    assert (twin_of(path).texts, twin_of(path).why) == ({}, NO_WIDTHS)


# Trained on data that lie on disk.
SCRIPT = """\
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)


class Pictures(Dataset):
    def __init__(self, name):
        self.images, self.labels = np.load(f"data/{{name}}_images.npy"), np.load(f"data/{{name}}_labels.npy")

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return torch.from_numpy(self.images[index]), int(self.labels[index])


train = DataLoader(Pictures("train"), batch_size=32, shuffle=True)
test = DataLoader(Pictures("test"), batch_size=100)
model = {model}
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range({epochs}):
    model.train()
    for images, labels in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    model.eval()
    right = 0
    with torch.no_grad():
        for images, labels in test:
            right += (model(images).argmax(1) == labels).sum().item()
    print(epoch, right)
"""
LAYERS = "nn.Flatten(), nn.Linear(256, {0}), nn.ReLU(), nn.Linear({0}, {1}), nn.ReLU(), nn.Linear({1}, 20)"
OVERSIZED, RIGHT = (f"nn.Sequential({LAYERS.format(*widths)})" for widths in ((2048, 1024), (4096, 8)))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """600 noisy pictures of 20 shapes to train on and 400 to test on."""
    pytest.importorskip("torch")
    numpy = pytest.importorskip("numpy")
    random = numpy.random.default_rng(0)
    shapes = random.normal(size=(20, 16, 16))
    (tmp_path / "data").mkdir()
    for name, count in (("train", 600), ("test", 400)):
        labels = numpy.arange(count) % 20
        images = (shapes[labels] + 1.5 * random.normal(size=(count, 16, 16))).astype("float32")
        numpy.save(tmp_path / "data" / f"{name}_images.npy", images)
        numpy.save(tmp_path / "data" / f"{name}_labels.npy", labels)
    (tmp_path / "cnnlint.toml").write_text("data.train-size = 600\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def verdict(capsys: pytest.CaptureFixture[str], *flags: str) -> dict[str, Any]:
    main(["--confirm=train", "--select=CNN504", "--output-format=json", "--no-cache", *flags, "train.py"])
    (finding,) = json.loads(capsys.readouterr().out)
    found: dict[str, Any] = finding["verdict"]
    return found


def test_a_grossly_oversized_model_is_confirmed_on_its_own_data(project, capsys):
    Path("train.py").write_text(SCRIPT.format(model=OVERSIZED, epochs=4), encoding="utf-8")
    found = verdict(capsys, "--data")

    assert (found["outcome"], found["method"]) == ("confirmed", "narrower-twin"), found
    assert "of 400 held-out examples right after 76 steps (4 passes)" in found["text"]
    assert found["numbers"]["parameters"] == {"written": 2645012, "twin": 268052}
    assert found["seeds"] == [0, 1, 2]


def test_a_model_of_the_right_size_is_not(project, capsys):
    Path("train.py").write_text(SCRIPT.format(model=RIGHT, epochs=4), encoding="utf-8")
    found = verdict(capsys, "--data")

    assert found["outcome"] == "not reproduced", found
    assert found["text"].startswith("its widths pay: ")


def test_without_data_it_is_only_told_how_many_there_are(project, capsys):
    Path("train.py").write_text(SCRIPT.format(model=OVERSIZED, epochs=4), encoding="utf-8")
    found = verdict(capsys)

    assert (found["outcome"], found["method"]) == ("inconclusive", "parameters-counted"), found
    assert "--confirm=train --data" in found["text"]
