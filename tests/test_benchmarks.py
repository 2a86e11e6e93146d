"""The speed harness: what it lints and how it judges. Never how fast anything is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="the harness asks POSIX what a process cost")

from benchmarks.corpus import files_of, generate, pytorch_files_of, without_marker
from benchmarks.measure import python, run
from benchmarks.speed import Row


def test_the_generated_corpus_has_as_many_files_as_asked_for_and_no_two_alike(tmp_path: Path) -> None:
    files = files_of([generate(tmp_path, 120)])
    assert len(files) == 120
    texts = [path.read_text(encoding="utf-8") for path in files]
    assert len(set(texts)) > 110  # the empty __init__.py of a program may recur
    for text in texts:
        ast.parse(text)


def test_files_without_a_marker_are_not_taken_for_pytorch(tmp_path: Path) -> None:
    plain = without_marker(tmp_path / "plain", 3)
    torchy = generate(tmp_path / "torchy", 3)
    assert len(files_of([plain, torchy])) == 6
    assert {path for path in pytorch_files_of([plain, torchy]) if plain in path.parents} == set()
    assert pytorch_files_of([torchy])


def test_a_row_passes_up_to_its_bar_and_misses_above() -> None:
    assert Row("cold", 3.0, 3, "CPU").passed
    missed = Row("cold", 3.01, 3, "CPU", "; so")
    assert not missed.passed
    assert str(missed) == "| cold | 3.01 | ≤ 3 | MISS | CPU; so |"


def test_a_command_that_fails_is_not_measured() -> None:
    with pytest.raises(RuntimeError, match="ended with 3"):
        run(python("import sys; sys.exit(3)"))


def test_both_streams_of_a_measured_command_are_read_to_the_end() -> None:
    cost = run(python("import sys; sys.stderr.write('e' * 10**6); print('o' * 10**6)"))
    assert len(cost.output.strip()) == 10**6
    assert cost.memory > 1
