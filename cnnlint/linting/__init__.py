"""Linting: from paths or text to a Run. The only place where files, rules and analysis meet."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from cnnlint.config import Config, read_config
from cnnlint.discovery import Discovered, Patterns, Walk, discover
from cnnlint.engine import merged
from cnnlint.findings import Finding, Severity
from cnnlint.linting.fingerprint import fingerprint_of
from cnnlint.linting.project import Project
from cnnlint.linting.results import FileResult, Results, Unchanged
from cnnlint.linting.single import Session, lint_file
from cnnlint.report import Run
from cnnlint.rulebook.pages import load_pages
from cnnlint.rulebook.select import matching, select
from cnnlint.source import Unreadable, has_marker
from cnnlint.syntax.cache import Cache, default_cache_folder

__all__ = ["Project", "found_files", "lint_bytes", "lint_paths", "lint_text", "new_session"]

Progress = Callable[[int, int], None]


def lint_text(text: str, path: str = "<text>", config: Config | None = None) -> list[Finding]:
    """The findings of some source text, sorted. `path` names it, and imports start from its folder.

    Configuration files are not looked for, and nothing is kept. What breaks in cnnlint itself is a
    RuntimeWarning. ConfigError for a configuration that cannot be.
    """
    from dataclasses import replace

    quiet = replace(config or Config(), cache=False)
    run = lint_bytes(text.encode("utf-8", "surrogatepass"), path, quiet)
    for failure in run.failures:
        warnings.warn(str(failure), RuntimeWarning, stacklevel=2)
    return list(run.findings)


def lint_paths(
    paths: Iterable[str | Path], config: Config | None = None, *, progress: Progress | None = None
) -> Run:
    """Lint files and folders. Without `config`, the one nearest to the first path.

    `progress` is told how many of how many files are done. ConfigError for a configuration that
    cannot be.
    """
    given = [os.fspath(path) for path in paths]
    if config is None:
        config = read_config(Path(given[0] if given else "."))
    session = new_session(config)
    discovered = found_files(given, config)
    results = lint_all(discovered.files, session, progress)
    return gathered(results.values(), discovered.files, session, discovered.problems)


def lint_bytes(content: bytes, path: str, config: Config) -> Run:
    """Lint one file that is not on disk as it stands here, such as standard input."""
    session = new_session(config, overlay={path: content})
    return gathered([lint_file(path, session)], [path], session)


def new_session(config: Config, overlay: dict[str, bytes] | None = None) -> Session:
    """Rules read and selected, the project with its cache. ConfigError or PageError."""
    pages = load_pages(config)
    rules = select(pages, config)
    for names in config.per_file_ignores.values():
        matching(pages, names)
    return Session(config, pages, rules, Project(cache_of(config), overlay=overlay, data=config.data))


def cache_of(config: Config) -> Cache:
    """Where trees and results are kept; with `cache = false`, nothing is."""
    if not config.cache:
        return Cache(None)
    return Cache(Path(config.cache_dir) if config.cache_dir else default_cache_folder())


def found_files(paths: Iterable[str], config: Config) -> Discovered:
    """The files that paths stand for under a configuration."""
    walk = Walk(
        config.root,
        (*config.exclude, *config.extend_exclude),
        force_exclude=config.force_exclude,
        respect_gitignore=config.respect_gitignore,
    )
    return discover(paths, walk)


def lint_all(
    files: Sequence[str], session: Session, progress: Progress | None = None
) -> dict[str, FileResult]:
    """Every file's result, by path: known from before, or made now, by several processes if that pays.

    Files that cannot hold PyTorch have none.
    """
    known = Results(session.project.trees, fingerprint_of(session))
    unchanged = Unchanged()
    results: dict[str, FileResult] = {}
    waiting: list[tuple[str, int]] = []
    for path in files:
        try:
            content = unchanged.read(path)
        except OSError:
            waiting.append((path, 0))
            continue
        if not has_marker(content):
            continue
        result = known.get(path, unchanged)
        if result is None:
            waiting.append((path, len(content)))
        else:
            results[path] = result
    if not waiting:
        return results

    from cnnlint.linting.pool import lint_each

    done = len(files) - len(waiting)
    for path, result in lint_each(waiting, session):
        results[path] = result
        known.put(path, result)
        done += 1
        if progress is not None:
            progress(done, len(files))
    return results


def gathered(
    results: Iterable[FileResult],
    files: Sequence[str],
    session: Session,
    problems: tuple[tuple[str, str], ...] = (),
) -> Run:
    """One Run of all: findings in the files linted, each once, sorted, less per-file ignores."""
    wanted = {os.path.abspath(path): path for path in files}  # noqa: PTH100  (`..` goes, links stay)
    results = list(results)
    return Run(
        findings=shown((each for result in results for each in result.findings), wanted, session),
        file_count=len(files),
        limits=shown((each for result in results for each in result.limits), wanted, session),
        failures=tuple(sorted({each for result in results for each in result.failures}, key=str)),
        problems=problems,
        lines=reader(session.project),
    )


def shown(findings: Iterable[Finding], wanted: dict[str, str], session: Session) -> tuple[Finding, ...]:
    """The findings in files that were asked for, less per-file ignores, each once and sorted.

    An error in a file they import is theirs too: what was asked for cannot run or learn for it.
    """
    config = session.config
    left_out = Patterns((*config.exclude, *config.extend_exclude), config.root)
    alone = bool(session.project.overlay)  # an editor's text: only of it something is to be said
    ignores = [
        (Patterns([glob], config.root), matching(session.pages, names))
        for glob, names in config.per_file_ignores.items()
    ]
    kept = []
    for finding in findings:
        absolute = os.path.abspath(finding.path)  # noqa: PTH100
        path = wanted.get(absolute)
        if path is None and finding.severity is Severity.ERROR and not alone:
            path = None if left_out.match_anywhere(Path(absolute)) else finding.path
        ignored = any(finding.code in codes and glob.match(Path(absolute)) for glob, codes in ignores)
        if path is not None and not ignored:
            kept.append(finding if finding.path == path else finding._replace(path=path))
    return merged(kept)


def reader(project: Project) -> Callable[[str, int | None], Sequence[str]]:
    """What gives a report the lines of a file or cell."""

    def lines(path: str, cell: int | None) -> Sequence[str]:
        try:
            return project.source(path).lines(cell)
        except (OSError, Unreadable):
            return ()

    return lines
