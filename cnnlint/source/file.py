"""One source file: its text as a parser wants it, and the way back to the text as its author wrote it."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from cnnlint.source.lines import line_starts
from cnnlint.source.places import Span
from cnnlint.source.suppressions import Suppressions, comments, find_suppressions
from cnnlint.source.told import told_input

if TYPE_CHECKING:
    from cnnlint.source.notebook import Cell

__all__ = ["SourceFile", "Unreadable", "read_source"]

CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
NOTEBOOK = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{(?=.*"cells"\s*:)', re.DOTALL)
COMMENT_OR_BLANK = re.compile(rb"^[ \t\f]*(?:#|\r?$)")
#: Indentation up to the last form feed in it, which Python does not count.
FED_INDENT = re.compile(r"^[ \t]*\f[ \t\f]*?(?=[ \t]*[^ \t\f])", re.MULTILINE)


class Unreadable(Exception):
    """The file cannot be turned into text: `why` in one phrase, and the first line concerned."""

    def __init__(self, path: str, line: int, why: str) -> None:
        super().__init__(f"{path}:{line}: {why}")
        self.path = path
        self.line = line
        self.why = why

    def __reduce__(self) -> tuple[type[Unreadable], tuple[str, int, str]]:
        return Unreadable, (self.path, self.line, self.why)


class SourceFile:
    """A file's text. Lines and columns of `text` are those of the original but for `shifts`.

    `text` has LF newlines, no byte order mark and no form feeds; of a notebook it is the code cells,
    joined. `original` is the whole file as decoded, with its own newlines and without the mark.
    `shifts` are the columns by which a line of `text` starts later in the original.
    """

    def __init__(self, path: str, original: str, encoding: str, kind: str) -> None:
        self.path = path
        self.original = original
        self.encoding = encoding
        self.kind = kind
        self.cells: tuple[Cell, ...] = ()
        self.shifts: dict[int, int] = {}
        if kind == "notebook":
            from cnnlint.source.notebook import NotebookProblem, join_cells

            try:
                self.text, self.cells = join_cells(original)
            except NotebookProblem as problem:
                raise Unreadable(path, problem.line, problem.why) from None
        else:
            self.text = re.sub(r"\r\n?", "\n", original) if "\r" in original else original
        if "\f" in self.text:
            self.text = self._without_form_feeds(self.text)

    def _without_form_feeds(self, text: str) -> str:
        """Spaces for form feeds; in an indentation Python counts only what follows the last of them."""
        starts = line_starts(text)
        for fed in FED_INDENT.finditer(text):
            last = text.rindex("\f", fed.start(), fed.end()) + 1
            self.shifts[bisect_right(starts, fed.start())] = last - fed.start()
        lines = text.split("\n")
        for line, shift in self.shifts.items():
            lines[line - 1] = lines[line - 1][shift:]
        return "\n".join(lines).replace("\f", " ")

    @cached_property
    def suppressions(self) -> Suppressions:
        """The comments that silence rules, by line of `text`."""
        return find_suppressions(self.text)

    @cached_property
    def input_shape(self) -> tuple[int, ...] | None:
        """The shape of one input, [C, H, W], told by a `# cnnlint: input=(1, 28, 28)` comment."""
        if "cnnlint:" not in self.text:
            return None
        return next((shape for _, text in comments(self.text) if (shape := told_input(text))), None)

    def cell_at(self, line: int) -> Cell | None:
        """The notebook cell that a line of `text` is in; None outside notebooks."""
        if not self.cells:
            return None
        return self.cells[max(0, bisect_right(self.cells, line, key=lambda cell: cell.first_line) - 1)]

    def place(self, span: Span) -> tuple[int | None, Span]:
        """Where a span of `text` is for the user: the cell, if any, and the span in the original."""
        line, column, end_line, end_column = span
        column += self.shifts.get(line, 0)
        end_column += self.shifts.get(end_line, 0)
        cell = self.cell_at(line)
        if cell is None:
            return None, Span(line, column, end_line, end_column)
        above = cell.first_line - 1
        return cell.number, Span(line - above, column, end_line - above, end_column)

    def joined(self, cell_number: int | None, line: int) -> int:
        """The line of `text` that is this line of the cell (or, without a cell, of the file)."""
        return line + next((cell.first_line - 1 for cell in self.cells if cell.number == cell_number), 0)

    def lines(self, cell_number: int | None = None) -> list[str]:
        """The lines an excerpt shows: the author's, of one cell or of the whole file."""
        if cell_number is not None:
            texts = [cell.source for cell in self.cells if cell.number == cell_number]
            return texts[0].split("\n") if texts else []
        return re.split(r"\r\n?|\n", self.original)


def read_source(path: str, data: bytes) -> SourceFile:
    """A file's bytes as text, by its byte order mark or its PEP 263 comment, else as UTF-8.

    A notebook is called `.ipynb`, or has no name that says what it is and looks like one. Raises Unreadable.
    """
    named = path.lower().endswith((".py", ".ipynb"))
    notebook = path.lower().endswith(".ipynb") if named else NOTEBOOK.match(data) is not None
    encoding = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    declared = None if notebook else declared_encoding(data)
    if declared is not None:
        name, line = declared
        try:
            codec = codecs.lookup(name)
        except (LookupError, ValueError):
            raise Unreadable(path, line, f"its encoding `{name}` is not known") from None
        if encoding == "utf-8-sig" and codec.name != "utf-8":
            raise Unreadable(path, line, f"it has a UTF-8 mark but says its encoding is `{name}`")
        if encoding == "utf-8":
            encoding = codec.name
    try:
        original = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(path, line, f"byte 0x{data[error.start]:02x} is not valid {encoding}") from None
    except (LookupError, ValueError):
        raise Unreadable(path, 1, f"`{encoding}` is not an encoding of text") from None
    return SourceFile(path, original, encoding, "notebook" if notebook else "python")


def declared_encoding(data: bytes) -> tuple[str, int] | None:
    """The encoding named in a comment on one of the first two lines, and that line."""
    for number, line in enumerate(data[:2000].split(b"\n")[:2], start=1):
        found = CODING.match(line.removeprefix(codecs.BOM_UTF8))
        if found:
            return found.group(1).decode("ascii", "replace"), number
        if not COMMENT_OR_BLANK.match(line.removeprefix(codecs.BOM_UTF8)):
            return None
    return None
