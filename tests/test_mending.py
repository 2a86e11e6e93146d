"""Every fix that a page shows mends: the code parses, its rule is content, and nothing new is wrong."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from cnnlint.findings import Finding, Severity
from cnnlint.fixes.apply import apply_fixes
from tests.blocks import SCRIPT, Case, cases, lint


@pytest.mark.parametrize("case", cases("bad"), ids=str)
def test_each_fix_of_a_bad_block_alone_mends_what_it_was_offered_for(case: Case) -> None:
    for found in lint(case):
        if found.fix:
            after = mended(case, found)
            assert serious(after) - serious(case) == Counter(), found
            if len(spoken(after, found.code)) == len(spoken(case, found.code)):
                # Behind an activation on logits stands another, which is seen now.
                after = mended(after, spoken(after, found.code)[0])
            assert len(spoken(after, found.code)) < len(spoken(case, found.code)), found


def mended(case: Case, found: Finding) -> Case:
    """The block after the fix of one finding."""
    assert found.fix, found
    parts = [
        part._replace(text=apply_fixes(part.text, [found.fix]).text)
        if (part.path or SCRIPT) == found.path
        else part
        for part in case.block.parts
    ]
    for part in parts:
        ast.parse(part.text)
    return Case(case.page, case.block._replace(parts=tuple(parts)))


def spoken(case: Case, code: str) -> list[Finding]:
    return [found for found in lint(case) if found.code == code]


def serious(case: Case) -> Counter[str]:
    """How often each rule finds an error or warning."""
    return Counter(found.code for found in lint(case) if found.severity in (Severity.ERROR, Severity.WARNING))
