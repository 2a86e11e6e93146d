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
    ClassObject,
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

    def escape(self, value: Value, why: str = "") -> tuple[Value, ...]:
        """Code we cannot see has got hold of a value, and of all that can be reached from it. Returns
        all of these."""
        seen: dict[int, Value] = {}
        self._spread(value, "escaped", seen)
        return tuple(seen.values())

    def expose(self, value: Value) -> None:
        """Code outside what is analysed can reach a value, but nothing we saw was given it."""
        self._spread(value, "exposed", {})

    def _spread(self, value: Value, mark: str, seen: dict[int, Value]) -> None:
        value = plain(value)
        if isinstance(value, (*PRIMITIVES, Unknown)) or id(value) in seen:
            return
        seen[id(value)] = value
        if isinstance(value, ParameterGroup) and mark == "escaped":
            value.optimizer.adjusted = True
        if isinstance(value, Fact):
            setattr(value, mark, True)
        elif isinstance(value, ListValue | DictValue):
            value.store[mark] = True  # what is put in later is seen as well
        if isinstance(value, Tensor):
            return
        reached = self._reachable(value)
        if mark == "escaped":
            reached = [*reached, *self._usable_through(value)]
        for each in reached:
            self._spread(each, mark, seen)

    def _usable_through(self, value: Value) -> list[Value]:
        """What whoever has a function or an object can use by calling it: globals among it."""
        if isinstance(value, INSTANCES):
            return [value.cls]
        if isinstance(value, ClassObject):
            return [*value.attributes.values(), *(base for base in value.bases)]
        if not isinstance(value, Function):
            return []
        names = free_names_in(value.node)
        found = list(value.defaults.values())
        scope: Scope | None = value.scope
        while scope is not None:
            found.extend(scope.names[name] for name in names if name in scope.names)
            self.awaited.setdefault(id(scope.names), (scope.names, set()))[1].update(names)
            scope = scope.outer
        return found

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


def free_names_in(node: tree.FunctionDef | tree.Lambda) -> frozenset[str]:
    """The names under a function that are not its parameters, kept like those of `names_in`."""
    found = _FREE_NAMES.get(id(node))
    if found is None or found[0] is not node:
        given = node.parameters
        named = (*given.positional_only, *given.positional, *given.keyword_only)
        found = (node, names_in(node) - {parameter.name for parameter in named})
        if len(_FREE_NAMES) > 10_000:
            _FREE_NAMES.clear()
        _FREE_NAMES[id(node)] = found
    return found[1]


def attributes_in(node: Any) -> set[str]:
    """Every attribute read, written or called anywhere under a node."""
    found: set[str] = set()
    pending: list[Any] = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, tree.Attribute):
            found.add(each.name)
        if isinstance(each, tuple):
            pending.extend(each)
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
_FREE_NAMES: dict[int, tuple[Any, frozenset[str]]] = {}
