"""A progress bar on the terminal, for what takes longer than a second."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any

__all__ = ["Bar"]

PATIENCE = 1.0  # seconds before the bar appears
PAUSE = 0.1  # seconds between two pictures of it


class Bar:
    """Appears on standard error after a second and goes when the work is done."""

    def __init__(self) -> None:
        self.started = self.drawn = time.monotonic()
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.stop()

    def advance(self, done: int, total: int) -> None:
        """So many of so many files are done."""
        now = time.monotonic()
        if now - self.started < PATIENCE or now - self.drawn < PAUSE:
            return
        self.drawn = now
        if self.bar is None:
            self._appear(total)
        self.bar.update(self.task, completed=done, total=total, refresh=True)

    def name(self, level: str, what: str, done: int, total: int) -> None:
        """So many of so many experiments of a level are done, and `what` is tried."""
        self.drawn = 0.0
        self.advance(done, total)
        if self.bar is not None:
            self.bar.update(self.task, description=f"{level}: {what}", refresh=True)

    def _appear(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import Progress

        # Without a thread of its own: processes are forked while it shows.
        self.bar = Progress(console=Console(stderr=True), auto_refresh=False, transient=True)
        self.bar.start()
        self.task = self.bar.add_task("Linting", total=total)
