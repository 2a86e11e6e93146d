"""--fix, --diff and --add-noqa: what mending does to files, and what is told of it."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from cnnlint.cli.arguments import wants_color
from cnnlint.cli.commands import CLEAN, FAILED, FOUND, complain, conclude, say, told_problems
from cnnlint.config import Config, ConfigError
from cnnlint.discovery import STDIN, Discovered
from cnnlint.fixes.silence import silence
from cnnlint.fixing import Choice, Mended, mend, offered, write
from cnnlint.linting import found_files, lint_bytes, lint_paths, new_session
from cnnlint.report import Run, renderer
from cnnlint.source import SourceFile, read_source

__all__ = ["perform_mending"]


def perform_mending(paths: list[str], config: Config, given: argparse.Namespace) -> int:
    """Mend the files, or show how; the exit code."""
    if given.add_noqa and (given.fix or given.fix_only):
        raise ConfigError("`--add-noqa` silences what `--fix` would mend; give one of them")
    choice = silence if given.add_noqa else offered(config.unsafe_fixes)
    if STDIN in paths:
        return mend_stdin(paths, config, given, choice)
    discovered = found_files(paths, config)
    mended = mend(discovered.files, new_session(config), choice)
    if given.diff:
        return show_diff(mended, discovered)
    tell_withdrawn(mended)
    unwritten = set()
    for path, after in mended.after.items():
        try:
            write(path, mended.before[path], after)
        except OSError as error:
            complain(f"cnnlint: error: {path}: cannot be written: {error.strerror or error}")
            unwritten.add(path)
    code = FAILED if unwritten else CLEAN
    mended = replace(mended, made=tuple(each for each in mended.made if each.path not in unwritten))
    if given.add_noqa:
        number = len(mended.made)
        say(f"Silenced {number} finding{'' if number == 1 else 's'}.")
        return max(code, told_problems(discovered.problems))
    if given.fix_only:
        tell_made(mended, config, given)
        return max(code, told_problems(discovered.problems), by_fixes(mended, given))
    run = lint_paths(paths, config)
    show(run, config, given, to_errors=False)
    tell_made(mended, config, given)
    return max(code, conclude(run, config, given), by_fixes(mended, given))


def mend_stdin(paths: list[str], config: Config, given: argparse.Namespace, choice: Choice) -> int:
    """The mended text goes to standard output, and what is left to find to standard error."""
    if len(paths) > 1:
        raise ConfigError("`-` is standard input, and cannot be given along with other paths")
    path = given.stdin_filename or "<stdin>"
    content = sys.stdin.buffer.read()
    mended = mend([path], new_session(config, overlay={path: content}), choice)
    if given.diff:
        return show_diff(mended, Discovered((path,), ()))
    after = mended.after.get(path, content)
    sys.stdout.buffer.write(after)
    sys.stdout.flush()
    tell_withdrawn(mended)
    if given.fix_only or given.add_noqa:
        return by_fixes(mended, given)
    run = lint_bytes(after, path, config)
    show(run, config, given, to_errors=True)
    return max(FOUND if run.findings and not given.exit_zero else CLEAN, by_fixes(mended, given))


def show(run: Run, config: Config, given: argparse.Namespace, *, to_errors: bool) -> None:
    """Report what is left to find."""
    stream = sys.stderr if to_errors else sys.stdout
    renderer(config.output_format)(run._replace(color=wants_color(given.color, os.environ, stream)), stream)


def tell_made(mended: Mended, config: Config, given: argparse.Namespace) -> None:
    """Say how many findings are mended; with --show-fixes, which."""
    if not mended.made or given.quiet or config.output_format not in ("full", "concise"):
        return
    number = len(mended.made)
    say(f"Fixed {number} problem{'' if number == 1 else 's'}{':' if given.show_fixes else '.'}")
    if given.show_fixes:
        of_path = sorted(mended.made, key=lambda finding: finding.path)
        for path, findings in groupby(of_path, key=lambda finding: finding.path):
            say(f"- {path}:")
            counts = Counter((finding.code, finding.name) for finding in findings)
            for (code, name), count in sorted(counts.items()):
                say(f"    {count} x {code} ({name})")


def by_fixes(mended: Mended, given: argparse.Namespace) -> int:
    """The exit code that the fixes alone give."""
    return FOUND if mended.made and given.exit_non_zero_on_fix else CLEAN


def show_diff(mended: Mended, discovered: Discovered) -> int:
    """Print what would change; exit code 1 if anything would."""
    for path, after in mended.after.items():
        for line in difference(read_source(path, mended.before[path]), read_source(path, after)):
            say(line)
    tell_withdrawn(mended)
    return max(told_problems(discovered.problems), FOUND if mended.after else CLEAN)


def difference(before: SourceFile, after: SourceFile) -> Iterator[str]:
    """A unified diff; of a notebook, one for each cell that changes."""
    numbers: list[int | None] = [cell.number for cell in before.cells] or [None]
    for number in numbers:
        name = before.path if number is None else f"{before.path}:cell {number}"
        yield from difflib.unified_diff(before.lines(number), after.lines(number), name, name, lineterm="")


def tell_withdrawn(mended: Mended) -> None:
    """Say which fixes were not made, and why."""
    for finding, why in mended.withdrawn:
        cell = f"cell {finding.cell}:" if finding.cell else ""
        place = f"{finding.path}:{cell}{finding.span.line}:{finding.span.column}"
        what = f"{finding.code} ({finding.name})"
        complain(f"cnnlint: warning: {place}: the fix of {what} was withdrawn: {why}")
