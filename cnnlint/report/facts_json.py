"""--facts --output-format json: models as graphs, and the facts, in one document with stable keys.

Sizes and counts are numbers, or formulas as text where they depend on the input; null is not known.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from math import inf
from typing import Any, TextIO

from cnnlint.dims import Dim
from cnnlint.facts import Fact, Program
from cnnlint.facts.graph import Graph, Node
from cnnlint.report.facts import known, text_of
from cnnlint.report.network import graphs_of, signature
from cnnlint.source import Site
from cnnlint.values import Unknown, why_unknown

__all__ = ["write_facts"]

#: Where a site is: its path, cell, row and column; None where it is in no text.
Locate = Callable[[Site], "tuple[str, int | None, int, int] | None"]


def write_facts(program: Program, locate: Locate, stream: TextIO) -> None:
    """One object; keys in alphabetical order, so that the same facts are the same bytes."""
    document = {
        "facts": [fact_of(fact, locate) for fact in program.facts],
        "limits": [{"place": place(site, locate), "why": why} for site, why in program.limits],
        "models": [model_of(graph, locate) for graph in graphs_of(program)],
    }
    json.dump(document, stream, indent=2, sort_keys=True)
    stream.write("\n")


def model_of(graph: Graph, locate: Locate) -> dict[str, Any]:
    model = graph.model
    return {
        "class": model.class_name,
        "input": shape(graph.input),
        "layers": [layer_of(node, locate) for node in graph.nodes],
        "name": model.name,
        "output": shape(graph.output),
        "place": place(model.site, locate),
        "totals": {
            "activation_bytes": number(graph.activation_bytes.value),
            "activation_bytes_complete": graph.activation_bytes.complete,
            "depth": graph.depth,
            "multiply_adds": number(graph.multiply_adds.value),
            "multiply_adds_complete": graph.multiply_adds.complete,
            "parameters": number(graph.parameters),
            "receptive_field": field(graph.sight.known),
            "trainable_parameters": number(graph.trainable_parameters),
        },
    }


def layer_of(node: Node, locate: Locate) -> dict[str, Any]:
    """One operation; `inputs` are the ids of others, 0 for the model's input."""
    layer = node.operation.layer
    return {
        "certain": node.certain,
        "depth": node.depth,
        "id": node.number,
        "inputs": list(node.inputs),
        "kind": layer.kind if layer is not None else None,
        "module": ".".join(node.path),
        "multiply_adds": number(node.multiply_adds),
        "name": layer.name if layer is not None else node.operation.text,
        "operation": node.operation.name,
        "output": shape(node.shape),
        "parameters": number(node.parameters),
        "place": place(node.operation.place.site, locate),
        "receptive_field": field(node.sight.known),
        "shared": node.shared,
        "text": signature(layer) if layer is not None else None,
    }


def fact_of(fact: Fact, locate: Locate) -> dict[str, Any]:
    return {
        "class": type(fact).__name__,
        "kind": fact.kind if isinstance(fact.kind, str) else None,
        "knows": {name: value_of(value) for name, value in known(fact)},
        "name": fact.name if isinstance(fact.name, str) else None,
        "place": place(fact.site, locate),
        "unknown": {
            name: str(why_unknown(value)[0]) for name, value in known(fact) if isinstance(value, Unknown)
        },
    }


def place(site: Site, locate: Locate) -> dict[str, Any] | None:
    found = locate(site)
    if found is None:
        return None
    path, cell, row, column = found
    return {"cell": cell, "filename": path, "location": {"column": column, "row": row}}


def value_of(value: Any) -> Any:
    """A plain value as itself, what is not known as null, all else as --facts writes it."""
    if isinstance(value, Unknown):
        return None
    plain = value is None or isinstance(value, bool | int | str) or isinstance(value, float) and finite(value)
    return value if plain else text_of(value)


def finite(value: float) -> bool:
    return value == value and abs(value) != inf


def number(value: Any) -> Any:
    if isinstance(value, Dim):
        return repr(value)
    return value if isinstance(value, int | float) else None


def shape(axes: Any) -> list[Any] | None:
    """Each axis as a number, a formula, or '?'; '...' for any further ones."""
    if not isinstance(axes, tuple):
        return None
    return ["..." if axis is Ellipsis else axis if isinstance(axis, int) else f"{axis}" for axis in axes]


def field(seen: Any) -> list[Any] | str | int | None:
    """Places along each axis, or one number for all; 'all', or 0 for nothing of the input."""
    if isinstance(seen, Unknown):
        return None
    if isinstance(seen, tuple):
        return [field(each) for each in seen]
    return "all" if seen == inf else int(seen)
