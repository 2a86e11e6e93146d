"""Statements: one method per node kind, `exec_For`, `exec_If`; each says how its block goes on."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import (
    Accumulate,
    Discard,
    Fact,
    Leave,
    Module,
    Op,
    Tensor,
    is_ranked,
)
from cnnlint.interpreter.counting import name_counted
from cnnlint.interpreter.objects import (
    INSTANCES,
    Arguments,
    GradMode,
    ListValue,
    OneOf,
    Scope,
    Stream,
    Value,
    make_list,
    plain,
)
from cnnlint.interpreter.rhythm import Rhythms
from cnnlint.interpreter.state import Completion, LimitReached
from cnnlint.interpreter.written import never_returns, source_text, target_text
from cnnlint.knowledge.describe import Mismatch
from cnnlint.knowledge.pretrained import PretrainedModel
from cnnlint.syntax import tree
from cnnlint.values import Undecided, Unknown, surely

#: Contexts in which a test wants something to be raised.
RAISING = ("raises", "assertRaises", "assertRaisesRegex")


class Statements(Rhythms):
    """Execution of statements on abstract state."""

    def execute(self, block: tree.Block) -> Completion:
        for statement in block:
            self.spend()
            try:
                completion = self.executors[type(statement)](self, statement)
            except Undecided:
                continue
            except (LimitReached, RecursionError) as limit:
                if self.lost is not limit:
                    self.lose_sight(statement)
                    self.lost = limit
                raise
            except Mismatch:
                continue
            except Exception as error:  # a construct nobody foresaw costs one statement
                self.program.limits.append(
                    (self.site(statement), f"internal: {type(error).__name__}: {error}")
                )
                self.lose_sight(statement)
                continue
            if completion != "next":
                return completion
        return "next"

    def exec_ExpressionStatement(self, node: tree.ExpressionStatement) -> Completion:
        value = self.statement = node.value
        made = plain(self.evaluate(value))
        if isinstance(value, tree.Call) and isinstance(made, Tensor):
            self.discard(made, value)
        return "raise" if never_returns(value) else "next"

    def discard(self, made: Tensor, node: tree.Call) -> None:
        """Nobody reads what a call gives, unless it writes to a place of its own, or a notebook shows it."""
        operation, keywords = made.producer, {argument.keyword for argument in node.arguments}
        shown = self.frame.function is None and self.loop is None and self.site(node).path.endswith(".ipynb")
        if operation is None or operation.site != self.site(node) or self.expected or shown:
            return
        if "out" in keywords or any(argument.star for argument in node.arguments):
            return
        given = node.function.value if operation.method else node.arguments[0].value
        event = Discard(subject=operation)
        known = not isinstance(given, tree.Name) or given.id in self.frame.scope.names
        event.target = target_text(given) if known and not isinstance(given, tree.Subscript) else ""
        event.text = operation.text
        self.record(event, node)

    def exec_Opaque(self, node: tree.Opaque) -> Completion:
        self.evaluate(node)
        return "next"

    def exec_Pass(self, node: tree.Pass) -> Completion:
        return "next"

    def exec_Break(self, node: tree.Break) -> Completion:
        self.breaks += 1
        self.note_leaving(node)
        self.frame.ended = (node, self.frame.tests)
        return "break"

    def note_leaving(self, node: tree.Break | tree.Return) -> None:
        """A loop of this function is left because of what a tensor held."""
        loop = self.loop
        if loop is not None and loop is not self.frame.loop_at_entry:
            if any(branch.tests for branch, _ in self.arms[len(loop.arms) :]):
                self.record(Leave(loop), node)

    def exec_Continue(self, node: tree.Continue) -> Completion:
        return "continue"

    def exec_Return(self, node: tree.Return) -> Completion:
        self.frame.returns.append(None if node.value is None else self.evaluate(node.value))
        for branch, _ in self.arms[self.frame.arms_at_entry :]:
            self.frame.choosing += branch.tests
        self.note_leaving(node)
        self.frame.ended = (node, self.frame.tests)
        return "return"

    def exec_Raise(self, node: tree.Raise) -> Completion:
        if node.exception is not None:
            self.escape(self.evaluate(node.exception))
        return "raise"

    def exec_Assert(self, node: tree.Assert) -> Completion:
        self.evaluate(node.test)
        return "next"

    def exec_Delete(self, node: tree.Delete) -> Completion:
        for target in node.targets:
            if isinstance(target, tree.Attribute):
                self.delete_attribute(plain(self.evaluate(target.value)), target.name)
            elif isinstance(target, tree.Subscript):
                self.delete_item(plain(self.evaluate(target.value)), plain(self.evaluate(target.index)), node)
        return "next"

    def delete_attribute(self, value: Value, name: str) -> None:
        items = value.attributes if isinstance(value, INSTANCES) else getattr(value, "items", None)
        if isinstance(value, Unknown):
            return
        if isinstance(items, dict) and name in items:
            self.heap.delete(items, name)
        elif isinstance(value, Module):
            self.set_child(value, name, None, None)

    def exec_Global(self, node: tree.Global) -> Completion:
        names = self.frame.global_names if node.kind == "global" else self.frame.nonlocal_names
        names.update(node.names)
        return "next"

    # --- assignment ----------------------------------------------------------------------------
    def exec_Assign(self, node: tree.Assign) -> Completion:
        unpacks = any(isinstance(target, tree.Tuple | tree.List) for target in node.targets)
        around, self.unpacked = self.unpacked, node.value if unpacks else None
        value = self.evaluate(node.value)
        self.unpacked = around
        self.note_rhythm(node)
        name_counted(value, node)
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
        self.set_name(scope, name, value)

    def set_name(self, scope: Scope, name: str, value: Value) -> None:
        """Bind a name; code we cannot see may have got hold of a function that reads it."""
        self.heap.set(scope.names, name, value)
        _, awaited = self.awaited.get(id(scope.names), (None, ()))
        if name in awaited:
            self.escape(value)

    def name_fact(self, value: Value, name: str) -> None:
        """A fact is called what its author first calls it, outside its own methods."""
        if isinstance(value, Fact) and not value.name and not isinstance(value, Op):
            if value is self.frame.receiver or self.frame.told:
                return
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
        each_one = isinstance(value, Tensor) and not (value.loader or stars) and is_ranked(value.shape)
        shapes = self.auxiliary_shapes(value, len(targets))
        for index, target in enumerate(targets):
            part: Value = self.unknown("cannot tell what is unpacked", node)
            if isinstance(value, Tensor) and each_one and surely(value.shape[:1] == (len(targets),)):
                part = self.tensor_item(value, index, node)
            elif isinstance(value, Tensor):
                part = Tensor(graph=value.graph, producer=value.producer, loader=value.loader, index=index)
                part.shape = shapes[index] if shapes else part.shape
            elif isinstance(value, Stream):
                part = value.element
            self.assign(target, part, node)

    def auxiliary_shapes(self, value: Value, count: int) -> list[Any]:
        """The shapes of the scores and the auxiliary scores that a model of a library gives in training."""
        made = value.producer if isinstance(value, Tensor) else None
        if made is None or not isinstance(made.layer, PretrainedModel):
            return []
        try:
            return made.layer.unpacked(made.inputs[0].shape, count)
        except (Undecided, Mismatch):
            return []

    def exec_With(self, node: tree.With) -> Completion:
        before = self.grad_enabled
        leave: list[tuple[Value, Any]] = []
        for item in node.items:
            context = plain(self.evaluate(item.context))
            entered = self.enter_context(context, item)
            if item.target is not None:
                self.assign(item.target, entered, item)
            leave.append((context, item))
        reckoned = any(source_text(item.context).rpartition(".")[2] in RAISING for item in node.items)
        self.expected += reckoned
        try:
            completion = self.execute(node.body)
        finally:
            self.expected -= reckoned
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

    # --- definitions and imports -----------------------------------------------------------------
    def exec_FunctionDef(self, node: tree.FunctionDef) -> Completion:
        value: Value = self.make_function(node, node.name)
        for decorator in reversed(node.decorators):
            value = self.decorate(value, decorator)
        self.set_name(self.frame.scope, node.name, value)
        return "next"

    def exec_ClassDef(self, node: tree.ClassDef) -> Completion:
        self.set_name(self.frame.scope, node.name, self.define_class(node))
        return "next"

    def exec_Import(self, node: tree.Import) -> Completion:
        self.import_names(node)
        return "next"

    def exec_ImportFrom(self, node: tree.ImportFrom) -> Completion:
        self.import_from(node)
        return "next"
