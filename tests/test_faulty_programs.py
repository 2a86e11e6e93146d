"""Faulty programs in many styles: each line marked with a code gives it, and no other line gives any."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cnnlint import lint_paths
from cnnlint.config import Config

FAULTY = Path(__file__).parent / "programs" / "faulty"
PROGRAMS = sorted(path for path in FAULTY.iterdir() if path.name[0] not in "._")
MARK = re.compile(r"# (CNN\d{3}(?: CNN\d{3})*)$")

#: (file, cell or None, line, code)
Place = tuple[str, int | None, int, str]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_every_fault_is_found_where_it_is_marked(program: Path) -> None:
    run = lint_paths([program], Config(cache=False))
    assert not run.failures
    found = {(Path(each.path).name, each.cell, each.span.line, each.code) for each in run.findings}
    assert found == marked(program)
    assert found


def marked(program: Path) -> set[Place]:
    """What the comments of a file, or of the files of a folder, say is to be found."""
    files = [program] if program.is_file() else sorted(program.rglob("*.py"))
    return {
        (file.name, cell, row, code)
        for file in files
        for cell, text in texts(file)
        for row, line in enumerate(text.splitlines(), start=1)
        if (mark := MARK.search(line))
        for code in mark[1].split()
    }


def texts(file: Path) -> list[tuple[int | None, str]]:
    """The text of a file, or of each cell of a notebook with its number."""
    content = file.read_text(encoding="utf-8")
    if file.suffix != ".ipynb":
        return [(None, content)]
    cells = json.loads(content)["cells"]
    return [(number, "".join(cell["source"])) for number, cell in enumerate(cells, start=1)]
