"""Text in colours, or not: pieces of text with what they mean, and rich only where colours are wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TextIO

__all__ = ["Line", "clean", "write"]

#: A line in pieces: (text, what it is), by the names of STYLES, or '' for plain text.
Line = list[tuple[str, str]]

STYLES = {
    "place": "bold",
    "error": "bold red",
    "warning": "bold yellow",
    "info": "bold cyan",
    "code": "bold",
    "margin": "blue",
    "hint": "green",
}
#: Characters that would move the cursor or recolour the terminal.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def write(lines: Iterable[Line], stream: TextIO, *, color: bool) -> None:
    """Write lines to the stream."""
    if not color:
        stream.writelines("".join(text for text, _ in line).rstrip() + "\n" for line in lines)
        return
    from rich.color import ColorSystem
    from rich.style import Style

    # Styles alone: a Console would also expand tabs and wrap.
    styles = {meaning: Style.parse(style) for meaning, style in STYLES.items()}
    for line in lines:
        painted = (
            styles[meaning].render(text, color_system=ColorSystem.STANDARD) if meaning else text
            for text, meaning in line
        )
        stream.write("".join(painted) + "\n")


def clean(text: str) -> str:
    """The text on one line, without characters that would change what a terminal shows around it."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\n", " "))
