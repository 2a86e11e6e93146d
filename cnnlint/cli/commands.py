"""What the command does: lint, or tell of rules, files, settings, facts and silences."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnlint.cli.arguments import LEVELS, wants_color
from cnnlint.config import Config, ConfigError, options_of, read_config
from cnnlint.discovery import STDIN

if TYPE_CHECKING:
    from cnnlint.report import Run
    from cnnlint.source import Site, Span

__all__ = ["perform"]

CLEAN, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130


def perform(given: argparse.Namespace) -> int:
    """Do what the command line asks for; the exit code. ConfigError or PageError if it cannot be."""
    paths: list[str] = given.paths or ["."]
    start = given.facts or given.stdin_filename if STDIN in paths or given.facts else paths[0]
    config = read_config(
        Path(start or "."), isolated=given.isolated, overrides=given.config, flags=given.flags
    )
    if given.explain:
        return explain(given.explain, config, whole=given.verbose)
    if given.list_rules:
        return list_rules(config)
    if given.show_settings:
        return show_settings(config)
    if given.show_files:
        return show_files(paths, config)
    if given.facts:
        return show_facts(given.facts, config, whole=given.verbose)
    if given.why_silent:
        return why_silent(given.why_silent, paths, config)
    return lint(paths, config, given)


def explain(rule: str, config: Config, *, whole: bool = False) -> int:
    """Print the page of a rule, its head and what is right left out unless it is wanted whole."""
    from cnnlint.rulebook.blocks import abridged
    from cnnlint.rulebook.pages import load_pages
    from cnnlint.rulebook.select import find_page

    page = find_page(load_pages(config), rule)
    say((page.text if whole else abridged(page.text)).rstrip("\n"))
    if not whole:
        say(f"\nThe whole page, with code that is right: `cnnlint --explain {page.code} -v`")
    return CLEAN


def list_rules(config: Config) -> int:
    """Print a line for each rule: whether it runs, its code, severity, set and name."""
    from cnnlint.rulebook.pages import load_pages
    from cnnlint.rulebook.select import select

    pages = load_pages(config)
    running = {rule.code for rule in select(pages, config)}
    for page in pages:
        sign = "+" if page.code in running else " "
        say(f"{sign} {page.code}  {page.severity.value:<8} {page.set:<9} {page.name}")
    say("\n+ runs as configured; a rule may lower its severity, or raise it, for a milder or a worse case")
    return CLEAN


def show_settings(config: Config) -> int:
    """Print every option as it holds, as TOML."""
    say(f"# from {config.file}" if config.file else "# no configuration file")
    tables = []
    for each in options_of(config):
        value = getattr(config, each.name)
        if isinstance(value, dict) or is_dataclass(value):
            tables.append((each.key, value))
        else:
            say(f"{each.key} = {as_toml(value)}")
    for key, table in tables:
        entries = (
            table
            if isinstance(table, dict)
            else {option.key: getattr(table, option.name) for option in options_of(table)}
        )
        say(f"\n[{key}]")
        for name, value in entries.items():
            if value is not None:
                say(f"{toml_key(name)} = {as_toml(value)}")
    return CLEAN


def as_toml(value: Any) -> str:
    """A setting as TOML writes it."""
    import json

    if isinstance(value, dict):
        entries = ", ".join(f"{toml_key(key)} = {as_toml(item)}" for key, item in value.items())
        return f"{{ {entries} }}" if entries else "{}"
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)


def toml_key(key: str) -> str:
    bare = key.replace("-", "").replace("_", "")
    return key if bare.isascii() and bare.isalnum() else as_toml(key)


def show_files(paths: Iterable[str], config: Config) -> int:
    """Print the files that would be linted."""
    from cnnlint.linting import found_files

    discovered = found_files(paths, config)
    for path in discovered.files:
        say(path)
    return told_problems(discovered.problems)


def show_facts(path: str, config: Config, *, whole: bool = False) -> int:
    """Print what the interpreter saw of a file, in short or as a whole."""
    from cnnlint.interpreter import analyse
    from cnnlint.linting import new_session
    from cnnlint.report.facts import show_facts

    project = new_session(config).project
    problem = why_not_parsed(path, project)
    if problem:
        return told_problems([(path, problem)])
    program = analyse(path, project)
    if config.output_format == "json":
        from cnnlint.report.facts_json import write_facts

        write_facts(program, lambda site: located(site, project), sys.stdout)
    else:
        show_facts(program, lambda site: place(site, project), sys.stdout, whole=whole)
    return CLEAN


def why_not_parsed(path: str, project: Any) -> str:
    """Why there is no tree of a file; '' if there is one."""
    try:
        project.parsed(path)
    except OSError as error:
        return error.strerror or str(error)
    except Exception as error:
        return str(error)
    return ""


def place(site: Site, project: Any) -> str:
    """`path:line:column`, with the cell in a notebook; the path alone where the line is not known."""
    found = located(site, project)
    if found is None:
        return site.path or "no place"
    path, cell, line, column = found
    return f"{path}:{f'cell {cell}:' if cell is not None else ''}{line}:{column}"


def located(site: Site, project: Any) -> tuple[str, int | None, int, int] | None:
    """Path, cell, line and column; None where the line is not known."""
    try:
        cell, span = project.source(site.path).place(project.span(site))
    except Exception:
        return None
    return site.path, cell, span.line, span.column


def spot(path: str, found: Span, project: Any) -> str:
    """The same of a span of the text that was parsed."""
    cell, span = project.source(path).place(found)
    return f"{path}:{f'cell {cell}:' if cell is not None else ''}{span.line}:{span.column}"


def why_silent(rule: str, paths: Iterable[str], config: Config) -> int:
    """Print where a rule could not decide, and what it did not know; else what it did."""
    from cnnlint import engine
    from cnnlint.interpreter import analyse
    from cnnlint.linting import found_files, new_session
    from cnnlint.rulebook.pages import load_pages
    from cnnlint.rulebook.select import find_page

    page = find_page(load_pages(config), rule)
    session = new_session(replace(config, select=(page.code,), ignore=(), extend_select=()))
    subject = engine.checked(session.rules[0])[0].__name__ if page.check or page.where else ""
    discovered = found_files(paths, config)
    told = judged = 0
    for path in discovered.files:
        session.project.begin()
        if why_not_parsed(path, session.project):
            continue
        program = analyse(path, session.project)
        result = engine.run(program, session.rules, session.project.span)
        for silence in result.silences:
            where = place(silence.site, session.project)
            because = f" ({place(silence.because, session.project)})" if silence.because else ""
            say(f"{where}: {page.code} on {silence.fact}: {silence.why}{because}")
        for finding in result.findings:
            where = spot(finding.path, finding.span, session.project)
            say(f"{where}: {page.code} fired: {finding.message}")
        told += len(result.silences) + len(result.findings)
        judged += engine.subject_count(program, session.rules[0])
    if not told:
        say(why_nothing(page.title, subject, judged))
    if subject == "ShapeError" and not config.data.input:
        say("Where the size of the input is not known, tell it: `# cnnlint: input=(1, 28, 28)` in the file.")
    return told_problems(discovered.problems)


def why_nothing(title: str, subject: str, judged: int) -> str:
    """What to say of a rule that neither fired nor was undecided."""
    if not subject:
        return f"{title} is found by the linter itself: there is nothing to judge."
    if not judged:
        return f"{title}: there is no {subject} here: nothing to judge."
    return f"{title} judged each {subject} here ({judged}) and found nothing wrong."


def lint(paths: list[str], config: Config, given: argparse.Namespace) -> int:
    """Lint and report."""
    from cnnlint.report import renderer

    render = renderer(config.output_format)
    mending = given.fix or given.fix_only or given.diff or given.add_noqa
    refuse_together(paths, given, mending)
    if mending:
        from cnnlint.cli.mending import perform_mending

        return perform_mending(paths, config, given)
    run, interrupted = linted(paths, config, given), False
    if given.confirm_plan:
        from cnnlint.cli.confirming import show_plan

        show_plan(run, paths, config)
        return told_problems(run.problems)
    if given.confirm:
        from cnnlint.cli.confirming import confirmed

        run, interrupted = confirmed(run, paths, config, given)
    run = run._replace(color=wants_color(given.color, os.environ, sys.stdout))
    if given.statistics:
        from cnnlint.report._text import statistics

        for line in statistics(run):
            say(line)
    else:
        render(run, sys.stdout)
    if given.verbose and run.trials:
        from cnnlint.report.experiments import lines

        for line in lines(run.trials):
            complain(line)
    if given.report:
        write_page(run, given.report)
    code = conclude(run, config, given)
    return INTERRUPTED if interrupted else code


def refuse_together(paths: list[str], given: argparse.Namespace, mending: bool) -> None:
    """ConfigError for flags that make no sense together."""
    if given.confirm and STDIN in paths:
        raise ConfigError("`--confirm` runs files, and standard input is none")
    if given.confirm and mending:
        raise ConfigError("`--confirm` tries the code as it is; mend it in another run")
    for level in LEVELS:
        if given.confirm and level in paths and not Path(level).exists():
            raise ConfigError(
                f"`{level}` is no file; the level goes with an equals sign, `--confirm={level}`"
            )
    for flag in ("smoke", "data"):
        if getattr(given, flag) and not given.confirm:
            raise ConfigError(f"`--{flag}` goes with `--confirm`")
    if given.report and (why := why_not_writable(Path(given.report))):
        raise ConfigError(f"{given.report}: cannot be written: {why}")


def why_not_writable(path: Path) -> str:
    """Why no file can be written there, before there is anything to write; '' where nothing is known to
    stand against it."""
    if path.is_dir():
        return "it is a folder"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    return "" if os.access(path if path.exists() else path.parent, os.W_OK) else "permission denied"


def write_page(run: Run, path: str) -> None:
    """Write the report with pictures. ConfigError where it cannot be written."""
    from cnnlint.report import renderer

    try:
        with Path(path).open("w", encoding="utf-8") as stream:
            renderer("html")(run, stream)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror or error}") from None


def linted(paths: list[str], config: Config, given: argparse.Namespace) -> Run:
    """The run of these paths, or of standard input; with a progress bar where somebody watches."""
    from cnnlint.linting import lint_bytes, lint_paths

    if STDIN in paths:
        if len(paths) > 1:
            raise ConfigError("`-` is standard input, and cannot be given along with other paths")
        return lint_bytes(sys.stdin.buffer.read(), given.stdin_filename or "<stdin>", config)
    if given.quiet or not sys.stderr.isatty():
        return lint_paths(paths, config)
    from cnnlint.cli.progress import Bar

    with Bar() as bar:
        return lint_paths(paths, config, progress=bar.advance)


def conclude(run: Run, config: Config, given: argparse.Namespace) -> int:
    """Say what else there is to say, and with which code to exit."""
    from cnnlint.report._text import header, is_refuted, summary

    if not given.quiet and not given.statistics and config.output_format in ("full", "concise"):
        say(summary(run))
    if given.verbose:
        for limit in run.limits:
            complain("".join(text for text, _ in header(limit)))
    for failure in run.failures:
        complain(f"cnnlint: error: {failure}")
    if told_problems(run.problems) or run.failures:
        return FAILED
    return FOUND if not all(map(is_refuted, run.findings)) and not given.exit_zero else CLEAN


def told_problems(problems: Iterable[tuple[str, str]]) -> int:
    """Say what could not be looked at; the exit code."""
    code = CLEAN
    for path, why in problems:
        complain(f"cnnlint: error: {path}: {why}")
        code = FAILED
    return code


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


def complain(text: str) -> None:
    sys.stdout.flush()
    sys.stderr.write(text + "\n")
