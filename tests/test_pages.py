"""Every page is true: what it marks is found, what it calls good is silent, its fixes give its fixed text."""

from __future__ import annotations

import pytest

from cnnlint.findings import Fix
from cnnlint.fixes.apply import apply_fixes
from tests.blocks import SCRIPT, Case, cases, lint


@pytest.mark.parametrize("case", cases("bad"), ids=str)
def test_exactly_the_marked_lines_of_a_bad_block_are_found(case: Case) -> None:
    marked = {(part.path or SCRIPT, line, code) for part in case.block.parts for line, code in part.expected}
    assert {(found.path, found.span.line, found.code) for found in lint(case)} == marked


@pytest.mark.parametrize("case", cases("good", "fixed"), ids=str)
def test_good_and_fixed_code_is_silent_under_all_default_rules(case: Case) -> None:
    assert [f"{found.path}:{found.span.line} {found.code} {found.message}" for found in lint(case)] == []


@pytest.mark.parametrize("fixed", cases("fixed"), ids=str)
def test_the_fixes_of_a_bad_block_give_its_fixed_text(fixed: Case) -> None:
    (bad,) = (
        block for block in fixed.page.blocks if (block.kind, block.number) == ("bad", fixed.block.number)
    )
    wanted = {part.path: part.text for part in fixed.block.parts}
    assert {part.path: mended(Case(fixed.page, bad), part.path, part.text) for part in bad.parts} == wanted


def mended(case: Case, path: str, text: str) -> str:
    """One file of a block after all fixes of its page's own rule."""
    fixes: list[Fix] = [
        found.fix
        for found in lint(case)
        if found.fix and found.code == case.page.code and found.path == (path or SCRIPT)
    ]
    return apply_fixes(text, fixes).text
