"""The gradient scalers: torch's constructor arguments, and what switches one off."""

from __future__ import annotations

import inspect
from functools import reduce

import pytest

from cnnlint.facts import Scaler
from cnnlint.knowledge import load

KNOWN = load()
NAMES = sorted(name for name, known in KNOWN.items() if isinstance(known, type) and issubclass(known, Scaler))


@pytest.mark.parametrize("name", NAMES)
def test_a_scaler_has_the_constructor_of_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    theirs = reduce(getattr, name.split(".")[1:], torch)
    assert [(each.name, each.default) for each in inspect.signature(KNOWN[name]).parameters.values()] == [
        (each.name, each.default) for each in inspect.signature(theirs).parameters.values()
    ]


def test_a_scaler_is_disabled_where_its_author_says_so_and_not_by_a_default() -> None:
    scaler = KNOWN["torch.amp.GradScaler"]("cuda", enabled=False)
    assert scaler.disabled
    scaler.assumed = True
    assert not scaler.disabled
    assert not KNOWN["torch.cuda.amp.GradScaler"]().disabled
