"""Places in source text: a span for people, a site for the analysis."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Site", "Span"]


class Span(NamedTuple):
    """A stretch of text. Lines and columns count from 1, columns in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Site(NamedTuple):
    """A node of a file: the path as the user gave it, and the node's ordinal in the slim tree."""

    path: str
    at: int
    within: bool = False  # not the node itself but code of a framework that it calls: no fix can be made
