"""`python -m benchmarks.accuracy DIR...`: how much cnnlint understands of models that others wrote.

Each model that the checkouts define is built twice: by torch on the meta device, in a process of its own
(`benchmarks.torch_side`), and by cnnlint, which only reads it. Their numbers of parameters and the shapes of
their outputs are compared. Whatever differs is wrong, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.models import Model, models_of
from cnnlint.config import Config
from cnnlint.facts import Module, Program, ShapeError, Tensor
from cnnlint.interpreter.modules import NEVER_LOCAL
from cnnlint.interpreter.objects import DictValue, ListValue, plain
from cnnlint.interpreter.program import followed
from cnnlint.linting import Project, new_session
from cnnlint.values import Undecided, Unknown, is_unknown, why_unknown

__all__ = ["Reading", "Row", "main", "read", "table", "verdict"]

#: From best to worst.
VERDICTS = ("complete", "partly", "not at all", "wrong")
COLUMNS = ("models", "fx", "complete", "partly", "not at all", "wrong", "complete of fx")


@dataclass
class Reading:
    """What cnnlint says of a model: Unknown becomes None, and `why` tells the first reason."""

    parameters: int | None
    output: Any
    error: str  # of a shape error in what torch runs
    why: str
    seconds: float


@dataclass
class Row:
    """One model: what torch says, what cnnlint says, and how well they agree."""

    source: str
    model: Model
    reading: Reading
    verdict: str

    def __str__(self) -> str:
        fx = "fx" if self.model.traceable else "--"
        head = (
            f"{self.verdict:10} {fx} {self.reading.seconds:5.1f}s {self.model.file}: {self.model.expression}"
        )
        if self.verdict == "wrong":
            told = f"{self.reading.parameters} {self.reading.output} {self.reading.error}"
            return f"{head}: {told}, but torch: {self.model.parameters} {self.model.output}"
        return head if self.verdict == "complete" else f"{head}: {self.reading.why}"


def main() -> int:
    """Print the table; the exit code is 1 if something is wrong."""
    options = _options()
    rows: list[Row] = []
    for checkout in options.checkouts:
        models = models_of(
            checkout.resolve(), options.python, most=options.most, seconds=options.seconds, kept=options.torch
        )
        chosen = [model for model in models if options.only in f"{model.file} {model.expression}"]
        for model, reading in zip(chosen, read(chosen, options.trees), strict=True):
            row = Row(checkout.name, model, reading, verdict(model, reading))
            rows.append(row)
            if options.list or row.verdict == "wrong":
                print(row, flush=True)
    print("\n".join(table(rows)))
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    return int(any(row.verdict == "wrong" for row in rows))


# --- what cnnlint says -----------------------------------------------------------------------------
def read(models: Sequence[Model], trees: Path | None) -> Iterator[Reading]:
    """What cnnlint says of each model, from a small program beside it that builds and calls it."""
    config = Config(cache=trees is not None, cache_dir=str(trees or ""))
    programs = {driver_path(model, number): model for number, model in enumerate(models)}
    overlay = {path: driver(model).encode() for path, model in programs.items()}
    project = new_session(config, overlay=overlay).project
    for path in programs:
        project.begin()
        yield reading_of(path, project)


def within(model: Model) -> bool:
    """Its package is one that cnnlint never looks for on disk, so that the program must lie in it."""
    return model.module.partition(".")[0] in NEVER_LOCAL


def driver_path(model: Model, number: int) -> str:
    folder = Path(model.root, model.module.partition(".")[0]) if within(model) else Path(model.root)
    return str(folder / f"cnnlint_driver_{number}.py")


def driver(model: Model) -> str:
    """A program that builds the model and calls it."""
    module = f".{model.module.partition('.')[2]}" if within(model) else model.module
    return (
        f"import torch\nfrom {module} import {model.name}\n"
        f"model = {model.expression}\nmodel.eval()\nout = model(torch.zeros({tuple(model.input)}))\n"
    )


def reading_of(path: str, project: Project) -> Reading:
    """What cnnlint says of the `model` and the `out` of a program."""
    started = time.perf_counter()
    program, names = followed(path, project)
    seconds = time.perf_counter() - started
    reasons: list[Unknown] = []
    parameters = parameters_of(plain(names.get("model")), reasons)
    output = output_of(plain(names.get("out")), reasons)
    errors = [
        f"{error.axis} of {error.op.label}"
        for error in program.each(ShapeError)
        if not getattr(error.layer, "meant_for", ())  # of these torch only warns
    ]
    why = "; ".join(dict.fromkeys(text_of(reason, project) for reason in reasons))
    return Reading(parameters, output, "; ".join(errors), f"{why}{limits_of(program, project)}", seconds)


def parameters_of(model: Any, reasons: list[Unknown]) -> int | None:
    """Its number of parameters, or None and a reason."""
    if not isinstance(model, Module):
        reasons.append(model if is_unknown(model) else Unknown(f"the model is a {type(model).__name__}"))
        return None
    try:
        count = model.parameter_count()
        if isinstance(count, int):
            return count
        reasons.append(count if is_unknown(count) else Unknown(f"{count} parameters"))
    except Undecided as undecided:
        reasons.extend(unknown_below(model) or [Unknown(undecided.why, undecided.site)])
    return None


def unknown_below(model: Module) -> list[Unknown]:
    """The first sub-module or size in it that is not known."""
    pending: list[Any] = [model]
    seen: set[int] = set()
    while pending:
        module = pending.pop(0)
        if is_unknown(module):
            return [module]
        if isinstance(module, Module) and id(module) not in seen:
            seen.add(id(module))
            try:
                own = module.own_parameter_count()
            except Undecided as undecided:
                own = Unknown(undecided.why, undecided.site)
            if is_unknown(own):
                return [own]
            pending.extend(module.children().values())
    return []


def output_of(value: Any, reasons: list[Unknown]) -> Any:
    """Its shape or shapes in the form of `Model.output`; None, and a reason, for what is not known."""
    value = plain(value)
    if isinstance(value, Tensor):
        if isinstance(value.shape, tuple) and not any(size is Ellipsis for size in value.shape):
            return [size_of(size, reasons) for size in value.shape]
        reasons.append(value.shape if is_unknown(value.shape) else Unknown("the number of axes is not known"))
        return None
    if isinstance(value, ListValue | DictValue):
        value = value.store["items"]
    if isinstance(value, tuple):
        return {"sequence": [output_of(each, reasons) for each in value]}
    if isinstance(value, dict):
        return {"mapping": {str(key): output_of(each, reasons) for key, each in value.items()}}
    reasons.append(value if is_unknown(value) else Unknown(f"the output is a {type(value).__name__}"))
    return None


def size_of(size: Any, reasons: list[Unknown]) -> int | None:
    if isinstance(size, int):
        return size
    reasons.append(size if is_unknown(size) else Unknown(f"a size of {size}"))
    return None


def text_of(reason: Unknown, project: Project) -> str:
    why, site = why_unknown(reason)
    if site is None or site.at < 0:
        return why
    try:
        return f"{why} ({site.path}:{project.span(site).line})"
    except IndexError:  # a node of another file
        return f"{why} ({site.path})"


def limits_of(program: Program, project: Project) -> str:
    """What was given up, where that may be the reason."""
    told = {
        f"{why} ({site.path}:{project.span(site).line if site.at >= 0 else 1})"
        for site, why in program.limits
    }
    return f"; LIMITS: {'; '.join(sorted(told))}" if told else ""


# --- how well they agree ---------------------------------------------------------------------------
def verdict(model: Model, reading: Reading) -> str:
    """One of VERDICTS."""
    count = "partly" if reading.parameters is None else agreement(model.parameters, reading.parameters)
    shape = agreement(model.output, reading.output)
    if reading.error or "wrong" in (count, shape):
        return "wrong"
    if count == shape == "complete":
        return "complete"
    return "not at all" if reading.parameters is None and reading.output is None else "partly"


def agreement(true: Any, told: Any) -> str:
    """Whether what was told is 'complete', 'partly' known or 'wrong'."""
    if told is None:
        return "partly"
    if isinstance(true, int) or type(true) is not type(told):
        return "complete" if type(true) is type(told) and true == told else "wrong"
    if isinstance(true, dict):
        if true.keys() != told.keys():
            return "wrong"
        parts = [agreement(true[key], told[key]) for key in true]
    elif len(true) != len(told):
        return "wrong"
    else:
        parts = [agreement(*pair) for pair in zip(true, told, strict=True)]
    return next((each for each in ("wrong", "partly") if each in parts), "complete")


def table(rows: Sequence[Row]) -> list[str]:
    """The counts of each source and of all, as a Markdown table."""
    lines = [f"| source | {' | '.join(COLUMNS)} |", f"|---{'|---:' * len(COLUMNS)}|"]
    for source in dict.fromkeys(row.source for row in rows):
        lines.append(counted(source, [row for row in rows if row.source == source]))
    return [*lines, counted("all", rows)]


def counted(source: str, rows: Sequence[Row]) -> str:
    traceable = [row for row in rows if row.model.traceable]
    complete = sum(row.verdict == "complete" for row in traceable)
    numbers = [str(sum(row.verdict == each for row in rows)) for each in VERDICTS]
    share = f"{complete} ({complete / len(traceable):.0%})" if traceable else "–"
    return f"| {source} | {len(rows)} | {len(traceable)} | {' | '.join(numbers)} | {share} |"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument(
        "checkouts", type=Path, nargs="+", metavar="DIR", help="checkouts, or folders of installed packages"
    )
    parser.add_argument("--python", default=sys.executable, help="the Python that has torch")
    parser.add_argument(
        "--most", type=int, default=3, metavar="N", help="models of each file at most (default: 3)"
    )
    parser.add_argument("--seconds", type=int, default=40, help="for torch, per model (default: 40)")
    parser.add_argument("--torch", type=Path, metavar="FILE", help="keep there what torch says")
    parser.add_argument("--trees", type=Path, metavar="DIR", help="keep parsed files there")
    parser.add_argument("--only", default="", metavar="TEXT", help="models whose file or call contains it")
    parser.add_argument("--list", action="store_true", help="a line for each model, with the reason")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
