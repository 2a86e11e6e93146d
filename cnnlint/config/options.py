"""What an option is: a dataclass field that knows its TOML type, its flag and its help."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, field, fields
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["ConfigError", "Kind", "Option", "nearest", "option", "options_of"]


class ConfigError(Exception):
    """Something in the configuration or on the command line is wrong; the message is one line."""


class Kind(NamedTuple):
    """A type of option. `read` turns a TOML value into the field's, `parse` the text of a flag;
    both raise ValueError. `wanted` is what to write, for people."""

    wanted: str
    read: Callable[[Any], Any]
    parse: Callable[[str], Any]


class Option(NamedTuple):
    """One option of Config: its TOML `key`, its `flag` ('' for none), its default and its help.

    `adds` means that the flag adds to what files say, rather than replacing it. `shapes_findings` is
    False for what only concerns how the tool runs or shows them.
    """

    name: str
    key: str
    kind: Kind
    default: Any
    help: str
    flag: str
    short: str
    metavar: str
    adds: bool
    shapes_findings: bool


def option(
    default: Any,
    kind: Kind,
    help: str,  # noqa: A002
    *,
    flag: bool = True,
    short: str = "",
    metavar: str = "",
    adds: bool = False,
    shapes_findings: bool = True,
) -> Any:
    """Declare a dataclass field to be an option."""
    about = {
        "kind": kind,
        "help": help,
        "flag": flag,
        "short": short,
        "metavar": metavar,
        "adds": adds,
        "shapes_findings": shapes_findings,
    }
    if isinstance(default, dict):
        return field(default_factory=default.copy, metadata=about)
    return field(default=default, metadata=about)


def options_of(owner: Any) -> tuple[Option, ...]:
    """The options of a dataclass (or an instance of one), in order."""
    return tuple(
        Option(
            name=each.name,
            key=each.name.replace("_", "-"),
            kind=each.metadata["kind"],
            default={} if each.default is MISSING else each.default,
            help=each.metadata["help"],
            flag="--" + each.name.replace("_", "-") if each.metadata["flag"] else "",
            short=each.metadata["short"],
            metavar=each.metadata["metavar"],
            adds=each.metadata["adds"],
            shapes_findings=each.metadata["shapes_findings"],
        )
        for each in fields(owner)
        if "kind" in each.metadata
    )


def nearest(word: str, valid: Iterable[str]) -> str:
    """The end of an error line: "; did you mean `select`?", or "" where nothing is near."""
    import difflib

    names = list(valid)
    lowered = {name.lower(): name for name in reversed(names)}
    word = word.lower()
    close = difflib.get_close_matches(word, lowered, n=len(lowered) or 1, cutoff=0.55)
    if not close:
        return ""

    def likeness(name: str) -> tuple[float, int]:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(name, word, strict=False))
        return difflib.SequenceMatcher(None, name, word).ratio(), len(list(same))

    return f"; did you mean `{lowered[max(close, key=likeness)]}`?"


# Kinds of option.


def read_names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError
    return tuple(value)


def read_paths(value: Any) -> tuple[Path, ...]:
    return tuple(map(Path, read_names(value)))


def split_names(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def read_switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def read_text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError
    return value


def read_function(value: Any) -> str:
    if not re.fullmatch(r"\w+(\.\w+)*:\w+(\.\w+)*", read_text(value)):
        raise ValueError
    return str(value)


def read_count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError
    return value


def read_size(value: Any) -> int:
    if read_count(value) < 1:
        raise ValueError
    return int(value)


def read_shape(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError
    return tuple(map(read_size, value))


def read_ignores(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError
    return {glob: read_names(names) for glob, names in value.items()}


def split_ignores(text: str) -> dict[str, tuple[str, ...]]:
    """`tests/*:CNN1,CNN203,demo.py:ALL`: what follows a pattern and its colon are rules."""
    found: dict[str, tuple[str, ...]] = {}
    glob = ""
    for item in split_names(text):
        before, colon, rule = item.rpartition(":")
        glob = before.strip() if colon else glob
        if not glob or not rule.strip():
            raise ValueError
        found[glob] = (*found.get(glob, ()), rule.strip())
    return found


def read_tables(value: Any) -> dict[str, Mapping[str, Any]]:
    if not isinstance(value, dict) or not all(isinstance(table, dict) for table in value.values()):
        raise ValueError
    return value


def read_table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError
    return value


def read_words(value: Any) -> dict[str, str]:
    table = read_table(value)
    if not all(isinstance(item, str) for item in table.values()):
        raise ValueError
    return dict(table)


def one_of(*words: str) -> Kind:
    def read(value: Any) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return Kind(f"one of {', '.join(words)}", read, read)


NAMES = Kind("a list of strings", read_names, split_names)
PATHS = Kind("a list of paths", read_paths, lambda text: tuple(map(Path, split_names(text))))
FOLDERS = Kind("a list of folders", read_paths, PATHS.parse)
SWITCH = Kind("true or false", read_switch, lambda text: text == "true")
TEXT = Kind("a string", read_text, read_text)
FUNCTION = Kind("a function, as `package.module:name`", read_function, read_function)
COUNT = Kind("a whole number, 0 or more", read_count, lambda text: read_count(int(text)))
SIZE = Kind("a whole number, 1 or more", read_size, lambda text: read_size(int(text)))
SHAPE = Kind(
    "a list of whole numbers, 1 or more", read_shape, lambda text: read_shape(list(map(int, text.split(","))))
)
IGNORES = Kind("a table of patterns with lists of rules", read_ignores, split_ignores)
TABLES = Kind("a table of tables", read_tables, read_tables)
WORDS = Kind("a table of strings", read_words, lambda text: text)
SANDBOX = one_of("auto", "required", "off")
DEVICE = one_of("auto", "cpu", "cuda")
