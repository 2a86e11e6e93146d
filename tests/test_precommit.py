"""The hooks do in a repository what pre-commit would have them do, without a network."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOOKS = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
ENTRIES = dict(re.findall(r"^- id: (\S+)$.*?^  entry: ([^\n]+)$", HOOKS, re.MULTILINE | re.DOTALL))
BUG = """\
import torch

model = torch.nn.Linear(10, 2)
criterion = torch.nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in loader:
    criterion(model(x), y).backward()
    optimizer.step()
"""
MENDED = BUG.replace("    criterion", "    optimizer.zero_grad()\n    criterion")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(BUG, encoding="utf-8", newline="\n")
    (tmp_path / "notes.txt").write_text("optimizer.step()\n", encoding="utf-8")
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "copy.py").write_text(BUG, encoding="utf-8", newline="\n")
    run(tmp_path, "git", "init", "-q")
    run(tmp_path, "git", "add", ".")
    return tmp_path


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "PYTHONPATH": str(ROOT),
        "CNNLINT_CACHE_DIR": str(folder / ".git" / "cnnlint"),
        "PRE_COMMIT_HOME": str(folder / ".git" / "pre-commit"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "NO_COLOR": "1",
    }
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def entry(hook: str) -> list[str]:
    """The hook's command, run by this Python rather than from an environment of its own."""
    name, *arguments = shlex.split(ENTRIES[hook])
    return [sys.executable, "-m", name, *arguments]


def test_there_are_two_hooks_for_python_and_notebooks() -> None:
    assert set(ENTRIES) == {"cnnlint", "cnnlint-fix"}
    assert HOOKS.count("types_or: [python, jupyter]") == 2


def test_the_hook_fails_on_a_file_with_a_bug_and_leaves_out_what_is_excluded(repository: Path) -> None:
    done = run(repository, *entry("cnnlint"), "train.py", "build/copy.py")
    assert done.returncode == 1
    assert "train.py:8:5: error CNN101" in done.stdout
    assert "copy.py" not in done.stdout


def test_the_hook_passes_a_clean_file(repository: Path) -> None:
    (repository / "train.py").write_text(MENDED, encoding="utf-8")
    assert run(repository, *entry("cnnlint"), "train.py").returncode == 0


def test_the_fixing_hook_mends_the_file(repository: Path) -> None:
    done = run(repository, *entry("cnnlint-fix"), "train.py", "build/copy.py")
    assert done.returncode == 0
    assert (repository / "train.py").read_bytes().decode() == MENDED
    assert (repository / "build" / "copy.py").read_bytes().decode() == BUG


def test_pre_commit_itself_runs_both_hooks(repository: Path) -> None:
    pytest.importorskip("pre_commit")
    blocks = HOOKS.replace("language: python", "language: system")
    for hook in ENTRIES:
        blocks = re.sub(
            rf"(- id: {hook}\n.*?  entry: )[^\n]+",
            rf"\g<1>{shlex.join(entry(hook))}",
            blocks,
            flags=re.DOTALL,
        )
    hooks = "".join(f"      {line}\n" for line in blocks.splitlines())
    (repository / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: local\n    hooks:\n{hooks}", encoding="utf-8"
    )
    command = (sys.executable, "-m", "pre_commit", "run", "--all-files", "--color=never")
    first = run(repository, *command)
    assert first.returncode == 1, first.stdout + first.stderr
    assert re.search(r"^cnnlint\.+Failed$", first.stdout, re.MULTILINE)
    assert "train.py:8:5: error CNN101" in first.stdout
    assert "files were modified by this hook" in first.stdout
    second = run(repository, *command)
    assert second.returncode == 0, second.stdout + second.stderr
    assert re.search(r"^cnnlint --fix\.+Passed$", second.stdout, re.MULTILINE)
