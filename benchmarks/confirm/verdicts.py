"""`python -m benchmarks.confirm.verdicts`: what `--confirm` says of whole scripts with one fault each.

Each script, its healthy twin and each placebo is linted and put to the proof as the command line does it,
with several seeds. Prints a table in Markdown; the exit code is 1 if a twin or a placebo is confirmed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.confirm.cases import Case, cases

__all__ = ["main", "table"]

#: Seconds after which a script that hangs is given up.
PATIENCE = 300.0
#: What was found in one file with one seed.
Found = list[dict[str, Any]]


def main() -> int:
    """Measure, and print the table."""
    options = _options()
    if options.one:
        return _one(options.one, options.level, options.seeds[0], options.device)
    began = time.monotonic()
    chosen = [case for case in cases() if not options.cases or case.name in options.cases]
    found = measured(chosen, options)
    print("\n".join(table(chosen, found, options.level)))
    seconds = time.monotonic() - began
    print(f"\n{options.device}, {len(options.seeds)} seeds, {seconds:.0f} s, {options.jobs} jobs.")
    wrong = [
        (case.name, side)
        for case in chosen
        for side in ("written", "mended")
        if (case.placebo or side == "mended") and "confirmed" in outcomes(found[case.name, side])
    ]
    for name, side in wrong:
        print(f"CONFIRMED though healthy: {name}, {side}")
    return int(bool(wrong))


def measured(chosen: Sequence[Case], options: argparse.Namespace) -> dict[tuple[str, str], list[Found]]:
    """What is found in both texts of each case; where anything is, with each seed."""
    first, *others = options.seeds
    with TemporaryDirectory() as folder, ThreadPoolExecutor(options.jobs) as pool:
        paths = {}
        for case in chosen:
            for side, text in (("written", case.written), ("mended", case.mended)):
                path = paths[case.name, side] = Path(folder, case.name, side, "train.py")
                path.parent.mkdir(parents=True)
                path.write_text(text, encoding="utf-8")
        once = {key: pool.submit(_tried, path, options, first) for key, path in paths.items()}
        found = {key: [future.result()] for key, future in once.items()}
        again = [
            (key, pool.submit(_tried, paths[key], options, seed))
            for key, of_first in found.items()
            if of_first[0]
            for seed in others
        ]
        for key, future in again:
            found[key].append(future.result())
    return found


def _tried(path: Path, options: argparse.Namespace, seed: int) -> Found:
    words = ["--one", str(path), "--level", options.level, "--seeds", str(seed), "--device", options.device]
    command = [sys.executable, "-m", "benchmarks.confirm.verdicts", *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
        return list(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, ValueError):
        return [{"code": "", "severity": "error", "outcome": "failed", "level": "", "text": "", "levels": {}}]


def _one(path: str, level: str, seed: int, device: str) -> int:
    """In a process of its own: lint a file and put its findings to the proof."""
    from cnnlint.config import Config
    from cnnlint.confirm import tasks
    from cnnlint.confirm.prover import proved
    from cnnlint.linting import lint_paths, new_session

    tasks.SEED = seed
    config = Config(cache=False, jobs=1, device=device)
    run = lint_paths([path], config)
    run = proved(run, [path], new_session(config), tasks.Wish(level), lambda *told: None).run
    seconds: dict[str, float] = defaultdict(float)
    for trial in run.trials:
        seconds[trial.level] += trial.answer["seconds"]
    told = [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "outcome": finding.verdict.outcome.value,
            "level": finding.verdict.level,
            "text": finding.verdict.text,
            "levels": seconds,
        }
        for finding in run.findings
        if finding.verdict is not None
    ]
    print(json.dumps(told))
    return 0


def outcomes(found: Sequence[Found]) -> set[str]:
    """What was said with any seed; an info that is confirmed claims no harm."""
    return {each["outcome"] for of_seed in found for each in of_seed if each["severity"] != "info"}


def table(chosen: Sequence[Case], found: dict[tuple[str, str], list[Found]], level: str) -> Iterator[str]:
    """One row for each fault that a rule should find, then what was said of twins and placebos."""
    yield "| case | rule | found | verdicts | by | evidence | s |"
    yield "|---|---|---|---|---|---|---|"
    tally: dict[str, int] = defaultdict(int)
    for case in chosen:
        if case.placebo or not case.code:
            continue
        own = [
            each for of_seed in found[case.name, "written"] for each in of_seed if each["code"] == case.code
        ]
        tally["faults"] += 1
        tally["found"] += bool(own)
        tally["confirmed"] += bool(own) and all(each["outcome"] == "confirmed" for each in own)
        yield f"| {' | '.join(_cells(case, own))} |"
    yield ""
    known, sure = tally["found"], tally["confirmed"]
    yield f"{level}: of {tally['faults']} faults {known} found, {sure} confirmed with each seed."
    for title, side, placebos in (("twins", "mended", False), ("placebos", "written", True)):
        group = [case for case in chosen if case.placebo is placebos]
        spoken = [case.name for case in group if outcomes(found[case.name, side])]
        yield f"{title}: {len(group)}, with findings {len(spoken)} {', '.join(spoken)}"


def _cells(case: Case, own: Found) -> list[str]:
    if not own:
        return [case.name, case.code, "no", "", "", "", ""]
    verdicts = [each["outcome"] for each in own]
    shown = ", ".join(f"{verdicts.count(outcome)} {outcome}" for outcome in sorted(set(verdicts)))
    seconds = {
        level: median(each["levels"].get(level, 0.0) for each in own)
        for level in ("shapes", "run", "train")
        if any(level in each["levels"] for each in own)
    }
    spent = ", ".join(f"{level} {value:.1f}" for level, value in seconds.items())
    return [case.name, case.code, "yes", shown, own[0]["level"], own[0]["text"], spent]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.confirm.verdicts", description=__doc__)
    parser.add_argument("--level", default="run", choices=("shapes", "run", "train"))
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--jobs", type=int, default=1, help="scripts tried at once")
    parser.add_argument("--cases", nargs="*", default=[], metavar="NAME", help="only these")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--one", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
