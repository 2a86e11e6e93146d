"""The time a script has: that of the processor, so that a busy machine makes no other verdict."""

from __future__ import annotations

import time

__all__ = ["WAITING", "Clock"]

WAITING = 3.0  # seconds on the clock that count as one, for scripts that sleep or wait


class Clock:
    """Counts from when it is made to `limit` seconds, and on to `patience` where something is waited for."""

    def __init__(self, limit: float, patience: float = 0.0) -> None:
        self.limit = self._first = limit
        self._patience = max(limit, patience)
        self._processor, self._wall = time.process_time(), time.perf_counter()

    @property
    def spent(self) -> float:
        """Seconds so far."""
        return max(time.process_time() - self._processor, self.on_the_wall / WAITING)

    def over(self, waited_for: bool) -> bool:
        """Whether the time is over; the limit is put off if it is met while something is waited for."""
        if waited_for and self.spent > self._first:
            self.limit = self._patience
        return self.spent > (self.limit if waited_for else self._first)

    @property
    def left(self) -> float:
        """Seconds to go; below zero afterwards."""
        return self.limit - self.spent

    @property
    def on_the_wall(self) -> float:
        """Seconds that went by for people."""
        return time.perf_counter() - self._wall
