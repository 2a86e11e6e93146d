"""What a program measures with a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from cnnlint.facts import Discard, Event, Forward, LibraryCall, ModeChange, Op, Program, Timing

__all__ = ["timings"]

#: Events that do not wait for the device.
PASSING = (Forward, ModeChange, Discard)


def timings(program: Program, words: Callable[[], frozenset[str]]) -> Iterator[Timing]:
    """The forward passes between two readings of a clock, one after the other in one block, where they are
    all that happens there."""
    clocks = [call for call in program.each(LibraryCall) if call.subject == "clock"]
    for start, end in pairwise(clocks):
        if (start.loop, start.functions, start.arms) != (end.loop, end.functions, end.arms):
            continue
        between = [event for event in program.each(Event) if start.order < event.order < end.order]
        passes = [event for event in between if isinstance(event, Forward)]
        same = all((event.loop, event.arms) == (start.loop, start.arms) for event in between)
        if passes and same and all(isinstance(event, PASSING) for event in between):
            last = passes[-1]
            if last.functions == end.functions and not _computes(program, last, end):
                timing = Timing(start, tuple(passes), words())
                timing.site, timing.name = end.site, end.text
                yield timing


def _computes(program: Program, after: Event, before: Event) -> bool:
    """Something else is computed between two places of one function."""
    places = (each.site for each in program.each(Op) if each.site.path == after.site.path)
    return any(after.site.at < place.at < before.site.at for place in places)
