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
from cnnlint.findings import Finding, Fix, TextEdit
from cnnlint.fixing import Choice, mend
from cnnlint.linting import new_session
from cnnlint.source import SourceFile, Span

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
UNMENDABLE = MENDED.replace("lr=0.1", "lr=100.0")


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
    assert main(["--fix", "--select", "CNN107"]) == 1
    assert Path("train.py").read_text(encoding="utf-8") == text
    assert "Fixed" not in capsys.readouterr().out
    assert main(["--fix", "--unsafe-fixes", "--select", "CNN107"]) == 0
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


def chosen(*replacements: tuple[int, str]) -> Choice:
    """For each finding of a file, the fix that writes these texts over the first letter of these lines."""
    edits = tuple(TextEdit(Span(line, 1, line, 2), text) for line, text in replacements)
    return lambda finding, source: Fix("mend", edits, True)


@pytest.mark.parametrize(
    ("bug", "choice", "why"),
    [
        pytest.param(BUG, chosen((3, "(")), "the mended text would not parse", id="syntax"),
        pytest.param(
            "# coding: latin-1\n" + BUG,
            chosen((2, "x = '\N{SNOWMAN}'\ni")),
            "the mended text cannot be written in iso8859-1",
            id="encoding",
        ),
        pytest.param(BUG, chosen((3, "n = m")), "its finding would stay", id="no mend"),
        pytest.param(
            BUG,
            chosen((4, "torch.nn.Conv2d(3, 4, 1)(torch.rand(1, 2, 8, 8))\no"), (6, "optimizer = other\nf")),
            "it would bring CNN301 in train.py",
            id="another finding",
        ),
    ],
)
def test_a_fix_that_does_not_mend_is_withdrawn(bug: str, choice: Choice, why: str) -> None:
    Path("train.py").write_bytes(bug.encode("latin-1" if "coding" in bug else "utf-8"))
    mended = mend(["train.py"], new_session(Config(cache=False)), choice)
    assert mended.after == {}
    assert [(finding.code, reason) for finding, reason in mended.withdrawn] == [("CNN101", why)]


def test_a_withdrawn_fix_is_said_by_name_and_the_finding_stays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("train.py").write_text(BUG, encoding="utf-8")
    monkeypatch.setattr(fixing, "parses", lambda source: False)
    assert main(["--fix", "-q"]) == 1
    assert Path("train.py").read_text(encoding="utf-8") == BUG
    printed = capsys.readouterr()
    assert "train.py:8:5: the fix of CNN101 (missing-zero-grad) was withdrawn: the mended text" in printed.err
    assert "CNN101" in printed.out


def test_a_fix_that_does_not_mend_leaves_the_others_be() -> None:
    other = BUG.replace("model", "net").replace("optimizer", "second").split("\n", 2)[2]
    Path("train.py").write_text(BUG + other, encoding="utf-8")
    broken = TextEdit(Span(1, 1, 1, 2), "(")

    def choice(finding: Finding, source: SourceFile) -> Fix | None:
        return Fix("break", (broken,), True) if finding.span.line < 10 else finding.fix

    mended = mend(["train.py"], new_session(Config(cache=False)), choice)
    assert [finding.span.line for finding, _ in mended.withdrawn] == [8]
    assert b"second.zero_grad()" in mended.after["train.py"]
    assert b"optimizer.zero_grad()" not in mended.after["train.py"]


def test_what_was_mended_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    Path("train.py").write_text(BUG, encoding="utf-8")
    assert main(["--fix", "--show-fixes"]) == 0
    assert "Fixed 1 problem:\n- train.py:\n    1 x CNN101 (missing-zero-grad)\n" in capsys.readouterr().out


def test_mending_alone_says_nothing_of_what_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    Path("train.py").write_text(UNMENDABLE, encoding="utf-8")
    assert main(["--fix-only"]) == 0
    assert capsys.readouterr().out == ""
    assert Path("train.py").read_text(encoding="utf-8") == UNMENDABLE
    assert main(["--fix"]) == 1


@pytest.mark.parametrize("flag", ["--fix", "--fix-only"])
def test_the_exit_code_can_tell_that_something_was_mended(flag: str) -> None:
    Path("train.py").write_text(BUG, encoding="utf-8")
    assert main([flag, "-q", "--exit-non-zero-on-fix"]) == 1
    assert main([flag, "-q", "--exit-non-zero-on-fix"]) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are those of POSIX")
