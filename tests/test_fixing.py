"""--fix changes what it must and nothing else."""

from __future__ import annotations

import codecs
import json
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from cnnlint import fixing, lint_text
from cnnlint.cli import main
from cnnlint.config import Config
from cnnlint.findings import Finding, Fix, Severity, TextEdit
from cnnlint.fixing import Withdrawn, mended_bytes
from cnnlint.linting import new_session
from cnnlint.linting.single import Session
from cnnlint.source import Span

BUG = """\
import torch

model = torch.nn.Linear(10, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = torch.nn.CrossEntropyLoss()
for x, y in loader:
    criterion(model(x), y).backward()
    optimizer.step()  # größer
"""
MENDED = BUG.replace("    criterion(", "    optimizer.zero_grad()\n    criterion(")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("CNNLINT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "work"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(BUG.encode(), MENDED.encode(), id="plain"),
        pytest.param(
            BUG.replace("\n", "\r\n").encode(), MENDED.replace("\n", "\r\n").encode(), id="windows newlines"
        ),
        pytest.param(codecs.BOM_UTF8 + BUG.encode(), codecs.BOM_UTF8 + MENDED.encode(), id="byte order mark"),
        pytest.param(
            f"# coding: latin-1\n{BUG}".encode("latin-1"),
            f"# coding: latin-1\n{MENDED}".encode("latin-1"),
            id="another encoding",
        ),
        pytest.param(BUG.replace("    ", "\t").encode(), MENDED.replace("    ", "\t").encode(), id="tabs"),
        pytest.param(BUG.rstrip("\n").encode(), MENDED.rstrip("\n").encode(), id="no newline at the end"),
        pytest.param(
            BUG.replace("for x", "\f\nfor x").encode(),
            MENDED.replace("for x", "\f\nfor x").encode(),
            id="form feed",
        ),
        pytest.param(
            BUG.replace("import torch\n", "import torch  \r\n").encode(),
            MENDED.replace("import torch\n", "import torch  \r\n")
            .replace("zero_grad()\n", "zero_grad()\r\n")
            .encode(),
            id="mixed newlines",
        ),
    ],
)
def test_the_rest_of_the_file_stays_byte_for_byte(before: bytes, after: bytes) -> None:
    Path("train.py").write_bytes(before)
    assert main(["--fix", "-q"]) == 0
    assert Path("train.py").read_bytes() == after
    assert main(["--fix", "-q"]) == 0
    assert Path("train.py").read_bytes() == after


def test_a_notebook_is_mended_in_its_cell_and_keeps_its_outputs() -> None:
    setup, _, loop = BUG.partition("for x")
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "metadata": {}, "source": "größe"},
        {
            "cell_type": "code",
            "metadata": {},
            "execution_count": 3,
            "outputs": [{"a": 1}],
            "source": "!ls\n" + setup,
        },
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "source": ["for x" + loop[:-1].replace("  # größer", "")],
        },
    ]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    Path("demo.ipynb").write_text(json.dumps(book, indent=2, ensure_ascii=False), encoding="utf-8")
    assert main(["--fix", "-q"]) == 0
    text = Path("demo.ipynb").read_text(encoding="utf-8")
    mended = json.loads(text)
    assert "".join(mended["cells"][2].pop("source")) == MENDED.partition("for x")[1] + MENDED.partition(
        "for x"
    )[2][:-1].replace("  # größer", "")
    cells[2].pop("source")
    assert mended == book
    assert text.startswith('{\n  "cells"')
    assert "größe" in text


@pytest.mark.skipif(sys.platform == "win32", reason="permissions and links are those of POSIX")
def test_permissions_and_links_are_kept() -> None:
    Path("real").mkdir()
    Path("real/train.py").write_text(BUG, encoding="utf-8")
    Path("real/train.py").chmod(0o750)
    Path("train.py").symlink_to("real/train.py")
    assert main(["--fix", "-q", "train.py"]) == 0
    assert Path("train.py").is_symlink()
    assert Path("real/train.py").read_text(encoding="utf-8") == MENDED
    assert stat.S_IMODE(Path("real/train.py").stat().st_mode) == 0o750
    assert [path.name for path in Path("real").iterdir()] == ["train.py"]


def test_unsafe_fixes_are_made_only_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    text = MENDED.replace(
        "criterion =", "scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 3)\ncriterion ="
    )
    Path("train.py").write_text(text, encoding="utf-8")
    assert main(["--fix"]) == 1
    assert Path("train.py").read_text(encoding="utf-8") == text
    assert "Fixed" not in capsys.readouterr().out
    assert main(["--fix", "--unsafe-fixes"]) == 0
    assert "scheduler.step()" in Path("train.py").read_text(encoding="utf-8")
    assert "Fixed 1 problem." in capsys.readouterr().out


def test_diff_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("train.py").write_text(BUG, encoding="utf-8")
    assert main(["--diff"]) == 1
    assert Path("train.py").read_text(encoding="utf-8") == BUG
    assert "+    optimizer.zero_grad()\n" in capsys.readouterr().out
    Path("train.py").write_text(MENDED, encoding="utf-8")
    assert main(["--diff"]) == 0
    assert capsys.readouterr().out == ""


def test_a_file_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("train.py").write_text(BUG, encoding="utf-8")

    def refusing(*arguments: object, **rest: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refusing)
    assert main(["--fix", "-q"]) == 2
    assert Path("train.py").read_text(encoding="utf-8") == BUG
    assert "train.py: cannot be written: Permission denied" in capsys.readouterr().err


