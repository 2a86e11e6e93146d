"""Workshops whose tasks are plain scripts that need no torch."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace
from typing import Any

import pytest

from cnnlint.cli import main
from cnnlint.confirm import prover
from cnnlint.confirm.proofs import Judgement
from cnnlint.confirm.workshop import Workshop
from cnnlint.evidence import Answer, Task
from cnnlint.findings import Outcome
from tests.confirm.shops import BUG, RESULT, FakeShop, answered

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


@pytest.fixture
def confirm(tmp_path, monkeypatch, capsys):
    """Runs the command in a folder with a faulty script; every proof finds what it is told to."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CNNLINT_CACHE_DIR", str(tmp_path / "cache"))
    Path("train.py").write_text(BUG, encoding="utf-8")

    def run(
        *arguments: str,
        outcome: Outcome = Outcome.CONFIRMED,
        answer: Callable[[Any], dict[str, Any]] = lambda task: answered(RESULT),
        judge: Any = None,
    ) -> SimpleNamespace:
        shop = FakeShop(answer)
        told = judge or (lambda claim, result: Judgement(outcome, f"seen on line {claim.place['line']}"))
        monkeypatch.setattr(prover, "Workshop", shop)
        monkeypatch.setattr(prover, "proof", lambda name: SimpleNamespace(LEVEL="run", judge=told))
        code = main(["--confirm", "--select", "CNN101", *arguments])
        output = capsys.readouterr()
        return SimpleNamespace(code=code, out=output.out, err=output.err, shop=shop)

    return run
