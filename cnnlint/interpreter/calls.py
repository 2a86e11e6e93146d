"""Calls: user functions are entered, known library names ask `knowledge`, the rest is opaque."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Module, Tensor, Transform
from cnnlint.interpreter import limits
from cnnlint.interpreter.core import PRIMITIVES, Core, Frame
from cnnlint.interpreter.objects import (
    INSTANCES,
    Arguments,
    Assumed,
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
    Super,
    UserModel,
    Value,
    make_dict,
    opaque_tensor,
    plain,
)
from cnnlint.knowledge.transforms import applied
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
            return self.call_function(callee, arguments, node)
        if kind is BoundMethod:
            bound = Arguments(
                [callee.receiver, *arguments.positional], arguments.keywords, arguments.open, arguments.node
            )
            return self.call_function(callee.function, bound, node, callee.receiver)
        if kind is Library:
            return self.call_library(callee.name, arguments, node)
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
            return self.fork(node, [lambda each=each: self.call(each, arguments, node) for each in choices])  # type: ignore[misc]
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
            image = plain(arguments.positional[0]) if arguments.positional else None
            return applied(callee, image)
        return self.call_unknown(callee, arguments, node)

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
        self.opaque_call(arguments, node, name)
        return self.made_of(
            arguments, callee if isinstance(callee, Unknown) else self.unknown("a call", node)
        )

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
        active = [
            frame
            for frame in self.frames
            if frame.function is not None and frame.function.site == function.site
        ]
        on_same = sum(1 for frame in active if frame.receiver is receiver)
        too_deep = len(self.frames) >= limits.CALL_DEPTH or self.branch_depth >= limits.BRANCH_DEPTH_FOR_CALLS
        if on_same >= limits.RECURSION or too_deep:
            self.opaque_call(arguments, node, function.name)
            return self.unknown(f"`{function.name}` calls itself or is too deep", node)
        self.entered.add(function.site)
        scope = Scope({}, function.scope, function.scope.module)
        frame = Frame(scope, function, receiver, arms_at_entry=len(self.arms), loop_at_entry=self.loop)
        scope.names.update(self.bind_parameters(function, arguments, node))
        grad, models = self.grad_enabled, self.models
        fresh, self.fresh = self.fresh, set()
        trace, arms = self.trace, self.arms
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
                return Stream(self.join(frame.yields, node))
            values = [value for value in frame.returns if value is not None] or [None]
            return self.join(
                values if completion != "next" or len(values) == len(frame.returns) else frame.returns, node
            )
        finally:
            self.frames.pop()
            self.trace, self.arms = trace, arms
            self.grad_enabled, self.models, self.fresh = grad, models, fresh

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
        if isinstance(value, Function | BoundMethod | ClassObject):
            return function  # a user's decorator: most wrap and call through
        self.escape(function)
        return function

    # --- classes -------------------------------------------------------------------------------
    def define_class(self, node: tree.ClassDef) -> ClassObject:
        bases = []
        for argument in node.bases:
            value = plain(self.evaluate(argument.value))
            if not argument.keyword and not argument.star:
                known = isinstance(value, ClassObject | Library)
                bases.append(value if known else self.unknown("a base class not known", argument))
        scope = Scope({}, self.frame.scope, self.frame.scope.module, is_class=True)
        cls = ClassObject(node.name, tuple(bases), scope.names, self.site(node), scope.module)
        self.frame.scope = scope
        try:
            self.execute(node.body)
        finally:
            assert scope.outer is not None
            self.frame.scope = scope.outer
        for value in scope.names.values():
            if isinstance(value, Function) and value.owner is None:
                value.owner = cls
        for decorator in node.decorators:
            made_by = plain(self.evaluate(decorator))
            if (
                isinstance(made_by, Library)
                and made_by.name.endswith("dataclass")
                or _called(decorator, "dataclass")
            ):
                cls.fields = tuple(
                    statement.target.id
                    for statement in node.body
                    if isinstance(statement, tree.AnnAssign) and isinstance(statement.target, tree.Name)
                )
        self.classes.setdefault(cls.site, cls)
        return cls

    def instantiate(self, cls: ClassObject, arguments: Arguments, node: Any) -> Value:
        self.instantiated.add(cls.site)
        value = self.fact_of_class(cls, arguments)
        value.site = self.site(node)
        self.note(value, node)
        init = self.class_attribute(cls, "__init__")
        if isinstance(init, Function):
            self.call_function(
                init,
                Arguments([value, *arguments.positional], arguments.keywords, arguments.open, arguments.node),
                node,
                value,
            )
        elif cls.fields is not None:
            self.fill_fields(cls, value, arguments, node)
        elif cls.has_unknown_base:
            self.opaque_call(arguments, node, cls.name)
        else:
            for base in cls.library_bases():
                self.super_init(base, value, arguments, node)
        if cls.has_unknown_base:
            self.escape(value)
            if isinstance(value, UserModel):
                value.unfollowed = self.unknown("a base class not known", node)
        return value

    def fill_fields(self, cls: ClassObject, value: Any, arguments: Arguments, node: Any) -> None:
        positional = list(arguments.positional)
        for name in cls.fields or ():
            if positional:
                given = positional.pop(0)
            elif name in arguments.keywords:
                given = arguments.keywords[name]
            elif name in cls.attributes and not isinstance(arguments.open, Unknown):
                given = self.assume(cls.attributes[name])
            else:
                given = self.unknown(f"field `{name}` is not given", node)
            self.heap.set(value.attributes, name, given)

    def assume(self, value: Value) -> Value:
        return Assumed(value) if isinstance(value, PRIMITIVES + (tuple,)) else value

    def class_attribute(self, cls: ClassObject, name: str, after: ClassObject | None = None) -> Value:
        """An attribute looked up along the bases (after one of them, for super()); Library for a
        library base that comes first, Unknown for an unknown one, None if nobody has it."""
        lineage = cls.lineage()
        if after is not None and after in lineage:
            lineage = lineage[lineage.index(after) + 1 :]
        library: Value = None
        for base in lineage:
            if isinstance(base, ClassObject):
                if name in base.attributes:
                    return base.attributes[name]
            elif isinstance(base, Unknown):
                return base
            elif library is None and base.name not in ("builtins.object", "abc.ABC", "typing.Generic"):
                library = base
        return library

    # --- attributes ----------------------------------------------------------------------------
    def get_attribute(self, value: Value, name: str, node: Any) -> Value:
        if type(value) is Assumed:
            inner = self.get_attribute(value.value, name, node)
            return self.assume(inner)
        if isinstance(value, Unknown):
            return value
        if isinstance(value, OneOf):
            choices = [each for each in value.alternatives if each is not None]
            return self.join([self.get_attribute(each, name, node) for each in choices], node)
        if isinstance(value, INSTANCES):
            return self.instance_attribute(value, name, node)
        if isinstance(value, ClassObject):
            return self.attribute_of_class(value, name, node)
        if isinstance(value, Super):
            return self.super_attribute(value, name, node)
        return self.library_attribute(value, name, node)

    def attribute_of_class(self, cls: ClassObject, name: str, node: Any) -> Value:
        if name == "__name__":
            return cls.name
        found = self.class_attribute(cls, name)
        if isinstance(found, Function) and found.binding == "classmethod":
            return BoundMethod(found, cls)
        if isinstance(found, Library):
            return Library(f"{found.name}.{name}")
        return self.unknown(f"`{cls.name}.{name}` is not known", node) if found is None else found

    def instance_attribute(self, value: Any, name: str, node: Any) -> Value:
        if name in value.attributes:
            return value.attributes[name]
        if name == "__class__":
            return value.cls
        if name == "__dict__":
            return make_dict(self.unknown("attributes", node))
        found = self.class_attribute(value.cls, name)
        if isinstance(found, Function):
            return self.bind_method(found, value, node)
        if isinstance(found, Unknown):
            self.escape(value)
            return found
        if found is None or isinstance(found, Library):
            getter = self.class_attribute(value.cls, "__getattr__")
            if isinstance(getter, Function):
                self.escape(value)
                return self.unknown("made by __getattr__", node)
            return self.library_attribute(value, name, node)
        return found

    def bind_method(self, function: Function, value: Value, node: Any) -> Value:
        if function.binding == "staticmethod":
            return function
        if function.binding == "classmethod":
            return BoundMethod(function, value.cls)
        if function.binding == "property":
            return self.call_function(function, Arguments([value], {}), node, value)
        return BoundMethod(function, value)

    def super_attribute(self, value: Super, name: str, node: Any) -> Value:
        cls = getattr(value.receiver, "cls", None)
        if not isinstance(cls, ClassObject):
            return self.unknown("super() outside a method", node)
        found = self.class_attribute(cls, name, value.owner)
        if isinstance(found, Function):
            return self.bind_method(found, value.receiver, node)
        if name == "__init__" and not isinstance(found, Unknown):
            bases = cls.library_bases()
            return Builtin(
                "__init__", lambda arguments: self.library_init(bases, value.receiver, arguments, node)
            )
        if isinstance(found, Unknown):
            self.escape(value.receiver)
            return found
        if isinstance(found, Library):
            return LibraryMethod(value.receiver, name)
        return self.unknown(f"super().{name} is not known", node) if found is None else found

    def library_init(self, bases: tuple[str, ...], receiver: Value, arguments: Arguments, node: Any) -> Value:
        for base in bases:
            self.super_init(base, receiver, arguments, node)
        return None

    def set_attribute(self, value: Value, name: str, new: Value, node: Any) -> None:
        value = plain(value)
        if isinstance(value, OneOf):
            for each in value.alternatives:
                self.set_attribute(each, name, self.unknown("set on one of several", node), node)
            self.escape(new)
            return
        if isinstance(value, INSTANCES):
            setter = self.class_attribute(value.cls, name)
            if isinstance(setter, Function) and setter.binding == "property":
                self.escape(new)
                return
            self.name_fact(new, name)
            self.heap.set(value.attributes, name, new)
            if value.escaped:
                self.escape(new)
            elif value.exposed:
                self.expose(new)
            return
        if isinstance(value, ClassObject):
            self.heap.set(value.attributes, name, new)
            return
        if isinstance(value, Module):
            self.set_child(value, name, new, node)
            return
        if isinstance(value, Tensor) and name == "grad":
            if plain(new) is None:
                self.gradient_set(value, node)
            else:
                self.gradient_written(value, node)
            return
        self.escape(new)


def _called(node: tree.Expression, name: str) -> bool:
    """Whether a decorator is `name(...)`."""
    if not isinstance(node, tree.Call):
        return False
    function = node.function
    return getattr(function, "id", getattr(function, "name", "")) == name
