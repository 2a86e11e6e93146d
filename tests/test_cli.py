"""The command line where it is more than words: exit codes, streams, colours, speed of start."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnnlint.cli import main
from cnnlint.cli.arguments import new_parser, wants_color
from cnnlint.config import Config, options_of

ROOT = Path(__file__).resolve().parents[1]
BUG = """\
import torch

model = torch.nn.Linear(10, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = torch.nn.CrossEntropyLoss()
for x, y in loader:
    criterion(model(x), y).backward()
    optimizer.step()
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("CNNLINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    (tmp_path / "work" / "train.py").write_text(BUG, encoding="utf-8")
    return tmp_path / "work"


def command(*arguments: str, **rest: Any) -> subprocess.CompletedProcess[bytes]:
    rest.setdefault("env", {**os.environ, "PYTHONPATH": str(ROOT)})
    return subprocess.run(
        [sys.executable, "-m", "cnnlint", *arguments], capture_output=True, check=False, **rest
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--select", "CNN2"], 0),
        ([], 1),
        (["--exit-zero"], 0),
        (["-q", "train.py", "gone.py"], 2),
        (["--exit-zero", "gone.py"], 2),
        (["--nonsense"], 2),
        (["-j", "many"], 2),
        (["--select"], 2),
        (["--color", "sometimes"], 2),
        (["--explain", "CNN000"], 2),
        (["--explain", "missing-zero-grad"], 0),
        (["--explain", "cnn101"], 0),
        (["--list-rules"], 0),
        (["--why-silent", "CNN101"], 0),
        (["--facts", "gone.py"], 2),
        (["-", "train.py"], 2),
    ],
)
def test_the_exit_code_says_what_came_of_it(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == code
    printed = capsys.readouterr()
    assert (code == 2) == ("cnnlint: error: " in printed.err)
    assert printed.err.count("\n") == (1 if code == 2 else 0)


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_help_and_version_exit_at_once(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([flag])
    assert caught.value.code == 0
    assert "cnnlint" in capsys.readouterr().out


def test_every_option_of_the_configuration_is_a_flag_with_its_help() -> None:
    shown = " ".join(new_parser().format_help().split())
    for each in options_of(Config):
        if each.flag:
            assert each.flag in shown
            assert each.help in shown


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["--explain", "CNN101"], ["--list-rules"]])
def test_what_only_tells_loads_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys; from cnnlint.cli import main\n"
        f"try: main({arguments})\n"
        "except SystemExit: pass\n"
        "heavy = {'libcst', 'rich', 'torch', 'cnnlint.interpreter', 'cnnlint.linting'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_rule_is_explained_by_its_reason_and_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--explain", "CNN101"]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[2].startswith("PyTorch adds each backward pass")
    assert "## Bad" in said
    assert "## Sources" in said
    assert "## Good" not in said
    assert "severity =" not in said
    assert said.splitlines()[-1].endswith("`cnnlint --explain CNN101 -v`")


def test_a_page_is_explained_as_it_is_written_where_it_is_wanted_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--explain", "CNN101", "-v"]) == 0
    page = ROOT / "rules" / "CNN101-missing-zero-grad.md"
    assert capsys.readouterr().out.rstrip("\n") == page.read_text(encoding="utf-8").rstrip("\n")


def test_the_list_of_rules_marks_those_that_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list-rules", "--select", "CNN101"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("+ CNN")] == ["CNN101"]
    assert len(lines) > 1


def test_facts_of_a_file_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--facts", "train.py"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"^ *3:9 +model Linear: in_features=10", shown, re.MULTILINE)
    assert re.search(r"^ *4:13 +optimizer SGD: ", shown, re.MULTILINE)


def test_why_a_rule_was_silent_is_shown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "train.py").write_text(BUG.replace("    crit", "    wrap(optimizer)\n    crit"), encoding="utf-8")
    assert main(["--why-silent", "missing-zero-grad"]) == 0
    assert capsys.readouterr().out.startswith("train.py:9:5: CNN101 on ")
    assert main(["--why-silent", "CNN203"]) == 0
    assert capsys.readouterr().out.startswith("CNN203 nll-without-log-softmax judged each LossCall here (")


