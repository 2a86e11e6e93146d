"""Syntax: a libcst parse lowered once to a slim tree that analyses read and caches keep."""

from __future__ import annotations

from cnnlint.syntax.cache import Cache, default_cache_folder, parse_cached
from cnnlint.syntax.parse import SyntaxProblem, TooLarge, parse
from cnnlint.syntax.positions import Spans, spans

__all__ = [
    "Cache",
    "Spans",
    "SyntaxProblem",
    "TooLarge",
    "default_cache_folder",
    "parse",
    "parse_cached",
    "spans",
]
