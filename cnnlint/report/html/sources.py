"""The user's files as the report names and quotes them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cnnlint.evidence import Place
from cnnlint.report import Run
from cnnlint.report.html.markup import Markup, el

__all__ = ["Quoted", "Sources"]

#: Cells of a notebook that are looked through for a line.
MOST_CELLS = 2000


class Quoted(NamedTuple):
    """A line of the user's: how its place is named, and its text, '' where it is not at hand."""

    name: str
    text: str


class Sources:
    """What the run was told to look at. Other files are named and never quoted: a place that a child
    process tells of may lie anywhere."""

    def __init__(self, run: Run) -> None:
        self._lines = run.lines
        named = [finding.path for finding in run.findings]
        named += [note.path for finding in run.findings for note in finding.related]
        named += [trial.path for trial in run.trials]
        self._names = {self.absolute(name): name for name in named}
        self._cells: dict[str, list[tuple[int, int, Sequence[str]]]] = {}

    @staticmethod
    def absolute(path: str) -> str:
        """A path as experiments tell it; what is no path at all stays as it is."""
        try:
            return str(Path(path).resolve())
        except (OSError, ValueError):
            return path

    def lines(self, path: str, cell: int | None) -> Sequence[str]:
        return self._lines(path, cell)

    def name(self, path: str) -> str:
        """A file as the user calls it."""
        here = os.path.join(self.absolute("."), "")  # noqa: PTH118  (a path with its end)
        return self._names.get(path) or path.removeprefix(here)

    def quoted(self, place: Place | None) -> Quoted:
        """The line at a place."""
        if place is None:
            return Quoted("", "")
        path, line = place["path"], place["line"]
        known = self._names.get(path)
        if known is None:
            return Quoted(f"{self.name(path)}:{line}", "")
        if known.endswith(".ipynb"):
            return self.in_notebook(known, line)
        return Quoted(f"{known}:{line}", at(self._lines(known, None), line))

    def in_notebook(self, name: str, line: int) -> Quoted:
        """A line of all code cells joined, each with an empty line after it, as a line of its cell."""
        for cell, first, texts in self.cells(name):
            if first <= line <= first + len(texts):
                return Quoted(f"{name}:cell {cell}:{line - first + 1}", at(texts, line - first + 1))
        return Quoted(f"{name}:{line}", "")

    def cells(self, name: str) -> list[tuple[int, int, Sequence[str]]]:
        if name not in self._cells:
            self._cells[name] = list(numbered(self._lines(name, cell) for cell in range(1, MOST_CELLS)))
        return self._cells[name]

    def marked(self, place: Place | None) -> Markup | None:
        """A place with its line."""
        name, line = self.quoted(place)
        if not name:
            return None
        code = el("code", line.strip(), class_="line", title=line.strip()) if line.strip() else None
        return el("span", code, el("span", name, class_="where"), class_="place")


def numbered(cells: Iterable[Sequence[str]]) -> Iterator[tuple[int, int, Sequence[str]]]:
    """Code cells with their number and the line of the joined text that they begin at."""
    first = 1
    for number, texts in enumerate(cells, start=1):
        if texts:
            yield number, first, texts
            first += len(texts) + 1


def at(texts: Sequence[str], line: int) -> str:
    return texts[line - 1] if 0 < line <= len(texts) else ""
