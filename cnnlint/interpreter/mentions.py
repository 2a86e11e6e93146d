"""Which attributes a file mentions otherwise than to set them, and where a function sets them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from cnnlint.syntax import tree


def mentioned(parsed: tree.Module) -> frozenset[str]:
    """Every attribute that is read or called anywhere in a file, and every string in it: what
    `getattr` may be given."""
    found = _MENTIONED.get(id(parsed))
    if found is None or found[0] is not parsed:
        found = (parsed, frozenset(_mentions(parsed)))
        if len(_MENTIONED) > 100:
            _MENTIONED.clear()
        _MENTIONED[id(parsed)] = found
    return found[1]


_MENTIONED: dict[int, tuple[Any, frozenset[str]]] = {}


def _mentions(parsed: tree.Module) -> Iterator[str]:
    pending: list[Any] = [parsed]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Assign):
            pending.append(node.value)
            pending.extend(each.value if isinstance(each, tree.Attribute) else each for each in node.targets)
            continue
        if isinstance(node, tree.Attribute):
            yield node.name
        elif isinstance(node, tree.Constant):
            if isinstance(node.value, str):
                yield node.value
            continue
        if isinstance(node, tuple):
            pending.extend(node)


def words_in(parsed: tree.Module) -> Iterator[str]:
    """Every name and string in a file."""
    pending: list[Any] = [parsed]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending.extend(node)
        elif isinstance(node, str):
            yield node


def nodes_in(node: Any, kind: type[Any]) -> Iterator[Any]:
    """Every node of a kind under a node, itself included."""
    pending: list[Any] = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, kind):
            yield each
        if isinstance(each, tuple):
            pending.extend(each)


def dropped_outputs(function: Any) -> Iterator[tuple[str, int]]:
    """The layers on `self` whose output a function gives a name it never mentions again, and where."""
    names = Counter(each.id for each in nodes_in(function.body, tree.Name))
    for statement in nodes_in(function.body, tree.Assign):
        target, value = statement.targets[0], statement.value
        kept = isinstance(target, tree.Name) and names[target.id] == 1 and not target.id.startswith("_")
        if kept and len(statement.targets) == 1 and isinstance(value, tree.Call):
            layer = value.function
            if isinstance(layer, tree.Attribute) and layer.value[:1] == ("self",):
                yield layer.name, statement.at


def attributes_set(node: Any) -> set[str]:
    """The attributes of `self` that plain assignments under a node set."""
    targets = [target for each in nodes_in(node, tree.Assign) for target in each.targets]
    targets += [each.target for each in nodes_in(node, tree.AnnAssign) if each.value is not None]
    return {
        target.name
        for target in targets
        if isinstance(target, tree.Attribute) and target.value[:1] == ("self",)
    }
