"""Calls: user functions are entered, known library names ask `knowledge`, the rest is opaque."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from cnnlint.facts import LibraryCall, Loader, Module, Tensor, Transform
from cnnlint.interpreter import limits
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import (
    INSTANCES,
    Arguments,
    BoundMethod,
    Builtin,
    ClassObject,
    Function,
    GradMode,
    Library,
    LibraryMethod,
    OneOf,
    Partial,
    Scope,
    Stream,
    UserModel,
    Value,
    make_dict,
    opaque_tensor,
    plain,
)
from cnnlint.interpreter.state import Frame
from cnnlint.interpreter.written import source_text, target_text
from cnnlint.knowledge.calls import PURPOSES
from cnnlint.knowledge.names import canonical
from cnnlint.syntax import tree
from cnnlint.values import Unknown

#: Decorators that leave a function what it is.
TRANSPARENT_DECORATORS = (
    "functools.wraps", "functools.lru_cache", "functools.cache", "staticmethod", "torch.jit",
    "typing", "abc.", "torch.compile", "numba", "contextlib.contextmanager", "dataclasses",
)  # fmt: skip
_SPECIAL_BINDINGS = ("property", "classmethod", "staticmethod")


class Calls(Core):
    """What calling a value does."""

    def call(self, callee: Value, arguments: Arguments, node: Any) -> Value:
        self.spend()
        callee = plain(callee)
        kind = type(callee)
        if kind is Function:
            return self.call_function(callee, arguments, node, receiver_of(callee, arguments))
        if kind is BoundMethod:
            if isinstance(callee.receiver, UserModel) and self.calls_forward(callee, node):
                self.tell_direct_forward(callee.receiver, node)
                return self.call_module(callee.receiver, arguments, node)
            bound = Arguments(
                [callee.receiver, *arguments.positional], arguments.keywords, arguments.open, arguments.node
            )
            return self.call_function(callee.function, bound, node, callee.receiver)
        if kind is Library:
            self.tell_library_call(callee.name, arguments, node)
            made = self.call_library(callee.name, arguments, node)
            return self.in_order(canonical(callee.name), arguments, made, node)
        if kind is LibraryMethod:
            return self.call_method(callee.receiver, callee.name, arguments, node)
        if kind is ClassObject:
            return self.instantiate(callee, arguments, node)
        if kind is Builtin:
            return callee.action(arguments)
        if kind is Partial:
            merged = Arguments(
                [*callee.arguments, *arguments.positional],
                {**callee.keywords, **arguments.keywords},
                arguments.open,
                arguments.node,
            )
            return self.call(callee.function, merged, node)
        if kind is OneOf:
            choices = [each for each in callee.alternatives if each is not None]
            if len(choices) == 1:
                return self.call(choices[0], arguments, node)
            return self.call_one_of(choices, arguments, node)
        if isinstance(callee, Module):
            return self.call_module(callee, arguments, node)
        if isinstance(callee, INSTANCES):
            method = self.get_attribute(callee, "__call__", node)
            return self.call(method, arguments, node)
        if isinstance(callee, GradMode) and len(arguments.positional) == 1:  # used as a decorator
            function = plain(arguments.positional[0])
            if isinstance(function, Function):
                function.grad_enabled = callee.enabled
            return function
        if isinstance(callee, Transform):
            return self.apply_transform(callee, arguments, node)
        return self.call_unknown(callee, arguments, node)

    def tell_library_call(self, name: str, arguments: Arguments, node: Any) -> None:
        """A call of the library that is of interest in itself."""
        purpose = PURPOSES.get(canonical(name))
        if purpose is None or not isinstance(node, tree.Call):
            return
        event = LibraryCall(subject=purpose, options=arguments.keywords)
        event.text = source_text(node)
        if len(arguments.positional) == 1 and not node.arguments[0].star and not node.arguments[0].keyword:
            first = node.arguments[0].value
            event.given, event.argument = plain(arguments.positional[0]), self.site(first)
            event.given_text = "" if isinstance(first, tree.Subscript) else target_text(first)
        self.record(event, node)

    def calls_forward(self, method: BoundMethod, node: Any) -> bool:
        """It is written `net.forward(...)`, and does what calling the model does: it is neither the forward
        of a class that it derives from nor called while the model is followed, by itself."""
        written = isinstance(node, tree.Call) and isinstance(node.function, tree.Attribute)
        model = method.receiver
        return (
            written
            and node.function.name == "forward"
            and method.function is self.class_attribute(model.cls, "forward")
            and all(each is not model for each in self.models)
        )

    def call_one_of(self, choices: list[Value], arguments: Arguments, node: Any) -> Value:
        """One of several is called, and what chose it is not known: what does not fit is said only if
        none of them fits, since the same choice may lead here."""
        errors, facts = len(self.shape_errors), len(self.program.facts)
        ends = [errors]

        def attempt(choice: Value) -> Value:
            result = self.call(choice, arguments, node)
            ends.append(len(self.shape_errors))
            return result

        result = self.fork(node, [lambda each=each: attempt(each) for each in choices])  # type: ignore[misc]
        if any(end == start for start, end in pairwise(ends)):
            doubtful = self.shape_errors[errors:]
            self.program.facts[facts:] = [fact for fact in self.program.facts[facts:] if fact not in doubtful]
            del self.shape_errors[errors:]
        return result

    # What the parts about the library offer.

    def call_unknown(self, callee: Value, arguments: Arguments, node: Any) -> Value:
        """Code we cannot see. What it returns was made of the tensors it was given."""
        name = (
            node.function.name
            if isinstance(node, tree.Call) and isinstance(node.function, tree.Attribute)
            else ""
        )
        special = self.unknown_method(name, arguments, node)
        if special is not None:
            return special
        otherwise = callee if isinstance(callee, Unknown) else self.unknown("a call", node)
        return self.unseen_call(arguments, node, name, otherwise)

    def unseen_call(self, arguments: Arguments, node: Any, name: str, otherwise: Unknown) -> Value:
        """What code we cannot see makes of its arguments."""
        event = self.opaque_call(arguments, node, name)
        made = self.made_of(arguments, otherwise)
        event.result = made if isinstance(made, Tensor) else None
        return made

    def made_of(self, arguments: Arguments, otherwise: Unknown) -> Value:
        """What an opaque call made of its tensors: a value whose origin at least is known."""
        tensors = tuple(plain(value) for value in arguments.every() if isinstance(plain(value), Tensor))
        if any(tensor.graph is not False for tensor in tensors):
            return opaque_tensor(tensors)
        return otherwise

    # --- user functions ------------------------------------------------------------------------
    def call_function(
        self, function: Function, arguments: Arguments, node: Any, receiver: Value = None
    ) -> Value:
        if function.decorators:
            function = self.with_decorators(function, node)
        active = [
            frame
            for frame in self.frames
            if frame.function is not None
            and frame.function.site == function.site
            and frame.function.wraps is function.wraps
        ]
        on_same = sum(1 for frame in active if frame.receiver is receiver)
        too_deep = len(self.frames) >= limits.CALL_DEPTH or self.branch_depth >= limits.BRANCH_DEPTH_FOR_CALLS
        spent = self.steps > self.steps_in_call
        if on_same >= limits.RECURSION or too_deep or spent:
            unseen = [function] if on_same == 0 else []  # what it may do with globals is not known either
            self.opaque_call(Arguments([*unseen, *arguments.every()], {}), node, function.name)
            if spent:
                self.note_spent(node)
            lost = self.unknown(f"`{function.name}` calls itself, or there is too much to follow", node)
            if isinstance(receiver, UserModel) and not self.models:
                receiver.unfollowed = lost
            return lost
        self.entered.add(function.site)
        if function.decorated:
            handed = [value for value in arguments.every() if not isinstance(plain(value), Module)]
            self.opaque_call(Arguments(handed, {}), node, function.name)
        scope = Scope({}, function.scope, function.scope.module)
        frame = Frame(scope, function, receiver, arms_at_entry=len(self.arms), loop_at_entry=self.loop)
        frame.call = node
        scope.names.update(self.bind_parameters(function, arguments, node))
        grad, models = self.grad_enabled, self.models
        fresh, self.fresh = self.fresh, set()
        trace, arms, event_count = self.trace, self.arms, len(self.trace)
        in_call, self.steps_in_call = self.steps_in_call, (self.steps + self.steps_allowed) // 2
        self.frames.append(frame)
        try:
            if function.grad_enabled is not None:
                self.grad_enabled = function.grad_enabled
            if isinstance(function.node, tree.Lambda):
                return self.evaluate(function.node.body)
            body = function.node.body
            completion = self.in_block_of_its_own(lambda: self.execute(body))
            if completion == "next":
                frame.returns.append(None)
            if frame.yields:
                drawn = frame.drawn[0] if len(set(map(id, frame.drawn))) == 1 else None
                loader = drawn if isinstance(drawn, Loader) else None
                return Stream(self.join(frame.yields, node), loader, steps=tuple(trace[event_count:]))
            values = [value for value in frame.returns if value is not None] or [None]
            every = completion != "next" or len(values) == len(frame.returns)
            return self.chosen(values if every else frame.returns, frame.choosing, node)
        finally:
            self.frames.pop()
            self.steps_in_call = in_call
            self.trace, self.arms = trace, arms
            self.models, self.fresh = models, fresh
            if function.grad_enabled is not None:
                self.grad_enabled = grad

    def note_spent(self, node: Any) -> None:
        """The call being followed has used half of what was left: it enters no other function."""
        function = self.frame.function
        if function is not None and function.site not in self.cut_short:
            self.cut_short.add(function.site)
            why = f"`{function.name}` takes too many steps, so some functions it calls are not followed"
            self.program.limits.append((self.site(node), why))

    def bind_parameters(self, function: Function, arguments: Arguments, node: Any) -> dict[str, Value]:
        parameters = function.node.parameters
        ordered = [*parameters.positional_only, *parameters.positional]
        keywords = dict(arguments.keywords)
        names: dict[str, Value] = {}
        positional = list(arguments.positional)
        for parameter in ordered:
            if positional:
                names[parameter.name] = positional.pop(0)
            elif parameter.name in keywords:
                names[parameter.name] = keywords.pop(parameter.name)
            else:
                names[parameter.name] = self.default(function, parameter.name, arguments, node)
        for parameter in parameters.keyword_only:
            if parameter.name in keywords:
                names[parameter.name] = keywords.pop(parameter.name)
            else:
                names[parameter.name] = self.default(function, parameter.name, arguments, node)
        for name, value in names.items():
            if isinstance(value, Loader) and not value.name:
                value.name = name
        is_open = isinstance(arguments.open, Unknown)
        if parameters.star:
            names[parameters.star] = arguments.open if is_open else tuple(positional)
        if parameters.double_star:
            names[parameters.double_star] = make_dict(arguments.open if is_open else keywords)
        return names

    def default(self, function: Function, name: str, arguments: Arguments, node: Any) -> Value:
        if isinstance(arguments.open, Unknown):
            return arguments.open
        if name in function.defaults:
            return function.defaults[name]
        return self.unknown(f"argument `{name}` is not given", node)

    def decorate(self, function: Value, decorator: tree.Expression) -> Value:
        if isinstance(decorator, tree.Call):
            maker = plain(self.evaluate(decorator.function))
            if isinstance(maker, Library) and maker.name.startswith(TRANSPARENT_DECORATORS):
                return function
        value = plain(self.evaluate(decorator))
        name = value.name if isinstance(value, Library) else ""
        short = name.removeprefix("builtins.")
        if isinstance(function, Function):
            if short in _SPECIAL_BINDINGS:
                function.binding = short
                return function
            if short in ("functools.cached_property", "torch.no_grad", "torch.inference_mode"):
                if short.startswith("torch"):
                    function.grad_enabled = False
                else:
                    function.binding = "property"
                return function
            if isinstance(value, GradMode):
                function.grad_enabled = value.enabled
                return function
            if isinstance(decorator, tree.Attribute) and decorator.name in ("setter", "getter", "deleter"):
                return self.look_up(function.name)
        if name.startswith(TRANSPARENT_DECORATORS):
            return function
        if isinstance(value, ClassObject):
            return function
        if isinstance(value, Function | BoundMethod):
            if isinstance(value, Function) and value.scope.module.story:
                return self.call(value, Arguments([function], {}), decorator)
            if isinstance(function, Function):
                function.decorators = (*function.decorators, value)
                self.await_lookup(function.name, decorator, lambda: self.with_decorators(function, decorator))
            return function
        self.escape(function)
        if isinstance(function, Function):
            function.decorated = True
        return function

    def with_decorators(self, function: Function, node: Any) -> Function:
        """What the user's decorators make of a function. Told at its first call, since a project may
        decorate a thousand that are never called."""
        if function.form is None:
            form = replace(function, decorators=())
            with self.heap.set_aside():
                for decorator in function.decorators:
                    made = plain(self.call(decorator, Arguments([form], {}), node))
                    if made is not form and isinstance(made, Function):
                        self.entered.add(made.site)
                        form = replace(made, name=function.name, owner=function.owner, wraps=form)
            function.form = form
        return function.form


def receiver_of(function: Function, arguments: Arguments) -> Value:
    """The instance a method is called on that is called as a plain function (`Base.__init__(self)`)."""
    if function.owner is None or function.binding or not arguments.positional:
        return None
    first = plain(arguments.positional[0])
    return first if isinstance(first, INSTANCES) else None
