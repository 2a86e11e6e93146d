"""Evidence as experiments give it, made by hand: answers, traces, runs and their curves."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from cnnlint.config import Config
from cnnlint.evidence import (
    Activation,
    Answer,
    CurvePoint,
    Event,
    Layer,
    ModelTrace,
    Parameter,
    Place,
    RunResult,
    ShapesResult,
    Trial,
)
from cnnlint.findings import Outcome, Verdict
from cnnlint.linting import lint_bytes
from cnnlint.report import Run
from tests.confirm.networks import Rows

SANDBOX = ["landlock:7", "namespaces:net,pid,ipc", "no-new-privileges", "rlimits", "seccomp:67"]
VERSIONS = {"torch": "2.13.0+cpu", "python": "3.11.2"}


def linted(path: str, text: str, verdicts: dict[str, Verdict], trials: Sequence[Trial], **more: Any) -> Run:
    """A run over one file that is nowhere, with verdicts by code."""
    run = lint_bytes(text.encode(), path, Config(cache=False))
    findings = tuple(each._replace(verdict=verdicts.get(each.code)) for each in run.findings)
    return run._replace(findings=findings, file_count=1, trials=tuple(trials), **more)


def answer(
    result: Any, seconds: float = 1.2, ended: str = "answered", why: str = "", output: str = ""
) -> Answer:
    return {
        "ended": ended,
        "why": why,
        "result": result,
        "sandbox": SANDBOX,
        "missing": [],
        "wanted": [],
        "seconds": seconds,
        "memory": 412 * 2**20,
        "output": output,
    }


def verdict(
    outcome: Outcome, level: str, method: str, text: str, seconds: float = 2.1, **numbers: Any
) -> Verdict:
    seeds = (0, 1, 2) if level == "train" else ()
    return Verdict(outcome, level, method, text, numbers, seeds, "cpu", VERSIONS, tuple(SANDBOX), seconds)


def place(path: str, text: str, words: str) -> Place:
    line = next(number for number, line in enumerate(text.split("\n"), 1) if words in line)
    return {"path": str(Path(path).resolve()), "line": line}


def traced(path: str, text: str, name: str, rows: Rows, inputs: list[int], **more: Any) -> ShapesResult:
    """A trace from rows that name their lines by words in them."""

    def made(row: Any) -> Layer:
        name, kind, words, given, output, parameters, origin = row
        at = place(path, text, words) if words else None
        return Layer(
            name=name,
            kind=kind,
            place=at,
            built=at,
            origin=origin,
            inputs=given,
            output=output,
            parameters=parameters,
        )

    layers = [made(row) for row in rows.rows]
    unused = [made(row) for row in more.pop("unused", [])]
    model: ModelTrace = {
        "name": name,
        "place": place(path, text, f"class {name}"),
        "how": "call site",
        "why": "",
        "device": "meta",
        "inputs": [inputs],
        "searched": False,
        "layers": layers,
        "unused": unused,
        "parameters": sum(layer["parameters"] for layer in layers),
        "edges": rows.edges,
        "outputs": [len(layers) - 1],
        "graph": "torch.fx",
        "remarks": [],
        "tried": 0,
        "broken": None,
        "seconds": 0.11,
    }
    model.update(more)  # type: ignore[typeddict-item]
    known = {"dropped": [], "stubs": [], "device": "meta", "versions": VERSIONS, "seconds": 0.4}
    return cast("ShapesResult", {"models": [model], **known})


def curve(
    start: float, end: float, best: float, steps: int, seed: int, rate: float = 25.0
) -> list[CurvePoint]:
    """A loss that falls and an accuracy that rises, with the noise of small batches."""
    dice = random.Random(seed)
    points: list[CurvePoint] = []
    for step in range(steps):
        done = 1 - math.exp(-step / rate)
        loss = end + (start - end) * (1 - done) + dice.gauss(0, 0.04 * start)
        right = 0.1 + (best - 0.1) * done + dice.gauss(0, 0.06)
        points.append(
            {"step": step, "loss": round(max(loss, 0.001), 4), "accuracy": round(min(max(right, 0), 1), 4)}
        )
    return points


def events(path: str, text: str, kinds: str, steps: int, kept: bool = False) -> list[Event]:
    """Steps made of kinds by their letters."""
    words = {
        "Z": ("zero_grad", "zero_grad"),
        "F": ("forward", "model(images)"),
        "L": ("loss", "criterion(model"),
        "B": ("backward", "loss.backward"),
        "S": ("step", "optimizer.step"),
    }
    begin: list[Event] = [
        {"kind": "train", "place": place(path, text, "model.train"), "subject": 0, "step": 0},
        {"kind": "pass", "place": place(path, text, "in loader"), "subject": 0, "step": 0},
    ]
    for step in range(steps):
        for letter in kinds:
            kind, found = words[letter]
            event: Event = {"kind": kind, "place": place(path, text, found), "subject": 0, "step": step}
            if kind == "forward":
                event.update({"mode": "train", "gradients_on": True, "examples": 16})
            if kind == "backward":
                event.update({"loss": 2.3, "kept": [0] if kept and step else [], "reached": [0]})
            if kind == "step":
                event.update({"gradients": "some", "rates": [0.001]})
            begin.append(event)
    return begin


TENSORS = (
    ("conv1.weight", [16, 1, 3, 3]),
    ("conv1.bias", [16]),
    ("conv2.weight", [32, 16, 3, 3]),
    ("conv2.bias", [32]),
    ("fc1.weight", [128, 1568]),
    ("fc1.bias", [128]),
    ("fc2.weight", [10, 128]),
    ("fc2.bias", [10]),
)


def ran(
    path: str, text: str, happened: list[Event], points: list[CurvePoint], dead: Sequence[float], **more: Any
) -> RunResult:
    """A script that ran for as many steps as asked."""
    steps = sum(event["kind"] == "step" for event in happened)
    dice = random.Random(7)
    tensors: list[Parameter] = [
        {
            "name": name,
            "shape": shape,
            "trains": True,
            "optimizers": [0],
            "gradient": "some",
            "moved": True,
            "norm": 3.0,
            "slope": 10 ** dice.uniform(-3, -0.5),
            "update": 10 ** dice.uniform(-3.6, -2.2),
        }
        for name, shape in TENSORS
    ]
    activations: list[Activation] = [
        {
            "model": 0,
            "when": when,
            "module": "",
            "kind": "relu",
            "place": place(path, text, words),
            "examples": 16,
            "units": 1000,
            "dead": share * (1 if when == "end" else 0.15),
            "saturated": 0.0,
            "same": False,
            "low": 0.0,
            "high": 1.0,
        }
        for when in ("start", "end")
        for words, share in zip(("conv1(x)", "conv2(x)", "fc1(x)"), dead, strict=True)
    ]
    result: RunResult = {
        "ended": "steps",
        "why": "as many optimizer steps as asked for",
        "broken": None,
        "steps": steps,
        "backwards": steps,
        "seconds": 1.8,
        "busy": 1.6,
        "device": "cpu",
        "versions": VERSIONS,
        "loose": [],
        "models": [
            {
                "name": "SmallNet",
                "place": place(path, text, "class SmallNet"),
                "built": place(path, text, "model = SmallNet"),
                "parameters": 206922,
                "trainable": 206922,
                "tensors": tensors,
                "modules": [],
            }
        ],
        "optimizers": [
            {
                "name": "Adam",
                "built": place(path, text, "optim.Adam"),
                "groups": [{"lr": 0.001, "betas": [0.9, 0.999], "weight_decay": 0}],
                "tensors": 8,
                "strangers": 0,
                "steps": steps,
            }
        ],
        "schedulers": [],
        "loaders": [
            {
                "built": place(path, text, "DataLoader("),
                "data": "MNIST",
                "batch": 64,
                "ran": 16,
                "shuffles": True,
                "length": 5,
                "passes": 1,
                "trains": True,
            }
        ],
        "losses": [
            {
                "name": "cross_entropy",
                "place": place(path, text, "criterion(model"),
                "calls": steps,
                "trained": steps,
                "prediction": [16, 10],
                "target": [16],
                "whole": True,
                "after": [],
                "probabilities": 0,
                "log_probabilities": 0,
                "unit": 0,
                "broadcast": 0,
                "swapped": 0,
                "low": -1.9,
                "high": 2.4,
                "target_low": 0.0,
                "target_high": 9.0,
                "first": points[0]["loss"],
                "last": points[-1]["loss"],
            }
        ],
        "events": happened,
        "more": 0,
        "measured": {
            "activations": activations,
            "inputs": [
                {
                    "model": 0,
                    "mode": "train",
                    "shape": [16, 1, 28, 28],
                    "kind": "float32",
                    "low": -0.42,
                    "high": 2.82,
                    "mean": 0.01,
                    "deviation": 0.99,
                }
            ],
            "mixing": [{"model": 0, "crossing": 0.0, "place": None}],
            "modes": [{"model": 0, "gap": 0.0, "noise": 0.0, "noisy": None}],
            "responses": [{"model": 0, "affine": 0.31, "spread_first": 0.2, "spread_last": 0.9}],
        },
        "unmeasured": {"normalization": "the model has no batch norm"},
        "curve": points,
        "evaluated": None,
        "replaced": [
            {
                "what": "torchvision.datasets.MNIST",
                "by": "images drawn by cnnlint",
                "place": place(path, text, "DataLoader("),
            }
        ],
        "wanted": [],
        "unread": [],
        "stubs": [],
    }
    result.update(more)  # type: ignore[typeddict-item]
    return result
