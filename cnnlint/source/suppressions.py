"""Comments that silence rules: `# noqa: CNN101` and `# cnnlint: ignore[CNN101]`, and those that fail to.

A comment counts for a finding that starts on the comment's line, or anywhere in the statement that the
comment ends; `# cnnlint: ignore[...]` alone on a line counts for the next line of code.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from cnnlint.source.lines import LogicalLine, line_starts, logical_lines
from cnnlint.source.told import told_input

__all__ = ["Malformed", "Suppression", "Suppressions", "comments", "find_suppressions", "names_rule"]

NOQA = re.compile(
    r"#\s*noqa(?![\w-])(?:(?P<colon>\s*:)\s*(?P<rules>[a-z][\w-]*(?:[\s,]+[a-z][\w-]*)*)?)?",
    re.IGNORECASE,
)
OURS = re.compile(r"#\s*cnnlint:\s*(?P<directive>[\w-]*)\s*(?P<rest>[^#]*)")
UNHEARD = re.compile(r"#\s*cnnlint(?:\s+|\s*-\s*|\s+:\s*)(?P<word>ignore-file|ignore|input)\s*(?=[\[=:]|$)")
BRACKETS = re.compile(r"\[\s*([\w-]+(?:\s*,\s*[\w-]+)*)\s*,?\s*\]")


class Suppression(NamedTuple):
    """One comment. `rules` are codes, prefixes or names as written; none means every rule.

    `line` and `column` say where it is; it covers findings that start on lines `first` to `last`.
    `shared` is True for a `noqa`, which may name rules of other linters.
    """

    line: int
    column: int
    end_column: int
    rules: tuple[str, ...]
    first: int
    last: int
    shared: bool


class Malformed(NamedTuple):
    """A comment that means to silence or tell something and does not, and why."""

    line: int
    column: int
    end_column: int
    why: str


class Suppressions(NamedTuple):
    """All of a file's, in order."""

    entries: tuple[Suppression, ...]
    malformed: tuple[Malformed, ...]

    def covering(self, line: int, code: str, names: tuple[str, ...]) -> Suppression | None:
        """The first comment that silences this rule, by code or any of its names, for a finding that
        starts on this line of `text`."""
        return next(
            (
                entry
                for entry in self.entries
                if entry.first <= line <= entry.last
                and (not entry.rules or any(names_rule(written, code, names) for written in entry.rules))
            ),
            None,
        )


def names_rule(written: str, code: str, names: tuple[str, ...]) -> bool:
    """True where `written` is one of the rule's names, its code or a beginning of its code, or ALL."""
    upper = written.upper()
    letters = code.rstrip("0123456789")
    return upper == "ALL" or written in names or (upper.startswith(letters) and code.startswith(upper))


def comments(text: str) -> Iterator[tuple[LogicalLine, str]]:
    """Every comment of a text, with the logical line it is in."""
    return ((line, text[start:end]) for line in logical_lines(text) for start, end in line.comments)


def find_suppressions(text: str) -> Suppressions:
    """Read a file's suppression comments. Strings that look like comments are not taken for any."""
    if "noqa" not in text.lower() and "cnnlint" not in text:
        return Suppressions((), ())
    entries: list[Suppression] = []
    malformed: list[Malformed] = []
    starts = line_starts(text)
    for logical in logical_lines(text):
        for start, end in logical.comments:
            line = bisect_right(starts, start)
            place = (line, start - starts[line - 1] + 1, end - starts[line - 1] + 1)
            alone = not text[starts[line - 1] : start].strip()
            first, last = next_code_line(text, starts, line) if alone else ended(starts, logical, line)
            comment = text[start:end]
            if not alone:
                entries.extend(Suppression(*place, rules, first, last, True) for rules in noqa_rules(comment))
            meant = meaning(comment)
            if isinstance(meant, str):
                malformed.append(Malformed(*place, meant))
            elif meant is not None:
                whole_file, rules = meant
                reach = (1, len(starts)) if whole_file else (first, last)
                entries.append(Suppression(*place, rules, *reach, False))
    return Suppressions(tuple(entries), tuple(malformed))


def ended(starts: list[int], logical: LogicalLine, line: int) -> tuple[int, int]:
    """The lines of the statement that a comment on `line` ends; that line alone if it does not."""
    ends_it = bisect_right(starts, max(logical.start, logical.end - 1)) == line
    return (bisect_right(starts, logical.start), line) if ends_it else (line, line)


def next_code_line(text: str, starts: list[int], line: int) -> tuple[int, int]:
    """The line below `line` that is neither blank nor a comment; `line` itself if there is none."""
    for below in range(line + 1, len(starts) + 1):
        end = starts[below] if below < len(starts) else len(text)
        content = text[starts[below - 1] : end].lstrip()
        if content and not content.startswith("#"):
            return below, below
    return line, line


def noqa_rules(comment: str) -> Iterator[tuple[str, ...]]:
    """The rules each `noqa` in a comment names; `noqa:` followed by no rule silences nothing."""
    for found in NOQA.finditer(comment):
        if found["rules"]:
            yield tuple(re.split(r"[\s,]+", found["rules"]))
        elif not found["colon"]:
            yield ()


def meaning(comment: str) -> tuple[bool, tuple[str, ...]] | str | None:
    """What a comment to us says: (whole file, rules), or why it is malformed; None if it silences nothing."""
    if found := OURS.search(comment):
        if found["directive"] == "input" and not told_input(comment):
            return "`cnnlint: input` needs a shape, as in `cnnlint: input=(1, 28, 28)`"
        return directive(found["directive"], found["rest"].strip())
    if found := UNHEARD.search(comment):
        return f"the colon is missing; write `cnnlint: {found['word']}`"
    return None


def directive(word: str, rest: str) -> tuple[bool, tuple[str, ...]] | str | None:
    """What follows `# cnnlint:`: (whole file, rules), or why it is malformed; None if it silences nothing."""
    if word == "input":
        return None
    if word not in ("ignore", "ignore-file"):
        return f"`cnnlint: {word or rest}` is not a directive; write `cnnlint: ignore[CNN101]`"
    whole = word == "ignore-file"
    if not rest.startswith("["):
        return (whole, ())
    listed = BRACKETS.match(rest)
    if not listed:
        return f"`cnnlint: {word}` needs rules between brackets, as in `cnnlint: {word}[CNN101]`"
    return (whole, tuple(re.split(r"\s*,\s*", listed.group(1))))
