"""Something to lint: copies of our own programs with other names in them, or somebody's checkouts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure import ROOT
from cnnlint.source import has_marker

__all__ = ["files_of", "generate", "pytorch_files_of", "without_marker"]

#: Local names in the programs; renaming them makes a file that no cache has seen.
RENAMED = re.compile(r"\b(images|labels|inputs|targets|outputs|loss|epoch|logits|correct)\b")


def generate(folder: Path, files: int, *, salt: str = "") -> Path:
    """Write `files` varied copies of tests/programs and examples below `folder`, and return it.

    Programs of several files stay whole, each copy in a folder of its own.
    """
    originals = [*_programs(ROOT / "tests" / "programs" / "clean"), *_programs(ROOT / "examples")]
    written = 0
    for copy, program in itertools.product(itertools.count(), originals):
        for path in program:
            if written == files:
                return folder
            target = folder / f"copy{copy:03d}" / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_varied(path.read_text(encoding="utf-8"), f"{salt}{copy}"), encoding="utf-8")
            written += 1
    raise AssertionError("itertools.count() does not end")


def without_marker(folder: Path, files: int) -> Path:
    """Write `files` Python files of 400 lines in which nothing points to PyTorch, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        lines = (f"def price_{number}_{line}(a, b):\n    return a * {line} + b\n\n" for line in range(133))
        (folder / f"shop{number}.py").write_text("".join(lines), encoding="utf-8")
    return folder


def files_of(folders: Sequence[Path]) -> list[Path]:
    """The Python files below the folders, sorted."""
    return sorted(path for folder in folders for path in folder.rglob("*.py") if path.is_file())


def pytorch_files_of(folders: Sequence[Path]) -> list[Path]:
    """Those that may hold PyTorch code: what cnnlint parses."""
    return [path for path in files_of(folders) if has_marker(path.read_bytes())]


def _programs(folder: Path) -> Iterator[list[Path]]:
    """The Python files of each entry of the folder."""
    for entry in sorted(folder.iterdir()):
        files = files_of([entry]) if entry.is_dir() else [entry] * (entry.suffix == ".py")
        if files:
            yield files


def _varied(text: str, suffix: str) -> str:
    """The same program with other local names and a line that says which copy it is."""
    if suffix == "0":
        return text
    return f"# copy {suffix}\n" + RENAMED.sub(rf"\1_{suffix}", text)
