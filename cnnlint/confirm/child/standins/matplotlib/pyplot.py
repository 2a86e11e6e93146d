"""The functions of pyplot. `subplots` alone gives what can be taken apart."""

from __future__ import annotations

from typing import Any

from cnnlint.confirm.child.stubs import stub

__all__ = ["subplots"]


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return stub("matplotlib.pyplot", name)


def subplots(nrows: int = 1, ncols: int = 1, *_: Any, **__: Any) -> Any:
    """A figure, and axes in as many rows and columns as asked for."""
    figure, axes = (stub("matplotlib.pyplot", name)() for name in ("Figure", "Axes"))
    rows = [[axes] * ncols for _ in range(nrows)]
    if nrows == 1 or ncols == 1:
        flat = [each for row in rows for each in row]
        return figure, flat if len(flat) > 1 else axes
    return figure, _grid(rows)


def _grid(rows: list[list[Any]]) -> Any:
    """Rows that can be asked by row and column, where NumPy is there."""
    try:
        from numpy import empty
    except ImportError:
        return rows
    grid: Any = empty((len(rows), len(rows[0])), dtype=object)
    for number, row in enumerate(rows):
        grid[number] = row
    return grid
