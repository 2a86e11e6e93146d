"""What every part of the interpreter shares: its state, the trace it writes, joining and escaping."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

from cnnlint.facts import (
    NOWHERE,
    Branch,
    Event,
    Fact,
    Loop,
    Model,
    Module,
    Op,
    OpaqueCall,
    Optimizer,
    Parameters,
    Program,
    Scheduler,
    SchedulerStep,
    Step,
    Tensor,
)
from cnnlint.interpreter import limits
from cnnlint.interpreter.heap import Heap, Writes
from cnnlint.interpreter.objects import (
    INSTANCES,
    MISSING,
    Arguments,
    BoundMethod,
    ClassObject,
    DictValue,
    Function,
    LibraryMethod,
    ListValue,
    OneOf,
    ParameterGroup,
    Partial,
    ProjectModule,
    Scope,
    Stream,
    Value,
    plain,
)
from cnnlint.interpreter.written import source_text
from cnnlint.knowledge.describe import Mismatch
from cnnlint.source import Site
from cnnlint.syntax import tree
from cnnlint.values import Unknown

#: How a block ends: 'next' (falls through), 'return', 'break', 'continue', 'raise'.
Completion = str

PRIMITIVES = (int, float, str, bytes, bool, complex, type(None), range, slice, type(...))


class Project(Protocol):
    """The files the interpreter may look at."""

    def module(self, path: str) -> tree.Module | None:
        """The slim tree of a file; None if it is missing or cannot be parsed."""

    def is_file(self, path: str) -> bool: ...


class LimitReached(Exception):
    """Too much to follow; the entry is given up and what was seen so far stands."""


@dataclass(eq=False)
class Frame:
    """One function being followed. `returns` are the values returned so far."""

    scope: Scope
    function: Function | None = None
    receiver: Value = None
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)
    returns: list[Value] = field(default_factory=list)
    yields: list[Value] = field(default_factory=list)
    arms_at_entry: int = 0
    loop_at_entry: Loop | None = None
    left: list[Writes] = field(default_factory=list)  # what arms wrote that ended early


class Core:
    """State of one analysis; the methods that follow code are in the classes derived from this."""

    def __init__(self, project: Project, program: Program) -> None:
        self.project = project
        self.program = program
        self.heap = Heap()
        self.modules: dict[str, ProjectModule] = {}
        self.frames: list[Frame] = []
        self.models: list[Model] = []  # whose forward is being followed, outermost first
        self.entered: set[Site] = set()  # functions followed at least once
        self.functions: dict[Site, Function] = {}  # every function made, by where it is defined
        self.classes: dict[Site, ClassObject] = {}
        self.instantiated: set[Site] = set()
        self.trace: list[Any] = []  # the list that events are appended to now
        self.loop: Loop | None = None
        self.arms: tuple[tuple[Branch, int], ...] = ()
        self.grad_enabled: Any = True
        self.speculation = 0  # inside this many branches that are not taken by default
        self.branch_depth = 0
        self.order = 0
        self.steps = 0
        self.steps_allowed = limits.STEPS_PER_ENTRY
        self.lists_read: set[int] = set()
        self.fresh: set[str] = set()  # names the innermost loop sets anew in each iteration
        self.loop_depth = 0
        self.receiver: Any = None  # the node of the tensor whose method is being called
        self.views: dict[int, Model] = {}  # containers called by the program itself, as models

    # What the derived classes offer one another.
    def evaluate(self, node: tree.Expression) -> Value:
        raise NotImplementedError

    def execute(self, block: tree.Block) -> Completion:
        raise NotImplementedError

    def call(self, callee: Value, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def get_attribute(self, value: Value, name: str, node: Any) -> Value:
        raise NotImplementedError

    def set_attribute(self, value: Value, name: str, new: Value, node: Any) -> None:
        raise NotImplementedError

    def import_module(self, name: str) -> Value:
        raise NotImplementedError

    def known_items(self, value: Value) -> list[Value] | None:
        raise NotImplementedError

    def known_entries(self, value: Value) -> dict[Any, Value] | None:
        raise NotImplementedError

    def hashable(self, key: Value) -> bool:
        raise NotImplementedError

    def element(self, iterable: Value, node: Any) -> Value:
        raise NotImplementedError

    def binary(self, symbol: str, left: Value, right: Value, node: Any) -> Value:
        raise NotImplementedError

    def is_kind(self, value: Value, kinds: Value) -> Any:
        raise NotImplementedError

    def truth(self, value: Value) -> Any:
        raise NotImplementedError

    def class_attribute(self, cls: Any, name: str, after: Any = None) -> Value:
        raise NotImplementedError

    def length_of(self, value: Value) -> Value:
        raise NotImplementedError

    def copied(self, module: Any) -> Any:
        raise NotImplementedError

    def join_parameters(self, values: list[Value]) -> Value:
        raise NotImplementedError

    def as_parameters(self, value: Value) -> Parameters | None:
        raise NotImplementedError

    def call_library(self, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def call_method(self, receiver: Value, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def call_module(self, module: Module, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def unknown_method(self, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def library_attribute(self, value: Value, name: str, node: Any) -> Value:
        raise NotImplementedError

    def super_init(self, base: str, receiver: Value, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def fact_of_class(self, cls: ClassObject, arguments: Arguments) -> Value:
        raise NotImplementedError

    def set_child(self, module: Module, name: str, value: Value, node: Any) -> None:
        raise NotImplementedError

    def name_fact(self, value: Value, name: str) -> None:
        raise NotImplementedError

    def in_block_of_its_own(self, run: Any) -> str:
        raise NotImplementedError

    def look_up(self, name: str) -> Value:
        raise NotImplementedError

    def gradient_set(self, tensor: Tensor, node: Any) -> None:
        raise NotImplementedError

    def gradient_read(self, tensor: Tensor, node: Any) -> None:
        raise NotImplementedError

    def gradient_written(self, tensor: Tensor, node: Any) -> None:
        raise NotImplementedError

    def say_added(self, event: Any, added: tree.Expression) -> None:
        raise NotImplementedError

    def options_object(self, values: dict[str, Value]) -> Value:
        raise NotImplementedError

    def assign(self, target: tree.Expression, value: Value, node: Any) -> None:
        raise NotImplementedError

    def tensor_item(self, value: Tensor, index: Value, node: Any) -> Value:
        raise NotImplementedError

    def container_item(self, value: Module, index: Value, node: Any) -> Value:
        raise NotImplementedError

    def builtin(self, name: str) -> Any:
        raise NotImplementedError

    def as_tensor(self, value: Value) -> Tensor:
        raise NotImplementedError

    def note_op(self, operation: Op, node: Any) -> None:
        raise NotImplementedError

    def shape_error(self, operation: Op, mismatch: Mismatch, node: Any) -> None:
        raise NotImplementedError

    def compute_loss(
        self, loss: Any, prediction: Value, target: Value, arguments: Arguments, node: Any
    ) -> Value:
        raise NotImplementedError

    def made_of(self, arguments: Arguments, otherwise: Unknown) -> Value:
        raise NotImplementedError

    def module_attribute(self, module: Any, name: str, node: Any) -> Value:
        raise NotImplementedError

    def parameter_of(self, owner: Value) -> Any:
        raise NotImplementedError

    def tensors(self, arguments: Arguments) -> tuple[Tensor, ...]:
        raise NotImplementedError

    def bind(self, name: str, value: Value, node: Any) -> None:
        raise NotImplementedError

    def call_function(
        self, function: Function, arguments: Arguments, node: Any, receiver: Value = None
    ) -> Value:
        raise NotImplementedError

    def extend_list(self, target: ListValue, value: Value) -> None:
        raise NotImplementedError

    def make_function(self, node: Any, name: str) -> Function:
        raise NotImplementedError

    def decorate(self, function: Value, decorator: tree.Expression) -> Value:
        raise NotImplementedError

    def set_item(self, value: Value, index: Value, new: Value, node: Any) -> None:
        raise NotImplementedError

    def import_from(self, node: tree.ImportFrom) -> None:
        raise NotImplementedError

    def import_names(self, node: tree.Import) -> None:
        raise NotImplementedError

    def define_class(self, node: tree.ClassDef) -> ClassObject:
        raise NotImplementedError

    def module_method(self, module: Any, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def container_method(self, receiver: Value, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    # --- places ------------------------------------------------------------------------------
    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    def site(self, node: Any) -> Site:
        return Site(self.frame.scope.module.path, node.at)

    def unknown(self, why: str, node: Any = None) -> Unknown:
        return Unknown(why, self.site(node) if node is not None and self.frames else None)

    def spend(self) -> None:
        self.steps += 1
        if self.steps > self.steps_allowed:
            raise LimitReached(f"more than {limits.STEPS_PER_ENTRY:,} steps from one entry")

    # --- facts and the trace -----------------------------------------------------------------
    def note(self, fact: Fact, node: Any, name: str = "") -> None:
        """A fact was made here."""
        if fact.site is NOWHERE:
            fact.site = self.site(node)
        if name and not fact.name:
            fact.name = name
        self.place(fact, node)
        if not self.speculation:
            self.program.facts.append(fact)

    def place(self, fact: Fact, node: Any) -> None:
        """How the call that made a fact is written, and through which functions it was reached."""
        fact.functions = tuple(frame.function.name for frame in self.frames if frame.function)
        if isinstance(node, tree.Call):
            fact.callee, fact.written = self.site(node.function), source_text(node)

    def record(self, event: Event, node: Any) -> None:
        """An event happens here."""
        event.site = self.site(node)
        self.place(event, node)
        event.loop = self.loop
        event.arms = self.arms
        event.grad_enabled = self.grad_enabled
        self.order += 1
        event.order = self.order
        self.trace.append(event)
        subject = event.subject
        if isinstance(event, Step) and isinstance(subject, Optimizer):
            subject.steps.append(event)
        elif isinstance(event, SchedulerStep) and isinstance(subject, Scheduler):
            subject.steps.append(event)
        if not self.speculation:
            self.program.facts.append(event)

    @contextmanager
    def in_arm(self, branch: Branch, index: int) -> Iterator[None]:
        """What is recorded meanwhile lies in one arm of a branch."""
        trace, arms = self.trace, self.arms
        self.trace, self.arms = branch.arms[index], (*arms, (branch, index))
        try:
            yield
        finally:
            self.trace, self.arms = trace, arms

    def open_branch(self, node: Any, arms: int) -> Branch:
        branch = Branch(arms=[[] for _ in range(arms)])
        branch.site = self.site(node)
        self.trace.append(branch)
        return branch

    # --- undecided branches ------------------------------------------------------------------
    def fork(self, node: Any, arms: list[Callable[[], Value]]) -> Value:
        """Follow every arm from the same state, join what they wrote, and join their values."""
        if self.branch_depth >= limits.BRANCH_DEPTH:
            raise LimitReached(f"more than {limits.BRANCH_DEPTH} undecided branches inside one another")
        branch = self.open_branch(node, len(arms))
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
        self.join_writes(written)
        return self.join(values, node)

    def join_writes(self, written: list[Writes]) -> None:
        """Leave memory as it is after one or the other of several sets of writes."""
        places: dict[Any, Any] = {}
        for writes in written:
            for place, entry in writes.items():
                places.setdefault(place, entry)
        for place, (store, key, _) in places.items():
            before = store.get(key, MISSING)
            values = [writes[place][2] if place in writes else before for writes in written]
            joined = self.join([value for value in values if value is not MISSING])
            self.heap.set(store, key, joined)

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

    # --- what leaves our sight -----------------------------------------------------------------
    def escape(self, value: Value, why: str = "") -> None:
        """Code we cannot see has got hold of a value, and of all that can be reached from it."""
        self._spread(value, "escaped", set())

    def expose(self, value: Value) -> None:
        """Code outside what is analysed can reach a value, but nothing we saw was given it."""
        self._spread(value, "exposed", set())

    def _spread(self, value: Value, mark: str, seen: set[int]) -> None:
        value = plain(value)
        if isinstance(value, (*PRIMITIVES, Unknown)) or id(value) in seen:
            return
        seen.add(id(value))
        if isinstance(value, ParameterGroup) and mark == "escaped":
            value.optimizer.adjusted = True
        if isinstance(value, Fact):
            setattr(value, mark, True)
        if isinstance(value, Tensor):
            return
        for reached in self._reachable(value):
            self._spread(reached, mark, seen)

    def _reachable(self, value: Value) -> list[Value]:
        if isinstance(value, tuple):
            return list(value)
        if isinstance(value, dict):
            return list(value.values())
        if isinstance(value, ListValue | DictValue):
            items = value.store["items"]
            return [] if isinstance(items, Unknown) else self._reachable(items)
        if isinstance(value, OneOf):
            return list(value.alternatives)
        if isinstance(value, INSTANCES):
            return [
                *value.attributes.values(),
                *(value.children().values() if isinstance(value, Module) else ()),
            ]
        if isinstance(value, Module):
            return list(value.children().values())
        if isinstance(value, Scheduler):
            return [value.optimizer]
        if isinstance(value, Optimizer):
            return [] if isinstance(value.params, Unknown) else [value.params]
        if isinstance(value, Parameters):
            return [] if isinstance(value.modules, Unknown) else list(value.modules)
        if isinstance(value, BoundMethod | LibraryMethod):
            return [value.receiver]
        if isinstance(value, Partial):
            return [value.function, *value.arguments, *value.keywords.values()]
        if isinstance(value, Stream):
            return [value.element]
        if isinstance(value, Function):
            return self._captured(value)
        return []

    def _captured(self, function: Function) -> list[Value]:
        """What a nested function closes over (not the globals, which are everybody's)."""
        scope: Scope | None = function.scope
        found: list[Value] = []
        while scope is not None and scope.outer is not None:
            names = names_in(function.node)
            found.extend(value for name, value in scope.names.items() if name in names)
            scope = scope.outer
        return found

    def opaque_call(self, arguments: Arguments, node: Any, text: str = "") -> None:
        """Code we cannot see is called with these arguments."""
        for value in arguments.every():
            self.escape(value)
        event = OpaqueCall(subject=None)
        event.text = text
        self.record(event, node)

    def give_up(self, why: str, node: Any = None) -> NoReturn:
        raise LimitReached(why)


def names_in(node: Any) -> frozenset[str]:
    """Every name read or written anywhere under a node."""
    found = _NAMES.get(id(node))
    if found is None or found[0] is not node:
        names: set[str] = set()
        pending: list[Any] = [node]
        while pending:
            each = pending.pop()
            if isinstance(each, tree.Name):
                names.add(each.id)
            elif isinstance(each, tuple):
                pending.extend(each)
        found = (node, frozenset(names))
        if len(_NAMES) > 10_000:
            _NAMES.clear()
        _NAMES[id(node)] = found
    return found[1]


_NAMES: dict[int, tuple[Any, frozenset[str]]] = {}
