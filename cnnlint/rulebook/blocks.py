"""What follows a page's head: prose, and sections with code that is documentation and test at once.

- Prose comes first. Then the sections: `## Bad` or `## Bad: title`, `## Good` or `## Good: title`,
  and once `## Sources`. A section may hold prose; Sources holds a list with one `- ` line per source.
- Every Bad and Good section has at least one block fenced ```` ```python ````. Blocks are numbered
  from 1 within their kind, so `CNN101:bad:2` is the second bad block of the page.
- In a bad block a trailing comment names what is found on its line: `# CNN101`, or for several
  rules `# CNN101 CNN301`. At least one line of it has the page's own code.
- A block ```` ```python fixed ```` follows a bad one: its text after every fix was made, markers aside.
- A line `# file: models/net.py` starts a file of a block with several. Either a block has none, or
  its first line is one. All files of a block are linted together, as one folder.
- Other fences (```` ```text ````) are prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cnnlint.rulebook.pages import PageError

__all__ = ["Block", "Part", "abridged", "first_sentence", "parse_blocks", "parse_sources"]

_MARKER = re.compile(r"[ \t]*#[ \t]*(?P<codes>[A-Z]{2,10}\d{3}(?:[ \t]+[A-Z]{2,10}\d{3})*)[ \t]*$")
_FILE = re.compile(r"# file: (?P<path>[\w.-]+(?:/[\w.-]+)*)[ \t]*$")
_HEADING = re.compile(r"## (?P<word>Bad|Good|Sources)(?:: (?P<title>\S.*))?$")


class Part(NamedTuple):
    """One file of a block: its path ('' in a block of one file), its text without markers, and what
    is found in it as (line, code) pairs."""

    path: str
    text: str
    expected: frozenset[tuple[int, str]]


class Block(NamedTuple):
    """Code of a page. `kind` is bad, good or fixed; `number` counts within the kind, and a fixed
    block has that of its bad one; `line` is where its fence stands in the page."""

    kind: str
    title: str
    number: int
    line: int
    code: str
    parts: tuple[Part, ...]


class _Line(NamedTuple):
    number: int
    text: str


class _Fence(NamedTuple):
    line: int
    label: str
    lines: list[_Line]


def parse_blocks(text: str, origin: str) -> tuple[Block, ...]:
    """All blocks of a page in order. PageError where a section breaks the grammar."""
    code = text[2:].split(" ", 1)[0]
    counts = {"bad": 0, "good": 0}
    blocks: list[Block] = []
    sections = _sections(text, origin)
    for heading, fences, _ in sections:
        match = _HEADING.match(heading.text)
        if match is None:
            raise PageError(origin, heading.number, f"`{heading.text}` is none of Bad, Good, Sources")
        kind, title = match["word"].lower(), match["title"] or ""
        python = [fence for fence in fences if fence.label.split(" ")[0] == "python"]
        if kind == "sources":
            if heading is not sections[-1][0] or title:
                raise PageError(origin, heading.number, "`## Sources` comes once and last")
            continue
        if not any(fence.label == "python" for fence in python):
            raise PageError(origin, heading.number, f"`{heading.text}` has no ```python block")
        for fence in python:
            if fence.label == "python":
                counts[kind] += 1
                blocks.append(_block(kind, title, counts[kind], fence, origin))
            elif fence.label == "python fixed":
                if not blocks or blocks[-1].kind != "bad" or kind != "bad":
                    raise PageError(origin, fence.line, "a ```python fixed block follows a bad one")
                blocks.append(_block("fixed", title, counts["bad"], fence, origin))
            else:
                raise PageError(origin, fence.line, f"a fence ```{fence.label}; write python or python fixed")
        _check_markers(blocks, code, origin)
    return tuple(blocks)


def parse_sources(text: str, origin: str) -> tuple[str, ...]:
    """What stands in a page's Sources, one per `- ` line. PageError for any other line there."""
    found = []
    for heading, _, prose in _sections(text, origin):
        if heading.text == "## Sources":
            for line in prose:
                if line.text.startswith("- "):
                    found.append(line.text[2:].strip())
                elif line.text.startswith("  ") and found:
                    found[-1] += " " + line.text.strip()
                elif line.text.strip():
                    raise PageError(origin, line.number, "Sources is a list, one `- ` line each")
    return tuple(found)


