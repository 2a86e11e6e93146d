"""--confirm through the command line, with experiments that are made up: no torch is asked here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cnnlint.cli import main
from cnnlint.confirm import prover
from cnnlint.confirm.proofs import Judgement
from cnnlint.confirm.workshop import NoTorch
from cnnlint.evidence import line_of
from cnnlint.findings import Outcome, Verdict
from tests.confirm.shops import BUG, RESULT, answered

UNCALLED = "import torch\n\ndef train(model, loader, optimizer, criterion):\n" + "\n".join(
    f"    {line}" for line in BUG.splitlines()[5:]
)


def test_a_confirmed_finding_says_what_was_seen(confirm):
    done = confirm("train.py")

    assert done.code == 1
    assert "confirmed: seen on line 8 (run, 1.5 s)" in done.out
    assert [task["kind"] for task in done.shop.tasks] == ["run"]


def test_the_lines_of_a_notebook_are_told_by_cell(confirm):
    head, loop = BUG.split("for ", 1)
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
        for text in (head, f"for {loop}")
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    Path("train.ipynb").write_text(json.dumps(notebook), encoding="utf-8")

    done = confirm(
        "train.ipynb",
        judge=lambda claim, result: Judgement(Outcome.CONFIRMED, f"seen on {line_of(claim.place)}"),
    )

    line = next(number for number, each in enumerate(f"for {loop}".split("\n"), 1) if "step()" in each)
    assert f"confirmed: seen on line {line} of cell 2" in done.out


def test_the_path_behind_confirm_is_no_level(confirm):
    assert confirm("train.py").shop.tasks[0]["path"].endswith("train.py")


def test_a_refuted_finding_is_shown_and_not_counted(confirm):
    done = confirm("--output-format=concise", "train.py", outcome=Outcome.REFUTED)

    assert done.code == 0
    assert "(refuted)" in done.out


@pytest.mark.parametrize("outcome", [Outcome.NOT_REPRODUCED, Outcome.INCONCLUSIVE])
def test_what_is_not_refuted_counts(confirm, outcome):
    assert confirm("train.py", outcome=outcome).code == 1


def test_json_has_the_verdict_with_all_it_rests_on(confirm):
    verdict = json.loads(confirm("--output-format=json", "train.py").out)[0]["verdict"]

    assert verdict["outcome"] == "confirmed"
    assert (verdict["level"], verdict["device"], verdict["sandbox"]) == ("run", "cpu", ["landlock:7"])
    assert verdict["seconds"] == 1.5


def test_an_experiment_that_ends_without_an_answer_is_inconclusive(confirm):
    done = confirm("train.py", answer=lambda task: answered(None, "timeout", "it was stopped after 40 s"))

    assert "inconclusive: it was stopped after 40 s" in done.out
    assert done.code == 1


def test_a_missing_layer_of_the_sandbox_is_said_once(confirm):
    Path("other.py").write_text(BUG, encoding="utf-8")

    assert confirm("train.py", "other.py").err.count("the sandbox has no seccomp: too old") == 1


def test_an_answer_is_not_asked_for_twice(confirm):
    confirm("train.py")

    assert confirm("train.py").shop.tasks == []


@pytest.mark.parametrize("change", [BUG.replace("0.1", "0.2"), "import os\n" + BUG])
def test_but_for_another_text_it_is(confirm, change):
    confirm("train.py")
    Path("train.py").write_text(change, encoding="utf-8")

    assert len(confirm("train.py").shop.tasks) == 1


def test_of_own_data_nothing_is_remembered(confirm):
    confirm("--data", "train.py")

    assert [task["options"]["data"] for task in confirm("--data", "train.py").shop.tasks] == ["own"]


def test_what_was_not_there_may_have_come(confirm, tmp_path):
    lacking = {"path": "data.csv", "real": str(tmp_path / "data.csv"), "place": None, "fatal": True}
    result = RESULT | {"unread": [lacking | {"closed": False}]}
    confirm("train.py", answer=lambda task: answered(result))
    assert not confirm("train.py").shop.tasks

    Path("data.csv").touch()
    assert confirm("train.py").shop.tasks


def test_what_may_be_read_changes_the_answer(confirm):
    confirm("train.py")
    Path("sets").mkdir()
    done = confirm("--config", "confirm.readable = ['sets']", "train.py")

    assert done.shop.tasks
    assert done.shop.options["readable"] == (Path.cwd() / "sets",)


def test_what_had_no_answer_is_tried_again(confirm):
    confirm("train.py", answer=lambda task: answered(None, "timeout", "it was not done"))

    assert len(confirm("train.py").shop.tasks) == 1


def test_what_held_too_much_memory_is_tried_with_fewer_examples(confirm):
    done = confirm("train.py", answer=lambda task: answered(None, "memory", "it took too much memory"))

    assert [task["options"].get("batch") for task in done.shop.tasks] == [None, 2]
    assert done.out.count("inconclusive: it took too much memory") == 1


def test_a_file_that_nothing_runs_is_told_so(confirm):
    Path("train.py").write_text(UNCALLED, encoding="utf-8")
    done = confirm("train.py")

    assert done.shop.tasks == []
    assert "inconclusive: none of the files that were linted runs it" in done.out


def test_the_script_that_calls_it_is_run(confirm):
    Path("train.py").write_text(UNCALLED, encoding="utf-8")
    call = BUG.replace(BUG[BUG.index("for x") :], "train(model, loader, optimizer, criterion)\n")
    Path("main.py").write_text(f"from train import train\n{call}", encoding="utf-8")
    done = confirm(".")

    assert [Path(task["path"]).name for task in done.shop.tasks] == ["main.py"]
    assert "confirmed: seen on line" in done.out


def test_an_interrupt_keeps_what_is_known(confirm):
    def interrupted(task):
        raise KeyboardInterrupt

    done = confirm("train.py", answer=interrupted)

    assert done.code == 130
    assert "CNN101" in done.out
    assert "inconclusive: it was interrupted before this was tried" in done.out
    assert "Found 1 problem" in done.out
    assert "cnnlint: interrupted" in done.err


def test_the_budget_ends_what_is_tried(confirm, monkeypatch):
    clock = iter(range(0, 10_000, 200))
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    for name in ("a.py", "b.py", "c.py"):
        Path(name).write_text(BUG, encoding="utf-8")
    done = confirm("--confirm-budget=300", "a.py", "b.py", "c.py")

    assert len(done.shop.tasks) < 3
    assert "the budget of 300 s was spent" in done.out


def test_options_reach_the_task(confirm):
    Path("cnnlint.toml").write_text(
        '[confirm]\nargv = ["--epochs", "1"]\nclasses = 7\ninput = [1, 28, 28]\nstubs = ["wandb"]\n'
        'environment = { RANK = "0" }\n',
        encoding="utf-8",
    )
    done = confirm("--sandbox=required", "train.py")
    options = done.shop.tasks[0]["options"]

    assert (options["argv"], options["classes"]) == (["--epochs", "1"], 7)
    assert (options["input"], options["stub"]) == ([1, 28, 28], ["wandb"])
    assert done.shop.options["environment"] == {"RANK": "0"}
    assert done.shop.options["sandbox"] == "required"


def test_a_function_to_build_is_named_with_its_module(confirm):
    Path("cnnlint.toml").write_text('[confirm]\nbuild = "models"\n', encoding="utf-8")
    done = confirm("train.py")

    assert done.code == 2
    assert "cnnlint.toml:2: `build` in [confirm] must be a function, as `package.module:name`" in done.err


@pytest.mark.parametrize(
    ("path", "why"), [(".", "it is a folder"), ("no/where.html", "there is no folder no")]
)
def test_a_page_that_cannot_be_written_is_told_before_anything_is_tried(confirm, path, why):
    done = confirm("train.py", f"--report={path}")

    assert done.code == 2
    assert f"{path}: cannot be written: {why}" in done.err
    assert not done.shop.tasks


def test_without_torch_one_line_says_how_to_get_it(confirm, monkeypatch):
    def torchless(**options):
        raise NoTorch("--confirm needs torch: pip install 'cnnlint[confirm]'")

    confirm("train.py")
    monkeypatch.setattr(prover, "Workshop", torchless)
    monkeypatch.setenv("CNNLINT_CACHE_DIR", "elsewhere")

    assert main(["--confirm", "--select", "CNN101", "train.py"]) == 2


@pytest.mark.parametrize(("flags", "said"), [(["-"], "standard input"), (["--fix", "train.py"], "as it is")])
def test_what_cannot_be_tried_is_refused(confirm, flags, said):
    done = confirm(*flags)

    assert done.code == 2
    assert said in done.err


def test_the_plan_is_told_without_trying_anything(confirm, capsys):
    assert main(["--confirm-plan", "--select", "CNN101", "train.py"]) == 0
    plan = json.loads(capsys.readouterr().out)[0]

    assert plan["findings"][0]["code"] == "CNN101"
    assert plan["findings"][0]["mend"]["edits"]
    assert plan["optimizers"] == [
        {"kind": "SGD", "lr": 0.1, "momentum": 0, "weight_decay": 0, "place": plan["optimizers"][0]["place"]}
    ]
    assert [entry.split()[0] for entry in plan["order"]][-2:] == ["Backward", "Step"]


def test_what_another_sandbox_gave_is_not_taken_for_it(confirm):
    confirm("--sandbox=off", "train.py")

    assert len(confirm("--sandbox=required", "train.py").shop.tasks) == 1


def test_a_told_input_is_of_one_example(confirm):
    Path("cnnlint.toml").write_text("[confirm]\ninput = [3, 32, 32]\n", encoding="utf-8")
    Path("net.py").write_text("from torch import nn\n\nclass Net(nn.Module):\n    pass\n\nNet()\n", "utf-8")
    tasks = confirm("--confirm=shapes", "--smoke", "net.py").shop.tasks

    assert [task["options"]["input"] for task in tasks] == [[2, 3, 32, 32]]


def test_a_refuted_finding_is_not_summed_up_as_a_problem(confirm):
    done = confirm("train.py", outcome=Outcome.REFUTED)

    assert "Nothing found that stands: 1 refuted in 1 file." in done.out


SAVED = BUG.replace("    optimizer.step()", "    optimizer.step()\n    optimizer.zero_grad()") + (
    'torch.save(model, "model.pt")\n'
)


def test_a_finding_that_no_experiment_shows_says_so_without_one(confirm):
    Path("train.py").write_text(SAVED, encoding="utf-8")
    done = confirm("--select=CNN706", "train.py")

    assert " = inconclusive: it is read from the code alone, no experiment shows it\n" in done.out
    assert done.shop.tasks == []


def test_it_says_so_too_where_the_time_is_over(confirm):
    Path("train.py").write_text(SAVED, encoding="utf-8")
    found = json.loads(
        confirm("--select=CNN706", "--confirm-budget=1", "--output-format=json", "train.py").out
    )

    assert (found[0]["verdict"]["outcome"], found[0]["verdict"]["level"]) == ("inconclusive", "")


def test_what_was_confirmed_is_summed_up(confirm):
    assert "Found 1 problem (1 error) in 1 file, 1 confirmed.\n" in confirm("train.py").out


def test_training_is_told_beside_what_the_run_showed():
    run = Verdict(Outcome.CONFIRMED, "run", "loss-input", "it got probabilities", {"calls": 20}, seconds=1.0)
    train = Verdict(
        Outcome.CONFIRMED, "train", "train", "mended, it gets more right", {"auc": 0.3}, (0, 1), seconds=9.0
    )
    told = prover.both(run, train)

    assert told.text == "it got probabilities; mended, it gets more right"
    assert (told.level, told.seeds, told.seconds) == ("run", (0, 1), 10.0)
    assert told.numbers == {"calls": 20, "trained": {"auc": 0.3}}
    assert prover.both(run, train._replace(outcome=Outcome.INCONCLUSIVE)) == run
