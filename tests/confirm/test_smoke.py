"""--smoke, and several projects at once, with experiments that are made up: no torch is asked here."""

from __future__ import annotations

from pathlib import Path

from cnnlint.cli import main
from tests.confirm.shops import BUG, RESULT, answered


def test_smoke_alone_is_refused(confirm, capsys):
    assert main(["--smoke", "train.py"]) == 2
    assert "`--smoke` goes with `--confirm`" in capsys.readouterr().err


def test_smoke_runs_a_script_without_findings(confirm):
    Path("train.py").write_text(
        BUG.replace("    criterion(", "    optimizer.zero_grad()\n    criterion("), "utf-8"
    )
    assert confirm("train.py").shop.tasks == []
    done = confirm("--smoke", "-v", "train.py")

    assert [task["kind"] for task in done.shop.tasks] == ["run"]
    assert "order: forward backward step" in done.err
    assert "not there: data.csv" in done.err
    assert done.code == 0


def test_smoke_tells_what_broke(confirm):
    broken = {**RESULT, "ended": "broken", "steps": 0, "why": "ValueError: no images"}
    done = confirm("--smoke", "train.py", answer=lambda task: answered(broken))

    assert "train.py: it broke after 0 steps: ValueError: no images" in done.err


def test_smoke_tells_what_was_made_up_for_what_broke(confirm):
    replaced = [{"what": "argument --classes", "by": "a default", "place": None}]
    error = {"kind": "AssertionError", "message": "", "module": ""}
    place = {"path": str(Path("train.py").resolve()), "line": 3}
    broken = {
        **RESULT, "ended": "broken", "why": "AssertionError: ", "broken": {**error, "place": place},
        "replaced": replaced,
    }  # fmt: skip
    done = confirm("--smoke", "train.py", answer=lambda task: answered(broken))

    assert "it raised AssertionError on line 3 of train.py; nobody knows argument --classes" in done.err


def test_a_level_that_is_not_joined_to_its_flag_is_no_path(confirm):
    done = confirm("--confirm", "train", "train.py")

    assert (done.code, done.shop.tasks) == (2, [])
    assert "`--confirm=train`" in done.err


def test_projects_share_a_workshop(confirm):
    for name in ("first", "second"):
        Path(name, ".git").mkdir(parents=True)
        Path(name, "train.py").write_text(BUG, encoding="utf-8")
    done = confirm("first", "second")

    assert len({task["root"] for task in done.shop.tasks}) == 2
    assert done.shop.made == 1
