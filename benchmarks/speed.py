"""`python -m benchmarks.speed`: the rows of the performance budget, each with its bar and pass or miss.

Nothing here is a number of seconds to compare with another machine's: each row is a ratio of two things
measured in the same run. Without --check the table is written to benchmarks/results.md.
"""

from __future__ import annotations

import argparse
import compileall
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import files_of, generate, pytorch_files_of, without_marker
from benchmarks.measure import ROOT, Cost, cnnlint, least, python, run

__all__ = ["Row", "main"]

PARSE = """
import sys, libcst
for path in open(sys.argv[1], encoding="utf-8").read().splitlines():
    try:
        libcst.parse_module(open(path, "rb").read())
    except Exception:
        pass
"""
LINT_AND_TELL = """
import sys
from cnnlint.cli import main
try:
    main()
except SystemExit:
    pass
print("libcst is imported" if "libcst" in sys.modules else "libcst is not imported")
"""
IMPORT_LIBCST = python("import libcst")
NOTHING = python("pass")


@dataclass(frozen=True)
class Row:
    """A line of the table: what was measured, as a ratio that should not be above `bar`."""

    what: str
    ratio: float
    bar: float
    how: str
    remark: str = ""

    @property
    def passed(self) -> bool:
        return self.ratio <= self.bar

    def __str__(self) -> str:
        verdict = "pass" if self.passed else "MISS"
        return f"| {self.what} | {self.ratio:.2f} | ≤ {self.bar:g} | {verdict} | {self.how}{self.remark} |"


