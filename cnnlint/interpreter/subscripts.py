"""Subscripts and comprehensions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnnlint.facts import Module, Number, Picture, Tensor
from cnnlint.interpreter import limits
from cnnlint.interpreter.counting import name_by_key
from cnnlint.interpreter.filtering import Filtering
from cnnlint.interpreter.naming import Names
from cnnlint.interpreter.objects import (
    INSTANCES,
    Arguments,
    Assumed,
    DictValue,
    Library,
    ListValue,
    OneOf,
    ParameterGroup,
    Scope,
    Stream,
    Value,
    make_dict,
    make_list,
    plain,
)
from cnnlint.knowledge.pictures import item_of
from cnnlint.syntax import tree
from cnnlint.values import Unknown


class Subscripts(Names, Filtering):
    """Items taken out of values, and displays built by clauses."""

    # --- subscripts ----------------------------------------------------------------------------
    def eval_Slice(self, node: tree.Slice) -> Value:
        bounds = [None if each is None else plain(self.evaluate(each)) for each in node[:3]]
        return slice(*bounds)

    def eval_Subscript(self, node: tree.Subscript) -> Value:
        return self.item(self.evaluate(node.value), self.evaluate(node.index), node)

    def item(self, value: Value, index: Value, node: Any) -> Value:
        if type(value) is Assumed or type(index) is Assumed:
            return self.assumed(self.item(plain(value), plain(index), node))
        if isinstance(index, Number | Tensor):
            self.note_naming(value, index, node)
        if isinstance(value, Unknown):
            self.escape(index)
            return value
        if isinstance(value, OneOf):
            return self.join(
                [self.item(each, index, node) for each in value.alternatives if each is not None], node
            )
        if isinstance(value, Library) and value.name.startswith("builtins."):
            return value  # `tuple[int, int]`
        if isinstance(value, Tensor):
            return self.tensor_item(value, index, node)
        if isinstance(value, Picture):
            return item_of(value, index)
        if isinstance(value, DictValue):
            entries = self.entries_for(value, index)
            if entries and not self.hashable(index):
                return self.join(list(entries.values()), node)
            if entries is None or not self.hashable(index):
                return self.unknown("which entry is not known", node)
            return entries.get(index, self.unknown("no such entry is known", node))
        if isinstance(value, ParameterGroup) and index == "params":
            return value.optimizer.params
        if isinstance(value, Module):
            return self.container_item(value, index, node)
        items = self.known_items(value)
        if isinstance(value, INSTANCES) and items is None:
            return self.call(self.get_attribute(value, "__getitem__", node), Arguments([index], {}), node)
        if items is None or _uncertain(index):
            if isinstance(value, Stream):
                return value.element if isinstance(index, int) else replace(value, indices=None)
            counts = isinstance(value, ListValue) and value.store.get("indices") is not None
            if (
                isinstance(value, ListValue)
                and isinstance(index, slice)
                and (counts or not _uncertain(index))
            ):
                return self.part_of_list(value, index, node)
            return self.any_item(value, node) if items else self.unknown("which item is not known", node)
        try:
            found = items[index]
        except (IndexError, TypeError, ValueError):
            return self.unknown("no such item", node)
        if not isinstance(index, slice):
            return found
        if isinstance(value, str | bytes | tuple | range):
            return value[index]
        return make_list(found, "list", self.site(node))

    def part_of_list(self, value: ListValue, index: slice, node: Any) -> Value:
        """A slice of a list whose items are not known; how many it has may be."""
        part = make_list(self.unknown("items not known", node), "list", self.site(node))
        length = value.store.get("length")
        if isinstance(length, int) and not _uncertain(index):
            part.store["length"] = len(range(length)[index])
        if value.store.get("indices") is not None and "escaped" not in value.store:
            part.store["indices"] = value.store["indices"].part(index)
        return part

    def any_item(self, value: Value, node: Any) -> Value:
        items = self.known_items(value)
        return self.join(items, node) if items else self.unknown("which item is not known", node)

    # --- comprehensions ------------------------------------------------------------------------
    def eval_Comprehension(self, node: tree.Comprehension) -> Value:
        scope = self.frame.scope
        self.frame.scope = Scope({}, scope, scope.module)
        items: list[Value] = []
        lengths: list[Any] = []
        outer = self.sampling
        try:
            exact = self.comprehend(node, 0, items, lengths)
        finally:
            self.frame.scope, self.sampling = scope, outer
        site = self.site(node)
        if node.kind == "dict":
            keys = [key for key, _ in items]
            if exact and all(self.hashable(plain(key)) for key in keys):
                for key, value in items:
                    name_by_key(plain(value), plain(key))
                return make_dict({plain(key): value for key, value in items}, site)
            self.escape(tuple(value for _, value in items))
            return make_dict(self.unknown("keys not known", node), site)
        if exact:
            return make_list(items, "set" if node.kind == "set" else "list", site)
        parameters = self.join_parameters(items)
        if parameters is not None:
            parameters.unbiased = self.without_biases(node, parameters)
            return parameters
        if len(items) != 1:
            return Stream(self.join(items, node))
        every = len(lengths) == len(node.clauses) == 1 and not node.clauses[0].conditions
        return Stream(items[0], length=lengths[0] if every else Unknown("length not known"))

    def comprehend(
        self, node: tree.Comprehension, depth: int, items: list[Value], lengths: list[Any]
    ) -> bool:
        """Add what the clauses from `depth` on yield; False if only a sample of it is known, and then
        `lengths` says of how many."""
        if depth == len(node.clauses):
            element = self.evaluate(node.element)
            items.append(element if node.key is None else (self.evaluate(node.key), element))
            return len(items) <= limits.ITEMS
        clause = node.clauses[depth]
        iterable = self.evaluate(clause.iterable)
        known = self.known_items(iterable)
        exact = known is not None and len(known) <= limits.UNROLLED
        elements = known if exact and known is not None else [self.element(iterable, clause)]
        if not exact:
            lengths.append(getattr(plain(iterable), "length", Unknown("length not known")))
        self.sampling = self.sampling or not exact
        for element in elements:
            if items and self.steps > self.steps_in_call:
                return False
            self.assign(clause.target, element, clause)
            truths = [self.truth(self.evaluate(condition)) for condition in clause.conditions]
            if any(truth is False for truth in truths):
                continue
            exact = exact and not any(isinstance(truth, Unknown) for truth in truths)
            exact = self.comprehend(node, depth + 1, items, lengths) and exact
        return exact


def _uncertain(index: Value) -> bool:
    if isinstance(index, slice):
        return any(
            not isinstance(each, int) and each is not None for each in (index.start, index.stop, index.step)
        )
    return not isinstance(index, int)
