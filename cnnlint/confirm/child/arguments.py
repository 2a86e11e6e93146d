"""What the arguments of a command line are that nobody gave."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Set
from typing import Any

__all__ = ["FOLDERS", "not_required", "usual"]

#: Names of what trains, then of what is quickly had.
WELCOME = tuple(
    re.compile(names, re.IGNORECASE)
    for names in ("train", "fake|mnist|cifar|lenet|squeeze|shuffle|mobile|tiny|small|simple|test|18")
)
FOLDERS = re.compile(r"data(_?(set|root|dir|path|folder))*")
#: Numbers that count from zero.
FIRST = re.compile(r"rank|gpu|device|seed|start")


def usual(action: argparse.Action, texts: Iterable[str] = ()) -> Any:
    """What an argument is that was not given; one that needs a value and has no default gets what will do.

    That is one of its choices, or of those that the user's `texts` compare it with, or its own name.
    """
    if action.default is not None or not (action.required or _folder(action)):
        return action.default
    if action.choices:
        return _welcome(
            sorted(action.choices, key=str) if isinstance(action.choices, Set) else list(action.choices)
        )
    if action.type in (int, float):
        return 0.1 if action.type is float else 0 if FIRST.search(action.dest) else 2
    compared = re.compile(rf"\.{re.escape(action.dest)}\s*(?:==|in)\s*[\[(]?\s*[\"']([^\"']+)[\"']")
    found = [value for text in texts for value in compared.findall(text)]
    value = _welcome(found) if found else "data" if _folder(action) else action.dest
    return value if action.nargs in (None, "?") else [value]


def not_required(action: argparse.Action) -> None:
    """Let a parser do without it."""
    action.required = False
    if not action.option_strings and action.nargs is None:
        action.nargs = "?"


def _folder(action: argparse.Action) -> bool:
    """Whether it is a folder of data by its name."""
    return bool(FOLDERS.fullmatch(action.dest)) and action.type in (None, str)


def _welcome(values: list[Any]) -> Any:
    """The one that sounds least expensive, of those that train if any do."""
    found = (each for names in WELCOME for each in values if names.search(str(each)))
    return next(found, values[0])
