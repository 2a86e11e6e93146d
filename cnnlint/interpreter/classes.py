"""The user's classes: made, instantiated, and asked for attributes."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Dataset, Loader, Module, Optimizer, Scheduler, Tensor, Transform
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import (
    INSTANCES,
    Arguments,
    Assumed,
    BoundMethod,
    Builtin,
    ClassObject,
    FieldFactory,
    Function,
    Library,
    LibraryMethod,
    OneOf,
    Scope,
    Super,
    UserDataset,
    UserModel,
    Value,
    items_in,
    plain,
)
from cnnlint.knowledge import load
from cnnlint.knowledge.datasets import CHOOSING, REPLACED
from cnnlint.knowledge.names import canonical
from cnnlint.source import Site
from cnnlint.syntax import tree
from cnnlint.values import Unknown, is_unknown

#: Where library classes come from that one can derive from without handing anything over.
KNOWN_BASES = (
    "torch.", "torchvision.", "pytorch_lightning.", "lightning.", "builtins.", "abc.", "typing.", "enum.",
    "collections.", "dataclasses.",
)  # fmt: skip


class Classes(Core):
    """Classes, instances and `super()`."""

    # --- classes -------------------------------------------------------------------------------
    def define_class(self, node: tree.ClassDef) -> ClassObject:
        bases = []
        for argument in node.bases:
            value = plain(self.evaluate(argument.value))
            if not argument.keyword and not argument.star:
                known = isinstance(value, ClassObject) or isinstance(value, Library) and followed(value.name)
                bases.append(value if known else self.unknown("a base class not known", argument))
            else:
                self.escape(value)
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
        if "typing.NamedTuple" in cls.library_bases():
            cls.fields = annotated(node)
        for decorator in node.decorators:
            self.decorate_class(cls, node, decorator)
        self.classes.setdefault(cls.site, cls)
        return cls

    def decorate_class(self, cls: ClassObject, node: tree.ClassDef, decorator: tree.Expression) -> None:
        """Decorators leave a class what it is, but may keep it somewhere or give it a constructor."""
        made_by = plain(self.evaluate(decorator))
        named = isinstance(made_by, Library) and made_by.name.endswith("dataclass")
        if named or _called(decorator, "dataclass"):
            cls.fields = annotated(node)
        if isinstance(made_by, Function | BoundMethod):
            register = lambda: self.call(made_by, Arguments([cls], {}), decorator)  # noqa: E731
            self.await_lookup(cls.name, decorator, register)

    def instantiate(self, cls: ClassObject, arguments: Arguments, node: Any) -> Value:
        self.instantiated.add(cls.site)
        value = self.fact_of_class(cls, arguments)
        value.site = self.site(node)
        if isinstance(value, UserDataset):
            value.source = source_of(cls.site, arguments)
        self.note(value, node)
        init = self.class_attribute(cls, "__init__")
        if isinstance(init, Function):
            given = [value, *arguments.positional]
            bound = Arguments(given, arguments.keywords, arguments.open, arguments.node)
            self.construct(value, init, bound, node)
        elif cls.all_fields() is not None:
            self.fill_fields(cls, value, arguments, node)
            further = self.class_attribute(cls, "__post_init__")
            if isinstance(further, Function):
                self.construct(value, further, Arguments([value], {}), node)
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
        classes = [base for base in reversed(cls.lineage()) if isinstance(base, ClassObject)]
        defaults = {name: value for base in classes for name, value in base.attributes.items()}
        for name in cls.all_fields() or ():
            if positional:
                given = positional.pop(0)
            elif name in arguments.keywords:
                given = arguments.keywords[name]
            elif name in defaults and not isinstance(arguments.open, Unknown):
                default = plain(defaults[name])
                made = isinstance(default, FieldFactory)
                given = (
                    self.call(default.function, Arguments([], {}), node) if made else self.assumed(default)
                )
            else:
                given = self.unknown(f"field `{name}` is not given", node)
            self.heap.set(value.attributes, name, given)

    def class_attribute(self, cls: ClassObject, name: str, after: ClassObject | None = None) -> Value:
        """An attribute looked up along the bases (after one of them, for super()); Library for a
        library base that comes first, Unknown for an unknown one, None if nobody has it."""
        lineage = cls.lineage()
        for index, base in enumerate(lineage):
            if base is after:
                lineage = lineage[index + 1 :]
                break
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
            return self.assumed(inner)
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
            return self.attributes_of(value)
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
            model = value.receiver
            if name in ("forward", "__call__") and getattr(model, "base_layer", None) is not None:
                return Builtin("forward", lambda arguments: self.call_base(model, arguments, node))
            return LibraryMethod(model, name)
        return self.unknown(f"super().{name} is not known", node) if found is None else found

    def library_init(self, bases: tuple[str, ...], receiver: Value, arguments: Arguments, node: Any) -> Value:
        for base in bases:
            self.super_init(base, receiver, arguments, node)
        return None

    def set_attribute(self, value: Value, name: str, new: Value, node: Any) -> None:
        value = plain(value)
        if name.startswith("require"):
            self.set_in_vain(value, name, new, node)
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
            if isinstance(value, UserModel) and not value.ready:
                self.set_early(value, name, new, node)
            if isinstance(value, UserModel) and self.frame.receiver is not value:
                value.put.add(name)
            items = items_in(value) if isinstance(new, Module) else None
            self.heap.set(value.attributes if items is None else items, name, new)
            if isinstance(value, UserDataset):
                value.example = None  # it may be another from here on
                if "classes" in REPLACED.get(name, ()):
                    value.classes = self.unknown(f"`{name}` of the dataset is set", node)
                if "transform" not in name and not self.under_construction(value):
                    changed = self.unknown(f"`{name}` of the dataset is set after it was made", node)
                    self.heap.set(value.__dict__, "switched", changed)
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
        if isinstance(value, Dataset):
            self.change_dataset(value, name, node)
        if isinstance(value, Library):
            self.set_of_library(value, name, new, node)
        if isinstance(value, Unknown | Tensor) and name == "grad":
            if plain(new) is None:
                self.gradient_set(value, node)
            else:
                self.gradient_written(value, node)
            return
        if isinstance(value, Tensor) and name == "data":
            self.put_weight(value, new, node)
        if isinstance(value, Tensor) and name == "requires_grad":
            self.require_gradient(value, plain(new), node)
        if isinstance(value, Optimizer | Scheduler) and name in ("step", "zero_grad"):
            value.escaped = value.watched = True
        if isinstance(value, Loader):
            self.heap.set(value.options, name, new)
        self.escape(new)

    def under_construction(self, value: Value) -> bool:
        """Its constructor is being followed."""
        return any(
            frame.receiver is value and frame.function is not None and frame.function.name == "__init__"
            for frame in self.frames
        )

    def change_dataset(self, dataset: Dataset, name: str, node: Any) -> None:
        """An attribute of a library's dataset is set: what follows from it is no longer known, of the dataset
        and of the parts that are cut from it."""
        for field in REPLACED.get(name, ()):
            lost = self.unknown(f"`{name}` of the dataset is set", node)
            for each in [dataset, *self.parts_of(dataset)]:
                self.heap.set(each.__dict__, field, lost)

    def parts_of(self, dataset: Dataset) -> list[Dataset]:
        """The datasets that are cut from a dataset, and those cut from them."""
        parts = [each for each in self.program.facts if isinstance(each, Dataset) and each.parent is dataset]
        return [*parts, *(further for part in parts for further in self.parts_of(part))]


def source_of(definition: Site, arguments: Arguments) -> Any:
    """What tells a user's dataset from others of its class: where it is defined and what it is made with,
    transforms aside. Not known where nothing of that names what it reads: it may be made up."""
    given: dict[Any, Value] = {**dict(enumerate(arguments.positional)), **arguments.keywords}
    chosen = [
        (name, plain(value)) for name, value in given.items() if not isinstance(plain(value), Transform)
    ]
    named = [
        (name, value.source if isinstance(value, Dataset) and value.parent is None else value)
        for name, value in chosen
    ]
    known = all(isinstance(value, CHOOSING) for _, value in named) and not is_unknown(arguments.open)
    if known and any(isinstance(value, str | tuple) for _, value in named):
        return (definition, *named)
    return Unknown("what the dataset reads is not known")


def followed(base: str) -> bool:
    """Whether a library class does nothing to what a class derived from it keeps, unless we know."""
    name = canonical(base)
    return name.startswith(KNOWN_BASES) or name.endswith("DataLoader") or name in load()


def annotated(node: tree.ClassDef) -> tuple[str, ...]:
    """The names annotated in the body of a class, in order."""
    statements = [each for each in node.body if isinstance(each, tree.AnnAssign)]
    return tuple(each.target.id for each in statements if isinstance(each.target, tree.Name))


def _called(node: tree.Expression, name: str) -> bool:
    """Whether a decorator is `name(...)`."""
    if not isinstance(node, tree.Call):
        return False
    function = node.function
    return getattr(function, "id", getattr(function, "name", "")) == name
