"""Graphs that stay when the next batch is there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import ReferenceType, ref

from torch import Tensor

from cnnlint.confirm.child.probes import Probe
from cnnlint.evidence import Graphs

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]


class _Token:
    """Lives as long as a node of a graph."""


def _used(row: Graphs, before: list[bool], *gradients: Any) -> None:
    """A gradient comes back through a graph, for the first time or again."""
    row["used"] += not before
    before.append(True)


class PROBE(Probe):
    """Ties a token to what each call of a model gives, and counts those of the same line that are left."""

    name = "graphs"

    def __init__(self) -> None:
        self.found: dict[tuple[str, int], Graphs] = {}
        self.tokens: dict[tuple[str, int], list[ReferenceType[_Token]]] = {}

    def answered(self, recorder: Recorder, number: int, output: Tensor) -> None:
        place = recorder.users.place()
        if output.grad_fn is None or place is None:
            return
        key = (place["path"], place["line"])
        left = [token for token in self.tokens.get(key, ()) if token() is not None]
        row = self.found.setdefault(key, {"place": place, "calls": 0, "used": 0, "most": 0})
        row["calls"] += 1
        row["most"] = max(row["most"], len(left))
        output.grad_fn.register_prehook(partial(_used, row, []))
        token = _Token()
        output.grad_fn.metadata["cnnlint"] = token
        self.tokens[key] = [*left, ref(token)]

    def result(self, recorder: Recorder) -> list[Graphs]:
        return list(self.found.values())
