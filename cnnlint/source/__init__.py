"""Source: bytes become text with places in it: files, notebook cells, suppressions, markers."""

from __future__ import annotations

from cnnlint.source.file import SourceFile, Unreadable, read_source
from cnnlint.source.marker import has_marker
from cnnlint.source.places import Site, Span
from cnnlint.source.suppressions import Malformed, Suppression, Suppressions

__all__ = [
    "Malformed",
    "Site",
    "SourceFile",
    "Span",
    "Suppression",
    "Suppressions",
    "Unreadable",
    "has_marker",
    "read_source",
]
