"""Odd files on the command line: one clear line for each, the right exit code, and never a traceback."""

from __future__ import annotations

import json
import os
import random
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from cnnlint.cli import main
from cnnlint.discovery import Discovered, Walk, discover
from cnnlint.linting.project import Project

BUG = """\
import torch

model = torch.nn.Linear(10, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = torch.nn.CrossEntropyLoss()
for x, y in loader:
    criterion(model(x), y).backward()
    optimizer.step()
"""
CLEAN = BUG.replace("    criterion", "    optimizer.zero_grad()\n    criterion")
CELL = {"cell_type": "code", "metadata": {}, "outputs": [], "source": BUG}
NOTEBOOK = {"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
THIRD = {"worksheets": [{"cells": [{"cell_type": "code", "input": BUG}]}], "nbformat": 3}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("CNNLINT_CACHE_DIR", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def lint(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs the command line: the exit code, what it found, and what else it said."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["--isolated", "-j", "1", "--output-format", "concise", *arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out, said.err

    return run


Lint = Callable[..., tuple[int, str, str]]


def codes(lines: Iterable[str]) -> list[str]:
    """The rules that lines of output name, in order."""
    return [code for line in lines for code in re.findall(r"CNN\d{3}", line)[:1]]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.py", b"", ""),
        ("blank.py", b"\n\n \t\n", ""),
        ("comment.py", b"# import torch", ""),
        ("clean.py", CLEAN.encode(), ""),
        ("bug.py", BUG.encode(), "CNN101"),
        ("windows.py", BUG.replace("\n", "\r\n").encode(), "CNN101"),
        ("mixed.py", BUG.replace("\n", "\r\n", 3).encode(), "CNN101"),
        ("macintosh.py", BUG.replace("\n", "\r").encode(), "CNN101"),
        ("last_line_open.py", BUG.rstrip().encode(), "CNN101"),
        ("mark.py", b"\xef\xbb\xbf" + BUG.encode(), "CNN101"),
        ("latin.py", b"# coding: latin-1\n# caf\xe9\n" + BUG.encode(), "CNN101"),
        ("nul.py", b"import torch\nx = '\0'\n", "CNN900"),
        ("nul_alone.py", b"torch\0" * 20, "CNN900"),
        ("unfinished.py", BUG.encode()[:-9] + b"(", "CNN900"),
        ("tabs.py", b"import torch\nif x:\n\ty = 1\n        z = 2\n", "CNN900"),
        ("not_text.py", b"import torch\nx = '\xff\xfe'\n", "CNN901"),
        ("garbage.py", b"torch" + random.Random(1).randbytes(5_000), "CNN901"),
        ("no_such_encoding.py", b"# coding: klingon\nimport torch\n", "CNN901"),
        ("wide.py", "import torch\n".encode("utf-16"), ""),
        ("notebook.ipynb", json.dumps(NOTEBOOK).encode(), "CNN101"),
        ("third.ipynb", json.dumps(THIRD).encode(), "CNN101"),
        ("broken.ipynb", json.dumps(NOTEBOOK).encode()[:-30], "CNN901"),
        ("empty.ipynb", b"", ""),
        ("list.ipynb", b'["import torch"]', "CNN901"),
        ("cells_of_nothing.ipynb", b'{"cells": [null, 3, {"source": "import torch"}], "nbformat": 4}', ""),
        ("no_cells.ipynb", b'{"nbformat": 4, "metadata": {"torch": 1}}', "CNN901"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_odd_contents_are_a_finding_or_nothing(
    here: Path, lint: Lint, name: str, content: bytes, code: str
) -> None:
    (here / name).write_bytes(content)
    exit_code, found, _ = lint(".")
    assert codes(line for line in found.splitlines() if line.startswith(name)) == [code] * bool(code)
    assert exit_code == bool(code)


@pytest.mark.parametrize(
    "text",
    [
        "import torch\nx = " + "(" * 5_000 + ")" * 5_000,
        "import torch\nx = " + "-" * 20_000 + "1",
        "import torch\nx = " + "+".join(["1"] * 10_000),
        "import torch\nx = " + ".a" * 10_000,
        "import torch\nx = f" + "()" * 5_000,
        "import torch\n" + "".join(" " * depth + "if x:\n" for depth in range(99)) + " " * 99 + "y = 1\n",
        "import torch\nx = " + "[" * 150 + "]" * 150,
        "import torch\nif x: pass\n" + "elif x: pass\n" * 3_000,
        "import torch\nx = 1" + "0" * 10_000,
        "import torch\nx = '" + "a" * 500_000 + "'",
        "import torch\n" + "x = [1, 2, 3]\n" * 3_000,
        "import torch\n" + "# torch " * 1_300_000,
    ],
    ids=lambda text: f"{text[13:30]!r}",
)
def test_what_is_deep_or_large_ends_with_a_word(here: Path, lint: Lint, text: str) -> None:
    (here / "large.py").write_text(text, encoding="utf-8")
    (here / "bug.py").write_text(BUG, encoding="utf-8")
    exit_code, found, _ = lint(".")
    assert exit_code == 1
    assert any(line.startswith("bug.py:8:") for line in found.splitlines())


def test_folders_and_links_that_look_like_files_do_no_harm(here: Path, lint: Lint) -> None:
    (here / "folder.py").mkdir()
    (here / "folder.py" / "bug.py").write_text(BUG, encoding="utf-8")
    (here / "nowhere.py").symlink_to(here / "gone.py")
    (here / "itself.py").symlink_to(here / "itself.py")
    (here / "around").mkdir()
    (here / "around" / "again").symlink_to(here, target_is_directory=True)
    exit_code, found, _ = lint(".")
    lines = found.splitlines()
    assert (exit_code, codes(lines)) == (1, ["CNN101"])
    assert any(line.startswith(str(Path("folder.py", "bug.py")) + ":8:") for line in lines)


@pytest.mark.parametrize("name", ["gone.py", "nowhere.py", "itself.py"])
def test_a_file_named_that_is_not_there_is_told_in_a_line(here: Path, lint: Lint, name: str) -> None:
    (here / "nowhere.py").symlink_to(here / "gone.py")
    (here / "itself.py").symlink_to(here / "itself.py")
    exit_code, found, said = lint(name)
    assert exit_code == 2 or "CNN901" in found
    told = [line for line in (found + said).splitlines() if name in line]
    assert len(told) == 1


def test_a_pipe_is_not_waited_for(here: Path, lint: Lint) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(here / "pipe.py")
    (here / "bug.py").write_text(BUG, encoding="utf-8")
    exit_code, found, _ = lint(".")
    assert (exit_code, "bug.py:8:" in found) == (1, True)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="everything can be read")
def test_a_file_that_may_not_be_read_is_a_finding(here: Path, lint: Lint) -> None:
    (here / "secret.py").write_text(BUG, encoding="utf-8")
    (here / "secret.py").chmod(0)
    exit_code, found, _ = lint(".")
    assert exit_code == 1
    assert "CNN901" in found


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")]
)
def test_a_file_that_cannot_be_read_is_a_finding_and_the_rest_goes_on(
    here: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    (here / "bad.py").write_text(BUG, encoding="utf-8")
    (here / "good.py").write_text(BUG, encoding="utf-8")
    read = Path.read_bytes

    def refusing(path: Path) -> bytes:
        if path.name == "bad.py":
            raise error
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refusing)
    exit_code, found, _ = lint("--no-cache", ".")
    assert exit_code == 1
    assert codes(found.splitlines()) == ["CNN901", "CNN101"]
    assert str(error.strerror) in found


def test_a_file_that_goes_away_while_it_is_linted_is_told(
    here: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "bug.py").write_text(BUG, encoding="utf-8")
    (here / "other.py").write_text(BUG, encoding="utf-8")
    parsed = Project.parsed

    def vanishing(project: Project, path: str) -> object:
        tree = parsed(project, path)
        Path(path).unlink(missing_ok=True)
        return tree

    monkeypatch.setattr(Project, "parsed", vanishing)
    exit_code, found, _ = lint("--no-cache", ".")
    assert exit_code == 1
    assert "bug.py:" in found
    assert "other.py:" in found


def test_a_file_that_is_gone_before_it_is_read_is_told(
    here: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "bug.py").write_text(BUG, encoding="utf-8")
    (here / "gone.py").write_text(BUG, encoding="utf-8")

    def slow(paths: list[str], walk: Walk) -> Discovered:
        found = discover(paths, walk)
        (here / "gone.py").unlink()
        return found

    monkeypatch.setattr("cnnlint.linting.discover", slow)
    exit_code, found, _ = lint(".")
    assert exit_code == 1
    assert "bug.py:8:" in found
    assert sum("gone.py" in line for line in found.splitlines()) == 1


@pytest.mark.parametrize("content", [b"\x80not a cache", b"", b"\0" * 100])
def test_a_broken_cache_is_as_good_as_none(here: Path, lint: Lint, content: bytes) -> None:
    (here / "bug.py").write_text(BUG, encoding="utf-8")
    first = lint(".")
    cache = Path(os.environ["CNNLINT_CACHE_DIR"])
    for path in [each for each in cache.rglob("*") if each.is_file()]:
        path.write_bytes(content)
    assert lint(".") == first


def test_a_cache_that_cannot_be_written_is_done_without(here: Path, lint: Lint) -> None:
    (here / "bug.py").write_text(BUG, encoding="utf-8")
    (here / "a_file").write_text("", encoding="utf-8")
    exit_code, found, _ = lint("--cache-dir", "a_file", ".")
    assert exit_code == 1
    assert "CNN101" in found


@pytest.mark.parametrize("name", ["sp ace.py", "umläut.py", "-dash.py", "new\nline.py", "[1].py", "100%.py"])
def test_any_name_of_a_file_will_do(here: Path, lint: Lint, name: str) -> None:
    (here / name).write_text(BUG, encoding="utf-8")
    exit_code, found, _ = lint(".")
    assert exit_code == 1
    assert "CNN101" in found


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_a_name_that_is_no_text_will_do(here: Path, lint: Lint) -> None:
    Path(os.fsdecode(os.fsencode(here) + b"/bad\xff.py")).write_text(BUG, encoding="utf-8")
    exit_code, _, said = lint("--quiet", ".")
    assert (exit_code, said) == (1, "")
