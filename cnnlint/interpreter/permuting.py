"""Sequences that count examples, and what brings them into another order."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Indices, Op
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.counting import counting
from cnnlint.interpreter.objects import Arguments, ListValue, Value, plain
from cnnlint.values import Unknown, is_unknown


class Permuting(Core):
    """`numpy.arange`, and shuffling in place or not."""

    def do_arange(self, arguments: Arguments, node: Any) -> Value:
        """`numpy.arange(n)`."""
        if len(arguments.positional) != 1 or arguments.keywords:
            return self.unknown("what `numpy.arange` returns", node)
        return counting(Indices(stop=counted_to(arguments)), "array", self.site(node))

    def do_permutation(self, arguments: Arguments, node: Any) -> Value:
        """`numpy.random.permutation(n)`, or of a sequence."""
        given = plain(arguments.positional[0]) if arguments.positional else None
        indices = given.store.get("indices") if isinstance(given, ListValue) else None
        if isinstance(given, int) or is_unknown(given):
            indices = Indices(stop=counted_to(arguments))
        if indices is None:
            return self.unknown("what `numpy.random.permutation` returns", node)
        return counting(shuffled(indices), "array", self.site(node))

    def do_shuffle(self, arguments: Arguments, node: Any) -> Value:
        """The items of a list are in another order, and as many."""
        target = plain(arguments.positional[0]) if arguments.positional else None
        if isinstance(target, ListValue):
            indices, length = target.store.get("indices"), self.builtins["len"](self, arguments, node)
            self.lose(target, "shuffled", node)
            self.heap.set(target.store, "length", None if is_unknown(length) else length)
            if indices is not None and "escaped" not in target.store:
                self.heap.set(target.store, "indices", shuffled(indices))
        return None


def counted_to(arguments: Arguments) -> Any:
    """The number of which a function of numpy makes all before it."""
    stop = plain(arguments.positional[0])
    return stop if isinstance(stop, int) else Unknown("a number")


def shuffled(indices: Indices) -> Indices:
    """The same numbers in another order."""
    made = Indices(indices.start, indices.stop, ordered=False, drawn=Op(name="shuffle"))
    made.site, made.name = indices.site, indices.name
    return made
