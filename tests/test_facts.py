"""--facts shows what was understood of any program, as text and as JSON, and never fails."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from cnnlint.config import Config
from cnnlint.interpreter import analyse
from cnnlint.linting import new_session
from cnnlint.report.facts import show_facts
from cnnlint.report.facts_json import write_facts
from cnnlint.source import Site
from tests.blocks import Case, cases

HERE = Path(__file__).parent
PROGRAMS = sorted(
    path.relative_to(HERE).as_posix()
    for folder in ("programs", "architectures")
    for path in (HERE / folder).rglob("*.py")
)


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_is_known_of_a_program_can_be_shown(program: str) -> None:
    show(HERE / program)


@pytest.mark.parametrize("case", cases("bad", "good"), ids=str)
def test_what_is_known_of_a_block_can_be_shown(case: Case, tmp_path: Path) -> None:
    files = [tmp_path / (part.path or "train.py") for part in case.block.parts]
    for file, part in zip(files, case.block.parts, strict=True):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(part.text, encoding="utf-8")
    for file in files:
        show(file)


def show(file: Path) -> None:
    """Both forms can be written, and the one for machines can be read."""
    text, machine = io.StringIO(), io.StringIO()
    program = analyse(str(file), new_session(Config(cache=False)).project)
    show_facts(program, lambda site: f"{site.path}:{site.at}", text)
    write_facts(program, located, machine)
    assert "Traceback" not in text.getvalue()
    json.loads(machine.getvalue())


def located(site: Site) -> tuple[str, int | None, int, int]:
    return site.path, None, 1, 1
