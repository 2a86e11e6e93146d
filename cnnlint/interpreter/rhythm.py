"""Tests that count iterations: `(i + 1) % 4 == 0`, as gradient accumulation has them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnnlint.facts import Rhythm
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import plain
from cnnlint.interpreter.written import target_text
from cnnlint.syntax import tree

_TESTS = (tree.Compare, tree.BooleanOperation, tree.UnaryOperation)


class Rhythms(Core):
    """Of a branch, in which iterations it is taken."""

    def rhythm_of(self, test: Any) -> Rhythm | None:
        """How a test counts the iterations of the innermost loop; None if it does not."""
        if self.loop is None:
            return None
        if isinstance(test, tree.Name):
            return self.frame.rhythms.get(test.id)
        if isinstance(test, tree.UnaryOperation) and test.operator == "not":
            inner = self.rhythm_of(test.operand)
            return inner and replace(inner, due=1 - inner.due)
        if isinstance(test, tree.BooleanOperation):
            found = [self.rhythm_of(value) for value in test.values]
            counting = [each for each in found if each is not None]
            return replace(counting[0], ends=test.operator == "or") if len(counting) == 1 else None
        if isinstance(test, tree.Compare) and test.operators in (("==",), ("!=",)):
            return self.remainder(test.left, due=int(test.operators == ("!=",)))
        return self.remainder(test, due=1)

    def note_rhythm(self, node: tree.Assign) -> None:
        """`due = (i + 1) % n == 0`: a name for a test that counts iterations."""
        target = node.targets[0]
        if isinstance(node.value, _TESTS) and len(node.targets) == 1 and isinstance(target, tree.Name):
            found = self.rhythm_of(node.value)
            if found is not None:
                self.frame.rhythms[target.id] = found

    def remainder(self, node: Any, *, due: int) -> Rhythm | None:
        """Of `i % n`, which is 0 once in n iterations."""
        if not isinstance(node, tree.BinaryOperation) or node.operator != "%" or self.loop is None:
            return None
        shifted = isinstance(node.left, tree.BinaryOperation) and node.left.operator == "+"
        counted = node.left.left if isinstance(node.left, tree.BinaryOperation) else node.left
        constant = isinstance(node.right, tree.Constant)
        name, period = target_text(counted), node.right.value if constant else target_text(node.right)
        others = [*self.loop.around(), *self.loop.inner_loops()]
        if not name or not period or any(name == loop.counter for loop in others):
            return None
        times = plain(self.evaluate(node.right))
        if not isinstance(times, int):
            times = self.unknown("in how many iterations is not known", node.right)
        return Rhythm(f"{period}", times, due, counts_from_one=shifted)
