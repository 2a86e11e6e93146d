"""Notebooks: their code cells joined into one text that parses, and the way back to cells.

Lines are never added within a cell or taken away, so a line of the joined text is a line of a cell.
Lines that only IPython understands (`%magic`, `!shell`, `name?`) become blank or `pass`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from cnnlint.source.lines import logical_line

__all__ = ["Cell", "NotebookProblem", "join_cells", "with_cells"]

#: Cell magics whose body is Python that runs in the notebook's own namespace.
PYTHON_CELL_MAGICS = ("capture", "debug", "heat", "memit", "prun", "pyinstrument", "time", "timeit", "tqdm")

CELL_MAGIC = re.compile(r"\s*%%([A-Za-z_]\w*)")
LINE_MAGIC = re.compile(r"[ \t]*(?:[%!]|\?\??(?=[ \t]*[A-Za-z_%!*]))")
ASSIGNED_MAGIC = re.compile(r"[ \t]*[A-Za-z_][\w.,\[\] \t]*=[ \t]*(?=(?:!|%[A-Za-z]))")
HELP = re.compile(r"[ \t]*[%!]{0,2}[A-Za-z_*][\w.*\[\]]*\?{1,2}[ \t]*(?:\#[^\n]*)?(?=\n|\Z)")
#: `%time statement`, which runs the statement; a compound statement cannot follow a semicolon.
TIMED = re.compile(r"([ \t]*)%time[ \t]+(?!-|(?:for|while|with|if|def|class|try|async|match)\b)(?=\S)")
INDENT = re.compile(r"[ \t]*")
SPACE = re.compile(r"[ \t\r\n]*")
JSON = json.JSONDecoder()


class NotebookProblem(Exception):
    """The file is not a notebook we can read; `line` is where its JSON breaks, or 1."""

    def __init__(self, why: str, line: int = 1) -> None:
        super().__init__(why)
        self.why = why
        self.line = line


class Cell(NamedTuple):
    """A code cell: its number among all cells from 1, and the lines of the joined text it fills.

    `index` is its place in the list of cells in the file; `source` its text as the author wrote it.
    """

    number: int
    first_line: int
    line_count: int
    source: str


def join_cells(text: str) -> tuple[str, tuple[Cell, ...]]:
    """The Python in a notebook's code cells, and where each cell is in it.

    Raises NotebookProblem for broken JSON or a file of another kind.
    """
    joined: list[str] = []
    cells: list[Cell] = []
    line = 1
    for number, cell in enumerate(cells_of(load(text)), start=1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = source_of(cell)
        count = source.count("\n") + 1
        cells.append(Cell(number, line, count, source))
        joined.append(python_of(source) + "\n\n")
        line += count + 1
    return "".join(joined), tuple(cells)


def with_cells(text: str, sources: dict[int, str]) -> str:
    """The notebook's JSON with the source of some cells, by number, replaced.

    All else stays byte for byte, and so do the lines of these cells that do not change.
    """
    ascii_only = re.search(r"\\u[0-9a-fA-F]{4}", text) is not None and text.isascii()
    pieces: list[str] = []
    done = 0
    for number, cell in enumerate(cell_places(text), start=1):
        if number not in sources:
            continue
        fields = {key: (begin, end) for key, begin, end in members(text, cell)}
        begin, end = fields.get("source") or fields["input"]
        pieces += [text[done:begin], respelled(text[begin:end], sources[number], ascii_only)]
        done = end
    return "".join([*pieces, text[done:]])


def cell_places(text: str) -> list[int]:
    """Where each cell of a notebook begins in its JSON."""
    top = {key: begin for key, begin, _ in members(text, past_space(text, 0))}
    if "cells" in top:
        return [begin for _, begin, _ in members(text, top["cells"])]
    sheets = [begin for _, begin, _ in members(text, top["worksheets"])]
    groups = [begin for sheet in sheets for key, begin, _ in members(text, sheet) if key == "cells"]
    return [begin for group in groups for _, begin, _ in members(text, group)]


def members(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Key ('' in an array), beginning and end of each value in the JSON object or array at `start`."""
    at = past_space(text, start + 1)
    while text[at] not in "]}":
        key = ""
        if text[start] == "{":
            key, at = JSON.raw_decode(text, at)
            at = past_space(text, past_space(text, at) + 1)
        _, end = JSON.raw_decode(text, at)
        yield key, at, end
        at = past_space(text, end)
        if text[at] == ",":
            at = past_space(text, at + 1)


