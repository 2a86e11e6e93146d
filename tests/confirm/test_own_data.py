"""Scripts that read data of their own, on disk: in the project, beside it, behind a link, nowhere."""

from __future__ import annotations

import csv
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from cnnlint.confirm.linking import ending
from cnnlint.confirm.workshop import Workshop
from cnnlint.evidence import Answer, RunResult, Task

torch = pytest.importorskip("torch")
numpy = pytest.importorskip("numpy")

HEAD = """
import csv
import glob
import gzip
import json
import os
import struct
from pathlib import Path
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset
"""
IMAGE_FOLDER = """
class ImageFolder(Dataset):
    def __init__(self, root):
        self.classes = sorted(entry.name for entry in os.scandir(root) if entry.is_dir())
        self.samples = []
        for index, name in enumerate(self.classes):
            for folder, _, names in sorted(os.walk(os.path.join(root, name))):
                self.samples += [(os.path.join(folder, each), index) for each in sorted(names)]

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, label = self.samples[index]
        image = torch.load(path) if path.endswith(".pt") else torch.from_numpy(np.load(path))
        return image.float(), label


train, test = ImageFolder(ROOT + "/train"), ImageFolder(ROOT + "/test")
"""
MNIST_RAW = """
def images(path):
    with open(path, "rb") as file:
        _, count, rows, columns = struct.unpack(">IIII", file.read(16))
        return torch.frombuffer(bytearray(file.read()), dtype=torch.uint8).view(count, 1, rows, columns) / 255


def labels(path):
    with gzip.open(path, "rb") as file:
        _, count = struct.unpack(">II", file.read(8))
        return torch.tensor(list(file.read()))


def split(name):
    raw = Path(ROOT) / "MNIST" / "raw"
    x, y = images(raw / f"{name}-images-idx3-ubyte"), labels(raw / f"{name}-labels-idx1-ubyte.gz")
    return TensorDataset(x, y)


train, test = split("train"), split("t10k")
"""
TABLE = """
class Table(Dataset):
    def __init__(self, table):
        with open(table, newline="") as file:
            self.rows = list(csv.DictReader(file))
        self.folder = os.path.dirname(table)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        row = self.rows[index]
        image = np.load(os.path.join(self.folder, row["path"]))
        return torch.from_numpy(image), int(row["label"])


train, test = Table(ROOT + "/train.csv"), Table(ROOT + "/test.csv")
"""
TRAIN = """
channels = train[0][0].shape[0]
body = nn.Sequential(nn.Conv2d(channels, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten())
model = nn.Sequential(body, nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
loader = DataLoader(train, batch_size=8, shuffle=True, num_workers=2)
for epoch in range(3):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
right = 0
with torch.no_grad():
    for x, y in DataLoader(test, batch_size=8):
        right += int((model(x).argmax(1) == y).sum())
print("right:", right, "of", len(test))
"""


def example(number: int) -> tuple[Any, int]:
    """An image with a dark or a bright middle, and which of them it is."""
    label = number % 2
    image = numpy.random.default_rng(number).normal(size=(3, 12, 12)).astype("float32")
    image[:, 3:9, 3:9] += 2 * label - 1
    return image, label


def image_folder(root: Path) -> str:
    for name, count in (("train", 20), ("test", 10)):
        for number in range(count):
            image, label = example(number)
            folder = root / name / ("bright" if label else "dark") / "more"
            folder.mkdir(parents=True, exist_ok=True)
            if number % 4 < 2:
                numpy.save(folder / f"{number}.npy", image)
            else:
                torch.save(torch.from_numpy(image), folder / f"{number}.pt")
    return IMAGE_FOLDER


