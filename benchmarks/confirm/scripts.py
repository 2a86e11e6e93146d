"""How far scripts that others wrote get: `python -m benchmarks.confirm.scripts DIR...` runs them.

Those that train on images are run as `--confirm=run` would. Told is how many reach optimizer steps, in what
time, and why the others do not. `--out FILE` gets a line of JSON for each, and what is in it is not run anew.

Each run is also put to all proofs of its level, as if the rules had spoken on every line of it where
something happened. What is confirmed then is a fault of the script or of the proof: read it.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from pkgutil import iter_modules
from statistics import median
from typing import Any

from cnnlint.confirm import proofs
from cnnlint.confirm.proofs import Claim, proof
from cnnlint.confirm.tasks import PATIENCE, SECONDS, STEPS, with_fewer_examples
from cnnlint.confirm.workshop import Workshop, modules_for
from cnnlint.evidence import Answer, RunResult, Task
from cnnlint.findings import Finding, Outcome, Severity
from cnnlint.source import Span, Unreadable, read_source

TRAINS = re.compile(r"\.backward\(|Trainer\(|LightningCLI\(")
TORCH = re.compile(r"^\s*(import|from) (torch|lightning|pytorch_lightning)\b", re.MULTILINE)
#: Folders whose files train nothing by themselves.
PASSED_OVER = frozenset(("test", "tests", ".ipynb_checkpoints"))
IMAGES = re.compile(r"torchvision|Conv2d|ImageFolder|MNIST|CIFAR")
STARTS = re.compile(r"__name__ *== *.__main__|^for |^while ", re.MULTILINE)
DEADLINE = 90.0
PROOFS = [
    name
    for name in (each.name.replace("_", "-") for each in iter_modules(proofs.__path__))
    if proof(name).LEVEL == "run"
]
#: Rules whose proofs judge by their name.
NAMES = {"evaluation-mode": "train-mode-not-restored", "update-ratio": "learning-rate-too-high"}


def main() -> None:
    """Run them, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", metavar="DIR", type=Path, help="a checkout")
    parser.add_argument("--most", type=int, default=6, help="scripts of a checkout, spread evenly over it")
    parser.add_argument("--only", default="", help="a part of the path")
    parser.add_argument("--notebooks", action="store_true", help="those instead of scripts")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    known = _known(options.out)
    ending = ".ipynb" if options.notebooks else ".py"
    rows: list[dict[str, Any]] = []
    for folder in options.folders:
        chosen = [
            each
            for each in _spread(list(_scripts(folder, ending)), options.most)
            if options.only in str(each)
        ]
        waiting = [each for each in chosen if str(each) not in known]
        rows += [known[str(each)] for each in chosen if str(each) in known]
        for path, answer in _run(folder, waiting, options.seconds):
            row = _row(path, answer)
            rows.append(row)
            print(_line(row), flush=True)
            if options.out:
                with options.out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")
    _summary(rows)


def _known(out: Path | None) -> dict[str, dict[str, Any]]:
    """What is in the file."""
    if out is None or not out.exists():
        return {}
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return {row["path"]: row for row in rows}


def _scripts(folder: Path, ending: str) -> Iterator[Path]:
    """The files that train something on images when they are run."""
    for path in sorted(folder.resolve().rglob(f"*{ending}")):
        text = _text(path)
        found = all(pattern.search(text) for pattern in (TORCH, TRAINS, IMAGES, STARTS))
        if found and _reads(text) and PASSED_OVER.isdisjoint(path.parts):
            yield path


def _text(path: Path) -> str:
    """What is run of a file; nothing where it cannot be read."""
    try:
        return read_source(str(path), path.read_bytes()).text
    except Unreadable:
        return ""


def _reads(text: str) -> bool:
    """Whether it is Python as it is today."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except SyntaxError:
            return False
    return True


def _spread(paths: list[Path], most: int) -> list[Path]:
    """So many of them, from the first to the last."""
    if len(paths) <= most:
        return paths
    return [paths[round(index * (len(paths) - 1) / max(1, most - 1))] for index in range(most)]


def _run(folder: Path, paths: list[Path], seconds: float) -> Iterator[tuple[Path, Answer]]:
    """What became of each."""
    if not paths:
        return
    tasks: list[Task] = [
        {
            "kind": "run",
            "path": str(path),
            "root": str(folder.resolve()),
            "source": _text(path),
            "options": {"steps": STEPS, "seconds": seconds, "patience": PATIENCE},
        }
        for path in paths
    ]
    with Workshop(root=folder, preload=modules_for(task["source"] for task in tasks)) as shop:
        lighter: dict[Path, Task] = {}
        for index, answer in shop.answers(tasks, DEADLINE):
            again = with_fewer_examples(tasks[index]) if answer["ended"] == "memory" else None
            if again is None:
                yield paths[index], answer
            else:
                lighter[paths[index]] = again
        for path, (_, answer) in zip(lighter, shop.answers(lighter.values(), DEADLINE), strict=False):
            yield path, answer


def _row(path: Path, answer: Answer) -> dict[str, Any]:
    """What is told of one."""
    result = answer["result"] or {}
    broken = result.get("broken") or {}
    place = broken.get("place") or {}
    return {
        "path": str(path),
        "ended": result.get("ended", answer["ended"]),
        "why": result.get("why", answer["why"]),
        "at": f"{place.get('path', '')}:{place.get('line', '')}" if place else "",
        "steps": result.get("steps", 0),
        "seconds": round(answer["seconds"], 2),
        "busy": result.get("busy", 0.0),
        "wanted": result.get("wanted", []),
        "stubs": result.get("stubs", []),
        "unmeasured": result.get("unmeasured", {}),
        "confirmed": sorted(set(confirmed(answer["result"]))) if answer["result"] else [],
    }


def confirmed(result: RunResult) -> Iterator[str]:
    """What proofs would confirm, each with its line."""
    places = [event["place"] for event in result["events"]]
    for things in (result["models"], result["optimizers"], result["schedulers"]):
        places += [each["built"] for each in things]
    for place in {(each["path"], each["line"]) for each in places if each}:
        for name in PROOFS:
            span = Span(place[1], 1, place[1], 1)
            finding = Finding(place[0], span, "CNN000", NAMES.get(name, name), "", Severity.ERROR)
            judgement = proof(name).judge(Claim(finding, {"path": place[0], "line": place[1]}), result)
            if judgement.outcome is Outcome.CONFIRMED:
                yield f"{name} on line {place[1]}: {judgement.text}"


def _line(row: dict[str, Any]) -> str:
    how = f"{row['ended']}: {row['why'][:150]} {row['at']}"
    return f"{row['steps']:3} {row['busy']:5.1f} s  {row['path']}  {how}"


def _summary(rows: Iterable[dict[str, Any]]) -> None:
    """The table."""
    rows = list(rows)
    if not rows:
        return
    stepped = [row for row in rows if row["steps"]]
    print(f"\n{len(stepped)} of {len(rows)} scripts reach optimizer steps ({len(stepped) / len(rows):.0%})")
    for what, name in (("on the clock", "seconds"), ("of CPU", "busy")):
        times = [row[name] for row in rows]
        print(f"seconds {what}: median {median(times):.1f}, most {max(times):.1f}")
    for row in rows:
        for text in row["confirmed"]:
            print(f"{row['path']}: {text}")
    print("ended:", dict(Counter(row["ended"] for row in rows)))


if __name__ == "__main__":
    main()