def main() -> int:
    """Print the rows; the exit code is 1 if a bar is missed."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="cnnlint-bench-") as name:
        bench = Bench(Path(name), options)
        about = (
            f"Python {platform.python_version()}, {len(bench.files)} files, {bench.lines} lines, "
            f"best of {options.times} runs taken in turns."
        )
        lines = [
            about,
            "",
            "| what | ratio | bar | | how it was measured |",
            "|---|---|---|---|---|",
        ]
        print("\n".join(lines), flush=True)
        missed = 0
        for row in bench.rows():
            lines.append(str(row))
            print(row, flush=True)
            missed += not row.passed
    if not options.check:
        (ROOT / "benchmarks" / "results.md").write_text(
            "\n".join(["# Speed", "", *lines, ""]), encoding="utf-8"
        )
    return int(missed > 0)


class Bench:
    """The folders that are linted, and the measurements on them."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        compileall.compile_dir(ROOT / "cnnlint", quiet=1)  # as an installer does
        self.folder = folder
        self.times: int = options.times
        self.peers: list[Path] = options.peers
        self.cache = folder / "cache"
        self.small = generate(folder / "small", 20)
        self.large = generate(folder / "large", 200)
        self.corpus: list[Path] = options.corpus or [self.large]
        self.files = files_of(self.corpus)
        self.lines = sum(path.read_bytes().count(b"\n") for path in self.files)
        self.usual_file = min(
            files_of([self.large]), key=lambda path: abs(path.read_bytes().count(b"\n") - 150)
        )

    def rows(self) -> Iterator[Row]:
        """All rows of the budget that apply."""
        yield from self.cold_and_warm()
        yield from self.one_changed_file()
        yield self.one_cold_file()
        yield from self.start_up()
        yield from self.growth()
        yield self.no_marker()
        yield from self.beside_peers()

    def cold_and_warm(self) -> Iterator[Row]:
        listing = self.folder / "files.txt"
        listing.write_text("\n".join(map(str, pytorch_files_of(self.corpus))), encoding="utf-8")
        one = self.lint(*self.corpus, jobs=1)
        two = self.lint(*self.corpus, jobs=2)
        parsing, cold, cold_two = least(self.times, self.forget, python(PARSE, str(listing)), one, two)
        yield Row(
            "cold, one process",
            cold.cpu / parsing.cpu,
            3,
            "CPU, against libcst.parse_module of the same files",
        )
        if len(self.files) >= 200:
            yield Row("two processes, cold", cold_two.wall / cold.wall, 0.6, "wall, against one process")

        self.forget()
        run(one)
        telling = python(LINT_AND_TELL, *one[3:])
        cold_again, warm = self._cold_then_warm(one, telling)
        remark = f"; {warm.output.strip().splitlines()[-1]}"
        yield Row("warm, nothing changed", warm.cpu / cold_again.cpu, 0.05, "CPU, against cold", remark)

    def _cold_then_warm(self, cold: Sequence[str], warm: Sequence[str]) -> tuple[Cost, Cost]:
        """Each cold run is followed by a warm one on its cache."""
        colds, warms = [], []
        for _ in range(self.times):
            colds += least(1, self.forget, cold)
            warms += least(1, _nothing, warm)
        return min(colds, key=_cpu), min(warms, key=_cpu)

    def one_changed_file(self) -> Iterator[Row]:
        changed = self.usual_file
        original = changed.read_text(encoding="utf-8")
        run(self.lint(self.large, jobs=1))
        counter = iter(range(10**6))

        def change() -> None:
            changed.write_text(f"{original}\n# change {next(counter)}\n", encoding="utf-8")

        for where, target in [("its folder of 200", self.large), ("its own name", changed)]:
            linted, imported = least(self.times, change, self.lint(target, jobs=1), IMPORT_LIBCST)
            yield Row(
                f"one changed file, linted by {where}",
                linted.cpu / imported.cpu,
                1.5,
                "CPU, against `import libcst`",
            )

    def one_cold_file(self) -> Row:
        path = self.usual_file
        linted, imported = least(self.times, self.forget, self.lint(path, jobs=1), IMPORT_LIBCST)
        length = path.read_bytes().count(b"\n")
        return Row(
            f"one cold file of {length} lines", linted.cpu / imported.cpu, 2, "CPU, against `import libcst`"
        )

    def start_up(self) -> Iterator[Row]:
        commands = [["--version"], ["--help"], ["--explain", "CNN101"], ["--list-rules"]]
        nothing, *costs = least(self.times, _nothing, NOTHING, *(cnnlint(*command) for command in commands))
        for command, cost in zip(commands, costs, strict=True):
            yield Row(f"`{' '.join(command)}`", cost.cpu / nothing.cpu, 12, "CPU, against `python -c pass`")

    def growth(self) -> Iterator[Row]:
        small, large = least(
            self.times, self.forget, self.lint(self.small, jobs=1), self.lint(self.large, jobs=1)
        )
        yield Row("ten times the files", large.cpu / small.cpu, 11, "CPU, 200 files against 20, cold")
        thousand = generate(self.folder / "thousand", 1000)
        (cost,) = least(1, self.forget, self.lint(thousand, jobs=1))
        yield Row(
            "memory for 1000 files", cost.memory / 200, 1, f"peak of {cost.memory:.0f} MB, against 200 MB"
        )
        shutil.rmtree(thousand)

    def no_marker(self) -> Row:
        folder = without_marker(self.folder / "plain", 200)
        command = python(LINT_AND_TELL, *self.lint(folder, jobs=1)[3:])
        linted, imported = least(self.times, self.forget, command, IMPORT_LIBCST)
        remark = f"; {linted.output.strip().splitlines()[-1]}"
        return Row(
            "200 files without PyTorch",
            linted.cpu / imported.cpu,
            1.5,
            "CPU, against `import libcst`",
            remark,
        )

    def beside_peers(self) -> Iterator[Row]:
        where = [str(folder) for folder in self.corpus]
        known = {
            "torchfix": (["--select", "ALL", "-j", "1", *where], 0.12),
            "torch-preflight": (["check", "-q", "-j", "1", *where], 0.15),
        }
        for name, (arguments, bar) in known.items():
            for program in self._installed(name):
                (ours,) = least(self.times, self.forget, self.lint(*self.corpus, jobs=1))
                theirs = run([program, *arguments], fine=range(128))
                yield Row(f"cold, beside {name}", ours.cpu / theirs.cpu, bar, "CPU, one process each")

    def _installed(self, name: str) -> list[str]:
        """The program of that name in the first of the peers' environments that has it, else on the path."""
        for environment in self.peers:
            found = shutil.which(name, path=str(environment / "bin"))
            if found:
                return [found]
        found = shutil.which(name)
        return [found] if found else []

    def lint(self, *targets: Path, jobs: int) -> list[str]:
        options = ["--isolated", "--quiet", "--cache-dir", str(self.cache), "-j", str(jobs)]
        return cnnlint(*options, *map(str, targets))

    def forget(self) -> None:
        """Empty the cache."""
        shutil.rmtree(self.cache, ignore_errors=True)


def _cpu(cost: Cost) -> float:
    return cost.cpu


def _nothing() -> None:
    """What has to be prepared for a run that needs nothing prepared."""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument(
        "--corpus",
        type=Path,
        nargs="+",
        metavar="DIR",
        help="what to lint (default: copies of our own programs)",
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument(
        "--peers",
        type=Path,
        nargs="+",
        default=[],
        metavar="VENV",
        help="environments of torchfix, torch-preflight",
    )
    parser.add_argument(
        "--times", type=int, default=3, metavar="N", help="runs of each measurement (default: 3)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
