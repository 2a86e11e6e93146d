"""`python -m benchmarks.confirm.separation`: how well comparing trainings tells faults from placebos.

Each case is trained as written and as mended, by what `--confirm=train` uses, on all seeds and without a
budget. Prints a table in Markdown; what was measured stays in a file, from which the next call goes on.
Needs torch and torchvision; libcst is not needed. With `--seconds` no case is begun after that time;
which are left then is a matter of chance.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import local
from typing import Any

from benchmarks.confirm.cases import Case, cases
from cnnlint.confirm.comparing import compare
from cnnlint.confirm.proofs import Claim
from cnnlint.confirm.proofs.train_each_step import judge
from cnnlint.confirm.workshop import Workshop, modules_for
from cnnlint.evidence import Comparison, Task
from cnnlint.findings import Finding, Severity
from cnnlint.source import Span

__all__ = ["main", "table"]

GROUPS = {
    (False, False): "faults",
    (True, False): "placebos",
    (False, True): "faults held out",
    (True, True): "placebos held out",
}
COLUMNS = ("case", "rule", "train", "test", "dAUC", "dtrain", "dtest", "noise", "verdict", "s")

#: A row as it is kept: what was measured of a case on a device.
Row = dict[str, Any]


def main() -> int:
    """Measure what is not known yet, and print the table. The exit code is 1 if a placebo is confirmed."""
    options = _options()
    began = time.monotonic()
    chosen = [case for case in cases() if not options.cases or case.name in options.cases]
    rows = {row["case"]: row for row in _kept(options.out) if row["device"] == options.device}
    left = [case for case in chosen if case.name not in rows]
    Random(0).shuffle(left)
    with options.out.open("a", encoding="utf-8") as out:
        for row in _measured(left, options, began + options.seconds):
            rows[row["case"]] = row
            out.write(json.dumps(row) + "\n")
            out.flush()
            done = sum(case.name in rows for case in chosen)
            print(f"{done}/{len(chosen)} {row['case']}: {row['verdict']} {row['text']}", file=sys.stderr)
    print("\n".join(table(chosen, rows)))
    seconds = time.monotonic() - began
    print(f"\n{options.device}, {seconds:.0f} s with {options.jobs} jobs for {len(left)} cases.")
    placebos = [rows[case.name] for case in chosen if case.placebo and case.name in rows]
    return int(any(row["verdict"] == "confirmed" for row in placebos))


def _measured(wanted: Sequence[Case], options: argparse.Namespace, until: float) -> Iterator[Row]:
    """A row for each case that was begun in time, in the order in which they end."""
    own = local()
    shops: list[Workshop] = []
    texts = [case.written for case in wanted]

    def measured(case: Case) -> Row | None:
        if time.monotonic() > until:
            return None
        if not hasattr(own, "shop"):
            own.shop = Workshop(root=folder, preload=modules_for(texts), memory=16 << 30).__enter__()
            shops.append(own.shop)
        path = Path(folder) / f"{case.name}.py"
        path.write_text(case.written, encoding="utf-8")
        task = Task(kind="run", path=str(path), root=folder, source=case.written, options={"data": "glyphs"})
        mended = Task(**{**task, "source": case.mended})
        return _row(case, compare(own.shop, task, mended, 3600.0, options.device, seeds=options.seeds))

    with TemporaryDirectory() as folder, ThreadPoolExecutor(options.jobs) as pool:
        try:
            for future in as_completed([pool.submit(measured, case) for case in wanted]):
                if row := future.result():
                    yield row
        finally:
            pool.shutdown(cancel_futures=True)
            for shop in shops:
                shop.__exit__(None, None, None)


def _row(case: Case, comparison: Comparison) -> Row:
    claim = Claim(_finding(case), {"path": "", "line": 0})
    # What the rule says of a finding on a line that is at work; which line it is matters to the user only.
    judgement = judge(claim, {**comparison, "seen": [claim.place]})
    return {
        "case": case.name,
        "device": comparison["device"],
        "versions": comparison["versions"],
        "steps": comparison["steps"],
        "batch": comparison["batch"],
        "verdict": judgement.outcome.value,
        "text": judgement.text,
        "numbers": dict(judgement.numbers),
        "seconds": comparison["seconds"],
    }


def _finding(case: Case) -> Finding:
    return Finding(f"{case.name}.py", Span(1, 1, 1, 1), case.code, case.name, "", Severity.ERROR)


def table(chosen: Sequence[Case], rows: dict[str, Row]) -> Iterator[str]:
    """A table for each group of cases, with how many of them are confirmed."""
    for (placebo, held_out), title in GROUPS.items():
        group = [case for case in chosen if (case.placebo, case.held_out) == (placebo, held_out)]
        if not group:
            continue
        known = [case for case in group if case.name in rows]
        confirmed = sum(rows[case.name]["verdict"] == "confirmed" for case in known)
        left = f", {len(group) - len(known)} not measured" if known != group else ""
        yield f"\n**{title}: {confirmed} of {len(known)} confirmed{left}**\n"
        yield f"| {' | '.join(COLUMNS)} |"
        yield f"|{'---|' * len(COLUMNS)}"
        for case in known:
            yield f"| {' | '.join(_cells(case, rows[case.name]))} |"


def _cells(case: Case, row: Row) -> list[str]:
    numbers = row["numbers"]
    sides = [_sides(numbers.get(name)) for name in ("train", "test")]
    gained = [f"{numbers[name]['gain']:+.2f}" if name in numbers else "" for name in ("auc", "train", "test")]
    noise = f"{numbers['auc']['noise']:.3f}" if "auc" in numbers else row["text"]
    return [case.name, case.code, *sides, *gained, noise, row["verdict"], f"{row['seconds']:.0f}"]


def _sides(numbers: dict[str, Any] | None) -> str:
    if numbers is None:
        return ""
    middle = len(numbers["written"]) // 2
    return " → ".join(f"{sorted(numbers[side])[middle]:.2f}" for side in ("written", "mended"))


def _kept(path: Path) -> list[Row]:
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.confirm.separation", description=__doc__)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--jobs", type=int, default=1, help="cases measured at once, each on one thread")
    parser.add_argument("--cases", nargs="*", default=[], metavar="NAME", help="only these")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2])
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no case after that time")
    parser.add_argument("--out", type=Path, default=Path("separation.jsonl"), help="what is known already")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
