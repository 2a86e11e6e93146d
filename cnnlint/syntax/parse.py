"""Text to slim tree, or one of two plain errors: what Python cannot read, and what is too large."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

from cnnlint.syntax import tree
from cnnlint.syntax.nesting import overwhelming, room_for_nesting

if TYPE_CHECKING:
    import libcst as cst

    from cnnlint.syntax.handlers import Origins

__all__ = [
    "MAXIMUM_CHARACTERS", "MAXIMUM_NODES", "SyntaxProblem", "TooLarge", "parse", "parse_with_origins",
]  # fmt: skip

MAXIMUM_CHARACTERS = 1_000_000
"""The longest text parsed: libcst takes some seconds for it."""

MAXIMUM_NODES = 250_000
"""The largest slim tree: some fifty thousand lines of ordinary code."""

NESTS_TOO_DEEPLY = "it nests more deeply than Python's own stack allows"
LIBCST_CANNOT = "this may be valid Python, but our parser, libcst, cannot read it"
LIBCST_PLACE = re.compile(r"error at (\d+):(\d+)")
NOT_TEXT = re.compile("[\0\ud800-\udfff]")


class SyntaxProblem(Exception):
    """The text is not Python. `line` and `column` count from 1, the column in characters."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message, line, column)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"{self.message} (line {self.line}, column {self.column})"


class TooLarge(Exception):
    """The text may well be Python, but a limit of ours forbids to read it; `why` names the limit."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def parse(text: str) -> tree.Module:
    """The slim tree of a Python text. Raises SyntaxProblem or TooLarge, and nothing else."""
    return parse_with_origins(text, [])


def parse_with_origins(text: str, origins: Origins) -> tree.Module:
    """As `parse`; `origins` receives the libcst node of every ordinal."""
    from cnnlint.syntax.lower import lower

    _refuse_what_no_parser_should_meet(text)
    try:
        with room_for_nesting():
            lowered = lower(_concrete(text), origins)
    except RecursionError:
        raise TooLarge(NESTS_TOO_DEEPLY) from None
    if lowered.count > MAXIMUM_NODES:
        raise TooLarge(f"it has {lowered.count:,} nodes, and the limit is {MAXIMUM_NODES:,}")
    return lowered


@lru_cache(maxsize=4)
def _concrete(text: str) -> cst.Module:
    """The libcst tree of a Python text, kept until places in it are reported. Raises SyntaxProblem."""
    import libcst

    try:
        return libcst.parse_module(text)
    except (RecursionError, MemoryError, KeyboardInterrupt):
        raise
    except libcst.ParserSyntaxError as error:
        place = _libcst_place(error)
    except BaseException:  # What its nodes say to `'a' b'b'`; and a panic in Rust, which is no Exception.
        place = (1, 1)
    raise _python_problem(text) or SyntaxProblem(LIBCST_CANNOT, *place)


def _python_problem(text: str) -> SyntaxProblem | None:
    """What CPython's own parser says is wrong with the text, in its words; None if nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return SyntaxProblem(error.msg, max(error.lineno or 1, 1), max(error.offset or 1, 1))
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


def _refuse_what_no_parser_should_meet(text: str) -> None:
    if len(text) > MAXIMUM_CHARACTERS:
        raise TooLarge(f"it has {len(text):,} characters, and the limit is {MAXIMUM_CHARACTERS:,}")
    foreign = NOT_TEXT.search(text)
    if foreign is not None:
        message = f"character {ord(foreign[0]):#06x} cannot stand in Python text"
        raise _problem_at(text, foreign.start(), message)
    why = overwhelming(text)
    if why:
        raise _python_problem(text) or TooLarge(why)


def _libcst_place(error: cst.ParserSyntaxError) -> tuple[int, int]:
    """The line and column of an error, which libcst gives only inside its message."""
    place = LIBCST_PLACE.search(error.message)
    return (int(place[1]), int(place[2]) + 1) if place else (max(error.raw_line, 1), 1)


def _problem_at(text: str, offset: int, message: str) -> SyntaxProblem:
    line = text.count("\n", 0, offset) + 1
    return SyntaxProblem(message, line, offset - text.rfind("\n", 0, offset))
