"""From paths and text to findings: across files, from the cache, in several processes, past what breaks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnnlint
from cnnlint import Finding, lint_paths, lint_text
from cnnlint.config import Config, ConfigError
from cnnlint.facts import Loop
from cnnlint.linting import lint_bytes
from cnnlint.report import Run

ROOT = Path(__file__).resolve().parents[1]
BUG = """\
import torch
from torch import nn

model = nn.Linear(10, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
for x, y in loader:
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
"""
CLEAN = BUG.replace("    loss =", "    optimizer.zero_grad()\n    loss =")
NET = """\
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(10, 2)

    def forward(self, x):
        return F.softmax(self.fc(x), dim=1)
"""
TRAIN = CLEAN.replace("model = nn.Linear(10, 2)", "from models.net import Net\n\nmodel = Net()")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("CNNLINT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "work"


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8", newline="")


def lint(*paths: str, **options: Any) -> Run:
    return lint_paths(paths or ["."], Config(**options))


def told(run: Run) -> list[tuple[str, str, int]]:
    return [(each.path.replace(os.sep, "/"), each.code, each.span.line) for each in run.findings]


def test_text_gives_its_findings() -> None:
    (finding,) = lint_text(BUG, "train.py")
    assert isinstance(finding, Finding)
    assert (finding.path, finding.code, finding.name) == ("train.py", "CNN101", "missing-zero-grad")
    assert (finding.span.line, finding.span.column) == (10, 5)


def test_clean_text_gives_none() -> None:
    assert lint_text(CLEAN) == []


def test_text_without_pytorch_is_not_read_at_all() -> None:
    assert lint_text("def f(:\n") == []


def test_text_that_is_no_python_is_a_finding() -> None:
    (finding,) = lint_text("import torch\ndef f(:\n", "train.py")
    assert (finding.code, finding.span.line) == ("CNN900", 2)


@pytest.mark.usefixtures("here")
def test_places_are_those_of_the_file_as_written() -> None:
    write("train.py", "\ufeff" + BUG.replace("\n", "\r\n").replace("for x", "\fö = 1; \r\nfor x"))
    (finding,) = lint().findings
    line = Path("train.py").read_text(encoding="utf-8-sig").splitlines()
    assert (finding.span.line, finding.span.column) == (11, 5)
    assert len(line) > 11


@pytest.mark.usefixtures("here")
def test_a_model_in_one_file_meets_its_loss_in_another() -> None:
    write("train.py", TRAIN)
    write("models/net.py", NET)
    alone, together = lint("train.py"), lint(".")
    assert {code for _, code, _ in told(alone)} == {"CNN201"}
    assert told(together) == told(alone)


@pytest.mark.usefixtures("here")
def test_of_files_that_were_not_given_only_errors_are_said() -> None:
    write("bug.py", BUG)
    write("slow.py", CLEAN.replace("lr=0.1", "lr=2.0"))
    write("train.py", "import torch\nimport bug, slow\n")
    assert told(lint("train.py")) == [("bug.py", "CNN101", 10)]
    assert [(path, code) for path, code, _ in told(lint("slow.py"))] == [("slow.py", "CNN401")]


@pytest.mark.usefixtures("here")
def test_what_two_files_lead_to_is_reported_once() -> None:
    write("bug.py", BUG)
    write("a.py", "import torch\nimport bug\n")
    write("b.py", "import torch\nimport bug\n")
    assert told(lint()) == [("bug.py", "CNN101", 10)]


@pytest.mark.usefixtures("here")
def test_comments_silence_also_what_is_found_from_another_file() -> None:
    write("bug.py", BUG.replace("optimizer.step()", "optimizer.step()  # noqa: CNN101"))
    write("a.py", "import torch\nimport bug\n")
    assert told(lint()) == []


@pytest.mark.parametrize(("folders", "misnamed"), [(("cat", "dog", "zebra"), True), (("0", "1", "2"), False)])
def test_names_in_another_order_are_those_of_the_folders_that_are_there(
    tmp_path: Path, folders: tuple[str, ...], misnamed: bool
) -> None:
    for number in range(30):
        image = tmp_path / "pets" / folders[number % 3] / f"{number}.jpg"
        image.parent.mkdir(parents=True, exist_ok=True)
        image.touch()
    script = tmp_path / "train.py"
    script.write_text("""
from torchvision.datasets import ImageFolder
from torch.utils.data import DataLoader
names = ["zebra", "dog", "cat"]
for images, labels in DataLoader(ImageFolder("pets"), batch_size=8, shuffle=True):
    print(names[labels[0]])
""")
    found = lint_paths([script], Config(root=tmp_path, cache=False, select=("CNN614",))).findings
    assert ["`zebra` before `dog`" in finding.message for finding in found] == [True] * misnamed


@pytest.mark.usefixtures("here")
def test_rules_can_be_ignored_for_some_files() -> None:
    write("old/train.py", BUG)
    write("train.py", BUG)
    assert told(lint(per_file_ignores={"old/*": ("CNN1",)})) == [("train.py", "CNN101", 10)]
    assert told(lint(per_file_ignores={"train.py": ("missing-zero-grad",)})) == []
    with pytest.raises(ConfigError, match="no rule `CNNX`"):
        lint(per_file_ignores={"x": ("CNNX",)})


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("# cnnlint: ignore[CNN999]", "there is no rule `CNN999`"),
        ("# cnnlint: ignore[missing-zero-grd]", "did you mean `missing-zero-grad`?"),
        ("# noqa: CNN999", "there is no rule `CNN999`"),
        ("# cnnlint: ignore[", "brackets"),
    ],
)
def test_a_comment_that_cannot_silence_anything_is_a_finding(comment: str, why: str) -> None:
    found = lint_text(f"{CLEAN}x = 1  {comment}\n", config=Config(select=("CNN903",)))
    assert [finding.code for finding in found] == ["CNN903"]
    assert why in found[0].message


def test_the_rules_of_other_linters_are_none_of_our_business() -> None:
    found = lint_text(f"{CLEAN}x = 1  # noqa: E501, because\n", config=Config(select=("CNN903",)))
    assert found == []


@pytest.mark.usefixtures("here")
def test_a_file_that_cannot_be_read_is_a_finding() -> None:
    Path("train.py").write_bytes(b"import torch\nx = '\xff'\n")
    write("demo.ipynb", '{"cells": "torch"')
    assert told(lint()) == [("demo.ipynb", "CNN901", 1), ("train.py", "CNN901", 2)]


@pytest.mark.usefixtures("here")
def test_an_unreadable_file_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    write("locked.py", BUG)
    write("train.py", BUG)
    read_bytes = Path.read_bytes

    def refusing(path: Path) -> bytes:
        if path.name == "locked.py":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refusing)
    run = lint()
    assert told(run) == [("locked.py", "CNN901", 1), ("train.py", "CNN101", 10)]
    assert "Permission denied" in run.findings[0].message


@pytest.mark.usefixtures("here")
def test_a_crash_costs_only_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    import cnnlint.interpreter

    analyse = cnnlint.interpreter.analyse

    def breaking(path: str, project: Any) -> Any:
        if path == "a.py":
            raise ZeroDivisionError("by nothing")
        return analyse(path, project)

    monkeypatch.setattr(cnnlint.interpreter, "analyse", breaking)
    write("a.py", BUG)
    write("b.py", BUG)
    run = lint()
    assert told(run) == [("b.py", "CNN101", 10)]
    (failure,) = run.failures
    assert (failure.path, failure.rule) == ("a.py", "")
    assert "ZeroDivisionError: by nothing" in str(failure)
    assert lint().failures == run.failures, "a failure is never kept"


@pytest.mark.usefixtures("here")
def test_a_rule_that_crashes_is_named_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnlint import engine
    from cnnlint.checks import training

    def breaking(loop: Loop) -> Any:
        raise ZeroDivisionError("by nothing")

    write("train.py", NET + BUG.replace("model(x)", "F.softmax(model(x), dim=1)"))
    monkeypatch.setattr(training, "missing_zero_grad", breaking)
    engine._check.cache_clear()
    try:
        run = lint()
    finally:
        engine._check.cache_clear()
    assert {code for _, code, _ in told(run)} == {"CNN201"}
    (failure,) = run.failures
    assert (failure.path, failure.rule) == ("train.py", "CNN101")
    assert failure.line > 0


class TestCache:
    """What was found once is found again without work, until something it rests on changes."""

    @pytest.fixture(autouse=True)
    def files(self, here: Path) -> None:
        write("train.py", TRAIN)
        write("models/net.py", NET)

    def warm(self) -> tuple[list[tuple[str, str, int]], set[str]]:
        """The findings of a process of its own, and which heavy modules it loaded."""
        script = (
            "import sys, json; from cnnlint import lint_paths; run = lint_paths(['.']);"
            "print(json.dumps([[each.path, each.code, each.span.line] for each in run.findings]));"
            "print(json.dumps([name for name in ('libcst', 'cnnlint.interpreter', 'rich', 'torch')"
            " if name in sys.modules]))"
        )
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        found, loaded = map(json.loads, done.stdout.splitlines())
        return [tuple(each) for each in found], set(loaded)

    def test_a_second_run_loads_neither_parser_nor_interpreter(self) -> None:
        cold, loaded = self.warm()
        assert loaded == {"libcst", "cnnlint.interpreter"}
        assert [code for _, code, _ in cold] == ["CNN201"]
        assert self.warm() == (cold, set())

    def test_a_change_in_an_imported_file_counts(self) -> None:
        assert len(lint("train.py").findings) == 1
        write("models/net.py", NET.replace("F.softmax(self.fc(x), dim=1)", "self.fc(x)"))
        assert lint("train.py").findings == ()

    def test_an_imported_file_that_appears_or_goes_counts(self) -> None:
        Path("models/net.py").unlink()
        assert lint("train.py").findings == ()
        write("models/net.py", NET)
        assert len(lint("train.py").findings) == 1
        Path("models/net.py").unlink()
        assert lint("train.py").findings == ()

    def test_a_change_of_configuration_counts(self) -> None:
        assert len(lint().findings) == 1
        assert lint(ignore=("CNN201",)).findings == ()
        assert len(lint().findings) == 1

    def test_a_broken_entry_is_a_miss(self, here: Path) -> None:
        before = lint()
        for entry in (here.parent / "cache").rglob("*"):
            if entry.is_file():
                entry.write_bytes(b"nonsense")
        assert lint().findings == before.findings

    def test_findings_come_back_as_they_were(self) -> None:
        assert lint().findings == lint().findings == lint(cache=False).findings

    def test_without_a_cache_nothing_is_kept(self, here: Path) -> None:
        lint(cache=False)
        lint_text(BUG)
        assert not (here.parent / "cache").exists()

    def test_the_folder_can_be_chosen(self, here: Path) -> None:
        lint(cache_dir=str(here.parent / "elsewhere"))
        assert any((here.parent / "elsewhere").rglob("*"))
        assert not (here.parent / "cache").exists()


@pytest.mark.usefixtures("here")
def test_several_processes_find_what_one_finds() -> None:
    for number in range(6):
        write(f"part{number % 2}/train{number}.py", BUG.replace("0.1", f"0.{number + 1}"))
    write("models/net.py", NET)
    write("train.py", TRAIN)
    one, two = lint(cache=False, jobs=1), lint(cache=False, jobs=2)
    assert len(one.findings) == 7
    assert one.findings == two.findings


@pytest.mark.usefixtures("here")
def test_progress_is_told_up_to_the_last_file() -> None:
    for name in ("a.py", "b.py", "c.py"):
        write(name, BUG)
    heard: list[tuple[int, int]] = []
    lint_paths(["."], Config(cache=False), progress=lambda done, total: heard.append((done, total)))
    assert heard == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.usefixtures("here")
def test_paths_may_be_given_without_a_configuration() -> None:
    write("repo/pyproject.toml", "[tool.cnnlint]\nignore = ['CNN101']\n")
    write("repo/train.py", BUG)
    write("train.py", BUG)
    assert lint_paths([Path("repo")]).findings == ()
    assert len(lint_paths([Path("train.py")]).findings) == 1


def test_what_is_imported_is_found_beside_standard_input(here: Path) -> None:
    write("models/net.py", NET)
    run = lint_bytes(TRAIN.encode(), "train.py", Config(cache=False))
    assert {finding.code for finding in run.findings} == {"CNN201"}


@settings(max_examples=40)
@given(st.data())
def test_text_cut_and_spliced_anywhere_never_breaks_it(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(TRAIN)))
    end = data.draw(st.integers(0, len(TRAIN)))
    middle = data.draw(st.text(alphabet="()[]:\n\t '\"#\\\0é\ud800", max_size=6))
    lint_text(TRAIN[:start] + middle + TRAIN[end:])


def test_importing_the_package_loads_nothing_heavy() -> None:
    script = (
        "import cnnlint, sys; cnnlint.__version__;"
        "assert not {'libcst', 'torch', 'rich', 'cnnlint.linting'} & set(sys.modules), sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)


def test_the_public_names_are_there_and_no_others() -> None:
    for name in cnnlint.__all__:
        assert getattr(cnnlint, name)
    with pytest.raises(AttributeError, match="nothing_such"):
        cnnlint.nothing_such  # noqa: B018


def test_a_rate_that_makes_dead_units_likelier_is_named() -> None:
    layers = "nn.Conv2d(3, 3, 3), nn.ReLU(), " * 6
    text = f"""
import torch
from torch import nn
model = nn.Sequential({layers})
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
model(torch.randn(1, 3, 32, 32))
"""
    (found,) = lint_text(text, config=Config(select=("CNN501",)))
    assert [note.message for note in found.related] == ["lr=0.02 makes it likelier"]
