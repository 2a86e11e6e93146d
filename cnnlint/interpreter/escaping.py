"""What leaves our sight: values handed to code we cannot see, and all that can be reached from them."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import (
    Fact,
    Module,
    Optimizer,
    Parameters,
    Scheduler,
    Tensor,
)
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import (
    INSTANCES,
    BoundMethod,
    DictValue,
    Function,
    LibraryMethod,
    ListValue,
    OneOf,
    ParameterGroup,
    Partial,
    Scope,
    Stream,
    Value,
    plain,
)
from cnnlint.interpreter.state import PRIMITIVES
from cnnlint.syntax import tree
from cnnlint.values import Unknown


class Escaping(Core):
    """Marks what code we cannot see has got hold of."""

    def escape(self, value: Value, why: str = "") -> None:
        """Code we cannot see has got hold of a value, and of all that can be reached from it."""
        self._spread(value, "escaped", set())

    def expose(self, value: Value) -> None:
        """Code outside what is analysed can reach a value, but nothing we saw was given it."""
        self._spread(value, "exposed", set())

    def _spread(self, value: Value, mark: str, seen: set[int]) -> None:
        value = plain(value)
        if isinstance(value, (*PRIMITIVES, Unknown)) or id(value) in seen:
            return
        seen.add(id(value))
        if isinstance(value, ParameterGroup) and mark == "escaped":
            value.optimizer.adjusted = True
        if isinstance(value, Fact):
            setattr(value, mark, True)
        if isinstance(value, Tensor):
            return
        for reached in self._reachable(value):
            self._spread(reached, mark, seen)

    def _reachable(self, value: Value) -> list[Value]:
        if isinstance(value, tuple):
            return list(value)
        if isinstance(value, dict):
            return list(value.values())
        if isinstance(value, ListValue | DictValue):
            items = value.store["items"]
            return [] if isinstance(items, Unknown) else self._reachable(items)
        if isinstance(value, OneOf):
            return list(value.alternatives)
        if isinstance(value, INSTANCES):
            return [
                *value.attributes.values(),
                *(value.children().values() if isinstance(value, Module) else ()),
            ]
        if isinstance(value, Module):
            return list(value.children().values())
        if isinstance(value, Scheduler):
            return [value.optimizer]
        if isinstance(value, Optimizer):
            return [] if isinstance(value.params, Unknown) else [value.params]
        if isinstance(value, Parameters):
            return [] if isinstance(value.modules, Unknown) else list(value.modules)
        if isinstance(value, BoundMethod | LibraryMethod):
            return [value.receiver]
        if isinstance(value, Partial):
            return [value.function, *value.arguments, *value.keywords.values()]
        if isinstance(value, Stream):
            return [value.element]
        if isinstance(value, Function):
            return self._captured(value)
        return []

    def _captured(self, function: Function) -> list[Value]:
        """What a nested function closes over (not the globals, which are everybody's)."""
        scope: Scope | None = function.scope
        found: list[Value] = []
        while scope is not None and scope.outer is not None:
            names = names_in(function.node)
            found.extend(value for name, value in scope.names.items() if name in names)
            scope = scope.outer
        return found


def names_in(node: Any) -> frozenset[str]:
    """Every name read or written anywhere under a node."""
    found = _NAMES.get(id(node))
    if found is None or found[0] is not node:
        names: set[str] = set()
        pending: list[Any] = [node]
        while pending:
            each = pending.pop()
            if isinstance(each, tree.Name):
                names.add(each.id)
            elif isinstance(each, tuple):
                pending.extend(each)
        found = (node, frozenset(names))
        if len(_NAMES) > 10_000:
            _NAMES.clear()
        _NAMES[id(node)] = found
    return found[1]


_NAMES: dict[int, tuple[Any, frozenset[str]]] = {}
