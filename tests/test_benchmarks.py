"""The speed harness: what it lints and how it judges. Never how fast anything is."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("resource", reason="the harness asks POSIX what a process cost")

from benchmarks.accuracy import Reading, Row, read, table, verdict
from benchmarks.corpus import files_of, generate, pytorch_files_of, without_marker
from benchmarks.measure import python, run
from benchmarks.models import Model, places_of
from benchmarks.speed import Row as SpeedRow


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
    assert SpeedRow("cold", 3.0, 3, "CPU").passed
    missed = SpeedRow("cold", 3.01, 3, "CPU", "; so")
    assert not missed.passed
    assert str(missed) == "| cold | 3.01 | ≤ 3 | MISS | CPU; so |"


def test_a_command_that_fails_is_not_measured() -> None:
    with pytest.raises(RuntimeError, match="ended with 3"):
        run(python("import sys; sys.exit(3)"))


def test_both_streams_of_a_measured_command_are_read_to_the_end() -> None:
    cost = run(python("import sys; sys.stderr.write('e' * 10**6); print('o' * 10**6)"))
    assert len(cost.output.strip()) == 10**6
    assert cost.memory > 1


def model(tmp_path: Path, output: object = None) -> Model:
    return Model(
        "net.py", "net", str(tmp_path), "Net", "Net()", [2, 3, 8, 8], 40, output or [2, 10], traceable=True
    )


NET = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.fc = nn.Linear(192, classes)

    def forward(self, x):
        return self.fc(x.flatten(1))
"""


def test_a_model_is_read_from_a_program_beside_it_and_never_run(tmp_path: Path) -> None:
    tmp_path.joinpath("net.py").write_text(NET + "\nraise SystemExit('run')\n", encoding="utf-8")
    (reading,) = read([model(tmp_path)], None)
    assert (reading.parameters, reading.output, reading.error) == (1930, [2, 10], "")


def test_the_reason_why_a_model_is_not_known_is_told_with_its_place(tmp_path: Path) -> None:
    tmp_path.joinpath("net.py").write_text(NET.replace("classes=10", "classes=ask()"), encoding="utf-8")
    (reading,) = read([model(tmp_path)], None)
    assert (reading.parameters, reading.output) == (None, [2, None])
    assert reading.why.endswith("net.py:6)")


@pytest.mark.parametrize(
    ("parameters", "output", "judged"),
    [
        (40, [2, 10], "complete"),
        (None, [2, 10], "partly"),
        (40, None, "partly"),
        (40, [2, None], "partly"),
        (None, [None, 10], "partly"),
        (None, None, "not at all"),
        (41, [2, 10], "wrong"),
        (None, [2, 9], "wrong"),
        (40, [2, 10, None], "wrong"),
        (40, {"sequence": [[2, 10]]}, "wrong"),
    ],
)
def test_what_is_told_is_complete_partly_known_or_wrong(
    tmp_path: Path, parameters: int | None, output: Any, judged: str
) -> None:
    assert verdict(model(tmp_path), Reading(parameters, output, "", "", 0)) == judged


def test_each_of_several_outputs_counts(tmp_path: Path) -> None:
    several = model(tmp_path, {"mapping": {"out": [2, 4], "aux": [2, 5]}})
    for aux, judged in [([2, 5], "complete"), (None, "partly"), ([2, 6], "wrong")]:
        told = {"mapping": {"out": [2, 4], "aux": aux}}
        assert verdict(several, Reading(40, told, "", "", 0)) == judged


def test_a_shape_error_in_what_torch_runs_is_wrong(tmp_path: Path) -> None:
    assert verdict(model(tmp_path), Reading(40, [2, 10], "channels of conv2d", "", 0)) == "wrong"


def test_files_that_run_a_program_when_they_are_imported_are_no_models(tmp_path: Path) -> None:
    package = tmp_path / "models"
    package.mkdir()
    package.joinpath("__init__.py").write_text("", encoding="utf-8")
    package.joinpath("net.py").write_text(NET, encoding="utf-8")
    tmp_path.joinpath("train.py").write_text(NET + "\nfor epoch in range(3): pass\n", encoding="utf-8")
    tmp_path.joinpath("start.py").write_text(NET + "\nmain()\n", encoding="utf-8")
    (place,) = places_of(tmp_path)
    assert (place.module, place.root) == ("models.net", str(tmp_path))


def test_the_table_counts_each_source_and_all(tmp_path: Path) -> None:
    known = Reading(40, [2, 10], "", "", 0)
    lines = table(
        [Row("zoo", model(tmp_path), known, "complete"), Row("lab", model(tmp_path), known, "partly")]
    )
    assert lines[2:] == [
        "| zoo | 1 | 1 | 1 | 0 | 0 | 0 | 1 (100%) |",
        "| lab | 1 | 1 | 0 | 1 | 0 | 0 | 0 (0%) |",
        "| all | 2 | 2 | 1 | 1 | 0 | 0 | 1 (50%) |",
    ]
