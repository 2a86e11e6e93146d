"""Training a script as it is written and as it would be mended, on the same data, from the same weights.

The runs are those of level "run", longer. What they show is judged by `proofs/train.py`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import Any, NamedTuple

from cnnlint.confirm.linking import ending
from cnnlint.confirm.proofs.train import FEWEST_STEPS
from cnnlint.confirm.workshop import Workshop
from cnnlint.evidence import Answer, Comparison, Pair, Place, RunResult, Task, Training

__all__ = [
    "MARGIN", "SEEDS", "Comparing", "Pace", "Schedule", "compare", "drawn", "pair_of",
    "schedule", "training_of",
]  # fmt: skip

SEEDS = (0, 1, 2)
IMAGES = 1400  # that are drawn
PASS = 50  # batches of a pass over them, at most
SHORT, LONG = 2, 10  # steps of the runs that measure the pace
STEPS, ENOUGH_STEPS = 200, 100
BATCH, SMALL_BATCH = 16, 8
SMALLER_IS_FASTER = 0.6  # a step on the small batch takes this share of one on the other
MARGIN = 1.5  # how much longer than foreseen a run may take


class Pace(NamedTuple):
    """Seconds that a run takes before and after its steps, and those of one step."""

    around: float
    step: float


class Schedule(NamedTuple):
    """How long and on what batches to train."""

    steps: int
    batch: int


def schedule(pace: Pace, runs: int, budget: float) -> Schedule | None:
    """The most that so many runs can do within a budget of seconds, None if that is too little to tell."""
    seconds = budget / runs - pace.around
    steps = int(seconds / pace.step)
    if steps >= ENOUGH_STEPS:
        return Schedule(min(STEPS, steps), BATCH)
    steps = int(seconds / (pace.step * SMALLER_IS_FASTER))
    return Schedule(min(ENOUGH_STEPS, steps), SMALL_BATCH) if steps >= FEWEST_STEPS else None


def compare(
    shop: Workshop,
    task: Task,
    mended: Task,
    budget: float,
    device: str = "cpu",
    progress: Callable[[int, int], None] = lambda done, total: None,
    seeds: Sequence[int] = SEEDS,
) -> Comparison:
    """Train a `run` task and the same `mended`, which has other texts, within about `budget` seconds.

    `progress` is told how many of how many runs are done.
    """
    comparison = Comparing(shop, task, mended, device, progress, tuple(seeds))
    return comparison.made(budget)


class Comparing:
    """A comparison under way."""

    def __init__(
        self,
        shop: Workshop,
        task: Task,
        mended: Task,
        device: str,
        progress: Callable[[int, int], None],
        seeds: tuple[int, ...],
    ) -> None:
        self.shop, self.device, self.progress, self.seeds = shop, device, progress, seeds
        self.tasks = {"written": task, "mended": mended, "again": task}
        # Chance has no part on a CPU; that it has none is seen from one seed.
        controls = seeds if device != "cpu" else seeds[:1]
        self.wanted = [
            (seed, side) for seed in seeds for side in self.tasks if side != "again" or seed in controls
        ]
        self.total = len(seeds) + len(self.wanted)
        self.folder = Path(mkdtemp(dir=shop.shared))
        self.began = time.monotonic()
        self.sandbox: list[str] = []
        self.versions: dict[str, str] = {}
        self.seen: list[Place] = []
        self.drawn = True
        self.plan = Schedule(0, 0)

    def made(self, budget: float) -> Comparison:
        """The comparison."""
        if self.tasks["written"] == self.tasks["mended"]:
            return self.told("the fix changes nothing in the script that trains")
        first = self.first_steps(budget)
        if isinstance(first, str):
            return self.told(first)
        left = budget - (time.monotonic() - self.began)
        plan = schedule(first, -(-len(self.wanted) // self.shop.jobs), left)
        if plan is None:
            return self.told(
                f"{first.step:.2g} s a step are too slow to compare trainings: it needs a GPU or a larger "
                "--confirm-budget"
            )
        self.plan = plan
        deadline = (first.around + plan.steps * first.step * self.shop.jobs) * MARGIN + 5
        tasks = [self.run(seed, side, plan.steps, plan.batch) for seed, side in self.wanted]
        answers: dict[tuple[int, str], Training] = {}
        for index, answer in self.answers(tasks, deadline, done=len(self.seeds)):
            answers[self.wanted[index]] = training_of(answer)
            if self.wanted[index][1] == "written" and answer["ended"] == "answered":
                self.seen, self.drawn = _seen(answer["result"]), drawn(answer["result"])
        return self.told("", [pair_of(seed, answers) for seed in self.seeds])

    def first_steps(self, budget: float) -> Pace | str:
        """How long runs take; the weights that each seed starts from are kept. Why not, if they break."""
        lengths = [*(SHORT for _ in self.seeds[1:]), LONG]
        tasks = [
            self.run(seed, "written", steps, BATCH, keep=True)
            for seed, steps in zip(self.seeds, lengths, strict=True)
        ]
        seconds: dict[int, list[float]] = {SHORT: [], LONG: []}
        for index, answer in self.answers(tasks, budget, done=0):
            if answer["ended"] != "answered":
                return answer["why"]
            result: RunResult = answer["result"]
            if result["ended"] != "backwards" and result["steps"] < lengths[index]:
                return f"as written, it ended after {result['steps']} steps: {ending(result)}"
            self.sandbox, self.versions = answer["sandbox"], result["versions"]
            seconds[lengths[index]].append(answer["seconds"])
        short = median(seconds[SHORT]) if seconds[SHORT] else 0.0
        step = max(median(seconds[LONG]) - short, 0.01) / (LONG - SHORT)
        return Pace(max(0.0, short - SHORT * step), step)

    def run(self, seed: int, side: str, steps: int, batch: int, keep: bool = False) -> Task:
        """The task of one training."""
        weights = str(self.folder / f"{seed}.pt")
        amounts = {"batch": batch, "batches": PASS, "images": IMAGES}
        return self.training(
            seed, side, steps, amounts, keep=weights if keep else "", start="" if keep else weights
        )

    def training(self, seed: int, side: str, steps: int, amounts: dict[str, int], **more: Any) -> Task:
        """The task of a training on some amounts of data."""
        options: dict[str, Any] = {
            **self.tasks[side]["options"], "steps": steps, "seed": seed, "seconds": 3600.0,
            "device": self.device, "curve": True, "evaluate": True, **amounts, **more,
        }  # fmt: skip
        return {**self.tasks[side], "options": options}

    def answers(self, tasks: Sequence[Task], seconds: float, done: int) -> Iterator[tuple[int, Answer]]:
        """What became of some tasks, with a word on how far it is."""
        self.progress(done, self.total)
        for index, answer in self.shop.answers(tasks, seconds):
            done += 1
            self.progress(done, self.total)
            yield index, answer

    def told(self, why: str, pairs: Sequence[Pair] = ()) -> Comparison:
        """All that is known."""
        return {
            "why": why,
            "pairs": list(pairs),
            "steps": self.plan.steps,
            "batch": self.plan.batch,
            "device": self.device,
            "versions": self.versions,
            "sandbox": self.sandbox,
            "seen": self.seen,
            "drawn": self.drawn,
            "seconds": round(time.monotonic() - self.began, 2),
        }


def pair_of(seed: int, trainings: dict[tuple[int, str], Training]) -> Pair:
    return {
        "seed": seed,
        "written": trainings[seed, "written"],
        "mended": trainings[seed, "mended"],
        "again": trainings.get((seed, "again")),
    }


def training_of(answer: Answer) -> Training:
    """What a run, or its failing, comes to."""
    if answer["ended"] != "answered":
        return {
            "ended": answer["ended"], "why": answer["why"], "steps": 0, "curve": [], "evaluated": None,
            "seconds": answer["seconds"],
        }  # fmt: skip
    result: RunResult = answer["result"]
    return {
        "ended": result["ended"],
        "why": ending(result),
        "steps": result["steps"],
        "curve": result["curve"],
        "evaluated": result["evaluated"]["accuracy"] if result["evaluated"] else None,
        "seconds": answer["seconds"],
    }


def drawn(result: RunResult) -> bool:
    """Whether a run was given images that we drew."""
    return any("glyphs" in each["by"] for each in result["replaced"])


def _seen(result: RunResult) -> list[Place]:
    """The lines that did something in a run."""
    places = [
        *(event["place"] for event in result["events"]),
        *(loss["place"] for loss in result["losses"]),
        *(
            built["built"]
            for kind in ("models", "optimizers", "schedulers", "loaders")
            for built in result[kind]
        ),
        *(module["built"] for model in result["models"] for module in model["modules"] if module["called"]),
    ]
    known = {(place["path"], place["line"]) for place in places if place}
    return [{"path": path, "line": line} for path, line in sorted(known)]
