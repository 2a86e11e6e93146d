"""Numbers that sum up what batches give, and what they are divided by."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Average, Loader, Loop, Number, Tensor
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.mentions import nodes_in
from cnnlint.interpreter.objects import Value
from cnnlint.interpreter.reading import added_up
from cnnlint.interpreter.written import target_text
from cnnlint.syntax import tree
from cnnlint.values import Unknown, is_unknown


class Averaging(Core):
    """Arithmetic with numbers that were read from tensors."""

    def number(self, symbol: str, left: Value, right: Value, node: Any) -> Value:
        """What an operator makes of numbers, at least one of which was read from a tensor."""
        numbers = [each for each in (left, right) if isinstance(each, Number)]
        scaled = any(each.scaled for each in numbers)
        average = None
        if symbol not in "+-":
            if isinstance(left, Number) and symbol == "/" and left.source is not None:
                average = self.note_average(left.source, scaled, right, node)
            others = [each for each in (left, right) if not isinstance(each, Number)]
            percentage = symbol == "*" and isinstance(others[0] if others else None, int | float)
            if not (percentage and others[0] in (1, 100)):
                scaled = True
                for each in numbers:
                    if each.average is not None:
                        each.average.scaled = True
        plus = numbers[0].plus + _added(symbol, left, right)
        return Number(source=numbers[0].source, scaled=scaled, average=average, plus=plus)

    def note_average(self, sum_of_batches: Tensor, scaled: bool, divisor: Value, node: Any) -> Average | None:
        """A sum is divided by the length of a loader or dataset, or by a number that may be that."""
        over = self.lengths.get(id(divisor), (None, None))[1] if is_unknown(divisor) else divisor
        written = node.right if isinstance(node, tree.BinaryOperation) else getattr(node, "value", None)
        if over is None and isinstance(written, tree.Name):
            counted = (each.loader for each in reversed(self.trace) if counts(each, written.id))
            over = next((loader for loader in counted if written.id not in self.added_up()), None)
        if over is None or isinstance(over, bool | str | Number | Tensor) or written is None:
            return None
        event = Average(subject=sum_of_batches, over=over, scaled=scaled, divisor=self.site(written))
        total = getattr(node, "left", None) or getattr(node, "target", None)
        added, names = self.added_up(), (each.id for each in nodes_in(total, tree.Name))
        event.kept = next((name for name in names if name in added), "")
        if isinstance(written, tree.Call) and len(written.arguments) == 1:
            event.measured = target_text(written.arguments[0].value)
        self.record(event, node)
        return event

    def added_up(self) -> frozenset[str]:
        """The variables that the loop it is in, in this function, only ever adds to."""
        inside = self.loop is not None and self.frame.loop_at_entry is not self.loop
        return added_up(self.rounds_of.body) if inside else frozenset()

    def measured(self, value: Any, node: Any) -> Value:
        """`len` of a loader or dataset; where that is not known, what it is the length of is remembered."""
        length = self.length_of(value)
        if is_unknown(length):
            length = self.unknown("how many that are is not known", node)
            self.lengths[id(length)] = length, value
        return length


def _added(symbol: str, left: Value, right: Value) -> Any:
    """What an operator adds to a number; Unknown if it does something else."""
    other = right if isinstance(left, Number) else left
    if isinstance(other, int) and (symbol == "+" or symbol == "-" and other is right):
        return other if symbol == "+" else -other
    return Unknown("what is added is not known")


def counts(step: Any, name: str) -> bool:
    """A loop over batches that has counted them in this variable."""
    return isinstance(step, Loop) and name in step.counts and isinstance(step.loader, Loader)
