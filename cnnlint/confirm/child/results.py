"""Attempts as the plain data that is handed back, whole or for one part of a model."""

from __future__ import annotations

from cnnlint.confirm.child.inputs import Given
from cnnlint.confirm.child.tracing import Attempt
from cnnlint.evidence import Layer, ModelTrace, Place

__all__ = ["part", "trace"]


def trace(
    name: str,
    place: Place,
    attempt: Attempt | None = None,
    *,
    how: str = "",
    why: str = "",
    parameters: int = 0,
    seconds: float = 0.0,
) -> ModelTrace:
    """What is known of a model; without an attempt only `why` there is none."""
    return {
        "name": name,
        "place": place,
        "how": how,
        "why": why,
        "device": attempt.device if attempt else "",
        "inputs": [each.shape for each in attempt.inputs] if attempt else [],
        "searched": attempt.searched if attempt else False,
        "tried": attempt.tried if attempt else 0,
        "layers": attempt.layers if attempt else [],
        "unused": attempt.unused if attempt else [],
        "parameters": parameters,
        "edges": attempt.edges if attempt else [],
        "outputs": attempt.outputs if attempt else [],
        "graph": attempt.graph if attempt else "",
        "remarks": attempt.remarks if attempt else [],
        "broken": attempt.broken if attempt else None,
        "seconds": round(seconds, 3),
    }


def part(attempt: Attempt, path: str) -> Attempt | None:
    """Of an attempt, the first call of the module at `path`. None if nothing called it."""
    first = next((row for row, each in enumerate(attempt.layers) if each["name"] == path), None)
    if first is None:
        return None
    last = first + 1
    while last < len(attempt.layers) and attempt.depths[last] > attempt.depths[first]:
        last += 1
    rows = range(first, last)
    leaving = {source for source, row in attempt.edges if source in rows and row not in rows}
    unfinished = attempt.layers[first]["output"] is None
    return attempt._replace(
        inputs=[Given(each) for each in attempt.layers[first]["inputs"]],
        layers=[_below(path, each) for each in attempt.layers[first:last]],
        depths=attempt.depths[first:last],
        unused=[_below(path, each) for each in attempt.unused if each["name"].startswith(path + ".")],
        edges=sorted(
            {
                (source - first if source in rows else -1, row - first)
                for source, row in attempt.edges
                if row in rows
            }
        ),
        outputs=sorted(row - first for row in leaving.union(attempt.outputs) if row in rows),
        remarks=[],
        broken=attempt.broken if unfinished else None,
    )


def _below(path: str, layer: Layer) -> Layer:
    """The same, its name as that of a part of the module at `path`."""
    name = layer["name"]
    return {**layer, "name": "" if name == path else name.removeprefix(path + ".")}
