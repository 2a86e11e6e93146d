"""What every part of the interpreter shares: its state, the trace it writes, joining and escaping."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from cnnlint.facts import (
    NOWHERE,
    Branch,
    Event,
    Fact,
    Loop,
    Model,
    Module,
    Number,
    OpaqueCall,
    Optimizer,
    Program,
    Scheduler,
    SchedulerStep,
    ShapeError,
    Step,
    Tensor,
)
from cnnlint.interpreter import limits
from cnnlint.interpreter.heap import Heap
from cnnlint.interpreter.mentions import mentioned, words_in
from cnnlint.interpreter.objects import (
    Arguments,
    ClassObject,
    Function,
    ProjectModule,
    Value,
)
from cnnlint.interpreter.parts import Parts
from cnnlint.interpreter.state import Completion, Frame, LimitReached, Project
from cnnlint.interpreter.written import source_text
from cnnlint.source import Site
from cnnlint.syntax import tree
from cnnlint.values import Unknown


@cache
def by_name(kind: type, prefix: str) -> dict[str, Callable[..., Any]]:
    """The methods of a class whose names begin so, by the rest of their names."""
    return {name[len(prefix) :]: getattr(kind, name) for name in dir(kind) if name.startswith(prefix)}


@cache
def by_node(kind: type, prefix: str) -> dict[type, Callable[..., Any]]:
    """The methods of a class whose names begin so, by the kind of node that they end with."""
    return {getattr(tree, node): method for node, method in by_name(kind, prefix).items()}


class Core(Parts):
    """State of one analysis; the methods that follow code are in the classes derived from this."""

    #: Methods by what they are for, collected from their names: a new one needs no list.
    evaluators: dict[type, Callable[..., Value]]
    executors: dict[type, Callable[..., Completion]]
    builtins: dict[str, Callable[..., Value]]
    module_methods: dict[str, Callable[..., Value]]
    container_methods: dict[str, Callable[..., Value]]

    def __init__(self, project: Project, program: Program) -> None:
        kind: Any = type(self)
        self.evaluators = by_node(kind, "eval_")
        self.executors = by_node(kind, "exec_")
        self.builtins = by_name(kind, "do_")
        self.module_methods = by_name(kind, "method_")
        self.container_methods = by_name(kind, "modules_")
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
        self.grad_mode: dict[str, Any] = {"enabled": True}
        self.speculation = 0  # inside this many branches that are not taken by default
        self.branch_depth = 0
        self.order = 0
        self.steps = 0
        self.steps_allowed = limits.STEPS_PER_ENTRY
        self.steps_in_call = limits.STEPS_PER_ENTRY  # from here on the call being followed enters no other
        self.cut_short: set[Site] = set()  # functions of which that is so
        self.lost: BaseException | None = None  # the limit that ended what was followed last
        self.import_steps = 0  # spent on the modules that are imported
        self.decorated: dict[str, list[Callable[[], object]]] = {}  # by names it may be looked for by
        self.lists_read: set[int] = set()
        self.fresh: set[str] = set()  # names the innermost loop sets anew in each iteration
        self.rounds_of: Any = None  # the node of the innermost loop
        self.loop_depth = 0
        self.breaks = 0  # of loops, followed so far
        self.awaited: dict[int, tuple[dict[str, Value], set[str]]] = {}  # names unseen code may read
        self.receiver: Any = None  # the node of the tensor whose method is being called
        self.statement: Any = None  # the expression that is the statement being followed
        self.unpacked: Any = None  # the expression whose value is unpacked into several targets
        self.stepping: Value = None  # what the optimizer that steps now does so through
        self.lengths: dict[int, tuple[Unknown, Any]] = {}  # not known, and what they are the lengths of
        self.swayed: dict[
            int, tuple[Unknown, tuple[Number | Tensor, ...]]
        ] = {}  # not known, and what decides
        self.sampling = False  # inside a comprehension of which one element is followed
        self.expected = 0  # inside this many blocks whose failing the program reckons with
        self.shape_errors: list[ShapeError] = []  # all that were found, also where they were taken back
        self.partly_set: list[tuple[dict[Any, Value], Any]] = []  # places set on some paths only
        self.views: dict[int, Model] = {}  # containers called by the program itself, as models

    @property
    def grad_enabled(self) -> Any:
        """Whether autograd records here: True, False or Unknown."""
        return self.grad_mode["enabled"]

    @grad_enabled.setter
    def grad_enabled(self, enabled: Any) -> None:
        self.heap.set(self.grad_mode, "enabled", enabled)

    def recorded(self, graph: Any) -> Any:
        """Whether autograd follows here what is made of something it follows, or not (`graph`)."""
        return graph if self.grad_enabled is True or graph is False else self.grad_enabled

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    def site(self, node: Any) -> Site:
        """The place of a node; of one in a framework's code, that of the user's call that led there."""
        frames = reversed(self.frames)
        frame = next(frames)
        within = frame.told
        while frame.told:
            node, frame = frame.call, next(frames)
        return Site(frame.scope.module.path, node.at, within)

    def unknown(self, why: str, node: Any = None) -> Unknown:
        return Unknown(why, self.site(node) if node is not None and self.frames else None)

    def spend(self) -> None:
        self.steps += 1
        if self.steps > self.steps_allowed:
            raise LimitReached(f"more than {limits.STEPS_PER_ENTRY:,} steps from one entry")

    def note(self, fact: Fact, node: Any, name: str = "") -> None:
        """A fact was made here."""
        if fact.site is NOWHERE:
            fact.site = self.site(node)
        if name and not fact.name:
            fact.name = name
        self.place(fact, node)
        if isinstance(fact, Module) and self.models:
            fact.per_call = self.made_per_call()
            fact.home = self.home_of(fact, node) if fact.per_call else None
        if not self.speculation:
            self.program.facts.append(fact)

    def made_per_call(self) -> bool:
        """Whether what is made here is made in every forward pass of the innermost model, by itself and
        not as a part of another module."""
        for frame in reversed(self.frames):
            name = frame.function.name if frame.function else ""
            if frame.tests or len(self.arms) > frame.arms_at_entry or name == "__init__":
                return False
            if frame.receiver is self.models[-1] and name in ("forward", "__call__"):
                return True
        return False

    def mentions(self, name: str) -> bool:
        """Whether any file that was read mentions an attribute of this name."""
        return any(name in mentioned(each) for each in self.files_read())

    def words(self) -> frozenset[str]:
        """Every name and string in the files that were read."""
        return frozenset(word for each in self.files_read() for word in words_in(each))

    def files_read(self) -> Iterator[tree.Module]:
        """The user's files that were followed."""
        parsed = (self.project.module(path) for path, module in self.modules.items() if not module.story)
        return (each for each in parsed if each is not None)

    def place(self, fact: Fact, node: Any) -> None:
        """How the call that made a fact is written, and through which functions it was reached."""
        fact.functions = self.functions_entered()
        fact.made_in = self.loop
        fact.branched = len(self.arms) > (len(self.loop.arms) if self.loop else 0)
        if isinstance(node, tree.Call):
            fact.callee, fact.written = self.site(node.function), source_text(node)

    def functions_entered(self) -> tuple[str, ...]:
        """The names of the user's functions that are being followed, outermost first."""
        return tuple(frame.function.name for frame in self.frames if frame.function and not frame.told)

    def record(self, event: Event, node: Any) -> None:
        """An event happens here."""
        event.site = self.site(node)
        if event.site.within:
            event.text = ""
        self.place(event, node)
        event.loop = self.loop
        event.arms = self.arms
        event.grad_enabled = self.grad_enabled
        self.order += 1
        event.order = self.order
        self.trace.append(event)
        subject = event.subject
        steps = isinstance(event, Step) and isinstance(subject, Optimizer)
        if steps or (isinstance(event, SchedulerStep) and isinstance(subject, Scheduler)):
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

    def opaque_call(self, arguments: Arguments, node: Any, text: str = "") -> OpaqueCall:
        """Code we cannot see is called with these arguments."""
        given = [each for value in arguments.every() for each in self.escape(value)]
        event = OpaqueCall(subject=None, given=tuple(each for each in given if isinstance(each, Module)))
        event.given_graph = any(isinstance(each, Tensor) and each.graph is not False for each in given)
        event.text = text
        self.record(event, node)
        if _INITIALISING.search(text):
            for module in event.given:
                module.initial = module.initial_bias = self.unknown(f"`{text}` may have set it", node)
        return event

    def lose_sight(self, node: Any) -> None:
        """What follows here is not analysed: it may do anything to what has a name."""
        named = [value for frame in self.frames for value in frame.scope.names.values()]
        self.opaque_call(Arguments([value for value in named if not isinstance(value, _CODE)], {}), node)


#: Names of functions that set weights.
_INITIALISING = re.compile("init|weights|lsuv|xavier|kaiming|orthogonal", re.IGNORECASE)
_CODE = (Function, ClassObject, ProjectModule)
