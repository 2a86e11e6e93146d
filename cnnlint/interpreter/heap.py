"""Memory that can be rolled back: every store is a dict, and every write to one goes through here.

Both sides of an undecided branch start from the same state: each is run, its writes are collected
and undone, and then the writes are joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from cnnlint.interpreter.objects import MISSING, Value

Store = dict[Any, Value]
Writes = dict[tuple[int, Any], tuple[Store, Any, Value]]


class Heap:
    """The log of writes, one level for each undecided branch or loop being followed."""

    def __init__(self) -> None:
        self._levels: list[Writes] = []  # each holds the *old* value at a location

    def set(self, store: Store, key: Any, value: Value) -> None:
        self._remember(store, key)
        store[key] = value

    def delete(self, store: Store, key: Any) -> None:
        self._remember(store, key)
        store.pop(key, None)

    def _remember(self, store: Store, key: Any) -> None:
        if self._levels:
            place = (id(store), key)
            level = self._levels[-1]
            if place not in level:
                level[place] = (store, key, store.get(key, MISSING))

    def begin(self) -> None:
        """Start a level: what is written from now on can be undone."""
        self._levels.append({})

    def undo(self) -> Writes:
        """End a level, restore what was before it, and return what it had written."""
        old = self._levels.pop()
        written: Writes = {}
        for place, (store, key, before) in old.items():
            written[place] = (store, key, store.get(key, MISSING))
            if before is MISSING:
                store.pop(key, None)
            else:
                store[key] = before
        return written

    def keep(self) -> Writes:
        """End a level, keep its writes, and return the *old* values of what it had written."""
        old = self._levels.pop()
        if self._levels:
            outer = self._levels[-1]
            for place, entry in old.items():
                outer.setdefault(place, entry)
        return old

    def pending(self) -> Writes:
        """The old values at the places the current level has written so far."""
        return self._levels[-1]

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """What is written meanwhile is never undone (a module's own globals when it is imported)."""
        levels, self._levels = self._levels, []
        try:
            yield
        finally:
            self._levels = levels

    def replay(self, writes: Iterable[tuple[Store, Any, Value]]) -> None:
        """Write again what a level had written."""
        for store, key, value in writes:
            if value is MISSING:
                self.delete(store, key)
            else:
                self.set(store, key, value)
