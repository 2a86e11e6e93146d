"""Builtins that ask about objects: classes, attributes, copies, modules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnnlint.facts import (
    Fact,
    Layer,
    Module,
    Optimizer,
    Scheduler,
    StateDict,
    Tensor,
)
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import (
    INSTANCES,
    Arguments,
    Assumed,
    ClassObject,
    DictValue,
    FieldFactory,
    Function,
    Instance,
    Library,
    ListValue,
    OneOf,
    Parser,
    Partial,
    Scope,
    Super,
    UserModel,
    Value,
    make_dict,
    plain,
    same_class,
)
from cnnlint.interpreter.state import LATER, PRIMITIVES
from cnnlint.knowledge import load
from cnnlint.knowledge.names import canonical
from cnnlint.syntax import tree
from cnnlint.values import Unknown, is_unknown

_TYPES: dict[str, Any] = {
    "builtins.int": int,
    "builtins.float": float,
    "builtins.str": str,
    "builtins.bool": bool,
    "builtins.list": list,
    "builtins.tuple": tuple,
    "builtins.dict": dict,
    "builtins.set": set,
}
#: Kinds of containers, and which of ours they are.
_ABSTRACT: dict[str, tuple[type, ...]] = {
    "Iterable": (str, bytes, tuple, range, ListValue, DictValue),
    "Sequence": (str, bytes, tuple, range, ListValue),
    "Mapping": (DictValue,),
}  # fmt: skip

#: Kinds of what may be called, and which of ours they are.
_CODE: dict[str, type] = {
    "types.FunctionType": Function, "types.LambdaType": Function, "functools.partial": Partial,
    "builtins.type": ClassObject,
}  # fmt: skip

#: What every torch.nn.Module has.
MODULE_ATTRIBUTES = frozenset(
    "training forward parameters named_parameters children named_children modules named_modules buffers "
    "named_buffers state_dict load_state_dict train eval to cuda cpu float half double type apply zero_grad "
    "requires_grad_ register_buffer register_parameter register_module add_module get_submodule "
    "get_parameter get_buffer extra_repr share_memory compile register_forward_hook dump_patches "
    "register_forward_pre_hook register_full_backward_hook register_backward_hook bfloat16 ipu xpu".split()
)


class Reflection(Core):
    """`isinstance`, `getattr`, `super` and their kin."""

    # --- objects ---------------------------------------------------------------------------------
    def do_super(self, arguments: Arguments, node: Any) -> Value:
        frame = next(
            (frame for frame in reversed(self.frames) if frame.function and frame.function.owner), None
        )
        if frame is None or frame.function is None or frame.function.owner is None:
            return self.unknown("super() outside a method", node)
        owner = frame.function.owner
        named = plain(arguments.positional[0]) if arguments.positional else owner
        if isinstance(named, Library) and canonical(named.name) == "torch.nn.Module":
            return Library("builtins.object")  # what comes behind nn.Module
        cls = getattr(frame.receiver, "cls", None)
        lineage = cls.lineage() if isinstance(cls, ClassObject) else ()
        ours = isinstance(named, ClassObject) and any(base is named for base in lineage)
        return Super(named if ours else owner, frame.receiver)

    def do_isinstance(self, arguments: Arguments, node: Any) -> Value:
        if len(arguments.positional) != 2:
            return self.unknown("isinstance() of something else", node)
        value, kinds = (plain(each) for each in arguments.positional)
        if isinstance(value, OneOf):
            answers = [self.is_kind(each, kinds) for each in value.alternatives]
            return (
                answers[0] if all(each is answers[0] for each in answers) else self.unknown("differs", node)
            )
        return self.is_kind(value, kinds)

    def is_kind(self, value: Value, kinds: Value) -> Any:
        if isinstance(kinds, tuple):
            answers = [self.is_kind(value, kind) for kind in kinds]
            if any(answer is True for answer in answers):
                return True
            return next((answer for answer in answers if is_unknown(answer)), False)
        if is_unknown(value) or is_unknown(kinds) or not isinstance(kinds, Library | ClassObject):
            return Unknown("its class is not known")
        if isinstance(value, INSTANCES):
            if (
                any(same_class(kinds, base) for base in value.cls.lineage())
                or isinstance(kinds, Library)
                and kinds.name in map(canonical, value.cls.library_bases())
            ):
                return True
            return (
                Unknown("a base class not known")
                if value.cls.has_unknown_base
                else self.is_library_kind(value, kinds)
            )
        return self.is_library_kind(value, kinds)

    def is_library_kind(self, value: Value, kinds: Value) -> Any:
        if isinstance(kinds, ClassObject):
            return False
        name = canonical(kinds.name)
        builtin = _TYPES.get(name)
        if builtin is not None:
            if isinstance(value, ListValue):
                return name == f"builtins.{value.kind}"
            if isinstance(value, DictValue):
                return name == "builtins.dict"
            return isinstance(value, builtin) and not (builtin is int and isinstance(value, bool) and False)
        kinds_of = _ABSTRACT.get(name.removeprefix("collections.abc.").removeprefix("typing."))
        if kinds_of is not None and isinstance(value, (*PRIMITIVES, tuple, ListValue, DictValue)):
            return isinstance(value, kinds_of)
        if name in _CODE:
            described = isinstance(value, Library) and isinstance(load().get(canonical(value.name)), type)
            if isinstance(value, Library) and not described:
                return Unknown("a class not known")
            return _CODE[name] is ClassObject if described else isinstance(value, _CODE[name])
        if name in ("torch.Tensor", "torch.FloatTensor"):
            return isinstance(value, Tensor)
        if name == "torch.nn.Module":
            return isinstance(value, Module)
        known = load().get(name)
        if isinstance(known, type) and isinstance(value, Fact):
            return isinstance(value, known) if type(value).kind is not None else False
        if isinstance(value, (*PRIMITIVES, tuple, Layer, Optimizer, Scheduler)):
            return (
                False if known is not None or isinstance(value, PRIMITIVES) else Unknown("a class not known")
            )
        return Unknown("a class not known")

    def do_dir(self, arguments: Arguments, node: Any) -> Value:
        """Of a library, its names are what it holds."""
        value = plain(arguments.positional[0]) if arguments.positional else None
        if isinstance(value, Library):
            return Library(f"{value.name}.__dict__")
        return self.unknown("the names of attributes", node)

    def do_hasattr(self, arguments: Arguments, node: Any) -> Value:
        if len(arguments.positional) == 2:
            value, name = (plain(each) for each in arguments.positional)
            if isinstance(name, str):
                return self.has_attribute(value, name)
        return self.unknown("not known whether it has it", node)

    def has_attribute(self, value: Value, name: str) -> Any:
        """Whether an object has an attribute of that name."""
        unknown = Unknown(f"not known whether it has `{name}`")
        if isinstance(value, OneOf):
            answers = [self.has_attribute(each, name) for each in value.alternatives]
            return answers[0] if all(each is answers[0] for each in answers) else unknown
        if isinstance(value, Library) and canonical(f"{value.name}.{name}") in load():
            return True
        if not isinstance(value, INSTANCES):
            return unknown
        if name in value.attributes:
            partly = any(store is value.attributes and key == name for store, key in self.partly_set)
            return unknown if partly else True
        found = self.class_attribute(value.cls, name)
        if found is not None and not isinstance(found, Library):
            return unknown if is_unknown(found) else True
        bases = {canonical(base) for base in value.cls.library_bases()} - {"builtins.object"}
        made_by_hand = isinstance(self.class_attribute(value.cls, "__getattr__"), Function)
        lost = value.cls.has_unknown_base or is_unknown(getattr(value, "unfollowed", False))
        if made_by_hand or lost or value.escaped or not bases <= {"torch.nn.Module"}:
            return unknown
        return bool(bases) and name in MODULE_ATTRIBUTES

    def do_getattr(self, arguments: Arguments, node: Any) -> Value:
        given = [plain(value) for value in arguments.positional]
        if len(given) >= 2 and isinstance(given[1], str):
            if len(given) == 3 and isinstance(given[0], INSTANCES):
                there = self.has_attribute(given[0], given[1])
                if there is False:
                    return arguments.positional[2]
                if is_unknown(there):
                    return there
            found = self.get_attribute(given[0], given[1], node)
            rests_on_default = type(arguments.positional[1]) is Assumed
            return Assumed(found) if rests_on_default and isinstance(found, Library) else found
        if given and isinstance(given[0], Library):
            return self.unknown(f"something of `{given[0].name}`", node)
        for value in given[:1]:
            self.escape(value)
        return self.unknown("an attribute of unknown name", node)

    def do_setattr(self, arguments: Arguments, node: Any) -> Value:
        given = [plain(value) for value in arguments.positional]
        if len(given) == 3 and isinstance(given[1], str):
            self.set_attribute(given[0], given[1], arguments.positional[2], node)
        else:
            self.opaque_call(arguments, node, "setattr")
            if given and isinstance(given[0], UserModel):
                given[0].unfollowed = self.unknown("an attribute of unknown name is set", node)
        return None

    def do_type(self, arguments: Arguments, node: Any) -> Value:
        value = plain(self.first(arguments))
        if isinstance(value, (*INSTANCES, Layer)):
            return self.get_attribute(value, "__class__", node)
        return self.unknown("a type", node)

    def do_vars(self, arguments: Arguments, node: Any) -> Value:
        return self.attributes_of(plain(self.first(arguments)))

    def attributes_of(self, value: Value) -> Value:
        """`vars(object)`: what is set in it is an attribute of the object."""
        if not isinstance(value, INSTANCES):
            self.escape(value)
            return make_dict(Unknown("attributes"))
        attributes = self.seen_from_outside(dict(value.attributes))
        attributes.store["owner"] = value
        return attributes

    def do_id(self, arguments: Arguments, node: Any) -> Value:
        return self.unknown("an address", node)

    def do_print(self, arguments: Arguments, node: Any) -> Value:
        return None

    def do_globals(self, arguments: Arguments, node: Any) -> Value:
        module = self.frame.scope.module
        waits = self.unknown("what is not asked for by its name", node)
        names = {name: waits if type(value) in LATER else value for name, value in module.names.items()}
        return self.seen_from_outside(names)

    def seen_from_outside(self, names: dict[str, Value]) -> DictValue:
        """A dict that is also something else: what is put in may turn up anywhere."""
        made = make_dict(names)
        made.store["escaped"] = True
        return made

    def do_exec(self, arguments: Arguments, node: Any) -> Value:
        """Code made of text may do anything to what it can name."""
        scope: Scope | None = self.frame.scope
        while scope is not None:
            for value in list(scope.names.values()):
                self.escape(value)
            scope = scope.outer
        self.opaque_call(arguments, node, "exec")
        return self.unknown("what code made of text gives", node)

    def do_eval(self, arguments: Arguments, node: Any) -> Value:
        return self.do_exec(arguments, node)

    def do_partial(self, arguments: Arguments, node: Any) -> Value:
        if not arguments.positional or is_unknown(arguments.open):
            self.opaque_call(arguments, node, "partial")
            return self.unknown("a partial function", node)
        return Partial(arguments.positional[0], tuple(arguments.positional[1:]), dict(arguments.keywords))

    def do_deepcopy(self, arguments: Arguments, node: Any) -> Value:
        value = plain(self.first(arguments))
        if isinstance(value, Module):
            clone = self.copied(value)
            clone.name = ""  # what it is given next is its own
            self.note(clone, node)
            return clone
        if isinstance(value, PRIMITIVES + (tuple,)):
            return value
        if isinstance(value, StateDict):
            return StateDict(subject=value.subject, altered=True)
        if any(self.states_in([value])):
            return self.unknown("a copy of a state dict", node)
        if isinstance(value, ListValue):
            return ListValue(dict(value.store), value.kind, value.site)
        if isinstance(value, DictValue):
            return DictValue(dict(value.store), value.site)
        if type(value) is Instance:
            return replace(value, attributes=dict(value.attributes))
        return self.unknown("a copy", node)

    def do_isfunction(self, arguments: Arguments, node: Any) -> Value:
        value = plain(self.first(arguments))
        if isinstance(value, Unknown | OneOf | Library):
            return self.unknown("not known whether it is a function", node)
        return isinstance(value, Function)

    def do_replace(self, arguments: Arguments, node: Any) -> Value:
        """`dataclasses.replace`: a copy with other values."""
        value = plain(self.first(arguments))
        if type(value) is Instance and not is_unknown(arguments.open):
            return replace(value, attributes={**value.attributes, **arguments.keywords})
        return value if is_unknown(value) else self.unknown("a changed copy", node)

    def do_parser(self, arguments: Arguments, node: Any) -> Value:
        return Parser()

    def do_import_module(self, arguments: Arguments, node: Any) -> Value:
        name = plain(self.first(arguments))
        return self.import_module(name) if isinstance(name, str) else self.unknown("a module", node)

    def do_field(self, arguments: Arguments, node: Any) -> Value:
        """`dataclasses.field`: the default of a field, or what makes it."""
        if "default_factory" in arguments.keywords:
            return FieldFactory(arguments.keywords["default_factory"])
        return arguments.keywords.get("default", self.unknown("a field without a default", node))

    def do_cast(self, arguments: Arguments, node: Any) -> Value:
        """`typing.cast(kind, value)` is the value."""
        return arguments.every()[-1] if arguments.every() else self.unknown("no argument", node)

    def do_namedtuple(self, arguments: Arguments, node: Any) -> Value:
        """`collections.namedtuple("Point", ["x", "y"])`."""
        name, fields = ([plain(each) for each in arguments.every()] + [None, None])[:2]
        names = fields.replace(",", " ").split() if isinstance(fields, str) else self.constant(fields)
        if not isinstance(name, str) or not isinstance(names, list):
            return self.unknown("a named tuple", node)
        base = Library("typing.NamedTuple")
        return ClassObject(name, (base,), {}, self.site(node), self.frame.scope.module, tuple(names))

    def do_namespace(self, arguments: Arguments, node: Any) -> Value:
        return self.options_object(dict(arguments.keywords))

    def options_object(self, values: dict[str, Value]) -> Value:
        namespace = ClassObject("Namespace", (), {}, self.site_here(), self.frame.scope.module)
        return Instance(cls=namespace, attributes=values)

    def site_here(self) -> Any:
        return self.site(tree.Pass(0))
