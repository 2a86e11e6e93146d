"""Objects that a script makes, numbered as they are met."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from cnnlint.evidence import Place

__all__ = ["Things"]

T = TypeVar("T")


class Things(Generic[T]):
    """Objects in the order they were met, each with the user's line that built it."""

    def __init__(self) -> None:
        self.all: list[T] = []
        self.places: list[Place | None] = []
        self._numbers: dict[int, int] = {}

    def number(self, thing: T, place: Place | None = None) -> int:
        """Its number; a new one is added, as built at `place`."""
        if id(thing) not in self._numbers:
            self._numbers[id(thing)] = len(self.all)
            self.all.append(thing)
            self.places.append(place)
        return self._numbers[id(thing)]

    def __iter__(self) -> Iterator[T]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)
