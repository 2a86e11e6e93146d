"""`python -m tests.corpus DIR...` lints checked-out repositories and holds findings against verdicts."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

VERDICTS = Path(__file__).with_name("verdicts.tsv")
HEADER = ("repo", "commit", "place", "code", "verdict", "reason")


class Row(NamedTuple):
    """One finding in one repository at one commit; `verdict` is 'right', 'wrong' or not given yet."""

    repo: str
    commit: str
    place: str
    code: str
    verdict: str = ""
    reason: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self[:4]


def main(arguments: Sequence[str] | None = None, verdicts: Path = VERDICTS) -> int:
    """Print each finding and what was said of it, then the verdicts that no finding answers any more.

    The exit code is 1 if a finding is new, one judged wrong is still there, or one judged right is gone.
    """
    options = _options(arguments)
    judged = {row.key: row for row in read_verdicts(verdicts)}
    read = {(row.repo, row.commit) for row in judged.values()}
    tally: Counter[tuple[str, str]] = Counter()
    for folder in options.folders:
        repository = name_of(folder), commit_of(folder)
        found = set()
        for row, message in findings_in(folder, *repository, options.select):
            found.add(row.key)
            known = judged.get(row.key)
            state = known.verdict if known else "new" if repository in read else "unjudged"
            tally[row.code, state] += 1
            if options.rows:
                print(*(known or row), sep="\t")
            elif not options.changes or state != "right":
                print(f"{row.repo} {row.place} {row.code} {state}: {message}")
        for key, row in judged.items():
            if (row.repo, row.commit) == repository and key not in found:
                state = "mended" if row.verdict == "wrong" else "gone"
                tally[row.code, state] += 1
                if not options.rows:
                    print(f"{row.repo} {row.place} {row.code} {state}: {row.reason}")
    if not options.rows:
        print(*summary(tally), sep="\n")
    return int(any(state in ("new", "wrong", "gone") for _, state in tally))


def findings_in(folder: Path, repo: str, commit: str, select: list[str]) -> Iterator[tuple[Row, str]]:
    """What cnnlint says of a checkout, with places relative to it. Configuration found there is ignored."""
    from cnnlint import lint_paths
    from cnnlint.config import Config

    for finding in lint_paths([folder], Config(root=folder, select=tuple(select))).findings:
        path = Path(finding.path).resolve().relative_to(folder.resolve()).as_posix()
        cell = f"#{finding.cell}" if finding.cell else ""
        yield Row(repo, commit, f"{path}{cell}:{finding.span.line}", finding.code), finding.message


def read_verdicts(path: Path) -> list[Row]:
    """The rows of the table. ValueError, with the line, for a row that is not one."""
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    if tuple(first.split("\t")) != HEADER:
        raise ValueError(f"{path}:1: the header must be {' '.join(HEADER)}")
    rows = []
    for number, line in enumerate(lines, start=2):
        fields = line.split("\t")
        if len(fields) != len(HEADER) or fields[4] not in ("right", "wrong"):
            raise ValueError(f"{path}:{number}: a row has {len(HEADER)} fields, the fifth right or wrong")
        rows.append(Row(*fields))
    return rows


def name_of(folder: Path) -> str:
    """'owner/name', from the remote if there is one, else from the folder's name."""
    remote = _git(folder, "remote", "get-url", "origin").removesuffix(".git").replace(":", "/")
    if remote.count("/") >= 2 and not Path(remote).exists():
        return "/".join(remote.split("/")[-2:])
    return folder.resolve().name.replace("+", "/")


def commit_of(folder: Path) -> str:
    """The first twelve digits of the checked-out commit, or '' outside git."""
    return _git(folder, "rev-parse", "HEAD")[:12]


def summary(tally: Counter[tuple[str, str]]) -> Iterable[str]:
    """For each rule: how many findings are right, wrong, and not judged; how many are gone or mended."""
    states = ("right", "wrong", "new", "unjudged", "gone", "mended")
    yield ""
    yield f"{'code':8}" + "".join(f"{state:>10}" for state in states) + f"{'precision':>11}"
    for code in sorted({code for code, _ in tally}):
        counts = [tally[code, state] for state in states]
        right, wrong = counts[:2]
        precision = f"{right / (right + wrong):.0%}" if right + wrong else "-"
        yield f"{code:8}" + "".join(f"{count:10}" for count in counts) + f"{precision:>11}"


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR", help="a checked-out repository")
    parser.add_argument("--select", nargs="+", default=[], metavar="RULE", help="only these rules")
    parser.add_argument("--changes", action="store_true", help="leave out what was judged right")
    parser.add_argument("--rows", action="store_true", help="print rows for verdicts.tsv, still to be judged")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
