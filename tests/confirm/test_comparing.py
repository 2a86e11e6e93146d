"""Training two texts: what is asked of the workshop, and what its answers come to. No torch here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cnnlint.confirm.comparing import BATCH, SMALL_BATCH, STEPS, Pace, Schedule, compare, schedule
from cnnlint.confirm.proofs.train import FEWEST_STEPS
from cnnlint.evidence import Answer, Task

PLACES = [{"path": "/p/train.py", "line": 9}, None]
TASK = Task(
    kind="run", path="/p/train.py", root="/p", source="bad", options={"data": "glyphs", "argv": ["-x"]}
)


def answer(result: Any, ended: str = "answered", why: str = "", seconds: float = 1.0) -> Answer:
    return Answer(
        ended=ended, why=why, result=result, sandbox=["landlock:7"], missing=[], wanted=[], seconds=seconds,
        memory=0, output="",
    )  # fmt: skip


def ran(task: Task, **told: Any) -> dict[str, Any]:
    """A run that took all its steps, as a child tells it."""
    steps = task["options"]["steps"]
    right = 0.9 if task["source"] == "good" else 0.1
    nothing: dict[str, Any] = {
        name: []
        for name in ("losses", "models", "optimizers", "schedulers", "loaders", "unread", "stubs", "replaced")
    }
    return {
        **nothing, "ended": "steps", "why": "", "broken": None,
        "steps": steps, "seconds": 1.0, "versions": {"torch": "2"},
        "events": [{"kind": "step", "place": place} for place in PLACES],
        "curve": [{"step": step, "loss": 1.0, "accuracy": right} for step in range(steps)],
        "evaluated": {"accuracy": right, "examples": 1, "mode": "eval"}, **told,
    }  # fmt: skip


class Shop:
    """A workshop that makes nothing."""

    def __init__(self, folder: Path, work: Callable[[Task], Answer], jobs: int = 1) -> None:
        self.shared, self.jobs, self.work = folder, jobs, work
        self.tasks: list[Task] = []

    def answers(self, tasks: Iterable[Task], seconds: float) -> Iterator[tuple[int, Answer]]:
        assert seconds > 0
        for index, task in enumerate(tasks):
            self.tasks.append(task)
            yield index, self.work(task)


def made(shop: Shop, budget: float = 600.0, **how: Any) -> Any:
    return compare(shop, TASK, {**TASK, "source": "good"}, budget, **how)  # type: ignore[arg-type]


def at_pace(seconds: float) -> Callable[[Task], Answer]:
    return lambda task: answer(ran(task), seconds=1.0 + seconds * task["options"]["steps"])


def test_three_seeds_are_trained_as_written_and_as_mended_and_one_of_them_once_more(tmp_path: Path) -> None:
    shop, told = Shop(tmp_path, at_pace(0.01)), list[tuple[int, int]]()
    comparison = made(shop, progress=lambda done, total: told.append((done, total)))
    assert comparison["why"] == ""
    assert [pair["seed"] for pair in comparison["pairs"]] == [0, 1, 2]
    assert [pair["again"] is not None for pair in comparison["pairs"]] == [True, False, False]
    assert {pair["written"]["evaluated"] for pair in comparison["pairs"]} == {0.1}
    assert {pair["mended"]["evaluated"] for pair in comparison["pairs"]} == {0.9}
    assert (comparison["steps"], comparison["batch"]) == (STEPS, BATCH)
    assert comparison["seen"] == [{"path": "/p/train.py", "line": 9}]
    assert comparison["sandbox"] == ["landlock:7"]
    assert (told[0], told[-1]) == ((0, 10), (10, 10))


def test_all_trainings_of_a_seed_start_from_the_weights_that_its_first_steps_kept(tmp_path: Path) -> None:
    shop = Shop(tmp_path, at_pace(0.01))
    made(shop)
    kept = {task["options"]["seed"]: task["options"]["keep"] for task in shop.tasks[:3]}
    assert len(set(kept.values())) == 3
    for task in shop.tasks[3:]:
        options = task["options"]
        assert (options["start"], options["keep"]) == (kept[options["seed"]], "")
        assert (options["curve"], options["evaluate"], options["argv"]) == (True, True, ["-x"])


def test_on_a_gpu_each_seed_has_its_control(tmp_path: Path) -> None:
    comparison = made(Shop(tmp_path, at_pace(0.01)), device="cuda")
    assert all(pair["again"] for pair in comparison["pairs"])


def test_what_ends_without_an_answer_is_told(tmp_path: Path) -> None:
    shop = Shop(tmp_path, lambda task: answer(None, "memory", "it held more than 3.0 GB of memory"))
    comparison = made(shop)
    assert (comparison["why"], comparison["pairs"]) == ("it held more than 3.0 GB of memory", [])


def test_what_takes_no_steps_is_told(tmp_path: Path) -> None:
    broken = Shop(tmp_path, lambda task: answer(ran(task, ended="broken", why="KeyError: 'x'", steps=0)))
    assert made(broken)["why"] == "as written, it ended after 0 steps: KeyError: 'x'"


def test_a_training_that_never_steps_is_compared(tmp_path: Path) -> None:
    shop = Shop(
        tmp_path, lambda task: answer(ran(task, ended="backwards", steps=0), seconds=task["options"]["steps"])
    )
    assert made(shop)["why"] == ""


def test_a_mended_text_that_breaks_is_told_with_its_pair(tmp_path: Path) -> None:
    def work(task: Task) -> Answer:
        return answer(None, "signal", "SIGSEGV") if task["source"] == "good" else answer(ran(task))

    comparison = made(Shop(tmp_path, work))
    assert {pair["mended"]["why"] for pair in comparison["pairs"]} == {"SIGSEGV"}


def test_texts_that_are_the_same_are_not_trained(tmp_path: Path) -> None:
    shop = Shop(tmp_path, at_pace(0.01))
    comparison = compare(shop, TASK, {**TASK}, 60.0)  # type: ignore[arg-type]
    assert "changes nothing" in comparison["why"]
    assert not shop.tasks


def test_what_is_too_slow_asks_for_a_gpu_or_a_larger_budget(tmp_path: Path) -> None:
    comparison = made(Shop(tmp_path, at_pace(2.0)), budget=60.0)
    assert "2 s a step" in comparison["why"]
    assert "--confirm-budget" in comparison["why"]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (0.01, Schedule(STEPS, BATCH)),
        (0.04, Schedule(187, BATCH)),
        (0.07, Schedule(107, BATCH)),
        (0.1, Schedule(100, SMALL_BATCH)),
        (0.2, Schedule(62, SMALL_BATCH)),
        (0.3, None),
    ],
)
def test_slower_steps_are_fewer_and_then_smaller(step: float, expected: Schedule | None) -> None:
    assert schedule(Pace(1.0, step), runs=7, budget=59.5) == expected


@given(some.floats(0, 10), some.floats(1e-4, 10), some.integers(1, 10), some.floats(-10, 1000))
def test_a_schedule_fits_its_budget(around: float, step: float, runs: int, budget: float) -> None:
    planned = schedule(Pace(around, step), runs, budget)
    if planned:
        assert FEWEST_STEPS <= planned.steps <= STEPS
        assert (
            runs * (around + planned.steps * step * (0.6 if planned.batch == SMALL_BATCH else 1))
            <= budget * 1.0001
        )
