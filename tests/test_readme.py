"""What the README promises: its sample, its table of options, its commands and its rule are true."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import tomli

from cnnlint import lint_paths
from cnnlint.cli.arguments import new_parser
from cnnlint.config import Config, options_table, read_config
from cnnlint.rulebook.pages import load_pages
from cnnlint.rulebook.select import select

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block_after(marker: str, fence: str = "```") -> str:
    """The text of the fenced block that follows an HTML comment which begins so."""
    _, found, rest = README.partition(f"<!-- {marker}")
    assert found, f"the README has no comment <!-- {marker}"
    return re.split(rf"^{fence}\w*$\n?", rest, maxsplit=2, flags=re.MULTILINE)[1]


def cnnlint(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cnnlint", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "NO_COLOR": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_sample_is_what_the_command_line_prints() -> None:
    done = cnnlint("--isolated", "--no-cache", "examples/cifar/train.py")
    assert done.returncode == 1, done.stderr
    printed = "\n".join(line.rstrip() for line in done.stdout.split("\n\n")[0].splitlines())
    assert block_after("sample").strip() == printed.strip()


def test_the_network_it_shows_is_what_the_command_line_prints() -> None:
    done = cnnlint("--isolated", "--no-cache", "--facts", "examples/mnist_first_cnn.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(block_after("network"))


def test_the_table_of_options_is_current() -> None:
    table = README.split("<!-- options", 1)[1].split("-->\n", 1)[1].split("<!-- end of options", 1)[0]
    assert table.strip() == options_table().strip()


def test_the_two_commands_are_one_line_each_and_ci_runs_the_second() -> None:
    assert block_after("install command").count("\n") == 1
    assert block_after("test command").count("\n") == 1
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (read,) = [line for line in script.splitlines() if line.startswith("test_command=$(")]
    done = subprocess.run(
        ["bash", "-c", f'{read}\nprintf "%s\\n" "$test_command"'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == block_after("test command")


def test_the_configuration_it_shows_is_understood(tmp_path: Path) -> None:
    shown = [
        text
        for text in re.findall(r"^```toml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
        if "[tool" in text
    ]
    assert shown
    for text in shown:
        tomli.loads(text)
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        (tmp_path / "lint" / "rules").mkdir(parents=True, exist_ok=True)
        config = read_config(tmp_path)
        running = {rule.name for rule in select(load_pages(config), config)}
        assert set(config.rules) <= running


def test_the_rule_it_shows_how_to_write_finds_what_it_says(tmp_path: Path) -> None:
    page = block_after("own rule", fence="````")
    folder = tmp_path / "lint" / "rules"
    folder.mkdir(parents=True)
    (folder / "LAB001-heavy-dropout.md").write_text(page, encoding="utf-8")
    script = tmp_path / "net.py"
    script.write_text(
        "import torch.nn as nn\ndrop = nn.Dropout(0.9)\nmild = nn.Dropout(0.5)\n", encoding="utf-8"
    )
    run = lint_paths([str(script)], Config(root=tmp_path, rule_packs=(Path("lint/rules"),), cache=False))
    assert [(found.code, found.span.line) for found in run.findings] == [("LAB001", 2)]
    assert "drops 90% of its inputs" in run.findings[0].message


@pytest.mark.parametrize("flag", sorted(set(re.findall(r"(?<=[` ])--[a-z][a-z-]+", README))))
def test_every_flag_it_names_is_one(flag: str) -> None:
    known = [name for action in new_parser()._actions for name in action.option_strings]
    assert flag in known


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!http)([^)#]+)\)", README))))
def test_every_file_it_links_to_is_there(target: str) -> None:
    assert (ROOT / target).exists()