def abridged(text: str) -> str:
    """A page without its head and its Good sections: what is wrong, and why."""
    heading, _, rest = text.partition("\n```toml\n")
    body = rest.partition("\n```\n")[2]
    kept: list[str] = []
    good = fenced = False
    for line in body.split("\n"):
        if line.startswith("```"):
            fenced = not fenced
        elif line.startswith("## ") and not fenced:
            good = _HEADING.match(line.rstrip()) is not None and line.startswith("## Good")
        if not good:
            kept.append(line)
    return heading.rstrip("\n") + "\n" + "\n".join(kept)


def first_sentence(text: str) -> str:
    """The first sentence after the head, on one line; '' if there is none."""
    after = text.split("\n```toml\n", 1)[-1].split("\n```", 1)[-1].lstrip("\n")
    paragraph = after.split("\n\n", 1)[0]
    if paragraph.startswith(("#", "```")):
        return ""
    return re.split(r"(?<=[.!?])\s", " ".join(paragraph.split()), maxsplit=1)[0]


def _sections(text: str, origin: str) -> list[tuple[_Line, list[_Fence], list[_Line]]]:
    """Each heading with its fences and its other lines; what stands above the first is left out."""
    sections: list[tuple[_Line, list[_Fence], list[_Line]]] = []
    for item in _items(text, origin):
        if isinstance(item, _Fence):
            if sections:
                sections[-1][1].append(item)
            elif item.label.startswith("python"):
                raise PageError(origin, item.line, "Python code belongs under `## Bad` or `## Good`")
        elif item.text.startswith("## "):
            sections.append((_Line(item.number, item.text.rstrip()), [], []))
        elif sections:
            sections[-1][2].append(item)
    return sections


def _items(text: str, origin: str) -> Iterator[_Line | _Fence]:
    fence: _Fence | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if fence is not None:
            if line.rstrip() == "```":
                yield fence
                fence = None
            else:
                fence.lines.append(_Line(number, line))
        elif line.startswith("```"):
            fence = _Fence(number, line[3:].strip(), [])
        else:
            yield _Line(number, line)
    if fence is not None:
        raise PageError(origin, fence.line, "the fence is never closed by ```")


def _block(kind: str, title: str, number: int, fence: _Fence, origin: str) -> Block:
    parts: list[tuple[str, list[_Line]]] = []
    for index, line in enumerate(fence.lines):
        if match := _FILE.match(line.text):
            if index and not parts[0][0]:
                raise PageError(origin, line.number, "a block with files starts with a `# file:` line")
            if match["path"] in {path for path, _ in parts} or ".." in match["path"].split("/"):
                raise PageError(origin, line.number, f"the file {match['path']} may not come here")
            parts.append((match["path"], []))
            continue
        if not parts:
            parts.append(("", []))
        parts[-1][1].append(line)
    if not parts:
        raise PageError(origin, fence.line, "the block is empty")
    code = "".join(line.text + "\n" for line in fence.lines)
    return Block(kind, title, number, fence.line, code, tuple(_part(path, lines) for path, lines in parts))


def _part(path: str, lines: list[_Line]) -> Part:
    texts: list[str] = []
    expected: set[tuple[int, str]] = set()
    for number, line in enumerate(lines, 1):
        match = _MARKER.search(line.text)
        if match is not None:
            expected.update((number, code) for code in match["codes"].split())
        texts.append(line.text[: match.start()] if match else line.text)
    return Part(path, "".join(text + "\n" for text in texts), frozenset(expected))


def _check_markers(blocks: list[Block], code: str, origin: str) -> None:
    """A bad block is marked with its page's code; the others are marked with nothing."""
    for block in blocks:
        marked = {found for part in block.parts for _, found in part.expected}
        if block.kind == "bad" and code not in marked:
            raise PageError(origin, block.line, f"no line of this bad block is marked `# {code}`")
        if block.kind != "bad" and marked:
            raise PageError(origin, block.line, f"a {block.kind} block has no markers")
