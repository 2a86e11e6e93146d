"""Something to lint: copies of our own programs with other names in them, or somebody's checkouts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import ROOT
from cnnlint.source import has_marker

__all__ = ["files_of", "generate", "pytorch_files_of", "without_marker"]

#: Local names in the programs; renaming them makes a file that no cache has seen.
RENAMED = re.compile(r"\b(images|labels|inputs|targets|outputs|loss|epoch|logits|correct)\b")


def generate(folder: Path, files: int) -> Path:
    """Write `files` varied copies of tests/programs and examples below `folder`, and return it.

    Each copy of the whole lies in a folder of its own, so that programs of several files stay together.
    """
    originals = files_of([ROOT / "tests" / "programs" / "clean", ROOT / "examples"])
    copies = ((copy, path) for copy in itertools.count() for path in originals)
    for copy, path in itertools.islice(copies, files):
        target = folder / f"copy{copy:03d}" / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_varied(path.read_text(encoding="utf-8"), copy), encoding="utf-8")
    return folder


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


def _varied(text: str, copy: int) -> str:
    """The same program with other local names, and a line that says which copy it is."""
    return f"# copy {copy}\n" + RENAMED.sub(rf"\1_{copy}", text)
