"""Does `--confirm` take a false alarm back, and does it ever confirm one?

    python -m benchmarks.confirm.takeback --corpus DIR --out rows.jsonl

Findings in other people's code that a person has judged (`tests/corpus/verdicts.tsv`) are put to the proof
as the command line does it, where their rule has one: those that are right as the linter makes them, and
those that were wrong, on which the rules are silent by now, made by hand at their lines. The checkouts lie in
DIR as `owner+name`. `--out` keeps a line of JSON for each, and what is in it is not tried anew. Prints tables
in Markdown; the exit code is 1 if what is wrong is confirmed or what is right is refuted.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

from cnnlint.config import Config
from cnnlint.confirm.files import Files
from cnnlint.confirm.prover import Prover
from cnnlint.confirm.tasks import Wish
from cnnlint.findings import Finding, Outcome
from cnnlint.linting import lint_paths, new_session
from cnnlint.linting.single import Session
from cnnlint.report import Run
from cnnlint.rulebook.pages import Page, load_pages
from cnnlint.source import Span

VERDICTS = Path(__file__).parents[2] / "tests" / "corpus" / "verdicts.tsv"
#: `train.py:12`, or `train.ipynb#3:12` in a notebook.
PLACE = re.compile(r"(?P<path>.+?)(#(?P<cell>\d+))?:(?P<line>\d+)")
#: A verdict that would be a fault of a proof.
FAULTS = {("wrong", Outcome.CONFIRMED.value), ("right", Outcome.REFUTED.value)}
OUTCOMES = [outcome.value for outcome in Outcome]


class Told(Files):
    """Files in which what was made by hand counts as found by linting its own."""

    def finders(self, finding: Finding) -> list[str]:
        return super().finders(finding) or [finding.path]


class Judged:
    """A finding that a person has judged."""

    def __init__(self, row: dict[str, str], corpus: Path, page: Page) -> None:
        self.row, self.page = row, page
        place = PLACE.fullmatch(row["place"])
        assert place is not None, row["place"]
        self.root = corpus / row["repo"].replace("/", "+")
        self.path = str(self.root / place["path"])
        self.cell = int(place["cell"]) if place["cell"] else None
        self.line = int(place["line"])

    @property
    def key(self) -> str:
        return f"{self.row['repo']} {self.row['place']} {self.page.code}"

    @cached_property
    def config(self) -> Config:
        """As the corpus is linted, and nothing known from before."""
        return Config(root=self.root, select=(self.page.code,), cache=False, jobs=1)

    @cached_property
    def finding(self) -> Finding | None:
        """What the linter says here; what is wrong by hand, if it does not; None where it is gone."""
        for finding in lint_paths([self.path], self.config).findings:
            if (finding.cell, finding.span.line, finding.code) == (self.cell, self.line, self.page.code):
                return finding
        if self.row["verdict"] == "right":
            return None
        span = Span(self.line, 1, self.line, 1)
        page = self.page
        return Finding(self.path, span, page.code, page.name, page.message, page.severity, cell=self.cell)

    def tried(self, level: str) -> dict[str, Any]:
        """What came out, as a line of `--out`."""
        told = {"key": self.key, **self.row}
        if self.finding is None:
            return {**told, "outcome": "gone", "text": "", "by": "", "seconds": 0.0}
        verdict = put_to_the_proof(self.finding, new_session(self.config), level).findings[0].verdict
        assert verdict is not None
        outcome, by = verdict.outcome.value, verdict.method
        return {**told, "outcome": outcome, "text": verdict.text, "by": by, "seconds": verdict.seconds}


def put_to_the_proof(finding: Finding, session: Session, level: str) -> Run:
    """One finding alone, as `proved` does it."""
    with ExitStack() as stack:
        run, paths, wish = Run((finding,), 1), [finding.path], Wish(level)
        prover = Prover(run, Told(paths, session), session, wish, lambda *told: None, stack)
        for each in wish.levels:
            {"shapes": prover.trace_shapes, "run": prover.run_scripts, "train": prover.compare_trainings}[
                each
            ]()
    return prover.judged()


def main() -> int:
    """Try them, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.confirm.takeback", description=__doc__)
    parser.add_argument("--corpus", required=True, type=Path, metavar="DIR", help="where the checkouts lie")
    parser.add_argument("--verdict", default="", choices=("right", "wrong"), help="only these")
    parser.add_argument("--select", nargs="*", default=[], metavar="CODE", help="only these rules")
    parser.add_argument("--only", default="", help="a part of `owner/name path:line CODE`")
    parser.add_argument("--level", default="run", choices=("shapes", "run", "train"))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    pages = {page.code: page for page in load_pages(Config()) if page.confirm}
    told = known(options.out)
    rows = []
    for judged in chosen(options, pages):
        row = told.get(judged.key)
        if row is None:
            row = judged.tried(options.level)
            if options.out:
                with options.out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
        print(f"{row['verdict']} {row['outcome']}: {row['key']}: {row['text']}", flush=True)
        rows.append(row)
    print("\n".join(table(rows)))
    return int(any((row["verdict"], row["outcome"]) in FAULTS for row in rows))


def known(out: Path | None) -> dict[str, dict[str, Any]]:
    """What is in the file."""
    lines = out.read_text(encoding="utf-8").splitlines() if out and out.exists() else []
    return {row["key"]: row for row in map(json.loads, lines)}


def chosen(options: argparse.Namespace, pages: dict[str, Page]) -> Iterator[Judged]:
    """The rows that are wanted, of rules with a proof, whose file is there."""
    with VERDICTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            page = pages.get(row["code"])
            if page is None or (options.select and row["code"] not in options.select):
                continue
            judged = Judged(row, options.corpus.resolve(), page)
            if options.verdict in ("", row["verdict"]) and options.only in judged.key:
                if Path(judged.path).exists():
                    yield judged


def table(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """For each rule how often which verdict was given, of what is right and of what is wrong."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[row["verdict"], row["code"]][row["outcome"]] += 1
    for verdict in ("wrong", "right"):
        codes: Sequence[str] = sorted(code for kind, code in counts if kind == verdict)
        columns = [*OUTCOMES, "gone"]
        yield f"\n| {verdict} | findings | {' | '.join(columns)} |"
        yield "|---|---|" + "---|" * len(columns)
        whole: Counter[str] = sum((counts[verdict, code] for code in codes), Counter())
        for name, count in [*((code, counts[verdict, code]) for code in codes), ("all", whole)]:
            yield f"| {name} | {count.total()} | {' | '.join(str(count[each] or '') for each in columns)} |"


if __name__ == "__main__":
    sys.exit(main())
