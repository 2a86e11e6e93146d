"""Loops: known short ones are unrolled, in any other the body is followed for any iteration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnlint.facts import (
    Backward,
    Fact,
    Forward,
    Loader,
    Loop,
    ModeChange,
    Model,
    Op,
    SchedulerStep,
    Step,
    Tensor,
    ZeroGrad,
    events_of,
    loops_of,
)
from cnnlint.interpreter import limits
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.escaping import names_in
from cnnlint.interpreter.objects import (
    MISSING,
    Assumed,
    Scope,
    Stream,
    Value,
    plain,
)
from cnnlint.interpreter.reading import counted_in, leaves, read_before_written
from cnnlint.interpreter.state import PRIMITIVES, VOLATILE, Completion, LimitReached
from cnnlint.interpreter.written import target_text
from cnnlint.syntax import tree
from cnnlint.values import Unknown

#: What makes a loop part of a training program, which is followed as a loop and never unrolled.
TRAINING_EVENTS = (Backward, Step, SchedulerStep, ZeroGrad, ModeChange)


class Loops(Core):
    """`for` and `while`."""

    # --- loops ---------------------------------------------------------------------------------
    def exec_For(self, node: tree.For) -> Completion:
        iterable = plain(self.evaluate(node.iterable))
        items = self.known_items(iterable)
        completion = None
        if items is not None and len(items) <= limits.UNROLLED:
            completion = self.unroll(node, iterable, items)
        return self.leave(node, self.repeat(node, iterable) if completion is None else completion)

    def leave(self, node: tree.For | tree.While, completion: Completion) -> Completion:
        """How the program goes on after a loop that ended so."""
        if completion in ("return", "break"):
            return "return" if completion == "return" else "next"
        return self.execute(node.orelse)

    def unroll(self, node: tree.For, iterable: Value, items: list[Value]) -> Completion | None:
        """Follow a known loop one iteration after another; None (and nothing done) if it counts
        the rounds of a training program, which is followed as a loop."""
        if not items:
            return "next"
        counts = isinstance(iterable, range) or all(isinstance(plain(item), int | float) for item in items)
        mark = len(self.trace)

        def first() -> Completion | None:
            completion = self.iteration(node, items[0])
            rounds = counts and len(items) > 1 and self.is_round(self.trace[mark:], len(items))
            return None if rounds else completion

        completion = self.tried(first)
        if completion in (None, "break", "return"):
            return completion
        for item in items[1:]:
            if self.steps > self.steps_in_call:
                return self.repeat(node, iterable)
            completion = self.iteration(node, item)
            if completion in ("break", "return"):
                return completion
        return "next"

    def is_round(self, steps: list[Any], times: int) -> bool:
        """What happened in an iteration is a round of a training program."""
        return _trains(steps) or self.samples(times, steps)

    def tried(self, run: Callable[[], Completion | None]) -> Completion | None:
        """Follow something, and take all of it back if that gives None."""
        fact_count, returned = len(self.program.facts), len(self.frame.returns)
        state = (self.trace, self.arms, list(self.trace), self.loop)
        self.heap.begin()
        try:
            completion = run()
        except BaseException:
            self.heap.keep()
            raise
        if completion is not None:
            self.heap.keep()
            return completion
        self.heap.undo()
        self.trace, self.arms, kept, self.loop = state
        self.trace[:] = kept
        self.forget(self.program.facts[fact_count:])
        del self.program.facts[fact_count:]
        del self.frame.returns[returned:]
        return None

    def samples(self, times: int, steps: list[Any]) -> bool:
        """A model, not a layer of one that is being followed, is called time after time."""
        return (
            times > limits.UNROLLED_CALLS and not self.models and any(True for _ in events_of(steps, Forward))
        )

    def forget(self, facts: list[Fact]) -> None:
        """Take back facts that turned out to be followed in the wrong way."""
        forgotten = {id(fact) for fact in facts}
        for fact in facts:
            if isinstance(fact, Step | SchedulerStep) and not isinstance(fact.subject, Unknown):
                steps = getattr(fact.subject, "steps", [])
                if fact in steps:
                    steps.remove(fact)
            elif isinstance(fact, Forward):
                for model in (fact.subject, self.views.get(id(fact.subject))):
                    if isinstance(model, Model) and fact in model.forwards:
                        model.forwards.remove(fact)
        self.views = {key: view for key, view in self.views.items() if id(view) not in forgotten}

    def iteration(self, node: tree.For, item: Value) -> Completion:
        self.assign(node.target, item, node)
        return self.in_block_of_its_own(lambda: self.execute(node.body))

    def exec_While(self, node: tree.While) -> Completion:
        test = self.test(node.test)
        truth = self.truth(test)
        if truth is False and type(test) is not Assumed:
            return self.execute(node.orelse)
        completion = None
        self.frame.tests += 1
        if truth is True and not isinstance(node.test, tree.Constant):
            completion = self.tried(lambda: self.unroll_while(node))
        if completion is None:
            completion = self.repeat(node, None)
        self.frame.tests -= 1
        return self.leave(node, completion)

    def unroll_while(self, node: tree.While) -> Completion | None:
        """Follow one iteration after another until the test fails; None if that does not come soon."""
        mark = len(self.trace)
        for _ in range(limits.UNROLLED):
            completion = self.in_block_of_its_own(lambda: self.execute(node.body))
            if completion in ("break", "return"):
                return completion
            test = self.test(node.test)
            truth = self.truth(test)
            lost = isinstance(truth, Unknown) or type(test) is Assumed or self.steps > self.steps_in_call
            if lost or self.is_round(self.trace[mark:], limits.UNROLLED):
                return None
            if not truth:
                return "next"
        return None

    def repeat(self, node: tree.For | tree.While, iterable: Value) -> Completion:
        """Follow the body once, for any iteration: what it carries around is made symbolic."""
        for name in read_before_written(node):
            self.make_symbolic(name, node)
        times = limits.ROUNDS if self.loop_depth else limits.OUTER_ROUNDS
        for last in (*[False] * (times - 1), True):
            changed = self.body_once(node, iterable, keep_if_settled=not last)
            if not changed:
                break
            for store, key, after in changed:
                stays = store is self.grad_mode or any(self.states_in([after]))
                later = after if stays else self.widened(store.get(key, MISSING), node)
                self.heap.set(store, key, later)
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
        loop = Loop(iterable=iterable, parent=self.loop, arms=self.arms, beside=self.trace)
        loop.functions = self.functions_entered()
        loop.loader, loop.counter = loader_of(iterable), counter_of(node)
        loop.times = self.rounds(iterable)
        loop.left_early = leaves(node)
        loop.counts = counted_in(node.body)
        self.order += 1
        loop.order = self.order
        loop.site = self.site(node)
        self.trace.append(loop)
        facts, returned = len(self.program.facts), len(self.frame.returns)
        errors, breaks = len(self.shape_errors), self.breaks
        outer_trace, outer_loop, outer_fresh, outer_node = self.trace, self.loop, self.fresh, self.rounds_of
        recording = self.grad_enabled
        read, self.lists_read = self.lists_read, set()
        self.trace, self.loop = loop.steps, loop
        self.fresh, self.rounds_of = _names_set_first(node), node
        self.heap.begin()
        self.loop_depth += 1
        try:
            if isinstance(node, tree.For):
                self.assign(node.target, self.element(iterable, node), node)
            self.in_block_of_its_own(lambda: self.round(node, loop))
            if self.grad_enabled is VOLATILE:
                self.grad_enabled = recording
        except LimitReached:
            self.heap.keep()
            raise
        finally:
            self.trace, self.loop, self.fresh, self.rounds_of = (
                outer_trace,
                outer_loop,
                outer_fresh,
                outer_node,
            )
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
        self.settle_after(old, node, loop)
        if loop.loader is None and learns_in(loop):
            loop.loader = loop.draws
        if loop.loader is None and isinstance(node, tree.For) and self.draws_batches(node, iterable, loop):
            loop.loader = self.lost_loader(node)
        self.note_loop(loop)
        whole = self.breaks == breaks and len(self.frame.returns) == returned
        if isinstance(node, tree.For) and whole:
            self.try_batch_of_one(node, loop, self.shape_errors[errors:])
        return []

    def round(self, node: tree.For | tree.While, loop: Loop) -> Completion:
        """Follow the body, and note if it surely leaves the loop at its end."""
        tests = self.frame.tests
        completion = self.execute(node.body)
        ended, tests_there = self.frame.ended
        if completion in ("break", "return") and self.arms == loop.arms and tests_there == tests:
            loop.leaving, loop.returns = self.site(ended), completion == "return"
            kept = read_before_written(node)
            loop.carries = not names_in(ended).isdisjoint(kept) if loop.returns else bool(kept)
        return completion

    def draws_batches(self, node: tree.For, iterable: Value, loop: Loop) -> bool:
        """Something unknown, unpacked in two or more, that is learnt from, or called a loader and given to a
        model: a loader made elsewhere."""
        lost = isinstance(iterable, Unknown) or isinstance(iterable, Stream) and iterable.loader is None
        target: Any = node.target
        if (
            isinstance(iterable, Stream)
            and isinstance(iterable.element, tuple)
            and len(iterable.element) == 2
        ):
            lost = isinstance(iterable.element[1], Unknown)  # enumerate
            target = target.items[-1] if isinstance(target, tree.Tuple) else target
        unpacked = isinstance(target, tree.Tuple) and len(target.items) >= 2
        if not (lost and unpacked):
            return False
        named = "load" in name_of_iterable(node.iterable).lower()
        return learns_in(loop) or named and any(event.loop is loop for event in loop.events(Forward))

    def lost_loader(self, node: tree.For) -> Loader:
        unknown = self.unknown("the loader is made elsewhere", node)
        made = Loader(unknown, unknown, unknown, unknown, unknown, unknown, unknown)
        made.name = name_of_iterable(node.iterable).rpartition(".")[2]
        return made

    def note_loop(self, loop: Loop) -> None:
        if isinstance(loop.loader, Loader):
            loop.loader.loops.append(loop)
        if not self.speculation:
            self.program.facts.append(loop)

    def carried(self, before: Any, lists_read: set[int]) -> list[Any]:
        """Places outside the current names that an iteration changes and the next one would see."""
        names = self.frame.scope.names
        return [
            (store, key, store.get(key, MISSING))
            for store, key, old in before.values()
            if store is not names
            and old is not MISSING
            and (key != "items" or id(store) in lists_read)
            and isinstance(plain(old), PRIMITIVES + (tuple, dict))
            and not self._same(old, store.get(key, MISSING))
        ]

    def settle_after(self, old: Any, node: Any, loop: Loop) -> None:
        """After the loop: how many items were added, and which number was counted to, is not known. What
        a loop has frozen is frozen."""
        for store, key, before in old.values():
            now = store.get(key, MISSING)
            if key == "items" and before is not MISSING and now is not before:
                if not isinstance(now, Unknown):
                    self.escape(now)
                    self.heap.set(store, key, self.unknown("grows in a loop", node))
                    self.heap.set(store, "each", self.any_round(now, loop))
                    self.heap.set(store, "read_from", tuple(self.sources_in(now)))
            elif (
                before is not MISSING
                and isinstance(plain(now), int | float)
                and key != "trainable"
                and not self._same(now, before)
            ):
                self.heap.set(store, key, self.unknown("changes in a loop", node))

    def any_round(self, items: Any, loop: Loop) -> Tensor | None:
        """A tensor that stands for each of those that the rounds of a loop put into a list."""
        tensors = [plain(item) for item in items]
        one = self.join(tensors) if all(isinstance(each, Tensor) for each in tensors) else None
        if isinstance(items, dict) or not isinstance(one, Tensor):
            return None
        made = Tensor(shape=one.shape, dtype=one.dtype, graph=one.graph)
        made.producer = Op(name="carried", inputs=(one,), output=made)
        made.producer.made_in = loop
        return made


def loader_of(iterable: Value) -> Value:
    """The Loader an iterable draws from, or None."""
    if isinstance(iterable, Loader):
        return iterable
    return iterable.loader if isinstance(iterable, Stream) else None


def counter_of(node: tree.For | tree.While) -> str:
    """The variable that counts the iterations: of a range, or the first that `enumerate` gives."""
    if isinstance(node, tree.While):
        return ""
    iterable, target = node.iterable, node.target
    while isinstance(iterable, tree.Call) and iterable.arguments:
        if target_text(iterable.function).endswith("range"):
            return target_text(target)
        if target_text(iterable.function) == "enumerate" and isinstance(target, tree.Tuple):
            return target_text(target.items[0])
        iterable = iterable.arguments[0].value
    return ""


def learns_in(loop: Loop) -> bool:
    """Something is propagated back in each round, and not only in a loop inside."""
    return any(event.loop is loop for event in loop.events(Backward))


def name_of_iterable(node: tree.Expression) -> str:
    """What a loop runs over, as written, also through `enumerate` and the like; '' if it has no name."""
    while isinstance(node, tree.Call) and node.arguments:
        node = node.arguments[0].value
    return target_text(node)


def _trains(steps: list[Any]) -> bool:
    if any(True for _ in events_of(steps, *TRAINING_EVENTS)):
        return True
    return any(isinstance(loop.loader, Loader) for loop in loops_of(steps))


def _names_set_first(node: tree.For | tree.While) -> set[str]:
    """Names that each iteration sets before it reads them."""
    bound: set[str] = set()
    for statement in node.body:
        targets = statement.targets if isinstance(statement, tree.Assign) else ()
        for target in targets:
            items = target.items if isinstance(target, tree.Tuple) else (target,)
            bound.update(item.id for item in items if isinstance(item, tree.Name))
    return bound - set(read_before_written(node))
