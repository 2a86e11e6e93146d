"""`python -m tests.corpus`: findings in checkouts, held against what a person said of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.corpus import __main__ as tool

UNCLEARED = """\
import torch
model = torch.nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loader = torch.utils.data.DataLoader(torch.randn(8, 4), shuffle=True)
for x, y in loader:
    torch.nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository 'somebody/something' with one finding in train.py, line 7."""
    folder = tmp_path / "somebody+something"
    folder.mkdir()
    (folder / "train.py").write_text(UNCLEARED, encoding="utf-8")
    git = ["git", "-C", str(folder), "-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "first"], check=True)
    return folder


def said(
    checkout: Path, verdicts: str, capsys: pytest.CaptureFixture[str], *options: str
) -> tuple[int, list[str]]:
    """The exit code and the lines printed, given the rows of a verdicts file."""
    table = checkout.parent / "verdicts.tsv"
    table.write_text("\t".join(tool.HEADER) + "\n" + verdicts, encoding="utf-8")
    code = tool.main([str(checkout), "--select", "CNN101", *options], table)
    return code, capsys.readouterr().out.splitlines()


def test_the_table_of_verdicts_is_well_formed_and_names_each_finding_once() -> None:
    rows = tool.read_verdicts(tool.VERDICTS)
    assert len({row.key for row in rows}) == len(rows)
    assert all(row.reason for row in rows)


def test_a_finding_nobody_judged_is_said_to_be_so(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = said(checkout, "", capsys)
    assert code == 0
    assert lines[0].startswith("somebody/something train.py:7 CNN101 unjudged: ")


def test_rows_are_printed_to_be_judged_and_can_be_read_back(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, (row,) = said(checkout, "", capsys, "--rows")
    assert row.split("\t") == ["somebody/something", tool.commit_of(checkout), "train.py:7", "CNN101", "", ""]
    code, lines = said(checkout, f"{row.rstrip()}\tright\tnever cleared\n", capsys)
    assert code == 0
    assert lines[0].startswith("somebody/something train.py:7 CNN101 right: ")
    assert "100%" in lines[-1]


def test_what_is_right_can_be_left_out(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = f"somebody/something\t{tool.commit_of(checkout)}\ttrain.py:7\tCNN101\tright\tnever cleared\n"
    _, lines = said(checkout, row, capsys, "--changes")
    assert not [line for line in lines if "train.py" in line]


def test_new_wrong_and_gone_findings_fail(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = f"somebody/something\t{tool.commit_of(checkout)}"
    code, lines = said(checkout, f"{start}\ttrain.py:7\tCNN101\twrong\tno loss\n", capsys)
    assert (code, " wrong: " in lines[0]) == (1, True)
    code, lines = said(checkout, f"{start}\ttrain.py:2\tCNN101\tright\tnever cleared\n", capsys)
    assert code == 1
    assert " new: " in lines[0]
    assert lines[1] == "somebody/something train.py:2 CNN101 gone: never cleared"


def test_a_false_alarm_that_is_gone_is_mended(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = f"somebody/something\t{tool.commit_of(checkout)}"
    rows = f"{start}\ttrain.py:7\tCNN101\tright\tnever cleared\n{start}\ttrain.py:2\tCNN101\twrong\tno loss\n"
    code, lines = said(checkout, rows, capsys)
    assert code == 0
    assert lines[1] == "somebody/something train.py:2 CNN101 mended: no loss"


def test_verdicts_of_another_commit_say_nothing(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = said(checkout, "somebody/something\tffffffffffff\ttrain.py:7\tCNN101\twrong\tno\n", capsys)
    assert code == 0
    assert " unjudged: " in lines[0]


@pytest.mark.parametrize("row", ["one\ttwo", "a\tb\tc\td\tperhaps\tf"])
def test_a_row_that_is_none_is_refused_with_its_line(tmp_path: Path, row: str) -> None:
    table = tmp_path / "verdicts.tsv"
    table.write_text("\t".join(tool.HEADER) + f"\n{row}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"verdicts\.tsv:2: a row has 6 fields"):
        tool.read_verdicts(table)
