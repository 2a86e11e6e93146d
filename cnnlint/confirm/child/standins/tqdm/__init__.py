"""Stands in for tqdm: goes through what it is given, and shows nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["tqdm", "trange"]


class tqdm:  # noqa: N801
    """A progress bar that nobody sees."""

    def __init__(self, iterable: Any = (), *_: Any, **__: Any) -> None:
        self.iterable = iterable
        self.n = 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable)

    def __enter__(self) -> tqdm:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *values, **named: None

    @staticmethod
    def write(*_: Any, **__: Any) -> None:
        """Say something beside the bar."""


def trange(*bounds: int, **_: Any) -> tqdm:
    """A bar over a range."""
    return tqdm(range(*bounds))
