"""What a comment tells of the data: `# cnnlint: input=(1, 28, 28)`."""

from __future__ import annotations

import ast
import re

__all__ = ["told_input"]

INPUT = re.compile(r"#\s*cnnlint:\s*input\s*=\s*(\([^)]*\)|\[[^\]]*\])")


def told_input(comment: str) -> tuple[int, ...] | None:
    """The shape of one input, [C, H, W], that a comment tells; None where it tells none."""
    told = INPUT.search(comment)
    return shape_of(told.group(1)) if told else None


def shape_of(text: str) -> tuple[int, ...] | None:
    """`(1, 28, 28)` as a shape; None where it is anything but positive integers."""
    try:
        shape = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else ()
    return sizes if sizes and all(type(size) is int and size > 0 for size in sizes) else None