def past_space(text: str, start: int) -> int:
    match = SPACE.match(text, start)
    return match.end() if match else start


def respelled(old: str, source: str, ascii_only: bool) -> str:
    """The JSON for a cell's source, laid out as its old JSON is: one string, or a list of lines."""
    if not old.startswith("["):
        return json.dumps(source, ensure_ascii=ascii_only)
    places = [(begin, end) for _, begin, end in members(old, 0)]
    if not places:
        places = [(1, len(old) - 1)]
    spelled = {in_unix(json.loads(old[begin:end] or '""')): old[begin:end] for begin, end in places}
    before, after = old[: places[0][0]], old[places[-1][1] :]
    between = old[places[0][1] : places[1][0]] if places[1:] else "," + (before[1:] or " ")
    lines = re.findall(r"[^\n]*\n|[^\n]+", source)
    written = (spelled.get(line) or json.dumps(line, ensure_ascii=ascii_only) for line in lines)
    return before + between.join(written) + after


def load(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise NotebookProblem(f"not valid JSON: {error.msg}", error.lineno) from None
    except RecursionError:
        raise NotebookProblem("its JSON is nested too deeply") from None


def cells_of(notebook: Any) -> list[Any]:
    """The cells of nbformat 4, or of the worksheets of nbformat 3."""
    if isinstance(notebook, dict):
        cells = notebook.get("cells")
        if isinstance(cells, list):
            return cells
        sheets = notebook.get("worksheets")
        if isinstance(sheets, list):
            nested = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
            return [cell for group in nested if isinstance(group, list) for cell in group]
    raise NotebookProblem("not a notebook: it has no cells")


def source_of(cell: dict[str, Any]) -> str:
    """A cell's text with LF newlines; nbformat 3 calls it `input`."""
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return in_unix(source) if isinstance(source, str) else ""


def in_unix(text: str) -> str:
    """With LF newlines."""
    return re.sub(r"\r\n?", "\n", text)


def python_of(source: str) -> str:
    """A cell's text with what is not Python taken out, line for line."""
    magic = CELL_MAGIC.match(source)
    if magic and magic.group(1) not in PYTHON_CELL_MAGICS:
        return "\n" * source.count("\n")
    parts: list[str] = []
    start = 0
    if magic:
        start = end_of_command(source, magic.start(1))
        parts.append(blanked(source[:start]))
    while start < len(source):
        end, part = next_part(source, start)
        parts.append(part)
        start = end
    return "".join(parts)


def next_part(source: str, start: int) -> tuple[int, str]:
    """The end of the logical line at `start` and the Python to put in its place."""
    timed = TIMED.match(source, start)
    if timed:
        # `0;` keeps the statement on its line and in its column.
        end = logical_line(source, timed.end()).end
        lead = timed.group(1) + "0;".ljust(len(timed.group(0)) - len(timed.group(1)))
        return end, lead + source[timed.end() : end]
    assigned = ASSIGNED_MAGIC.match(source, start)
    if assigned:
        # `_` is bound nowhere, so the value is not known.
        end = end_of_command(source, assigned.end())
        return end, assigned.group(0) + "_" + blanked(source[assigned.end() : end])
    if LINE_MAGIC.match(source, start) or HELP.match(source, start):
        end = end_of_command(source, start)
        command = source[start:end]
        indent = INDENT.match(command)
        stands_in = f"{indent.group(0)}pass" if indent and indent.group(0) else ""
        return end, stands_in + blanked(command)
    end = logical_line(source, start).end
    return end, source[start:end]


def end_of_command(source: str, start: int) -> int:
    """Where a magic or shell line ends: after its newline, unless a backslash continues it."""
    while True:
        newline = source.find("\n", start)
        if newline < 0:
            return len(source)
        if source[newline - 1] != "\\":
            return newline + 1
        start = newline + 1


def blanked(text: str) -> str:
    return "\n" * text.count("\n")
