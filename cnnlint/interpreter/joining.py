"""Undecided branches: every arm is followed from the same state, and what they leave is joined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnlint.facts import (
    Number,
    Op,
    Tensor,
)
from cnnlint.interpreter import limits
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.devices import either
from cnnlint.interpreter.heap import Writes
from cnnlint.interpreter.objects import (
    MISSING,
    OneOf,
    Value,
    plain,
)
from cnnlint.interpreter.state import PRIMITIVES, LimitReached
from cnnlint.values import Unknown


class Joining(Core):
    """Values that stand for any of several."""

    def fork(self, node: Any, arms: list[Callable[[], Value]], tests: tuple[Any, ...] = ()) -> Value:
        """Follow every arm from the same state, join what they wrote, and join their values, of which
        `tests` choose one."""
        if self.branch_depth >= limits.BRANCH_DEPTH:
            raise LimitReached(f"more than {limits.BRANCH_DEPTH} undecided branches inside one another")
        branch = self.open_branch(node, len(arms))
        branch.tests = tests
        values, written = [], []
        self.branch_depth += 1
        try:
            for index, arm in enumerate(arms):
                self.heap.begin()
                try:
                    with self.in_arm(branch, index):
                        values.append(arm())
                finally:
                    written.append(self.heap.undo())
        finally:
            self.branch_depth -= 1
        self.join_writes(written, tests)
        return self.chosen(values, tests, node)

    def join_writes(self, written: list[Writes], tests: tuple[Any, ...] = ()) -> None:
        """Leave memory as it is after one or the other of several sets of writes, as `tests` decide."""
        places: dict[Any, Any] = {}
        for writes in written:
            for place, entry in writes.items():
                places.setdefault(place, entry)
        for place, (store, key, _) in places.items():
            before = store.get(key, MISSING)
            if before is MISSING and any(place not in writes for writes in written):
                self.partly_set.append((store, key))
            values = [writes[place][2] if place in writes else before for writes in written]
            joined = self.chosen([value for value in values if value is not MISSING], tests)
            self.heap.set(store, key, joined)

    def chosen(self, values: list[Value], tests: tuple[Any, ...], node: Any = None) -> Value:
        """One value that stands for any of several, of which `tests` choose one."""
        joined = self.join(values, node)
        before = {id(each) for value in values for each in (value if isinstance(value, tuple) else (value,))}
        for each in joined if isinstance(joined, tuple) else (joined,):
            if tests and isinstance(each, Unknown) and id(each) not in before:
                self.swayed[id(each)] = each, tests
        return joined

    def deciding(self, values: list[Value]) -> tuple[Any, ...]:
        """The numbers and tensors that decide a test with these values, also by what was set before."""
        found: list[Any] = []
        for value in map(plain, values):
            if isinstance(value, Number | Tensor):
                found.append(value)
            elif isinstance(value, Unknown) and id(value) in self.swayed:
                found.extend(self.swayed[id(value)][1])
        return tuple(found)

    def join(self, values: list[Value], node: Any = None) -> Value:
        """One value that stands for any of several."""
        if not values:
            return None
        first = values[0]
        if all(value is first for value in values):
            return first
        distinct = self._distinct(values)
        if len(distinct) == 1:
            return distinct[0]
        if (device := either(distinct)) is not None:
            return device
        if any(isinstance(value, Unknown) for value in distinct):
            return self._lose(distinct, "not known on every path", node)
        bare = [plain(value) for value in distinct]
        if all(isinstance(value, tuple) for value in bare):
            if len({len(value) for value in bare}) == 1:
                return tuple(self.join(list(items), node) for items in zip(*bare, strict=True))
            return self._lose(bare, "differs between branches", node)
        if all(isinstance(value, Tensor) or value is None for value in bare):
            tensors = [value for value in bare if isinstance(value, Tensor)]
            return self._join_tensors(tensors) if len(tensors) == len(bare) else OneOf(tuple(bare))
        if all(isinstance(value, dict) for value in bare):  # the contents of a DictValue
            keys = {key: None for value in bare for key in value}
            absent = self.unknown("set on some paths only", node)
            return {key: self.join([value.get(key, absent) for value in bare], node) for key in keys}
        if all(value is None or not isinstance(value, PRIMITIVES + (tuple, dict)) for value in bare):
            if len(bare) <= limits.ALTERNATIVES:
                return OneOf(tuple(bare))
        return self._lose(bare, "differs between branches", node)

    def _distinct(self, values: list[Value]) -> list[Value]:
        distinct: list[Value] = []
        for value in values:
            for each in value.alternatives if isinstance(value, OneOf) else (value,):
                if not any(self._same(each, other) for other in distinct):
                    distinct.append(each)
        return distinct

    def _same(self, a: Value, b: Value) -> bool:
        if a is b:
            return True
        a, b = plain(a), plain(b)
        if type(a) is not type(b):
            return False
        if isinstance(a, tuple):
            return len(a) == len(b) and all(map(self._same, a, b))
        return isinstance(a, PRIMITIVES) and bool(a == b)

    def _lose(self, values: list[Value], why: str, node: Any) -> Unknown:
        for value in values:
            self.escape(value)
        return self.unknown(why, node)

    def _join_tensors(self, tensors: list[Tensor]) -> Tensor:
        shapes = [tensor.shape for tensor in tensors]
        shape: Any = Unknown("differs between branches")
        if all(isinstance(each, tuple) for each in shapes) and len({len(each) for each in shapes}) == 1:
            shape = tuple(self._join_axis(axes) for axes in zip(*shapes, strict=True))
        result = Tensor(
            shape=shape,
            dtype=self._join_plain([tensor.dtype for tensor in tensors]),
            graph=self._join_plain([tensor.graph for tensor in tensors]),
        )
        result.producer = Op(name="either", inputs=tuple(tensors), output=result)
        return result

    def _join_axis(self, axes: tuple[Any, ...]) -> Any:
        first = axes[0]
        if all(axis is first or (axis == first) is True for axis in axes):
            return first
        return Unknown("differs between branches")

    def _join_plain(self, values: list[Any]) -> Any:
        if any(isinstance(value, Unknown) for value in values) or len(set(values)) > 1:
            return Unknown("differs between branches")
        return values[0]