def mnist(root: Path) -> str:
    import gzip

    raw = root / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, count in (("train", 20), ("t10k", 10)):
        pixels = b"".join(bytes([255 * (number % 2)]) * 144 for number in range(count))
        (raw / f"{name}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 2051, count, 12, 12) + pixels)
        with gzip.open(raw / f"{name}-labels-idx1-ubyte.gz", "wb") as file:
            file.write(struct.pack(">II", 2049, count) + bytes(number % 2 for number in range(count)))
    return MNIST_RAW


def table(root: Path) -> str:
    (root / "images").mkdir(parents=True)
    for name, count in (("train", 20), ("test", 10)):
        with (root / f"{name}.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["path", "label"])
            for number in range(count):
                image, label = example(number)
                numpy.save(root / "images" / f"{name}{number}.npy", image)
                rows.writerow([f"images/{name}{number}.npy", label])
    return TABLE


KINDS = {"image folder": image_folder, "MNIST files": mnist, "table of paths": table}


Run = Callable[..., RunResult]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where projects and data elsewhere lie, side by side."""
    return tmp_path_factory.mktemp("folder")


@pytest.fixture(scope="module")
def run(folder: Path) -> Iterator[Run]:
    """Runs a script of a project with its own data; what is elsewhere can be read only where that is said."""
    (folder / "elsewhere").mkdir()
    with (
        Workshop(root=folder / "elsewhere" / "nothing") as closed,
        Workshop(root=folder / "elsewhere" / "nothing", readable=[folder / "elsewhere"]) as opened,
    ):

        def once(project: Path, text: str, *, readable: bool = False, script: str = "train.py") -> RunResult:
            path = project / script
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
            told = {"steps": 200, "seconds": 20.0, "data": "own", "batch": 8, "batches": 0}
            task = Task(kind="run", path=str(path), root=str(project), source=dedent(text), options=told)
            shop = opened if readable else closed
            answer: Answer = next(iter(shop.answers([task], 60.0)))[1]
            assert answer["ended"] == "answered", answer
            if not any(layer.startswith("landlock") for layer in answer["sandbox"]):
                pytest.skip("without Landlock only Python's own calls are held")
            result: RunResult = answer["result"]
            return result

        yield once


@pytest.fixture
def project(folder: Path, request: pytest.FixtureRequest) -> Path:
    made = folder / f"project{abs(hash(request.node.name))}"
    made.mkdir()
    return made


@pytest.fixture
def elsewhere(folder: Path, project: Path) -> Path:
    return folder / "elsewhere" / project.name


def read(result: RunResult) -> bool:
    """Whether it trained on what lies there, and nothing was put in its place."""
    fewer = ("batches of 8", "2 workers")
    replaced = [each for each in result["replaced"] if each["what"] not in fewer]
    return (result["ended"], result["steps"], result["unread"], replaced) == ("finished", 9, [], [])


@pytest.mark.parametrize("kind", KINDS)
def test_data_in_the_project_are_read(run, kind, project):
    text = KINDS[kind](project / "data")

    assert read(run(project, HEAD + "ROOT = 'data'\n" + text + TRAIN))


@pytest.mark.parametrize("kind", KINDS)
def test_data_elsewhere_are_read_where_that_may_be_read(run, kind, project, elsewhere):
    text = HEAD + f"ROOT = {str(elsewhere)!r}\n" + KINDS[kind](elsewhere) + TRAIN

    closed = run(project, text)
    assert not closed["steps"]
    assert closed["unread"][0]["closed"]
    assert f"`{closed['unread'][0]['path']}`" in ending(closed)
    assert str(elsewhere) in ending(closed)
    assert "the sandbox keeps that closed: name its folder in `readable`" in ending(closed)
    assert read(run(project, text, readable=True))


@pytest.mark.parametrize("kind", KINDS)
def test_data_behind_a_link_out_of_the_project_are_named_by_where_they_are(run, kind, project, elsewhere):
    text = HEAD + "ROOT = 'data'\n" + KINDS[kind](elsewhere) + TRAIN
    (project / "data").symlink_to(elsewhere)

    closed = run(project, text)
    assert closed["unread"][0]["closed"]
    assert f", which is {elsewhere}" in ending(closed)
    assert read(run(project, text, readable=True))


def test_what_may_be_read_is_not_written(run, project, elsewhere):
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("as it was")
    text = f"""
        import os
        try:
            descriptor = os.open({str(elsewhere / "kept")!r}, os.O_WRONLY | os.O_TRUNC)
        except OSError:
            print(open({str(elsewhere / "kept")!r}).read())
        else:
            os.close(descriptor)
        """
    result = run(project, text, readable=True)

    assert (result["ended"], result["broken"]) == ("finished", None)
    assert (elsewhere / "kept").read_text() == "as it was"


SHUFFLED = "\nloader = DataLoader(train, shuffle=True)"
LACKING: dict[str, tuple[str, str]] = {
    "open": ("names = open('lists/train.txt').read().split()", "lists/train.txt"),
    "pathlib": ("names = Path('lists/train.txt').read_text()", "lists/train.txt"),
    "json": ("labels = json.load(open('labels.json'))", "labels.json"),
    "np.load": ("x = np.load('data/x.npy')", "data/x.npy"),
    "np.loadtxt": ("x = np.loadtxt('x.txt')", "x.txt"),
    "np.fromfile": ("x = np.fromfile('x.bin')", "x.bin"),
    "np.memmap": ("x = np.memmap('x.bin', mode='r')", "x.bin"),
    "gzip": ("x = gzip.open('x.gz').read()", "x.gz"),
    "torch.load": ("data = torch.load('train.pt')\ntrain = TensorDataset(data['x'], data['y'])", "train.pt"),
    "listdir": ("labels = [int(each.split('_')[1]) for each in os.listdir('faces/')]", "faces/"),
    "scandir": ("names = [each.name for each in os.scandir('faces')]", "faces"),
    "glob": ("train = [np.load(each) for each in glob.glob('data/*.npy')]" + SHUFFLED,
             "data/*.npy"),
    "Path.glob": ("train = [np.load(each) for each in Path('d').glob('*.npy')]" + SHUFFLED,
                  "d/*.npy"),
    "exit": ("import sys\nif not os.path.exists('corpus'):\n    sys.exit('no corpus')", "corpus"),
}  # fmt: skip


@pytest.mark.parametrize("way", LACKING)
def test_what_is_not_there_is_named_with_what_to_do(run, way, project):
    text, name = LACKING[way]
    result = run(project, HEAD + text + "\n")

    assert not result["steps"]
    line = len(HEAD.splitlines()) + 1 + (way == "exit")
    assert f"it reads `{name}` on line {line} of train.py, which is not there" in ending(result)
    assert "run with --data" in ending(result)


def test_what_breaks_for_another_reason_is_told_by_that(run, project):
    result = run(project, HEAD + "try:\n    open('cache.json')\nexcept OSError:\n    pass\n{}['x']\n")

    assert ending(result) == f"it raised KeyError: 'x' on line {len(HEAD.splitlines()) + 5} of train.py"


def test_a_file_that_its_owner_may_not_read_is_no_fault_of_the_sandbox(run, project):
    if os.geteuid() == 0:
        pytest.skip("nothing is closed to root")
    (project / "secret.npy").touch(mode=0)

    assert "readable" not in ending(run(project, HEAD + "np.load('secret.npy')\n"))


def test_data_at_the_top_of_the_project_are_found_by_a_script_in_a_folder(run, tmp_path):
    (tmp_path / "data").mkdir()
    numpy.save(tmp_path / "data" / "numbers.npy", numpy.arange(4))
    text = HEAD + "assert len(np.load('data/numbers.npy')) == 4\n"
    result = run(tmp_path, text, script="src/train.py")

    assert (result["ended"], result["unread"]) == ("finished", [])
