"""Whatever program is mended: it parses, the rest of it stays, nothing is worse, and once is enough."""

from __future__ import annotations

import ast
import random
from collections import Counter
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlint import lint_text
from cnnlint.config import Config
from cnnlint.findings import Finding, Fix
from cnnlint.fixes.apply import apply_fixes, line_starts, offsets
from cnnlint.fixing import mend, offered
from cnnlint.linting import lint_bytes, new_session
from tests.blocks import SCRIPT, cases

CONFIG = Config(cache=False, jobs=1, unsafe_fixes=True)
BLOCKS = [part.text for case in cases("bad", "good") for part in case.block.parts[:1] if not part.path]
#: Several blocks of our pages one after the other, with newlines and indentation of one kind or another.
programs = st.builds(
    lambda blocks, newline, indent: "\n".join(blocks).replace("    ", indent).replace("\n", newline),
    st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=3),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["    ", "\t", "  "]),
)
few = settings(max_examples=25)


@few
@given(programs, st.randoms(use_true_random=False))
def test_what_some_fixes_do_not_touch_stays(text: str, chance: random.Random) -> None:
    proposed = [found.fix for found in lint_text(text, SCRIPT, CONFIG) if found.fix]
    applied = apply_fixes(text, chance.sample(proposed, chance.randint(0, len(proposed))))
    assert between(text, applied.made) == between_in_result(applied.text, text, applied.made)


@few
@given(programs)
def test_mending_everything_leaves_less_to_mend_and_nothing_for_a_second_time(text: str) -> None:
    before = text.encode()
    after = mended(before)
    ast.parse(after)
    assert counted(after) - counted(before) == Counter()
    assert mended(after) == after


def between(text: str, fixes: Sequence[Fix]) -> list[str]:
    """The stretches of a text that no edit touches."""
    starts = line_starts(text)
    places = sorted({offsets(edit.span, starts) for fix in fixes for edit in fix.edits})
    ends = [0, *(end for _, end in places)]
    return [
        text[end:begin] for end, begin in zip(ends, [*(begin for begin, _ in places), len(text)], strict=True)
    ]


def between_in_result(result: str, text: str, fixes: Sequence[Fix]) -> list[str]:
    """The same stretches, found one after the other in the text with the edits made."""
    found = []
    at = 0
    for stretch in between(text, fixes):
        at = result.index(stretch, at)
        found.append(result[at : at + len(stretch)])
        at += len(stretch)
    return found


def mended(content: bytes) -> bytes:
    session = new_session(CONFIG, overlay={SCRIPT: content})
    return mend([SCRIPT], session, offered(unsafe=True)).after.get(SCRIPT, content)


def counted(content: bytes) -> Counter[str]:
    def code(finding: Finding) -> str:
        return finding.code

    return Counter(map(code, lint_bytes(content, SCRIPT, CONFIG).findings))
