"""Configuration from files and flags: found, parsed, checked key by key, merged into one Config."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any

import tomli

from cnnlint.config.options import FOLDERS, ConfigError, nearest, options_of
from cnnlint.config.settings import Config

__all__ = ["find_config", "read_config"]

OWN_NAMES = (".cnnlint.toml", "cnnlint.toml")


def read_config(
    start: Path,
    *,
    isolated: bool = False,
    overrides: Sequence[str] = (),
    flags: Mapping[str, Any] | None = None,
) -> Config:
    """The configuration for files at or below `start`, a path or a folder.

    One configuration holds for a whole run: the nearest file at or above the first path given.
    `overrides` are the values of `--config`, each a file (taken instead of the nearest one) or TOML
    `key = value`; `flags` are fields by name, and win. Raises ConfigError.
    """
    tables = [table_from_text(text) for text in overrides if is_toml(text)]
    files = [Path(text) for text in overrides if not is_toml(text)]
    if len(files) > 1:
        raise ConfigError("--config was given two files; it takes one")
    if files and isolated:
        raise ConfigError("--isolated ignores configuration files, so --config cannot name one")
    file = files[0] if files else None if isolated else find_config(start)
    config = from_file(file) if file else Config()
    for text, table in zip(filter(is_toml, overrides), tables, strict=True):
        config = layered(config, checked(table, Config, "", f"--config {text!r}", text, Path.cwd()))
    return with_flags(config, flags or {})


def find_config(start: Path) -> Path | None:
    """The nearest configuration file in the folder of `start` or above it."""
    start = Path.cwd() / start
    for folder in (start, *start.parents):
        for name in OWN_NAMES:
            if (folder / name).is_file():
                return folder / name
        project = folder / "pyproject.toml"
        if project.is_file() and "cnnlint" in table_from_file(project).get("tool", {}):
            return project
    return None


def shown(path: Path) -> str:
    """A path as a person in this folder would write it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def from_file(path: Path) -> Config:
    """A Config from one file. Raises ConfigError."""
    table: Any = table_from_file(path)
    section = ""
    if path.name == "pyproject.toml":
        section = "tool.cnnlint"
        table = table.get("tool", {}).get("cnnlint", {})
    if not isinstance(table, dict):
        raise ConfigError(f"{shown(path)}: `{section}` must be a table")
    text = path.read_text(encoding="utf-8")
    root = (Path.cwd() / path).parent
    fields = checked(table, Config, section, shown(path), text, root)
    if "rule_packs" in fields:
        fields["rule_packs"] = tuple(root / pack for pack in fields["rule_packs"])
    if "cache_dir" in fields:
        fields["cache_dir"] = str(root / Path(fields["cache_dir"]).expanduser())
    return replace(Config(), **fields, root=root, file=path)


def table_from_file(path: Path) -> dict[str, Any]:
    try:
        return tomli.loads(path.read_bytes().decode("utf-8").replace("\r\n", "\n"))
    except OSError as error:
        raise ConfigError(f"{shown(path)}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{shown(path)}: is not UTF-8 text") from None
    except tomli.TOMLDecodeError as error:
        raise ConfigError(toml_problem(shown(path), error)) from None


def table_from_text(text: str) -> dict[str, Any]:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise ConfigError(f"--config {text!r}: not valid TOML: {error}") from None


def toml_problem(path: str, error: tomli.TOMLDecodeError) -> str:
    where = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
    if not where:
        return f"{path}: not valid TOML: {error}"
    return f"{path}:{where[1]}:{where[2]}: not valid TOML: {str(error)[: where.start()]}"


def is_toml(text: str) -> bool:
    return "=" in text and not Path(text).is_file()


def checked(
    table: Mapping[str, Any], owner: type, section: str, place: str, text: str, root: Path
) -> dict[str, Any]:
    """A TOML table as fields of `owner`, or ConfigError naming the file, the line and what was meant.
    Folders that have to be there start from `root`."""
    options = {each.key: each for each in options_of(owner)}
    found: dict[str, Any] = {}
    for key, value in table.items():
        where = f"{place}{line_of(key, section, text)}"
        named = f"`{key}`" + (f" in [{section}]" if section else "")
        if key not in options:
            raise ConfigError(f"{where}: unknown option {named}{nearest(key, options)}")
        each = options[key]
        try:
            read = each.kind.read(value)
        except ValueError:
            raise ConfigError(f"{where}: {named} must be {each.kind.wanted}") from None
        if each.kind is FOLDERS:
            read = tuple(folder(root, path, f"{where}: {named}") for path in read)
        if is_dataclass(each.default):
            kind: Any = type(each.default)
            read = kind(**checked(read, kind, f"{section}.{key}".lstrip("."), place, text, root))
        found[each.name] = read
    return found


def folder(root: Path, path: Path, place: str) -> Path:
    """A folder that somebody named, where it really is."""
    found = (root / path.expanduser()).resolve()
    home = Path("~").expanduser().resolve()
    if not found.is_dir():
        raise ConfigError(f"{place}: there is no folder {path}")
    if found == home or found in home.parents:
        raise ConfigError(f"{place}: {path} holds all of the home folder; name the folder inside it")
    return found


def layered(config: Config, fields: Mapping[str, Any]) -> Config:
    """The configuration with some fields set anew; tables keep the entries that are not set."""
    return replace(
        config, **{name: laid_over(getattr(config, name), value) for name, value in fields.items()}
    )


def laid_over(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: laid_over(old.get(key), value) for key, value in new.items()}}
    if is_dataclass(new):
        told = {each.name: getattr(new, each.name) for each in options_of(new)}
        return replace(old, **{name: value for name, value in told.items() if value is not None})
    return new


def line_of(key: str, section: str, text: str) -> str:
    """ ":12" where the key is set, as well as can be told without a parser; "" where it cannot."""
    dotted = re.escape(key)
    header = re.compile(rf"^\s*\[+\s*{re.escape(section)}\s*\]", re.MULTILINE)
    table_header = re.compile(
        rf"^\s*\[+\s*{re.escape(section + '.' if section else '')}[\"']?{dotted}\b", re.MULTILINE
    )
    setting = re.compile(rf"^[ \t]*(?:[\w-]+\.)*[\"']?{dotted}[\"']?\s*[.=]", re.MULTILINE)
    begin = header.search(text) if section else None
    found = setting.search(text, begin.end() if begin else 0) or table_header.search(text)
    return f":{text.count(chr(10), 0, found.start()) + 1}" if found and "\n" in text else ""


def with_flags(config: Config, flags: Mapping[str, Any]) -> Config:
    """The command line wins. Rules it selects are no longer ignored by what a file says."""
    adding = {each.name for each in options_of(Config) if each.adds}
    merged: dict[str, Any] = {}
    if "select" in flags:
        config = replace(config, ignore=(), extend_select=())
    named = set(flags.get("extend_select", ()))
    config = replace(config, ignore=without(config.ignore, named))
    for name, value in flags.items():
        merged[name] = (*getattr(config, name), *value) if name in adding else value
    return replace(config, **merged)


def without(names: Iterable[str], dropped: set[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in dropped)
