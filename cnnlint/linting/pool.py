"""Linting many files: in this process, or in several once the work outweighs their start."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator, Sequence

from cnnlint.linting.project import Project
from cnnlint.linting.results import FileResult
from cnnlint.linting.single import Session, lint_file
from cnnlint.report import Failure

__all__ = ["lint_each"]

#: Bytes of source below which one process is done sooner than several have started.
WORTH_A_POOL = 100_000
#: Portions each process gets, so that a slow one does not leave the others idle.
PORTIONS = 6


def lint_each(files: Sequence[tuple[str, int]], session: Session) -> Iterator[tuple[str, FileResult]]:
    """Each of the files, given with their size in bytes, with its result, in no certain order."""
    if len(files) == 1:
        ((path, _),) = files
        yield path, lint_file(path, session)
        return
    jobs = session.config.jobs or os.cpu_count() or 1
    size = sum(bytes_each for _, bytes_each in files)
    if jobs == 1 or (not session.config.jobs and size < WORTH_A_POOL):
        try:
            for path, _ in files:
                yield path, lint_settled(path, session)
        finally:
            gc.unfreeze()
        return
    yield from lint_in_pool(portions(files, jobs * PORTIONS), min(jobs, len(files)), session)


def lint_settled(path: str, session: Session) -> FileResult:
    """`lint_file`, with the trees kept from earlier files out of the garbage collector's sight.

    Looking through them again and again took a quarter of the time. What is garbage is collected first.
    """
    gc.collect()
    gc.freeze()
    return lint_file(path, session)


def portions(files: Sequence[tuple[str, int]], count: int) -> list[list[str]]:
    """The paths in runs of about equal size; neighbours stay together, since they import each other."""
    share = sum(size for _, size in files) / count
    found: list[list[str]] = [[]]
    filled = 0
    for path, size in files:
        if found[-1] and filled >= share * len(found):
            found.append([])
        found[-1].append(path)
        filled += size
    return found


def lint_in_pool(
    work: Sequence[Sequence[str]], jobs: int, session: Session
) -> Iterator[tuple[str, FileResult]]:
    """Results as the processes deliver them; the files of a process that died count as failed."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool

    # A fork shares what is loaded already; elsewhere processes start afresh.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    if sys.platform == "linux":
        load_analysis()
    with ProcessPoolExecutor(jobs, context, initializer=start, initargs=(session,)) as pool:
        pending = {pool.submit(lint_portion, portion): portion for portion in work}
        try:
            for future in as_completed(pending):
                try:
                    yield from future.result()
                except BrokenProcessPool:
                    failure = "the process that analysed it, or a neighbour of it, died"
                    for path in pending[future]:
                        yield path, FileResult(failures=(Failure(path, 0, "", failure),))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def load_analysis() -> None:
    """Import what every process will need, before they part."""
    import cnnlint.engine
    import cnnlint.interpreter
    import cnnlint.syntax.parse  # noqa: F401


_session: Session | None = None


def start(session: Session) -> None:
    """Give this process a project of its own. An interrupt ends it without a word."""
    global _session
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    project = session.project
    _session = Session(
        session.config, session.pages, session.rules, Project(project.trees, data=project.data)
    )


def lint_portion(paths: Sequence[str]) -> list[tuple[str, FileResult]]:
    """The results of some files, in the process that was started for them."""
    assert _session is not None
    return [(path, lint_settled(path, _session)) for path in paths]