def test_a_read_only_file_is_an_error_and_stays(capsys: pytest.CaptureFixture[str]) -> None:
    Path("train.py").write_text(BUG, encoding="utf-8")
    Path("train.py").chmod(0o444)
    assert main(["--fix", "-q"]) == 2
    assert Path("train.py").read_text(encoding="utf-8") == BUG
    assert "train.py: cannot be written: it is read-only" in capsys.readouterr().err


def test_findings_can_be_silenced_where_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    Path("train.py").write_text(BUG, encoding="utf-8")
    assert main(["--add-noqa"]) == 0
    assert capsys.readouterr().out == "Silenced 1 finding.\n"
    silenced = BUG.replace("# größer", "# größer  # noqa: CNN101")
    assert Path("train.py").read_text(encoding="utf-8") == silenced
    assert main(["-q"]) == 0
    assert main(["--add-noqa"]) == 0
    assert Path("train.py").read_text(encoding="utf-8") == silenced


@pytest.mark.parametrize(
    "silent",
    [
        pytest.param("step()  # noqa: E501, CNN101", id="beside another code"),
        pytest.param("step(  # noqa: CNN101\n    )", id="a call over two lines"),
        pytest.param("step(\\\n    )  # noqa: CNN101", id="a backslash"),
        pytest.param('step(); print("""#\n""")  # noqa: CNN101', id="a string over two lines"),
    ],
)
def test_a_silencing_comment_stands_where_it_is_heard(silent: str) -> None:
    loud = silent.replace(", CNN101", "").replace("  # noqa: CNN101", "")
    Path("train.py").write_text(BUG.replace("step()  # größer", loud), encoding="utf-8")
    assert main(["-q"]) == 1
    assert main(["--add-noqa", "-q"]) == 0
    assert Path("train.py").read_text(encoding="utf-8") == BUG.replace("step()  # größer", silent)


def test_a_notebook_is_silenced_in_its_cell() -> None:
    source = "%matplotlib inline\n" + BUG
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": source}]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    Path("demo.ipynb").write_text(json.dumps(book), encoding="utf-8")
    assert main(["--add-noqa", "-q"]) == 0
    assert main(["-q"]) == 0
    (cell,) = json.loads(Path("demo.ipynb").read_text(encoding="utf-8"))["cells"]
    assert cell["source"] == source.replace("# größer", "# größer  # noqa: CNN101")


def test_several_faults_of_a_file_are_mended_in_one_run() -> None:
    other = BUG.replace("model", "net").replace("optimizer", "second").split("\n", 2)[2]
    Path("train.py").write_text(BUG + other, encoding="utf-8")
    assert main(["--fix", "-q"]) == 0
    text = Path("train.py").read_text(encoding="utf-8")
    assert text.count("zero_grad()") == 2


IMPORTED = """\
import torch
from torch.nn import (
    CrossEntropyLoss,
    Linear,
    Sequential,  # a chain
    Softmax{more}
)
{also}
model = Sequential(Linear(10, 4), Softmax(dim=1))
criterion = CrossEntropyLoss()
loss = criterion(model(torch.randn(8, 10)), torch.randint(4, (8,)))
loss.backward()
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"more": "", "also": ""}, {"more": ", Identity", "also": ""}, id="imported beside"),
        pytest.param(
            {"more": ", Identity", "also": ""}, {"more": ", Identity", "also": ""}, id="imported already"
        ),
    ],
)
def test_what_a_fix_needs_is_imported_once_and_where_its_like_is(
    before: dict[str, str], after: dict[str, str]
) -> None:
    Path("train.py").write_text(IMPORTED.format(**before), encoding="utf-8")
    assert main(["--fix", "--unsafe-fixes", "-q", "--select", "CNN201"]) == 0
    mended = IMPORTED.format(**after).replace("Softmax(dim=1)", "Identity()")
    assert Path("train.py").read_text(encoding="utf-8") == mended


def test_a_name_that_means_something_else_is_not_imported() -> None:
    text = IMPORTED.format(more="", also="\ndef Identity():\n    return None\n")
    (found,) = [each for each in lint_text(text) if each.code == "CNN201"]
    assert found.fix is None
