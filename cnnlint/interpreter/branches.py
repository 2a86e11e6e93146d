"""Branches: known, by default, and undecided ones, of which every side is followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from cnnlint.facts import Branch
from cnnlint.interpreter import limits
from cnnlint.interpreter.heap import Writes
from cnnlint.interpreter.objects import (
    INSTANCES,
    Assumed,
    OneOf,
    Scope,
    Value,
    plain,
)
from cnnlint.interpreter.rhythm import Rhythms
from cnnlint.interpreter.state import PRIMITIVES, Completion, LimitReached
from cnnlint.interpreter.written import never_returns, target_text
from cnnlint.syntax import tree
from cnnlint.values import Unknown

#: What torch raises where shapes do not fit, and what it is a kind of.
RAISED = ("RuntimeError", "ValueError", "IndexError", "Exception", "BaseException")


class Side(NamedTuple):
    """One side of a branch: taken where `test` holds (None: any) and those in `failed` do not."""

    block: tree.Block
    test: Any
    failed: tuple[Any, ...]
    value: Value = None  # of the test


class Branches(Rhythms):
    """`if`, `match` and `try`."""

    # --- branches ------------------------------------------------------------------------------
    def exec_If(self, node: tree.If) -> Completion:
        self.frame.tests += 1
        completion = self.decide(node)
        self.frame.tests -= 1
        return completion

    def decide(self, node: tree.If) -> Completion:
        test = self.test(node.test)
        truth = self.truth(test)
        if isinstance(truth, Unknown):
            return self.undecided(node, node.body, node.orelse, node.test, test)
        taken, other = (node.body, node.orelse) if truth else (node.orelse, node.body)
        if type(test) is not Assumed:
            return self.execute(taken)
        return self.by_default(node, taken, other)

    def by_default(self, node: Any, taken: tree.Block, other: tree.Block) -> Completion:
        """A test that rests on a default: its state is the default's, but what the other side would
        do is traced too, so that nobody claims it never happens."""
        if self.speculation >= limits.SPECULATION_DEPTH or not other:
            return self.execute(taken)
        branch = self.open_branch(node, 2)
        returned = len(self.frame.returns)
        self.heap.begin()
        self.speculation += 1
        try:
            with self.in_arm(branch, 1):
                self.execute(other)
        finally:
            self.speculation -= 1
            self.heap.undo()
            del self.frame.returns[returned:]
        with self.in_arm(branch, 0):
            completion = self.execute(taken)
        self.drop_if_empty(branch)
        return completion

    def drop_if_empty(self, branch: Any) -> None:
        if self.trace and self.trace[-1] is branch and not any(branch.arms):
            self.trace.pop()

    def undecided(
        self, node: Any, body: tree.Block, orelse: tree.Block, test: Any = None, value: Value = None
    ) -> Completion:
        """Follow all sides of an `if ... elif ... else`, each from the same state."""
        if self.branch_depth >= limits.BRANCH_DEPTH:
            raise LimitReached(f"more than {limits.BRANCH_DEPTH} undecided branches inside one another")
        sides = [Side(body, test, ()), *self.further_sides(orelse, test)]
        blocks = [side.block for side in sides]
        branch = self.open_branch(node, len(blocks))
        branch.rhythm = self.rhythm_of(test)
        values = [value, *(side.value for side in sides)]
        branch.tests = self.deciding(values)
        outcomes = []
        self.branch_depth += 1
        try:
            for index, side in enumerate(sides):
                alone = all(_ends_in_raise(other) for other in (*blocks[:index], *blocks[index + 1 :]))
                outcomes.append(self.one_side(branch, index, side, alone))
        finally:
            self.branch_depth -= 1
        return self.go_on(node, branch, outcomes)

    def further_sides(self, orelse: tree.Block, test: Any) -> list[Side]:
        """The `elif`s that may be reached, and the `else`."""
        sides: list[Side] = []
        failed: tuple[Any, ...] = (test,)
        while len(orelse) == 1 and isinstance(orelse[0], tree.If):
            other = orelse[0]
            value = self.test(other.test)
            truth = self.truth(value)
            if truth is True:
                return [*sides, Side(other.body, None, failed)]
            if truth is not False:
                sides.append(Side(other.body, other.test, failed, value))
                failed = (*failed, other.test)
            orelse = other.orelse
        return [*sides, Side(orelse, None, failed)]

    def one_side(self, branch: Branch, index: int, side: Side, alone: bool) -> tuple[Completion, Writes]:
        """How one side ends and what it writes, undone. `alone`: every other side raises, so that
        what happens here is not in doubt."""
        self.heap.begin()
        try:
            self.suppose(side.test, holds=True)
            for test in side.failed:
                self.suppose(test, holds=False)
            if alone:
                trace, self.trace = self.trace, branch.arms[index]
                completion = self.execute(side.block)
                self.trace = trace
            else:
                with self.in_arm(branch, index):
                    completion = self.execute(side.block)
        finally:
            writes = self.heap.undo()
        return completion, writes

    def suppose(self, test: Any, *, holds: bool) -> None:
        """On a side where a test holds (or not), leave of several objects those it holds for."""
        if isinstance(test, tree.UnaryOperation) and test.operator == "not":
            self.suppose(test.operand, holds=not holds)
            return
        subject, agrees = self.question(test)
        value = None if subject is None else self.evaluate(subject)
        if isinstance(value, OneOf):
            left = [each for each in value.alternatives if agrees(each) in (holds, None)]
            if 0 < len(left) < len(value.alternatives):
                self.replace(subject, left[0] if len(left) == 1 else OneOf(tuple(left)))

    def question(self, test: Any) -> tuple[Any, Callable[[Value], Any]]:
        """What a test asks about, and its answer (None: not known) for a value of that."""
        if isinstance(test, tree.Call) and len(test.arguments) == 2:
            if isinstance(test.function, tree.Name) and test.function.id == "isinstance":
                kinds = plain(self.evaluate(test.arguments[1].value))
                return test.arguments[0].value, lambda value: _known(self.is_kind(value, kinds))
        if isinstance(test, tree.Compare) and test.operators in (("is",), ("is not",)):
            if isinstance(test.operands[0], tree.Constant) and test.operands[0].value is None:
                wanted = test.operators == ("is",)
                return test.left, lambda value: (value is None) == wanted
        if isinstance(test, tree.Name | tree.Attribute):
            return test, lambda value: _known(self.truth(value))
        return None, lambda value: None

    def replace(self, subject: Any, value: Value) -> None:
        if isinstance(subject, tree.Name):
            scope: Scope | None = self.frame.scope
            while scope is not None and subject.id not in scope.names:
                scope = scope.outer
            if scope is not None:
                self.heap.set(scope.names, subject.id, value)
        elif isinstance(subject, tree.Attribute):
            owner = plain(self.evaluate(subject.value))
            if isinstance(owner, INSTANCES) and subject.name in owner.attributes:
                self.heap.set(owner.attributes, subject.name, value)

    def go_on(self, node: Any, branch: Branch, outcomes: list[tuple[Completion, Writes]]) -> Completion:
        """Join the sides that go on. Where some leave the block early, the rest is in doubt."""
        going_on = [writes for completion, writes in outcomes if completion == "next"]
        ended = [writes for completion, writes in outcomes if completion not in ("next", "raise")]
        if not going_on:
            self.join_writes(ended or [{}])
            endings = {completion for completion, _ in outcomes} - {"raise"} or {"raise"}
            return min(endings)  # 'break' and 'continue' end an iteration before 'return' ends a call
        self.join_writes(going_on, branch.tests)
        if not ended:
            self.drop_if_empty(branch)
            return "next"
        self.frame.left.extend(ended)
        index = next(index for index, (completion, _) in enumerate(outcomes) if completion == "next")
        if len(going_on) > 1:
            branch, index = self.open_branch(node, 2), 0
        self.trace, self.arms = branch.arms[index], (*self.arms, (branch, index))
        return "next"

    def in_block_of_its_own(self, run: Callable[[], Completion]) -> Completion:
        """Run a loop body or function body: arms left open in it end with it."""
        trace, arms, left, self.frame.left = self.trace, self.arms, self.frame.left, []
        try:
            return run()
        finally:
            self.trace, self.arms = trace, arms
            pending, self.frame.left = self.frame.left, left
            for writes in pending:
                self.join_writes([{}, writes])

    def exec_Match(self, node: tree.Match) -> Completion:
        subject = self.evaluate(node.subject)
        bare = plain(subject)
        for case in node.cases:
            known = case.constants is not None and isinstance(bare, PRIMITIVES) and case.guard is None
            if known and case.constants is not None and bare in case.constants or case.catches_all and known:
                return self.execute(case.body)
            if not known:
                break
        else:
            return "next"
        blocks = [case.body for case in node.cases]
        for case in node.cases:
            for name in case.bound:
                self.bind(name, self.unknown("bound by a pattern", case), case)
        completion: Completion = "next"
        while len(blocks) > 1:
            completion = self.undecided(node, blocks.pop(), ())
        return self.undecided(node, blocks[0], ()) if blocks else completion

    def exec_Try(self, node: tree.Try) -> Completion:
        self.frame.tests += 1
        completion = self.attempt(node)
        self.frame.tests -= 1
        return completion

    def attempt(self, node: tree.Try) -> Completion:
        reckoned = any(map(_catches_misfits, node.handlers))
        self.expected += reckoned
        try:
            completion = self.execute(node.body)
        finally:
            self.expected -= reckoned
        if completion == "raise" and node.handlers:
            self.bind_handler(node.handlers[0])
            completion = self.execute(node.handlers[0].body)
        else:
            for handler in node.handlers:
                self.aside(node, handler)
        if completion == "next":
            completion = self.execute(node.orelse)
        final = self.execute(node.final)
        return completion if final == "next" else final

    def aside(self, node: tree.Try, handler: tree.Handler) -> None:
        """Trace what a handler would do; only names it alone sets are kept."""
        branch = self.open_branch(node, 2)
        returned = len(self.frame.returns)
        self.heap.begin()
        try:
            with self.in_arm(branch, 1):
                self.bind_handler(handler)
                self.in_block_of_its_own(lambda: self.execute(handler.body))
        finally:
            written = self.heap.undo()
            del self.frame.returns[returned:]
        self.heap.replay(entry for entry in written.values() if entry[1] not in entry[0])
        self.drop_if_empty(branch)

    def bind_handler(self, handler: tree.Handler) -> None:
        if handler.name:
            self.bind(handler.name, self.unknown("an exception", handler), handler)


def _ends_in_raise(block: tree.Block) -> bool:
    return bool(block) and (
        isinstance(block[-1], tree.Raise)
        or isinstance(block[-1], tree.ExpressionStatement)
        and never_returns(block[-1].value)
    )


def _catches_misfits(handler: tree.Handler) -> bool:
    """It would catch what torch raises where shapes do not fit."""
    caught = handler.exception
    kinds = caught.items if isinstance(caught, tree.Tuple) else (caught,)
    return any(kind is None or target_text(kind) in RAISED for kind in kinds)


def _known(answer: Any) -> Any:
    return answer if isinstance(answer, bool) else None
