"""What a name nobody binds must stand for, told by how it is used and never by its name alone."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any

from cnnlint.facts import Fact, Loader, Optimizer, Scaler, Scheduler
from cnnlint.interpreter.objects import AnyModule
from cnnlint.records import record
from cnnlint.syntax import tree
from cnnlint.values import Unknown

#: Only modules have these; a name that is called and asked for one of them is a model.
MODULE_METHODS = frozenset(
    "train eval parameters named_parameters state_dict load_state_dict modules children".split()
)
_OPTIMIZER = re.compile(r"opt|solver", re.IGNORECASE)
_SCHEDULER = re.compile(r"sched", re.IGNORECASE)
_LOADER = re.compile(r"load|data|batch|iter", re.IGNORECASE)
_MODEL = re.compile(r"model|net|classifier|cnn|encoder|decoder|generator|discriminator", re.IGNORECASE)


@record
class Uses:
    """How each name of a block is used."""

    methods: dict[str, set[str]] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    unpacked: set[str] = field(default_factory=set)  # iterated over, two or more values at a time
    iterated: set[str] = field(default_factory=set)
    stepped: set[str] = field(default_factory=set)  # given to a method `step`
    backward: bool = False


def role_of(name: str, body: Any) -> Fact | None:
    """The fact a parameter or free name of a block must be; None if its use does not tell."""
    uses = _uses(body)
    methods = uses.methods.get(name, set())
    if {"step", "zero_grad"} <= methods and name not in uses.called:
        return _optimizer()
    if name in uses.stepped and ("zero_grad" in methods or _OPTIMIZER.search(name)):
        return _optimizer()
    if {"scale", "step"} <= methods or {"unscale_", "update"} <= methods:
        return Scaler()
    if "step" in methods and uses.backward and _OPTIMIZER.search(name) and not _SCHEDULER.search(name):
        return _optimizer()
    if "step" in methods and _SCHEDULER.search(name):
        return Scheduler()
    if name in uses.called and (
        methods & MODULE_METHODS
        or (_MODEL.search(name) and not name[0].isupper() and (uses.backward or uses.iterated))
    ):
        return AnyModule()
    if (
        name in uses.unpacked
        and (uses.backward or _LOADER.search(name))
        or (name in uses.iterated and _LOADER.search(name) and uses.backward)
    ):
        unknown = Unknown("the loader is made elsewhere")
        return Loader(unknown, unknown, unknown, unknown, unknown, unknown, unknown)
    return None


def _optimizer() -> Optimizer:
    return Optimizer()


_CACHE: dict[int, tuple[Any, Uses]] = {}


def _uses(body: Any) -> Uses:
    found = _CACHE.get(id(body))
    if found is None or found[0] is not body:
        uses = Uses()
        _walk(body, uses)
        if len(_CACHE) > 2_000:
            _CACHE.clear()
        found = _CACHE[id(body)] = (body, uses)
    return found[1]


def _walk(root: Any, uses: Uses) -> None:
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Call):
            _note_call(node, uses)
        elif isinstance(node, tree.For):
            _note_loop(node, uses)
        if isinstance(node, tuple):
            pending.extend(child for child in node if isinstance(child, tuple))


def _note_call(node: tree.Call, uses: Uses) -> None:
    function = node.function
    if isinstance(function, tree.Name):
        uses.called.add(function.id)
    elif isinstance(function, tree.Attribute):
        uses.backward = uses.backward or function.name in ("backward", "manual_backward")
        if function.name == "step" and node.arguments and isinstance(node.arguments[0].value, tree.Name):
            uses.stepped.add(node.arguments[0].value.id)
        if isinstance(function.value, tree.Name):
            uses.methods.setdefault(function.value.id, set()).add(function.name)


def _note_loop(node: tree.For, uses: Uses) -> None:
    iterable, target = node.iterable, node.target
    while isinstance(iterable, tree.Call) and iterable.arguments:
        counted = isinstance(iterable.function, tree.Name) and iterable.function.id == "enumerate"
        if counted and isinstance(target, tree.Tuple) and len(target.items) == 2:
            target = target.items[1]
        iterable = iterable.arguments[0].value
    if isinstance(iterable, tree.Name):
        uses.iterated.add(iterable.id)
        if isinstance(target, tree.Tuple) and len(target.items) >= 2:
            uses.unpacked.add(iterable.id)
