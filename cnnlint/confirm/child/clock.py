"""The time a script has: that of the processor, so that a busy machine makes no other verdict."""

from __future__ import annotations

import time

__all__ = ["WAITING", "Clock"]

WAITING = 3.0  # seconds on the clock that count as one, for scripts that sleep or wait


class Clock:
    """Counts from when it is made to `limit` seconds."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._processor, self._wall = time.process_time(), time.perf_counter()

    @property
    def spent(self) -> float:
        """Seconds so far."""
        return max(time.process_time() - self._processor, self.on_the_wall / WAITING)

    @property
    def left(self) -> float:
        """Seconds to go; below zero afterwards."""
        return self.limit - self.spent

    @property
    def on_the_wall(self) -> float:
        """Seconds that went by for people."""
        return time.perf_counter() - self._wall
