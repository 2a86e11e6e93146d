"""How many of other people's model classes `--confirm=shapes` can slice, build and call.

    python -m benchmarks.confirm.models --rows rows.jsonl CHECKOUT...

Every file that defines a class with a `forward` is a task of the Workshop, sandboxed, with the recipes that
the analysis of the file alone gives.
`--rows` keeps a JSON line for each class, and `--again` takes from it only the files where something is
missing. The bars of the issue: 95 % of the classes with convolutions built, all of those called.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnnlint.config import Config
from cnnlint.confirm.files import Files
from cnnlint.confirm.tasks import shapes_task
from cnnlint.confirm.workshop import Workshop
from cnnlint.evidence import Answer, Task
from cnnlint.linting import new_session
from cnnlint.linting.single import Session

#: Loaded once for all children.
PRELOAD = ("torch", "cnnlint.confirm.child.shapes")
#: Folders without models of their own.
PASSED_OVER = frozenset("tests test __pycache__ build docs".split())
#: Seconds for a file.
PATIENCE = 60.0


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkouts", nargs="+", type=Path)
    parser.add_argument("--rows", type=Path, required=True, help="keep a JSON line for each class here")
    parser.add_argument("--again", action="store_true", help="only files where something was missing")
    parser.add_argument("--most", type=int, default=1000, help="files of a checkout, spread evenly over it")
    parser.add_argument("--table", action="store_true", help="only print what the rows say")
    options = parser.parse_args()
    rows = _kept(options.rows)
    if not options.table:
        for checkout in options.checkouts:
            rows = measured(checkout.resolve(), options.most, rows, again=options.again)
            options.rows.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    chosen = [str(each.resolve()) + os.sep for each in options.checkouts]
    report([each for each in rows if each["file"].startswith(tuple(chosen))])


def measured(checkout: Path, most: int, rows: list[dict[str, Any]], *, again: bool) -> list[dict[str, Any]]:
    """The rows with those of a checkout anew."""
    chosen = _spread(list(files(checkout)), most)
    if again:
        lacking = {each["file"] for each in rows if not _good(each)}
        chosen = [path for path in chosen if str(path) in lacking]
    session = new_session(Config(cache=False, jobs=1))
    tasks = (task_of(path, checkout, session) for path in chosen)
    fresh: list[dict[str, Any]] = []
    with Workshop(root=checkout, preload=PRELOAD, jobs=1) as shop:
        for index, answer in shop.answers(tasks, PATIENCE):
            fresh += rows_of(chosen[index], answer)
    renewed = {str(path) for path in chosen}
    return [each for each in rows if each["file"] not in renewed] + fresh


def task_of(path: Path, checkout: Path, session: Session) -> Task:
    """Build and call what a file defines, with what the analysis of the file alone knows of it."""
    task = shapes_task(str(path), Files([str(path)], session))
    return {**task, "root": str(checkout)}


def files(checkout: Path) -> Iterator[Path]:
    """The files of a checkout that define models."""
    for path in sorted(checkout.rglob("*.py")):
        if PASSED_OVER.isdisjoint(path.relative_to(checkout).parts) and any(classes(path)):
            yield path


def classes(path: Path) -> Iterator[tuple[str, bool]]:
    """The classes of a file that have a `forward`, and whether they speak of convolutions of torch."""
    text = path.read_text(encoding="utf-8", errors="replace")
    convolves = re.search(r"Conv(Transpose)?[123]d|\.conv[123]d", text) is not None
    if "def forward" not in text or "torch" not in text:
        return
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return
    for node in body:
        if isinstance(node, ast.ClassDef) and node.bases and "Function" not in ast.unparse(node.bases[0]):
            if any(isinstance(each, ast.FunctionDef) and each.name == "forward" for each in node.body):
                yield node.name, convolves and "conv" in (ast.get_source_segment(text, node) or "").lower()


def rows_of(path: Path, answer: Answer) -> Iterator[dict[str, Any]]:
    """What became of each class of a file."""
    result = answer["result"] or {"models": [], "stubs": [], "dropped": []}
    models = {each["name"]: each for each in result["models"]}
    for name, convolves in classes(path):
        model = models.get(name)
        broken = model["broken"] if model else None
        yield {
            "file": str(path),
            "name": name,
            "convolves": convolves,
            "sliced": model is not None,
            "built": bool(model and model["how"]),
            "called": bool(model and model["device"] and broken is None),
            "how": model["how"] if model else "",
            "why": (model["why"] if model else "") or answer["why"] or (broken["message"] if broken else ""),
            "kind": broken["kind"] if broken else "",
            "line": broken["place"]["line"] if broken and broken["place"] else 0,
            "device": model["device"] if model else "",
            "graph": model["graph"] if model else "",
            "remarks": model["remarks"] if model else [],
            "ended": answer["ended"],
            "wanted": answer["wanted"],
            "stubs": result["stubs"],
            "seconds": answer["seconds"],
            "processor": result.get("seconds", 0.0),
            "memory": answer["memory"],
        }


def report(rows: list[dict[str, Any]]) -> None:
    """The tables."""
    for title, chosen in (
        ("classes", rows),
        ("with convolutions", [row for row in rows if row["convolves"]]),
    ):
        built = [row for row in chosen if row["built"]]
        print(
            f"{title}: {len(chosen)} found, {share('sliced', chosen)} sliced, {share('built', chosen)} built,"
        )
        print(f"  {share('built', chosen)} built, {share('called', built)} of these called")
    print("how:", dict(Counter(row["how"].split(" `")[0] for row in rows if row["how"]).most_common()))
    print("device:", dict(Counter(row["device"] for row in rows)))
    print("graph:", dict(Counter(row["graph"] for row in rows if row["called"])))
    for what in ("seconds", "processor"):
        spent = sorted({row["file"]: row[what] for row in rows}.values())
        if spent:
            print(
                f"{what}: {len(spent)} files, median {statistics.median(spent):.2f}, "
                f"90 % {spent[int(len(spent) * 0.9)]:.2f}, most {spent[-1]:.2f}, "
                f"{sum(each > 3 for each in spent)} above 3"
            )
    print("wanted:", dict(Counter(each for row in rows for each in row["wanted"]).most_common(12)))
    for row in rows:
        if not _good(row):
            state = "built" if row["built"] else "sliced" if row["sliced"] else row["ended"]
            flag = "C" if row["convolves"] else " "
            what = f"{row['kind']} {row['why'][:150]}"
            print(f"{flag} {state:7} {row['file']} {row['name']}: {what} @{row['line']}")


def share(what: str, rows: list[dict[str, Any]]) -> str:
    """How many of the rows, and in percent."""
    count = sum(bool(row[what]) for row in rows)
    return f"{count} ({count / len(rows):.1%})" if rows else "0"


def _good(row: dict[str, Any]) -> bool:
    return bool(row["called"])


def _kept(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def _spread(found: list[Path], most: int) -> list[Path]:
    """At most so many of them, evenly over all."""
    if len(found) <= most:
        return found
    return [found[index * len(found) // most] for index in range(most)]


if __name__ == "__main__":
    main()
