"""A time of the processor after which the user's code is stopped, where the platform can tell."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["TooLong", "within"]


AGAIN = 0.2  # seconds until it rings once more


class TooLong(BaseException):
    """The time is up. No `except Exception` of the user's holds it up."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"it took longer than {seconds:g} s")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is in it may compute for so long, then TooLong is raised there, again where that is swallowed,
    as in a callback of a weak reference. Code that sleeps, and platforms without such an alarm, are left to
    the deadline of the whole task."""
    if not hasattr(signal, "ITIMER_PROF") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_: int, __: FrameType | None) -> None:
        raise TooLong(seconds)

    handler = signal.signal(signal.SIGPROF, ring)
    begun = time.process_time()
    outer, again = signal.setitimer(signal.ITIMER_PROF, max(seconds, 0.001), AGAIN)
    if outer and outer < seconds:  # what is around this has less time left
        signal.signal(signal.SIGPROF, handler)
        signal.setitimer(signal.ITIMER_PROF, outer, again)
    try:
        yield
    finally:
        signal.signal(signal.SIGPROF, signal.SIG_IGN)
        left = max(outer - (time.process_time() - begun), 0.001) if outer else 0
        signal.setitimer(signal.ITIMER_PROF, left, again)
        signal.signal(signal.SIGPROF, handler)
