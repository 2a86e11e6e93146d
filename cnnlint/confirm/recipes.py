"""Training a script, and the narrower twin of it, by its own recipe: its batches, all of its data, its
evaluation, for as many steps as it takes or there is time for. `proofs/narrower_twin.py` judges it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from cnnlint.confirm.comparing import MARGIN, SEEDS, Comparing, Pace, Schedule, drawn, pair_of, training_of
from cnnlint.confirm.linking import ending
from cnnlint.confirm.proofs.narrower_twin import FEWEST_STEPS
from cnnlint.confirm.workshop import Workshop
from cnnlint.evidence import Answer, Comparison, RunResult, Task, Training

__all__ = ["compare_recipes"]

SHORT, LONG = 2, 30  # steps of the runs that measure the pace
UNBOUNDED = {"batch": 0, "batches": 0, "whole": 1}
SIDES = {"written": "as written", "mended": "with a quarter of its widths"}


def compare_recipes(
    shop: Workshop,
    task: Task,
    narrower: Task,
    budget: float,
    device: str = "cpu",
    seeds: Sequence[int] = SEEDS,
) -> Comparison:
    """Train a `run` task and its `narrower` twin on the data they read, within about `budget` seconds."""
    comparison = _Recipes(shop, task, narrower, device, lambda done, total: None, tuple(seeds)).made(budget)
    return {**comparison, "narrower": True}


class _Recipes(Comparing):
    def made(self, budget: float) -> Comparison:
        """The comparison."""
        pace = self.pace(budget)
        if isinstance(pace, str):
            return self.told(pace)
        runs = [(seed, side) for seed in self.seeds for side in SIDES]
        seconds = (budget - (time.monotonic() - self.began)) / -(-len(runs) // self.shop.jobs)
        steps = int((seconds - pace.around) / (pace.step * MARGIN))
        if steps < FEWEST_STEPS:
            return self.told(
                f"{pace.step:.2g} s a step are too slow to train it and its twin with {len(self.seeds)} "
                "seeds: it needs a GPU or a larger --confirm-budget"
            )
        tasks = [self.training(seed, side, steps, UNBOUNDED) for seed, side in runs]
        answers: dict[tuple[int, str], Training] = {}
        for index, answer in self.answers(tasks, seconds * MARGIN + 5, done=0):
            answers[runs[index]] = _measured(answer)
        taken = min((training["steps"] for training in answers.values()), default=0)
        self.plan = Schedule(taken, 0)
        return self.told("", [pair_of(seed, answers) for seed in self.seeds])

    def pace(self, budget: float) -> Pace | str:
        """How long runs take; or why they cannot be compared: one breaks, or does not train on own data."""
        wanted = [("written", SHORT), ("mended", SHORT), ("written", LONG)]
        tasks = [self.training(self.seeds[0], side, steps, UNBOUNDED) for side, steps in wanted]
        seconds = dict.fromkeys(wanted, 0.0)
        for index, answer in self.answers(tasks, budget, done=0):
            side, steps = wanted[index]
            if answer["ended"] != "answered":
                return f"{SIDES[side]}, {answer['why']}"
            result: RunResult = answer["result"]
            if result["ended"] not in ("steps", "finished") or not result["steps"]:
                return f"{SIDES[side]}, it ended after {result['steps']} steps: {ending(result)}"
            if drawn(result):
                return "it trains on images that cnnlint draws, as not all of its data are there"
            if result["evaluated"] is None and steps == LONG:
                return "it evaluates no accuracy on held-out data after its steps to compare"
            self.sandbox, self.versions, self.drawn = answer["sandbox"], result["versions"], False
            seconds[wanted[index]] = answer["seconds"]
        short = seconds["written", SHORT]
        step = max(seconds["written", LONG] - short, 0.01) / (LONG - SHORT)
        return Pace(max(0.0, short - SHORT * step), step)


def _measured(answer: Answer) -> Training:
    """A training, with what is told of one on own data."""
    training = training_of(answer)
    if answer["ended"] != "answered":
        return training
    result: RunResult = answer["result"]
    evaluated = result["evaluated"]
    return {
        **training,
        "parameters": sum(model["parameters"] for model in result["models"]),
        "passes": max((each["passes"] for each in result["loaders"] if each["trains"]), default=0),
        "examples": evaluated["examples"] if evaluated else 0,
        "commonest": evaluated["commonest"] if evaluated else None,
    }
