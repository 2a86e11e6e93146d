"""Whole programs: clean ones stay silent, buggy ones give what an expert would say of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnlint import lint_paths
from cnnlint.config import Config

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / "tests" / "programs"
EXAMPLES = ROOT / "examples"
CODE = re.compile(r"\bCNN\d{3}\b")

CLEAN = sorted(path for path in (PROGRAMS / "clean").iterdir() if path.name != "__pycache__")

#: What an expert says of the programs of the founding article.
ARTICLE = {
    "plain_mnist.py": {"CNN401", "CNN501"},
    "last_batch_plateau.py": {"CNN109"},
    "oversized.py": {"CNN501", "CNN504"},
}


def said_of(*paths: Path) -> list[str]:
    """`file:line code message` for each finding of the default rules, nobody's configuration applied."""
    run = lint_paths([str(path) for path in paths], Config(root=ROOT, cache=False))
    assert not run.failures, run.failures
    return [
        f"{Path(found.path).name}:{found.cell or ''}:{found.span.line} {found.code} {found.message}"
        for found in run.findings
    ]


def codes_of(*paths: Path) -> set[str]:
    return {line.split(" ")[1] for line in said_of(*paths)}


def table_of_examples() -> dict[str, set[str]]:
    """File -> the codes that examples/README.md promises for it."""
    rows = [
        line for line in (EXAMPLES / "README.md").read_text(encoding="utf-8").splitlines() if "](" in line
    ]
    return {re.findall(r"\]\(([^)]+)\)", row)[0]: set(CODE.findall(row)) for row in rows}


@pytest.mark.parametrize("program", CLEAN, ids=lambda path: path.stem)
def test_a_clean_program_is_silent(program: Path) -> None:
    assert said_of(program) == []


@pytest.mark.parametrize("name", ARTICLE)
def test_a_program_of_the_founding_article_gives_what_an_expert_would_say(name: str) -> None:
    assert codes_of(PROGRAMS / "article" / name) == ARTICLE[name]


@pytest.mark.parametrize("name", table_of_examples())
def test_an_example_gives_what_its_table_promises(name: str) -> None:
    assert codes_of(EXAMPLES / name) == table_of_examples()[name]


def test_linting_all_examples_gives_the_whole_table() -> None:
    promised = set().union(*table_of_examples().values())
    assert codes_of(EXAMPLES) == promised


def test_every_example_is_in_the_table() -> None:
    scripts = {
        path.relative_to(EXAMPLES).as_posix()
        for path in EXAMPLES.rglob("*")
        if path.suffix in (".py", ".ipynb")
    }
    promised = set(re.findall(r"\]\(([^)]+)\)", (EXAMPLES / "README.md").read_text(encoding="utf-8")))
    assert {name for name in scripts if not name.endswith("__init__.py")} == promised


def test_a_softmax_in_one_file_and_its_loss_in_another_meet() -> None:
    (alone,) = [line for line in said_of(EXAMPLES / "cifar" / "train.py") if "CNN201" in line]
    (folder,) = [line for line in said_of(EXAMPLES / "cifar") if "CNN201" in line]
    assert alone == folder
    run = lint_paths([str(EXAMPLES / "cifar" / "train.py")], Config(root=ROOT, cache=False))
    (found,) = [found for found in run.findings if found.code == "CNN201"]
    assert [Path(note.path).name for note in found.related] == ["net.py"]