def test_standard_input_is_linted_under_the_name_given(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    class Stdin:
        buffer = io.BytesIO(BUG.encode())

    monkeypatch.setattr(sys, "stdin", Stdin)
    assert main(["--output-format", "json", "--stdin-filename", "src/other.py", "-"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)
    assert finding["filename"] == "src/other.py"


def test_the_same_input_gives_the_same_bytes(here: Path) -> None:
    (here / "again.py").write_text(BUG, encoding="utf-8")
    outputs = {
        command("--output-format", "json", *flags).stdout
        for flags in (["--no-cache", "-j1"], ["--no-cache", "-j2"], [], ["again.py", "train.py"])
    }
    assert len(outputs) == 1


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "cnnlint", "--explain", "CNN101"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert errors == b""


def test_an_interrupt_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import cnnlint.linting

    def interrupted(*arguments: Any, **rest: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cnnlint.linting, "lint_all", interrupted)
    assert main([]) == 130
    assert capsys.readouterr() == ("", "")


def test_what_the_terminal_cannot_show_is_escaped(here: Path) -> None:
    (here / "größe.py").write_text(BUG.replace("model", "größe"), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    for output_format in ("full", "concise", "json"):
        done = command("--output-format", output_format, "größe.py", env=environment)
        assert done.returncode == 1, done.stderr
        assert done.stderr == b""


def test_limits_are_told_on_request_only(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "train.py").write_text("import torch\nx = [\n" + "1,\n" * 500_000 + "]\n", encoding="utf-8")
    assert main(["train.py"]) == 0
    assert capsys.readouterr().err == ""
    assert main(["-v", "train.py"]) == 0
    assert "CNN905" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "environment", "stream", "wanted"),
    [
        ("auto", {}, Terminal(), True),
        ("auto", {}, io.StringIO(), False),
        ("auto", {"NO_COLOR": "1"}, Terminal(), False),
        ("auto", {"NO_COLOR": ""}, Terminal(), True),
        ("auto", {"TERM": "dumb"}, Terminal(), False),
        ("auto", {"FORCE_COLOR": "1"}, io.StringIO(), True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, Terminal(), False),
        ("always", {"NO_COLOR": "1"}, io.StringIO(), True),
        ("never", {"FORCE_COLOR": "1"}, Terminal(), False),
    ],
)
def test_colours_are_for_those_who_want_them(
    choice: str, environment: dict[str, str], stream: io.StringIO, wanted: bool
) -> None:
    assert wants_color(choice, environment, stream) is wanted


def test_colours_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--color", "always"])
    assert "\x1b[" in capsys.readouterr().out
    main(["--color", "auto"])
    assert "\x1b[" not in capsys.readouterr().out


def test_a_bar_appears_only_after_a_while() -> None:
    from cnnlint.cli import progress

    with progress.Bar() as bar:
        bar.advance(1, 10)
        assert bar.bar is None
        bar.started -= 2 * progress.PATIENCE
        bar.drawn -= 2 * progress.PAUSE
        bar.advance(2, 10)
        assert bar.bar is not None
        assert bar.bar.tasks[0].completed == 2


@pytest.mark.parametrize(
    ("rule", "text", "told"),
    [
        ("CNN101", BUG, "train.py:8:5: CNN101 fired: "),
        (
            "CNN401",
            BUG,
            "CNN401 learning-rate-too-high judged each Optimizer here (1) and found nothing wrong.",
        ),
        ("CNN401", "import torch\n", "there is no Optimizer here: nothing to judge."),
        ("CNN302", "import torch\n", "there is no ShapeError here: nothing to judge."),
        ("CNN302", "import torch\n", "tell it: `# cnnlint: input=(1, 28, 28)`"),
        ("CNN900", BUG, "found by the linter itself"),
    ],
)
def test_a_rule_that_was_never_undecided_says_what_it_did(
    here: Path, rule: str, text: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "train.py").write_text(text, encoding="utf-8")
    assert main(["--why-silent", rule, "train.py"]) == 0
    assert told in capsys.readouterr().out
