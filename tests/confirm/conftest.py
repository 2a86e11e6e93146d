"""Workshops whose tasks are plain scripts that need no torch."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from cnnlint.confirm.workshop import Workshop
from cnnlint.evidence import Answer, Task

KINDS = Path(__file__).with_name("kinds")

Run = Callable[..., Answer]


def script(text: str, **options: Any) -> Task:
    """A task that runs a text; the options are names in it."""
    return Task(kind="script", path="/nowhere/script.py", source=dedent(text), options=options)


@pytest.fixture
def workshop(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Workshop]:
    """Makes a workshop for scripts."""
    monkeypatch.setenv("PYTHONPATH", str(KINDS), prepend=os.pathsep)
    return lambda **options: Workshop(**{"preload": ("plain_script",), **options})


@pytest.fixture
def run(workshop: Callable[..., Workshop]) -> Run:
    """Runs one script in a workshop of its own."""

    def once(text: str, seconds: float = 5.0, options: dict[str, Any] | None = None, **how: Any) -> Answer:
        with workshop(**how) as shop:
            return next(iter(shop.answers([script(text, **(options or {}))], seconds)))[1]

    return once