def test_a_file_somebody_changed_meanwhile_is_left_alone() -> None:
    Path("train.py").write_bytes(b"theirs")
    with pytest.raises(OSError, match="changed meanwhile"):
        fixing.write("train.py", b"before", b"after")
    assert Path("train.py").read_bytes() == b"theirs"


def finding(*edits: TextEdit, safe: bool = True) -> Finding:
    fix = Fix("mend", edits, safe)
    return Finding("train.py", Span(1, 1, 1, 2), "CNN1", "name", "message", Severity.ERROR, fix=fix)


def test_edits_of_two_findings_are_made_together_unless_they_touch() -> None:
    first = finding(TextEdit(Span(1, 1, 1, 2), "a"))
    second = finding(TextEdit(Span(2, 1, 2, 2), "b"))
    touching = finding(TextEdit(Span(1, 1, 1, 6), "c = 3"))
    assert mended_bytes("train.py", b"x = 1\ny = 2\n", [first, second, touching]) == (b"a = 1\nb = 2\n", 2)


@pytest.mark.parametrize(
    ("content", "replacement", "why"),
    [
        (b"x = 1\n", "(", "would not parse"),
        (b"# coding: ascii\nx = 1\n", "größe", "cannot be written in ascii"),
    ],
)
def test_a_fix_that_would_break_the_file_is_withdrawn(content: bytes, replacement: str, why: str) -> None:
    line = content.count(b"\n")
    with pytest.raises(Withdrawn, match=why):
        mended_bytes("train.py", content, [finding(TextEdit(Span(line, 1, line, 2), replacement))])


def test_a_withdrawn_fix_is_said_and_the_finding_stays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("train.py").write_text(BUG, encoding="utf-8")
    monkeypatch.setattr(fixing, "parses", lambda source: False)
    assert main(["--fix", "-q"]) == 2
    assert Path("train.py").read_text(encoding="utf-8") == BUG
    printed = capsys.readouterr()
    assert "train.py: its fixes were withdrawn: the mended text would not parse" in printed.err
    assert "CNN101" in printed.out


def test_several_faults_of_a_file_are_mended_in_one_run() -> None:
    other = BUG.replace("model", "net").replace("optimizer", "second").split("\n", 2)[2]
    Path("train.py").write_text(BUG + other, encoding="utf-8")
    assert main(["--fix", "-q"]) == 0
    text = Path("train.py").read_text(encoding="utf-8")
    assert text.count("zero_grad()") == 2


def test_configuration_can_allow_unsafe_fixes() -> None:
    assert fixing.is_wanted(finding(TextEdit(Span(1, 1, 1, 2), "a")), session(Config()))
    unsafe = finding(TextEdit(Span(1, 1, 1, 2), "a"), safe=False)
    assert not fixing.is_wanted(unsafe, session(Config()))
    assert fixing.is_wanted(unsafe, session(Config(unsafe_fixes=True)))


def session(config: Config) -> Session:
    return new_session(config)


def test_a_number_that_one_call_gives_to_several_layers_is_not_written_for_one_of_them() -> None:
    program = """
import torch
from torch import nn


def block(before, after):
    return nn.Conv2d(before, after, 3)


{model}
model(torch.zeros(2, 3, 32, 32))
"""
    different = "model = nn.Sequential(block(3, 8), nn.ReLU(), block(9, 16))"
    alike = "model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), block(9, 16))"
    (found,) = lint_text(program.format(model=different), "train.py", Config(cache=False))
    assert (found.code, found.fix) == ("CNN301", None)
    (found,) = lint_text(program.format(model=alike), "train.py", Config(cache=False))
    assert found.fix is not None


def test_one_place_that_made_several_layers_is_mended_once() -> None:
    text = """
import torch
from torch import nn
layers = [nn.Flatten(), nn.Linear(784, 256), nn.Sigmoid()]
for _ in range(6):
    layers += [nn.Linear(256, 256), nn.Sigmoid()]
layers.append(nn.Linear(256, 10))
net = nn.Sequential(*layers)
for x, y in loader:
    nn.functional.cross_entropy(net(x), y).backward()
"""
    (found,) = [each for each in lint_text(text) if each.code == "CNN502"]
    assert found.fix
    assert len({edit.span for edit in found.fix.edits}) == len(found.fix.edits) == 2
    assert len({note.span for note in found.related}) == len(found.related)


def test_where_two_inputs_want_two_values_none_is_written() -> None:
    text = """
import torch
from torch import nn
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(100, 10))
net(torch.zeros(2, 3, 32, 32))
net(torch.zeros(2, 3, 28, 28))
"""
    (found,) = [each for each in lint_text(text) if each.code == "CNN302"]
    assert found.fix is None


def test_a_normalisation_that_does_not_fit_passes_on_what_it_gets() -> None:
    text = """
import torch
from torch import nn
net = nn.Sequential(nn.Conv2d(3, 64, 3), nn.BatchNorm2d(32), nn.ReLU(), nn.Conv2d(64, 64, 3))
net(torch.zeros(2, 3, 32, 32))
"""
    assert [(each.code, each.span.line) for each in lint_text(text)] == [("CNN301", 4)]


def test_a_map_that_was_not_flattened_is_one_mistake() -> None:
    text = """
import torch
from torch import nn
net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Linear(8 * 30 * 30, 64), nn.ReLU(), nn.Linear(64, 10))
out = net(torch.zeros(2, 3, 32, 32))
nn.functional.cross_entropy(out, torch.tensor([1, 2])).backward()
"""
    assert [each.code for each in lint_text(text)] == ["CNN304"]
