"""Lists that count examples, and loaders that are known by a key."""

from __future__ import annotations

from typing import Any

from cnnlint.dims import Dim
from cnnlint.facts import NOWHERE, Indices, Loader, Tensor, is_ranked
from cnnlint.interpreter.objects import ListValue, Value, make_list
from cnnlint.interpreter.written import target_text
from cnnlint.source import Site
from cnnlint.syntax import tree
from cnnlint.values import Unknown


def counting(indices: Indices, kind: str, site: Site | None) -> ListValue:
    """A list of numbers that count examples."""
    made = make_list(Unknown("items not known"), kind, site)
    indices.site = site or NOWHERE
    made.store.update(indices=indices, length=length if isinstance(length := indices.stop, int) else None)
    return made


def part_of_indices(whole: Indices, index: slice) -> Indices | None:
    """A slice of numbers that count examples."""
    if index.step is not None:
        return None

    def bound(at: Any, otherwise: Any) -> Any:
        if at is None:
            return otherwise
        return whole.start + at if isinstance(at, int) and at >= 0 else Unknown("where the slice ends")

    part = Indices(bound(index.start, whole.start), bound(index.stop, whole.stop), whole.ordered)
    part.site, part.name = whole.site, whole.name
    return part


def name_counted(value: Value, node: tree.Assign) -> None:
    """A list that counts examples is called what the statement that makes it calls it."""
    if isinstance(value, ListValue) and isinstance(indices := value.store.get("indices"), Indices):
        if indices.site.at == getattr(node.value, "at", -1):
            indices.name = target_text(node.targets[0])


def name_by_key(value: Value, key: Value) -> None:
    """A loader that stands in a dict is called by its key there."""
    if isinstance(value, Loader) and isinstance(key, str) and not value.name:
        value.name = key


def several(length: Any, shape: Any) -> Any:
    """So many things of one shape in a sequence, of which the values are not known: as one tensor."""
    if isinstance(length, int | Dim) and is_ranked(shape):
        return Tensor(shape=(length, *shape), graph=False)
    return Unknown("a sequence of unknown length")
