"""What the pages on shapes say is so: torch refuses what they call bad, and runs what is good or mended."""

from __future__ import annotations

import re
import sys
import types
import warnings

import pytest

from tests.blocks import Case, cases

torch = pytest.importorskip("torch")

CODES = ("CNN301", "CNN302", "CNN303", "CNN304", "CNN306", "CNN308", "CNN309", "CNN310", "CNN311")
#: Bad blocks that run, and do something else than is meant.
RUNNING = ("CNN304:bad:4",)
#: At the top of a script or in a function that it calls, something is computed.
COMPUTING = re.compile(r"\b(?:torch\.)?(?:randn|rand|zeros|ones)\(")


def executable(*kinds: str) -> list[Case]:
    """The blocks that compute something and need no dataset."""
    return [
        case
        for case in cases(*kinds)
        if case.page.code in CODES
        and "datasets" not in (text := "".join(part.text for part in case.block.parts))
        and any(COMPUTING.search(line) and "nn.Parameter" not in line for line in text.splitlines())
    ]


def run(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Execute the files of a block in order; what one defines, the next can import."""
    torch.manual_seed(0)
    if "einops" in "".join(part.text for part in case.block.parts):
        pytest.importorskip("einops")
    for part in case.block.parts:
        module = types.ModuleType(part.path.removesuffix(".py") or "script")
        module.__dict__["torch"] = torch
        monkeypatch.setitem(sys.modules, module.__name__, module)
        exec(compile(part.text, str(case), "exec"), module.__dict__)


@pytest.mark.parametrize("case", executable("bad"), ids=str)
def test_torch_refuses_or_warns_of_a_bad_block(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        if str(case) in RUNNING:
            run(case, monkeypatch)
        else:
            with pytest.raises((RuntimeError, ValueError, IndexError, UserWarning)):
                run(case, monkeypatch)


@pytest.mark.parametrize("case", executable("good", "fixed"), ids=str)
def test_torch_runs_a_good_or_mended_block(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    run(case, monkeypatch)
