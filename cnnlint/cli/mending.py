"""--fix and --diff: what mending does to files, and what is told of it."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Iterator

from cnnlint.cli.arguments import wants_color
from cnnlint.cli.commands import CLEAN, FAILED, FOUND, complain, conclude, say, told_problems
from cnnlint.config import Config, ConfigError
from cnnlint.discovery import STDIN, Discovered
from cnnlint.fixing import Mended, mend, write
from cnnlint.linting import found_files, lint_bytes, lint_paths, new_session
from cnnlint.report import renderer
from cnnlint.source import SourceFile, read_source

__all__ = ["perform_mending"]


def perform_mending(paths: list[str], config: Config, given: argparse.Namespace) -> int:
    """Mend the files, or show how; the exit code."""
    if STDIN in paths:
        return mend_stdin(paths, config, given)
    discovered = found_files(paths, config)
    mended = mend(discovered.files, new_session(config))
    if given.diff:
        return show_diff(mended, discovered)
    code = CLEAN
    for path, after in mended.after.items():
        try:
            write(path, mended.before[path], after)
        except OSError as error:
            complain(f"cnnlint: error: {path}: cannot be written: {error.strerror or error}")
            code = FAILED
    code = max(code, told_withdrawn(mended))
    run = lint_paths(paths, config)
    renderer(config.output_format)(
        run._replace(color=wants_color(given.color, os.environ, sys.stdout)), sys.stdout
    )
    if mended.count and not given.quiet and config.output_format in ("full", "concise"):
        say(f"Fixed {mended.count} problem{'' if mended.count == 1 else 's'}.")
    return max(code, conclude(run, config, given))


def mend_stdin(paths: list[str], config: Config, given: argparse.Namespace) -> int:
    """The mended text goes to standard output, and what is left to find to standard error."""
    if len(paths) > 1:
        raise ConfigError("`-` is standard input, and cannot be given along with other paths")
    path = given.stdin_filename or "<stdin>"
    content = sys.stdin.buffer.read()
    mended = mend([path], new_session(config, overlay={path: content}))
    if given.diff:
        return show_diff(mended, Discovered((path,), ()))
    after = mended.after.get(path, content)
    sys.stdout.buffer.write(after)
    sys.stdout.flush()
    code = told_withdrawn(mended)
    run = lint_bytes(after, path, config)
    renderer(config.output_format)(run, sys.stderr)
    return max(code, FOUND if run.findings and not given.exit_zero else CLEAN)


def show_diff(mended: Mended, discovered: Discovered) -> int:
    """Print what would change; exit code 1 if anything would."""
    for path, after in mended.after.items():
        for line in difference(read_source(path, mended.before[path]), read_source(path, after)):
            say(line)
    code = max(told_withdrawn(mended), told_problems(discovered.problems))
    return max(code, FOUND if mended.after else CLEAN)


def difference(before: SourceFile, after: SourceFile) -> Iterator[str]:
    """A unified diff; of a notebook, one for each cell that changes."""
    numbers: list[int | None] = [cell.number for cell in before.cells] or [None]
    for number in numbers:
        name = before.path if number is None else f"{before.path}:cell {number}"
        yield from difflib.unified_diff(before.lines(number), after.lines(number), name, name, lineterm="")


def told_withdrawn(mended: Mended) -> int:
    """Say which fixes were not made; the exit code."""
    for path, why in mended.withdrawn:
        complain(f"cnnlint: error: {path}: its fixes were withdrawn: {why}")
    return FAILED if mended.withdrawn else CLEAN
