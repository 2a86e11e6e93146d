"""The interpreter as a whole: it follows a file as Python would, on abstract values.

Five rules. (1) It starts from the file as a script and from every function nobody calls, whose
arguments take the role their use gives them or are Unknown. (2) A known test takes its branch; an
unknown one takes both and joins; one that rests on a default takes its branch and traces the other.
(3) A known short loop is unrolled, any other runs its body for any iteration. (4) A user's function
is entered, a library name asks `knowledge`, anything else returns Unknown and what it is given
escapes. (5) Nothing raises out of it: what cannot be followed is Unknown, with the reason.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from cnnlint.facts import (
    Forward,
    Model,
    Module,
    Program,
    Tensor,
)
from cnnlint.interpreter import limits
from cnnlint.interpreter.attributes import LibraryAttributes
from cnnlint.interpreter.branches import Branches
from cnnlint.interpreter.builtin import Builtins
from cnnlint.interpreter.calls import Calls
from cnnlint.interpreter.classes import Classes
from cnnlint.interpreter.constructing import Constructing
from cnnlint.interpreter.containers import Containers
from cnnlint.interpreter.derived import Derived
from cnnlint.interpreter.devices import Devices
from cnnlint.interpreter.escaping import Escaping, attributes_in
from cnnlint.interpreter.examples import Examples
from cnnlint.interpreter.expressions import Expressions
from cnnlint.interpreter.gradients import Gradients
from cnnlint.interpreter.initialising import Initialising
from cnnlint.interpreter.joining import Joining
from cnnlint.interpreter.layers import Layers
from cnnlint.interpreter.library import LibraryCalls
from cnnlint.interpreter.loops import Loops
from cnnlint.interpreter.modes import settle_modes
from cnnlint.interpreter.module_methods import ModuleMethods
from cnnlint.interpreter.modules import Modules
from cnnlint.interpreter.networks import Networks
from cnnlint.interpreter.objects import (
    INSTANCES,
    Arguments,
    Assumed,
    ClassObject,
    Function,
    ProjectModule,
    Scope,
    UserModel,
    Value,
    plain,
)
from cnnlint.interpreter.operators import Operators
from cnnlint.interpreter.orders import Orders
from cnnlint.interpreter.owning import Owning
from cnnlint.interpreter.permuting import Permuting
from cnnlint.interpreter.rates import Rates
from cnnlint.interpreter.reading import names_assigned
from cnnlint.interpreter.reflection import Reflection
from cnnlint.interpreter.registries import Registries
from cnnlint.interpreter.state import PRIMITIVES, Frame, LimitReached, Project
from cnnlint.interpreter.statements import Statements
from cnnlint.interpreter.states import States
from cnnlint.interpreter.subscripts import Subscripts
from cnnlint.interpreter.supposing import Supposing
from cnnlint.interpreter.timing import timings
from cnnlint.interpreter.training import TrainingCalls
from cnnlint.interpreter.trainings import Trainings
from cnnlint.relations import link
from cnnlint.source import Site
from cnnlint.syntax import tree
from cnnlint.values import Undecided, Unknown, is_unknown

#: Methods that Python or torch calls by itself; they are followed when their object is used.
IMPLICIT = frozenset(
    "__init__ __call__ forward __getitem__ __len__ __iter__ __enter__ __exit__ __repr__".split()
)
#: Methods that a framework calls with one batch.
BATCH_STEPS = frozenset("training_step validation_step test_step predict_step".split())


def analyse(path: str, project: Project) -> Program:
    """Everything there is to know of one file and what it imports. Never raises."""
    return followed(path, project)[0]


def followed(path: str, project: Project) -> tuple[Program, dict[str, Value]]:
    """The same, and what the globals of the file are at its end."""
    program = Program(path)
    parsed = project.module(path)
    if parsed is None:
        return program, {}
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, limits.PYTHON_STACK))
    interpreter = Interpreter(project, program)
    try:
        interpreter.run(path, parsed)
    finally:
        sys.setrecursionlimit(limit)
    return program, interpreter.modules[path].names


class Interpreter(
    Joining,
    Escaping,
    Statements,
    Branches,
    Loops,
    Expressions,
    Operators,
    Subscripts,
    Calls,
    Classes,
    Constructing,
    Networks,
    Layers,
    Supposing,
    ModuleMethods,
    States,
    Owning,
    Orders,
    Initialising,
    TrainingCalls,
    Gradients,
    Devices,
    Examples,
    Trainings,
    Containers,
    Builtins,
    Permuting,
    Reflection,
    Registries,
    Rates,
    LibraryCalls,
    LibraryAttributes,
    Derived,
    Modules,
):
    """One analysis of one file."""

    def __init__(self, project: Project, program: Program) -> None:
        super().__init__(project, program)
        self.traces: list[list[Any]] = []

    def run(self, path: str, parsed: tree.Module) -> None:
        module = self.modules[path] = ProjectModule(path)
        module.names.update(__name__="__main__", __file__=path)
        self.program.files[path] = True
        self.frames.append(Frame(Scope(module.names, None, module)))
        self.entry(lambda: self.execute(parsed.body), parsed)
        self.forget_rebound(path, parsed)
        self.enter_uncalled(path)
        self.follow_schedules(self.entry)
        self.finish_facts()

    def entry(self, run: Callable[[], Any], node: Any) -> None:
        """Follow one entry with its own trace and its own budget."""
        site = node if isinstance(node, Site) else self.site(node)
        if self.steps >= limits.STEPS:
            self.give_up(site, f"more than {limits.STEPS:,} steps for one file")
            return
        self.steps_allowed = self.steps_in_call = min(self.steps + limits.STEPS_PER_ENTRY, limits.STEPS)
        self.trace, self.arms, self.loop, self.grad_enabled, self.models = [], (), None, True, []
        self.speculation = self.branch_depth = self.loop_depth = self.expected = 0
        self.fresh, self.heap = set(), type(self.heap)()
        frames = list(self.frames)
        self.traces.append(self.trace)
        try:
            run()
        except LimitReached as limit:
            self.give_up(site, str(limit))
        except RecursionError:
            self.give_up(site, "nested too deeply")
        except Undecided:
            pass
        self.frames = frames
        self.models, self.speculation = [], 0

    def give_up(self, site: Site, why: str) -> None:
        if (site, why) not in self.program.limits:
            self.program.limits.append((site, why))

    def enter_uncalled(self, path: str) -> None:
        """Follow every function and class of the file that nothing in it uses. Functions come first,
        and what is defined last: they know how the classes above are meant to be made."""
        self.enter_functions(path)
        for site, cls in reversed(list(self.classes.items())):
            if site.path == path and site not in self.instantiated:
                self.entry(lambda cls=cls: self.enter_class(cls), _At(site.at))  # type: ignore[misc]
        models = [fact for fact in self.program.facts if isinstance(fact, UserModel)]
        parts: set[int] = set()
        for model in models:
            forward = self.class_attribute(model.cls, "forward")
            if isinstance(forward, Function) and forward.site not in self.entered:
                parts = parts or parts_of(models)
                alone = id(model) not in parts
                self.entry(
                    lambda model=model, alone=alone: self.enter_forward(model, model.cls, alone),  # type: ignore[misc]
                    model.cls.site,
                )
        for model in [fact for fact in self.program.facts if isinstance(fact, UserModel)]:
            if model.cls.site.path == path:
                self.entry(lambda model=model: self.enter_untold(model), model.cls.site)  # type: ignore[misc]
        for instance in [fact for fact in self.program.facts if isinstance(fact, INSTANCES)]:
            if instance.escaped and instance.cls.site.path == path:
                self.entry(lambda instance=instance: self.enter_methods(instance), instance.cls.site)  # type: ignore[misc]
        self.enter_functions(path)

    def forget_rebound(self, path: str, parsed: tree.Module) -> None:
        """Which of several tensors a global name stands for when a function nobody calls will be called
        is not known."""
        bound = Counter(names_assigned(parsed.body))
        names = self.modules[path].names
        for name, count in bound.items():
            if count > 1 and isinstance(plain(names.get(name)), Tensor):
                names[name] = Unknown(f"`{name}` is bound more than once")

    def enter_functions(self, path: str) -> None:
        """Follow the functions, also nested ones, that nothing has called so far; not methods."""
        while True:
            waiting = [
                function
                for site, function in list(self.functions.items())
                if site.path == path
                and site not in self.entered
                and function.owner is None
                and isinstance(function.node, tree.FunctionDef)
            ]
            if not waiting:
                return
            for function in waiting:
                self.entered.add(function.site)
                self.entry(lambda function=function: self.enter_function(function), function.node)  # type: ignore[misc]

    def enter_class(self, cls: ClassObject) -> None:
        """An instance that code outside made: its methods are called in an order we do not know."""
        init = self.class_attribute(cls, "__init__")
        arguments = (
            self.unknown_arguments(init, with_self=True) if isinstance(init, Function) else Arguments([], {})
        )
        instance = self.call(cls, arguments, _At(cls.site.at))
        self.expose(instance)
        if isinstance(instance, UserModel):
            self.enter_untold(instance)
            self.enter_forward(instance, cls)
        if isinstance(instance, INSTANCES):
            self.enter_methods(instance)

    def enter_untold(self, model: UserModel) -> None:
        """What a framework does with a module made for it, if no code we saw hands it over."""
        bases = [base for base in model.cls.lineage() if isinstance(base, ClassObject)]
        told = [base for base in bases if base.module.story]
        asked = {name for base in told for name in base.attributes}
        own = [each for base in bases if base not in told for each in base.attributes.items()]
        methods = [method for name, method in own if name in asked]
        if told and not any(isinstance(each, Function) and each.site in self.entered for each in methods):
            story = self.class_attribute(model.cls, "untold")
            self.call_function(story, Arguments([model], {}), _At(model.cls.site.at), model)

    def enter_methods(self, instance: Any) -> None:
        """Code outside may call every method of this object that nothing we saw calls."""
        for value in list(instance.cls.attributes.values()):
            if isinstance(value, Function) and value.name not in IMPLICIT and value.site not in self.entered:
                if value.binding in ("", "property"):
                    self.enter_function(value, instance)

    def enter_forward(self, model: UserModel, cls: ClassObject, alone: bool = True) -> None:
        """Its forward pass on anything. What another module, of which it is a part, gives it beside its input
        is not known either."""
        forward = self.class_attribute(cls, "forward")
        if not isinstance(forward, Function):
            return
        outer, self.models = self.models, [model]
        try:
            given = self.unknown_arguments(forward, with_self=True)
            given.positional = [Tensor() if is_unknown(value) else value for value in given.positional]
            if not alone:
                lost = [self.unknown("what the module around it gives it", forward.node)]
                given.positional[1:] = lost * len(given.positional[1:])
                given.keywords = dict.fromkeys(given.keywords, *lost)
            self.models = []
            event_count = len(self.trace)
            facts = len(self.program.facts)
            self.call_model(model, given, _At(forward.site.at))
            self.unsay_forward(model, event_count, facts)
        finally:
            self.models = outer

    def unsay_forward(self, model: Module, event_count: int, facts: int) -> None:
        """The call was ours, not the program's: no Forward event stands for it."""
        self.trace[event_count:] = [
            step for step in self.trace[event_count:] if not isinstance(step, Forward)
        ]
        ours = [
            fact for fact in self.program.facts[facts:] if isinstance(fact, Forward) and fact.subject is model
        ]
        self.program.facts[facts:] = [fact for fact in self.program.facts[facts:] if fact not in ours]
        for seen in (model, self.views.get(id(model))):
            if isinstance(seen, Model):
                seen.forwards[:] = [event for event in seen.forwards if event not in ours]

    def enter_function(self, function: Function, receiver: Value = None) -> None:
        self.entered.add(function.site)
        arguments = self.unknown_arguments(function, with_self=receiver is not None)
        if receiver is not None:
            if function.name in BATCH_STEPS and arguments.positional:
                arguments.positional[0] = Tensor(graph=False, supposed=True)
            arguments.positional.insert(0, receiver)
        self.expose(self.call_function(function, arguments, function.node, receiver))

    def unknown_arguments(self, function: Function, *, with_self: bool) -> Arguments:
        """Arguments of a function nobody calls: by role, by default, or Unknown."""
        parameters = function.node.parameters
        ordered = [*parameters.positional_only, *parameters.positional]
        if with_self and ordered and function.binding != "staticmethod":
            ordered = ordered[1:]
        body = function.node.body
        positional = [self.argument(parameter, function, body) for parameter in ordered]
        keywords = {each.name: self.argument(each, function, body) for each in parameters.keyword_only}
        return Arguments(positional, keywords)

    def argument(self, parameter: tree.Parameter, function: Function, body: Any) -> Value:
        if parameter.name in function.defaults:
            default = function.defaults[parameter.name]
            return Assumed(plain(default)) if isinstance(plain(default), PRIMITIVES + (tuple,)) else default
        fact = self.role(parameter.name, Frame(function.scope, function), parameter)
        return self.unknown(f"parameter `{parameter.name}`", parameter) if fact is None else fact

    # --- what can be said only at the end --------------------------------------------------------
    def finish_facts(self) -> None:
        for trace in self.traces:
            settle_modes(trace)
        models = [fact for fact in self.program.facts if isinstance(fact, UserModel)]
        by_attributes = {id(model.attributes): model for model in models}
        for store, name in self.partly_set:
            if id(store) in by_attributes:
                by_attributes[id(store)].uncertain.add(name)
        for model in models:
            model.put &= self.unread(model)
            with suppress(Undecided):
                self.finish_model(model)
        self.program.facts.extend(self.trainings())
        self.program.facts.extend(timings(self.program, self.words))
        link(self.program)

    def unread(self, model: UserModel) -> set[str]:
        """Attributes not known that no method mentions: what others put there is no sub-module."""
        names = {name for name, value in model.attributes.items() if is_unknown(value)}
        for cls in model.cls.lineage() if names else ():
            for value in cls.attributes.values() if isinstance(cls, ClassObject) else ():
                if isinstance(value, Function):
                    names -= attributes_in(value.node)
        return names


class _At:
    """A stand-in for a node of which only the place matters."""

    def __init__(self, at: int) -> None:
        self.at = at


def parts_of(models: list[UserModel]) -> set[int]:
    """The identities of the modules below these, as far as they are known."""
    seen: set[int] = set()
    pending: list[Module] = list(models)
    while pending:
        children = [each for each in pending.pop().children().values() if isinstance(each, Module)]
        new = [each for each in children if id(each) not in seen]
        seen.update(map(id, new))
        pending.extend(new)
    return seen
