"""The command line, word for word: each folder of tests/cli is a command and what it prints.

`cmd` is the command, `in/` the folder it runs in (`stdin` what it reads); `stdout`, `stderr` and `code` are
what must come of it, and `out/` the files that change. `pytest --bless` writes them anew.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CASES = sorted(path.parent for path in (ROOT / "tests" / "cli").glob("*/cmd"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_command_prints_what_it_should(case: Path, tmp_path: Path, bless: bool) -> None:
    folder = tmp_path / "in"
    if (case / "in").is_dir():
        shutil.copytree(case / "in", folder)
    else:
        folder.mkdir()
    stdin = case / "stdin"
    done = subprocess.run(
        [sys.executable, "-m", "cnnlint", *shlex.split((case / "cmd").read_text(encoding="utf-8"))[1:]],
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR")},
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "CNNLINT_CACHE_DIR": str(tmp_path / "cache"),
        },
        input=stdin.read_bytes() if stdin.exists() else b"",
        capture_output=True,
        check=False,
    )
    got = {
        "stdout": plain(done.stdout, folder),
        "stderr": plain(done.stderr, folder),
        "code": f"{done.returncode}\n",
    }
    changed = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.read_bytes() != (case / "in" / path.relative_to(folder)).read_bytes()
    }
    if bless:
        write(case, got, changed)
    expected = {
        name: (case / name).read_text(encoding="utf-8") if (case / name).exists() else "" for name in got
    }
    assert got == expected
    assert changed == {
        str(path.relative_to(case / "out")): path.read_bytes()
        for path in (case / "out").rglob("*")
        if path.is_file()
    }


def plain(output: bytes, folder: Path) -> str:
    """Text that is the same on every machine."""
    text = output.decode().replace("\r\n", "\n").replace(str(folder), "<folder>")
    return text.replace("\\", "/") if os.sep == "\\" else text


def write(case: Path, got: dict[str, str], changed: dict[str, bytes]) -> None:
    for name, text in got.items():
        if text:
            (case / name).write_text(text, encoding="utf-8", newline="\n")
        else:
            (case / name).unlink(missing_ok=True)
    shutil.rmtree(case / "out", ignore_errors=True)
    for name, content in changed.items():
        (case / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (case / "out" / name).write_bytes(content)
