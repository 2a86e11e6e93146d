"""The code blocks of our pages, as the tests of pages, house rules and blindness need them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cnnlint import lint_paths, lint_text
from cnnlint.config import Config
from cnnlint.findings import Finding
from cnnlint.rulebook.blocks import Block
from cnnlint.rulebook.pages import Page, load_pages

#: What a block of one file is called, so that imports and messages see an ordinary script.
SCRIPT = "train.py"


class Case(NamedTuple):
    """One block of one page."""

    page: Page
    block: Block

    def __str__(self) -> str:
        return f"{self.page.code}:{self.block.kind}:{self.block.number}"


@cache
def pages() -> tuple[Page, ...]:
    """Our own pages."""
    return load_pages()


def cases(*kinds: str) -> list[Case]:
    """The blocks of these kinds, of all pages, in order."""
    return [Case(page, block) for page in pages() for block in page.blocks if block.kind in kinds]


def lint(case: Case) -> list[Finding]:
    """What the whole default set and the page's own rule find in a block."""
    files = tuple((part.path, part.text) for part in case.block.parts)
    return list(_found(case.page.code, files))


@cache
def _found(code: str, files: tuple[tuple[str, str], ...]) -> tuple[Finding, ...]:
    config = Config(extend_select=(code,), cache=False, jobs=1)
    if files[0][0] == "":
        return tuple(lint_text(files[0][1], SCRIPT, config))
    with TemporaryDirectory() as name:
        folder = Path(name)
        for path, text in files:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8", newline="")
        run = lint_paths([folder], config)
        assert not run.failures, [str(failure) for failure in run.failures]
        return tuple(
            finding._replace(path=Path(finding.path).resolve().relative_to(folder.resolve()).as_posix())
            for finding in run.findings
        )
