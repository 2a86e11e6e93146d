"""Statements: one method per node kind, `exec_For`, `exec_If`; each says how its block goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from cnnlint.facts import (
    Accumulate,
    Backward,
    Branch,
    Fact,
    Loader,
    Loop,
    ModeChange,
    Op,
    SchedulerStep,
    Step,
    Tensor,
    ZeroGrad,
    events_of,
    loops_of,
)
from cnnlint.interpreter import limits
from cnnlint.interpreter.core import PRIMITIVES, Completion, Core, LimitReached
from cnnlint.interpreter.heap import Writes
from cnnlint.interpreter.objects import (
    INSTANCES,
    MISSING,
    Arguments,
    Assumed,
    GradMode,
    ListValue,
    OneOf,
    Scope,
    Stream,
    Value,
    make_list,
    plain,
)
from cnnlint.interpreter.reading import read_before_written
from cnnlint.knowledge.describe import Mismatch
from cnnlint.syntax import tree
from cnnlint.values import Undecided, Unknown

#: What makes a loop part of a training program, which is followed as a loop and never unrolled.
TRAINING_EVENTS = (Backward, Step, SchedulerStep, ZeroGrad, ModeChange)


class Side(NamedTuple):
    """One side of a branch: taken where `test` holds (None: any) and those in `failed` do not."""

    block: tree.Block
    test: Any
    failed: tuple[Any, ...]


class Statements(Core):
    """Execution of statements on abstract state."""

    def execute(self, block: tree.Block) -> Completion:
        for statement in block:
            self.spend()
            try:
                completion = _EXECUTORS[type(statement)](self, statement)
            except Undecided:
                continue
            except (LimitReached, RecursionError):
                raise
            except Mismatch:
                continue
            except Exception as error:  # a construct nobody foresaw costs one statement
                self.program.limits.append(
                    (self.site(statement), f"internal: {type(error).__name__}: {error}")
                )
                continue
            if completion != "next":
                return completion
        return "next"

    def exec_ExpressionStatement(self, node: tree.ExpressionStatement) -> Completion:
        value = node.value
        self.evaluate(value)
        return "raise" if _never_returns(value) else "next"

    def exec_Opaque(self, node: tree.Opaque) -> Completion:
        self.evaluate(node)
        return "next"

    def exec_Pass(self, node: tree.Pass) -> Completion:
        return "next"

    def exec_Break(self, node: tree.Break) -> Completion:
        return "break"

    def exec_Continue(self, node: tree.Continue) -> Completion:
        return "continue"

    def exec_Return(self, node: tree.Return) -> Completion:
        self.frame.returns.append(None if node.value is None else self.evaluate(node.value))
        return "return"

    def exec_Raise(self, node: tree.Raise) -> Completion:
        return "raise"

    def exec_Assert(self, node: tree.Assert) -> Completion:
        self.evaluate(node.test)
        return "next"

    def exec_Delete(self, node: tree.Delete) -> Completion:
        return "next"

    def exec_Global(self, node: tree.Global) -> Completion:
        names = self.frame.global_names if node.kind == "global" else self.frame.nonlocal_names
        names.update(node.names)
        return "next"

    # --- assignment ----------------------------------------------------------------------------
    def exec_Assign(self, node: tree.Assign) -> Completion:
        value = self.evaluate(node.value)
        for target in node.targets:
            self.assign(target, value, node)
        return "next"

    def exec_AnnAssign(self, node: tree.AnnAssign) -> Completion:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value), node)
        return "next"

    def exec_AugAssign(self, node: tree.AugAssign) -> Completion:
        before = self.evaluate(node.target)
        value = self.evaluate(node.value)
        if isinstance(before, ListValue) and node.operator == "+":
            self.extend_list(before, value)
            return "next"
        after = self.binary(node.operator, before, value, node)
        if isinstance(plain(value), Tensor) and self.loop is not None and node.operator in "+-":
            self.accumulate(node, plain(value), after)
        self.assign(node.target, after, node)
        return "next"

    def accumulate(self, node: tree.AugAssign, value: Tensor, after: Value) -> None:
        """A tensor is added to something that may live outside the loop."""
        name = target_text(node.target)
        if name and not self.made_in_loop(node.target):
            event = Accumulate(subject=name, value=value, how="+=", result=after)
            event.text = name
            self.say_added(event, node.value)
            self.record(event, node)

    def say_added(self, event: Accumulate, added: tree.Expression) -> None:
        event.argument, event.added = self.site(added), target_text(added)

    def made_in_loop(self, target: tree.Expression) -> bool:
        """Whether a variable is set afresh in each iteration of the innermost loop."""
        if not isinstance(target, tree.Name):
            return False
        local = target.id in self.frame.scope.names and self.frame.loop_at_entry is self.loop
        return local and self.frame.function is not None or target.id in self.fresh

    def assign(self, target: tree.Expression, value: Value, node: Any) -> None:
        if isinstance(target, tree.Name):
            self.bind(target.id, value, node)
        elif isinstance(target, tree.Attribute):
            self.set_attribute(self.evaluate(target.value), target.name, value, node)
        elif isinstance(target, tree.Tuple | tree.List):
            self.unpack(target.items, value, node)
        elif isinstance(target, tree.Subscript):
            self.set_item(self.evaluate(target.value), self.evaluate(target.index), value, node)
        elif isinstance(target, tree.Starred):
            self.assign(target.value, value, node)
        else:
            self.escape(value)

    def bind(self, name: str, value: Value, node: Any) -> None:
        self.name_fact(value, name)
        frame = self.frame
        scope = frame.scope
        if name in frame.global_names:
            while scope.outer is not None:
                scope = scope.outer
        elif name in frame.nonlocal_names:
            outer = scope.outer
            while outer is not None and name not in outer.names:
                outer = outer.outer
            scope = outer or scope
        self.heap.set(scope.names, name, value)

    def name_fact(self, value: Value, name: str) -> None:
        """A fact is called what its author first calls it."""
        if isinstance(value, Fact) and not value.name and not isinstance(value, Op):
            value.name = name

    def unpack(self, targets: tuple[tree.Expression, ...], value: Value, node: Any) -> None:
        value = plain(value)
        items = self.known_items(value) if not isinstance(value, Tensor) else None
        stars = [i for i, target in enumerate(targets) if isinstance(target, tree.Starred)]
        if items is not None and not stars and len(items) == len(targets):
            for target, item in zip(targets, items, strict=True):
                self.assign(target, item, node)
            return
        if items is not None and len(stars) == 1 and len(items) >= len(targets) - 1:
            first, after = stars[0], len(targets) - stars[0] - 1
            for target, item in zip(targets[:first], items[:first], strict=True):
                self.assign(target, item, node)
            self.assign(targets[first], make_list(items[first : len(items) - after]), node)
            for target, item in zip(targets[first + 1 :], items[len(items) - after :], strict=True):
                self.assign(target, item, node)
            return
        if isinstance(value, OneOf) and len(targets) > 1:
            rows = [self.known_items(each) for each in value.alternatives]
            if all(row is not None and len(row) == len(targets) for row in rows):
                for target, column in zip(targets, zip(*rows, strict=True), strict=True):
                    self.assign(target, self.join(list(column)), node)
                return
        if not isinstance(value, Tensor):
            self.escape(value)
        for target in targets:
            part: Value = self.unknown("cannot tell what is unpacked", node)
            if isinstance(value, Tensor):
                part = Tensor(graph=value.graph, producer=value.producer)
            elif isinstance(value, Stream):
                part = value.element
            self.assign(target, part, node)

    # --- branches ------------------------------------------------------------------------------
    def exec_If(self, node: tree.If) -> Completion:
        test = self.evaluate(node.test)
        truth = self.truth(test)
        if isinstance(truth, Unknown):
            return self.undecided(node, node.body, node.orelse, node.test)
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

    def undecided(self, node: Any, body: tree.Block, orelse: tree.Block, test: Any = None) -> Completion:
        """Follow all sides of an `if ... elif ... else`, each from the same state."""
        if self.branch_depth >= limits.BRANCH_DEPTH:
            raise LimitReached(f"more than {limits.BRANCH_DEPTH} undecided branches inside one another")
        sides = [Side(body, test, ()), *self.further_sides(orelse, test)]
        blocks = [side.block for side in sides]
        branch = self.open_branch(node, len(blocks))
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
        failed = (test,)
        while len(orelse) == 1 and isinstance(orelse[0], tree.If):
            other = orelse[0]
            truth = self.truth(self.evaluate(other.test))
            if truth is True:
                return [*sides, Side(other.body, None, failed)]
            if truth is not False:
                sides.append(Side(other.body, other.test, failed))
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
        self.join_writes(going_on)
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
        completion = self.execute(node.body)
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

    def exec_With(self, node: tree.With) -> Completion:
        before = self.grad_enabled
        leave: list[tuple[Value, Any]] = []
        for item in node.items:
            context = plain(self.evaluate(item.context))
            entered = self.enter_context(context, item)
            if item.target is not None:
                self.assign(item.target, entered, item)
            leave.append((context, item))
        completion = self.execute(node.body)
        self.grad_enabled = before
        for context, item in reversed(leave):
            if isinstance(context, INSTANCES):
                leaving = self.get_attribute(context, "__exit__", item)
                if not isinstance(leaving, Unknown):
                    self.call(leaving, Arguments([None, None, None], {}), item)
        return completion

    def enter_context(self, context: Value, node: Any) -> Value:
        if isinstance(context, GradMode):
            self.grad_enabled = context.enabled
            return None
        if isinstance(context, INSTANCES):
            enter = self.get_attribute(context, "__enter__", node)
            return (
                self.unknown("a context", node)
                if isinstance(enter, Unknown)
                else self.call(enter, Arguments([], {}), node)
            )
        return context

    # --- loops ---------------------------------------------------------------------------------
    def exec_For(self, node: tree.For) -> Completion:
        iterable = plain(self.evaluate(node.iterable))
        items = self.known_items(iterable)
        if items is not None and len(items) <= limits.UNROLLED and self.unroll(node, iterable, items):
            return self.execute(node.orelse)
        completion = self.repeat(node, iterable)
        return completion if completion == "return" else self.execute(node.orelse)

    def unroll(self, node: tree.For, iterable: Value, items: list[Value]) -> bool:
        """Follow a known loop one iteration after another; False (and nothing done) if it counts
        the rounds of a training program, which is followed as a loop."""
        counts = isinstance(iterable, range) or all(isinstance(plain(item), int | float) for item in items)
        if not items:
            return True
        mark = len(self.trace)
        fact_count, returned = len(self.program.facts), len(self.frame.returns)
        state = (self.trace, self.arms, list(self.trace), self.loop)
        self.heap.begin()
        first = self.iteration(node, items[0])
        if counts and len(items) > 1 and _trains(self.trace[mark:]):
            self.heap.undo()
            self.trace, self.arms, kept, self.loop = state
            self.trace[:] = kept
            self.forget(self.program.facts[fact_count:])
            del self.program.facts[fact_count:]
            del self.frame.returns[returned:]
            return False
        self.heap.keep()
        if first in ("break", "return"):
            return True
        for item in items[1:]:
            if self.iteration(node, item) in ("break", "return"):
                break
        return True

    def forget(self, facts: list[Fact]) -> None:
        """Take back events that turned out to be followed in the wrong way."""
        for event in facts:
            if isinstance(event, Step | SchedulerStep) and not isinstance(event.subject, Unknown):
                steps = getattr(event.subject, "steps", [])
                if event in steps:
                    steps.remove(event)

    def iteration(self, node: tree.For, item: Value) -> Completion:
        self.assign(node.target, item, node)
        return self.in_block_of_its_own(lambda: self.execute(node.body))

    def exec_While(self, node: tree.While) -> Completion:
        test = self.evaluate(node.test)
        if self.truth(test) is False and type(test) is not Assumed:
            return self.execute(node.orelse)
        completion = self.repeat(node, None)
        return completion if completion == "return" else self.execute(node.orelse)

    def repeat(self, node: tree.For | tree.While, iterable: Value) -> Completion:
        """Follow the body once, for any iteration: what it carries around is made symbolic."""
        for name in read_before_written(node):
            self.make_symbolic(name, node)
        changed = self.body_once(node, iterable, keep_if_settled=True)
        if changed:
            for store, key in changed:
                before = store.get(key, MISSING)
                self.heap.set(store, key, self.widened(before, node))
            self.body_once(node, iterable, keep_if_settled=False)
        return "next"

    def make_symbolic(self, name: str, node: Any) -> None:
        scope: Scope | None = self.frame.scope
        while scope is not None and name not in scope.names:
            scope = scope.outer
        if scope is not None:
            before = scope.names[name]
            after = self.widened(before, node)
            if after is not before:
                self.heap.set(scope.names, name, after)

    def widened(self, value: Value, node: Any) -> Value:
        """A value that stands for what it was and for what later iterations make of it."""
        value = plain(value)
        if isinstance(value, Tensor):
            carried = Tensor(dtype=value.dtype)
            carried.producer = Op(name="carried", inputs=(value,), output=carried)
            return carried
        if isinstance(value, PRIMITIVES + (tuple, dict)) or value is MISSING:
            self.escape(value)
            return self.unknown("changes from one iteration to the next", node)
        return value

    def body_once(self, node: tree.For | tree.While, iterable: Value, *, keep_if_settled: bool) -> list[Any]:
        """Follow one iteration. Returns the places that it changed under the feet of the next one,
        having undone everything; or nothing, having kept everything."""
        loop = Loop(iterable=iterable, parent=self.loop, arms=self.arms)
        loop.functions = tuple(frame.function.name for frame in self.frames if frame.function)
        loop.loader = loader_of(iterable)
        if isinstance(iterable, range | tuple):
            loop.times = len(iterable)
        self.order += 1
        loop.order = self.order
        loop.site = self.site(node)
        self.trace.append(loop)
        facts, returned = len(self.program.facts), len(self.frame.returns)
        outer_trace, outer_loop, outer_fresh = self.trace, self.loop, self.fresh
        read, self.lists_read = self.lists_read, set()
        self.trace, self.loop = loop.steps, loop
        self.fresh = _names_set_first(node)
        self.heap.begin()
        self.loop_depth += 1
        try:
            if isinstance(node, tree.For):
                self.assign(node.target, self.element(iterable, node), node)
            self.in_block_of_its_own(lambda: self.execute(node.body))
        except LimitReached:
            self.heap.keep()
            raise
        finally:
            self.trace, self.loop, self.fresh = outer_trace, outer_loop, outer_fresh
            self.loop_depth -= 1
        lists_read, self.lists_read = self.lists_read, read | self.lists_read
        before = self.heap.pending()
        changed = (
            []
            if not keep_if_settled or self.loop_depth >= limits.CARRIED_DEPTH
            else self.carried(before, lists_read)
        )
        if changed:
            self.heap.undo()
            self.trace.remove(loop)
            self.forget(self.program.facts[facts:])
            del self.program.facts[facts:]
            del self.frame.returns[returned:]
            return changed
        old = self.heap.keep()
        self.settle_after(old, node)
        if loop.loader is None and isinstance(node, tree.For) and self.draws_batches(node, iterable, loop):
            loop.loader = self.lost_loader(node)
        self.note_loop(loop)
        return []

    def draws_batches(self, node: tree.For, iterable: Value, loop: Loop) -> bool:
        """Something unknown, unpacked in two or more, that is learnt from: a loader made elsewhere."""
        lost = isinstance(iterable, Unknown) or isinstance(iterable, Stream) and iterable.loader is None
        target: Any = node.target
        if isinstance(iterable, Stream) and isinstance(iterable.element, tuple) and len(iterable.element) == 2:
            lost = isinstance(iterable.element[1], Unknown)  # enumerate
            target = target.items[-1] if isinstance(target, tree.Tuple) else target
        unpacked = isinstance(target, tree.Tuple) and len(target.items) >= 2
        return lost and unpacked and any(event.loop is loop for event in loop.events(Backward))

    def lost_loader(self, node: Any) -> Loader:
        unknown = self.unknown("the loader is made elsewhere", node)
        return Loader(unknown, unknown, unknown, unknown, unknown, unknown, unknown)

    def note_loop(self, loop: Loop) -> None:
        if isinstance(loop.loader, Loader):
            loop.loader.loops.append(loop)
        if not self.speculation:
            self.program.facts.append(loop)

    def carried(self, before: Any, lists_read: set[int]) -> list[Any]:
        """Places outside the current names that an iteration changes and the next one would see."""
        names = self.frame.scope.names
        return [
            (store, key)
            for store, key, old in before.values()
            if store is not names
            and old is not MISSING
            and (key != "items" or id(store) in lists_read)
            and isinstance(plain(old), PRIMITIVES + (tuple, dict))
            and not self._same(old, store.get(key, MISSING))
        ]

    def settle_after(self, old: Any, node: Any) -> None:
        """After the loop: how many items were added, and which number was counted to, is not known."""
        for store, key, before in old.values():
            now = store.get(key, MISSING)
            if key == "items" and before is not MISSING and now is not before:
                if not isinstance(now, Unknown):
                    self.escape(now)
                    self.heap.set(store, key, self.unknown("grows in a loop", node))
            elif (
                before is not MISSING and isinstance(plain(now), int | float) and not self._same(now, before)
            ):
                self.heap.set(store, key, self.unknown("changes in a loop", node))

    # --- definitions and imports -----------------------------------------------------------------
    def exec_FunctionDef(self, node: tree.FunctionDef) -> Completion:
        value: Value = self.make_function(node, node.name)
        for decorator in reversed(node.decorators):
            value = self.decorate(value, decorator)
        self.heap.set(self.frame.scope.names, node.name, value)
        return "next"

    def exec_ClassDef(self, node: tree.ClassDef) -> Completion:
        self.heap.set(self.frame.scope.names, node.name, self.define_class(node))
        return "next"

    def exec_Import(self, node: tree.Import) -> Completion:
        self.import_names(node)
        return "next"

    def exec_ImportFrom(self, node: tree.ImportFrom) -> Completion:
        self.import_from(node)
        return "next"


def loader_of(iterable: Value) -> Value:
    """The Loader an iterable draws from, or None."""
    if isinstance(iterable, Loader):
        return iterable
    return iterable.loader if isinstance(iterable, Stream) else None


def target_text(target: Any) -> str:
    """A variable or attribute as its author writes it; '' for anything else."""
    if isinstance(target, tree.Name):
        return target.id
    if isinstance(target, tree.Attribute):
        owner = target_text(target.value)
        return f"{owner}.{target.name}" if owner else ""
    if isinstance(target, tree.Subscript):
        return target_text(target.value)
    return ""


def _trains(steps: list[Any]) -> bool:
    if any(True for _ in events_of(steps, *TRAINING_EVENTS)):
        return True
    return any(isinstance(loop.loader, Loader) for loop in loops_of(steps))


def _ends_in_raise(block: tree.Block) -> bool:
    return bool(block) and (
        isinstance(block[-1], tree.Raise)
        or isinstance(block[-1], tree.ExpressionStatement)
        and _never_returns(block[-1].value)
    )


def _known(answer: Any) -> Any:
    return answer if isinstance(answer, bool) else None


def _never_returns(node: tree.Expression) -> bool:
    if not isinstance(node, tree.Call):
        return False
    return target_text(node.function) in ("sys.exit", "exit", "quit", "os._exit")


def _names_set_first(node: tree.For | tree.While) -> set[str]:
    """Names that each iteration sets before it reads them."""
    bound: set[str] = set()
    for statement in node.body:
        targets = statement.targets if isinstance(statement, tree.Assign) else ()
        for target in targets:
            items = target.items if isinstance(target, tree.Tuple) else (target,)
            bound.update(item.id for item in items if isinstance(item, tree.Name))
    return bound - set(read_before_written(node))


_EXECUTORS: dict[type, Callable[[Any, Any], Completion]] = {
    getattr(tree, name.removeprefix("exec_")): method
    for name, method in vars(Statements).items()
    if name.startswith("exec_")
}
