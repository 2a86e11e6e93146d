"""Every option there is. A field added here is a TOML key, a flag and a line of the README's table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cnnlint.config.options import (
    COUNT,
    DEVICE,
    FOLDERS,
    FUNCTION,
    IGNORES,
    NAMES,
    PATHS,
    SANDBOX,
    SHAPE,
    SIZE,
    SWITCH,
    TABLES,
    TEXT,
    WORDS,
    Kind,
    option,
    options_of,
    read_table,
)
from cnnlint.discovery import DEFAULT_EXCLUDES

__all__ = ["Config", "Confirm", "Data", "options_table"]


@dataclass(frozen=True, slots=True)
class Data:
    """What the code cannot say of the data it will see."""

    train_size: int | None = option(None, SIZE, "number of training examples", flag=False)
    classes: int | None = option(None, SIZE, "number of classes", flag=False)
    input: tuple[int, ...] | None = option(None, SHAPE, "shape of one input, [C, H, W]", flag=False)


@dataclass(frozen=True, slots=True)
class Confirm:
    """What `--confirm` cannot find out by itself."""

    build: str | None = option(
        None, FUNCTION, "function that builds the model, `package.module:name`", flag=False
    )
    input: tuple[int, ...] | None = option(None, SHAPE, "shape of one input, [C, H, W]", flag=False)
    classes: int | None = option(None, SIZE, "number of classes to draw images of", flag=False)
    argv: tuple[str, ...] | None = option(None, NAMES, "arguments the scripts are run with", flag=False)
    stubs: tuple[str, ...] | None = option(None, NAMES, "packages to replace by stand-ins", flag=False)
    environment: Mapping[str, str] | None = option(
        None, WORDS, "environment variables the scripts see", flag=False
    )
    readable: tuple[Path, ...] | None = option(
        None, FOLDERS, "folders that the scripts may read besides the project", flag=False
    )


NESTED = Kind("a table", read_table, lambda text: text)


@dataclass(frozen=True, slots=True)
class Config:
    """All options. `root` is where relative patterns and paths start: the folder of `file`, the
    configuration file, if there is one."""

    select: tuple[str, ...] = option(
        (), NAMES, "rules to use: codes, prefixes, names, sets, ALL (none: the default set)", metavar="RULE"
    )
    ignore: tuple[str, ...] = option((), NAMES, "rules not to use", metavar="RULE", adds=True)
    extend_select: tuple[str, ...] = option(
        (), NAMES, "rules to use besides the selected ones", metavar="RULE", adds=True
    )
    per_file_ignores: Mapping[str, tuple[str, ...]] = option(
        {}, IGNORES, "rules not to use in the files that match a pattern", metavar="PATTERN:RULE"
    )
    exclude: tuple[str, ...] = option(
        DEFAULT_EXCLUDES, NAMES, "files and folders to leave out", metavar="PATTERN", shapes_findings=False
    )
    extend_exclude: tuple[str, ...] = option(
        (),
        NAMES,
        "files and folders to leave out besides the excluded ones",
        metavar="PATTERN",
        adds=True,
        shapes_findings=False,
    )
    force_exclude: bool = option(
        False, SWITCH, "leave out excluded files even where they are named explicitly", shapes_findings=False
    )
    respect_gitignore: bool = option(
        True, SWITCH, "leave out what `.gitignore` files ignore", shapes_findings=False
    )
    output_format: str = option(
        "full",
        TEXT,
        "how to show findings: concise, full, html, json",
        metavar="FORMAT",
        shapes_findings=False,
    )
    rule_packs: tuple[Path, ...] = option((), PATHS, "folders of further rule pages", flag=False)
    plugins: tuple[str, ...] = option((), NAMES, "installed packages whose rules to use", flag=False)
    rules: Mapping[str, Mapping[str, Any]] = option(
        {}, TABLES, "parameters of rules: `[tool.cnnlint.rules.oversized-model]`", flag=False
    )
    data: Data = option(  # noqa: RUF009  (Data is frozen)
        Data(), NESTED, "what the code cannot say of its data: `train-size`, `classes`, `input`", flag=False
    )
    confirm: Confirm = option(  # noqa: RUF009  (Confirm is frozen)
        Confirm(),
        NESTED,
        "how `--confirm` runs what it finds: `build`, `input`, `classes`, `argv`, `stubs`, `environment`, "
        "`readable`",
        flag=False,
        shapes_findings=False,
    )
    confirm_budget: int = option(
        300,
        SIZE,
        "seconds `--confirm` may take in all",
        metavar="SECONDS",
        shapes_findings=False,
    )
    sandbox: str = option(
        "auto",
        SANDBOX,
        "what `--confirm` runs code in: auto (the layers there are), required (all of them), off",
        metavar="MODE",
        shapes_findings=False,
    )
    device: str = option(
        "auto",
        DEVICE,
        "where `--confirm` trains: auto (a GPU if there is one), cpu, cuda",
        metavar="DEVICE",
        shapes_findings=False,
    )
    unsafe_fixes: bool = option(
        False, SWITCH, "also apply fixes that may change what the program does", shapes_findings=False
    )
    cache: bool = option(True, SWITCH, "keep what was analysed for the next run", shapes_findings=False)
    cache_dir: str = option(
        "",
        TEXT,
        "where to keep what was analysed (empty: the user's cache folder)",
        metavar="FOLDER",
        shapes_findings=False,
    )
    jobs: int = option(
        0, COUNT, "number of processes (0: as many as pay)", short="-j", metavar="N", shapes_findings=False
    )
    root: Path = field(default_factory=Path.cwd)
    file: Path | None = None

    def fingerprint(self) -> str:
        """A text that differs where two configurations may give different findings."""
        shaping = [each for each in options_of(self) if each.shapes_findings]
        return repr([self.root, *((each.key, in_order(getattr(self, each.name))) for each in shaping)])


def in_order(value: Any) -> Any:
    """Tables by key, so that their order does not count."""
    return sorted((key, in_order(item)) for key, item in value.items()) if isinstance(value, dict) else value


def options_table() -> str:
    """All options as a Markdown table, for the README."""
    rows = [
        (
            f"`{each.key}`",
            " ".join(f"`{flag}`" for flag in (each.short, each.flag) if flag) or "–",
            f"`{shown_default(each.default)}`" if each.key != "exclude" else "usual folders",
            each.help,
        )
        for each in options_of(Config)
    ]
    lines = ["| TOML key | flag | default | what it does |", "|---|---|---|---|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def shown_default(default: Any) -> str:
    """A default as TOML writes it."""
    match default:
        case bool():
            return str(default).lower()
        case tuple():
            return "[]"
        case str():
            return f'"{default}"'
        case int():
            return str(default)
    return "{}"
