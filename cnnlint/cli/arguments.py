"""The flags: those of Config by themselves, and those that say what to do."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from cnnlint import __version__
from cnnlint.config import Config, ConfigError, Option, nearest, options_of

__all__ = ["read_arguments"]

EPILOGUE = (
    "Exit codes: 0 nothing found, 1 something found, 2 cnnlint could not do its work, 130 it was interrupted."
)
LEVELS = ("shapes", "run", "train")  # of --confirm


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, with the nearest flag."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError(message)


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line, with `flags`: the options of Config that were given. ConfigError if wrong."""
    parser = new_parser()
    words = sys.argv[1:] if arguments is None else arguments
    given, unknown = parser.parse_known_args(list(map(spelt_out, words)))
    for word in unknown:
        flags = [flag for action in parser._actions for flag in action.option_strings if len(flag) > 2]
        raise ConfigError(f"unknown flag `{word}`{nearest(word.partition('=')[0], flags)}")
    given.flags = {
        each.name: getattr(given, each.name)
        for each in options_of(Config)
        if each.flag and hasattr(given, each.name)
    }
    return given


def spelt_out(word: str) -> str:
    """`--confirm` alone means its default level, and not that the path behind it is one."""
    return "--confirm=run" if word == "--confirm" else word


def new_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="cnnlint",
        description="Finds why your PyTorch CNN does not learn, without running it.",
        epilog=EPILOGUE,
        allow_abbrev=False,
        # Taken when it is a plain terminal, so that help looks the same in a test and at home.
        formatter_class=lambda prog: argparse.HelpFormatter(prog, max_help_position=30, width=100),
    )
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="files, folders and globs to lint, or `-` for standard input (default: this folder)",
    )
    parser.add_argument("--version", action="version", version=f"cnnlint {__version__}")
    for each in options_of(Config):
        if each.flag:
            add_option(parser, each)
    add_actions(parser)
    return parser


def add_option(parser: argparse.ArgumentParser, option: Option) -> None:
    """The flag of one option; absent from the result unless it is given."""
    flags = [flag for flag in (option.short, option.flag) if flag]
    if isinstance(option.default, bool):
        parser.add_argument(
            *flags,
            dest=option.name,
            action=argparse.BooleanOptionalAction,
            default=argparse.SUPPRESS,
            help=option.help + (" (default)" if option.default else ""),
        )
        return
    parser.add_argument(
        *flags,
        dest=option.name,
        action=Collect,
        option=option,
        default=argparse.SUPPRESS,
        metavar=option.metavar,
        help=option.help,
    )


class Collect(argparse.Action):
    """Reads a flag's value by the option's kind; lists and tables given twice are joined."""

    def __init__(self, *, option: Option, **rest: Any) -> None:
        super().__init__(**rest)
        self.option = option

    def __call__(self, parser: Any, namespace: Any, values: Any, flag: str | None = None) -> None:
        try:
            value = self.option.kind.parse(values)
        except ValueError:
            raise ConfigError(f"{flag} {values!r}: must be {self.option.kind.wanted}") from None
        before = getattr(namespace, self.dest, None)
        if isinstance(value, tuple) and before:
            value = before + value
        if isinstance(value, dict) and before:
            value = {**before, **value}
        setattr(namespace, self.dest, value)


def add_actions(parser: argparse.ArgumentParser) -> None:
    """What to do, where to take configuration from, how much to say."""
    add = parser.add_argument
    add("--config", action="append", default=[], metavar="TOML", help="a file, or `key = value`; repeatable")
    add("--isolated", action="store_true", help="ignore all configuration files")
    add("--stdin-filename", default="", metavar="PATH", help="what to call standard input")
    add("--fix", action="store_true", help="mend what can be mended safely")
    add("--fix-only", action="store_true", help="mend, and do not report what is left")
    add("--show-fixes", action="store_true", help="list what was mended")
    add("--exit-non-zero-on-fix", action="store_true", help="exit with 1 also if all was mended")
    add("--add-noqa", action="store_true", help="add a `noqa` comment for each finding")
    add("--diff", action="store_true", help="show what --fix would change, and change nothing")
    add(
        "--confirm",
        choices=LEVELS,
        metavar="LEVEL",
        help="put findings to the proof, in a sandbox, with torch: build the models and follow their "
        "shapes, run the scripts for a few steps (default), train as written and as mended",
    )
    add("--confirm-plan", action="store_true", help="show what --confirm would know of the files, as JSON")
    add("--smoke", action="store_true", help="with --confirm: also try models and scripts without a finding")
    add("--data", action="store_true", help="with --confirm: use the project's own data where it is there")
    add(
        "--report",
        metavar="HTML",
        help="with --confirm: also write a page with pictures",
    )
    add("--exit-zero", action="store_true", help="exit with 0 also if something is found")
    add("--statistics", action="store_true", help="show how often each rule speaks")
    add("--show-files", action="store_true", help="list the files that would be linted")
    add("--show-settings", action="store_true", help="show the configuration that holds")
    add("--list-rules", action="store_true", help="list all rules; `+` marks those that run")
    add("--explain", metavar="RULE", help="show the page of a rule")
    add("--facts", metavar="FILE", help="show what the interpreter saw of a file")
    add("--why-silent", metavar="RULE", help="show where a rule could not decide, and why")
    add("--color", choices=("auto", "always", "never"), default="auto", help="when to use colours")
    add("-q", "--quiet", action="store_true", help="findings and nothing else")
    add("-v", "--verbose", action="store_true", help="also what could not be analysed, and why")


def wants_color(choice: str, environment: Any, stream: Any) -> bool:
    """Whether to colour: as the flag says, else NO_COLOR, else FORCE_COLOR, else on a terminal only."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return bool(stream.isatty()) and environment.get("TERM") != "dumb"
