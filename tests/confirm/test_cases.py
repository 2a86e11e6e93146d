"""The scripts that `--confirm` is measured on."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from benchmarks.confirm.cases import Case, cases, parsed
from benchmarks.confirm.separation import table
from tests.blocks import pages


def named(case: Case) -> str:
    return case.name


def test_there_are_as_many_as_promised_and_some_held_out() -> None:
    counts = Counter((case.placebo, case.held_out) for case in cases())
    assert counts[False, False] == 39
    assert counts[True, False] == 16
    assert counts[False, True] >= 15
    assert counts[True, True] >= 10
    assert len({case.name for case in cases()}) == len(cases())


@pytest.mark.parametrize("case", cases(), ids=named)
def test_a_case_is_a_script_and_its_twin(case: Case) -> None:
    assert case.written != case.mended
    assert ast.dump(ast.parse(case.written)) != ast.dump(ast.parse(case.mended))
    assert case.code in {"", *(page.code for page in pages())}


def test_an_edit_must_fit_once() -> None:
    with pytest.raises(ValueError, match="found 0 times"):
        parsed("=== no mnist -\n-no such line\n")


def test_edits_are_of_both_sides_or_of_one() -> None:
    [case] = parsed(
        "# A remark.\n\n=== x mnist CNN101\nboth\n-import torch.optim as optim\n+import torch.optim\n"
        "written\n-        loss.backward()\n\nmended\n         loss.backward()\n+        # Well.\n"
    )
    assert (case.name, case.code) == ("x", "CNN101")
    assert "import torch.optim\n" in case.written
    assert "import torch.optim\n" in case.mended
    assert "loss.backward()" not in case.written
    assert "loss.backward()\n        # Well.\n" in case.mended


def test_the_table_counts_what_is_confirmed() -> None:
    fault, placebo = Case("f", "mnist", "CNN101", "", ""), Case("p", "mnist", "", "", "", placebo=True)
    gain = {"written": [0.1, 0.3, 0.2], "mended": [0.9, 0.8, 0.7], "gain": 0.6, "noise": 0.0}
    rows = {
        "f": {"numbers": {"auc": gain, "train": gain}, "verdict": "confirmed", "text": "", "seconds": 9.6},
        "p": {"numbers": {}, "verdict": "inconclusive", "text": "why", "seconds": 1.0},
    }
    lines = list(table([fault, placebo], rows))
    assert "\n**faults: 1 of 1 confirmed**\n" in lines
    assert "| f | CNN101 | 0.20 → 0.80 |  | +0.60 | +0.60 |  | 0.000 | confirmed | 10 |" in lines
    assert "| p |  |  |  |  |  |  | why | inconclusive | 1 |" in lines
