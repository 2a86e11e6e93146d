"""What can be said of the class of a user's module: how it is constructed, and what it misspells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnlint.facts import NOWHERE, Hidden, Home, Idle, Layer, Module, Program, Slip, Unready
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.derived import MODULE_BASES
from cnnlint.interpreter.mentions import attributes_set, dropped_outputs, nodes_in
from cnnlint.interpreter.objects import (
    Arguments,
    ClassObject,
    DictValue,
    Function,
    ListValue,
    OneOf,
    ParameterTensor,
    UserModel,
    Value,
    plain,
)
from cnnlint.interpreter.state import Project
from cnnlint.interpreter.written import target_text
from cnnlint.knowledge.names import canonical, one_slip
from cnnlint.source import Site
from cnnlint.syntax import tree
from cnnlint.values import Undecided

#: Methods by which a class may be set up or called in its own way.
_OWN_WAYS = ("__new__", "__setattr__", "__getattr__", "__getattribute__", "__call__", "__attrs_pre_init__")

#: Ways to get at a sub-module without writing its name: functions, and attributes of the module.
_BY_NAME = ("getattr", "vars", "locals", "eval", "exec")
_BY_ANY_NAME = ("children", "named_children", "_modules", "get_submodule", "__dict__", "named_modules")


class Constructing(Core):
    """Constructors of modules, followed and judged."""

    def __init__(self, project: Project, program: Program) -> None:
        super().__init__(project, program)
        self.judged: set[Site] = set()  # classes whose unused layers are told

    def construct(self, value: Any, constructor: Function, arguments: Arguments, node: Any) -> None:
        """Run the constructor that a class defines."""
        if isinstance(value, UserModel):
            value.ready = False
        self.call_function(constructor, arguments, node, value)
        if isinstance(value, UserModel):
            value.constructed = True

    def set_early(self, model: UserModel, name: str, new: Value, node: Any) -> None:
        """An attribute is set before nn.Module's constructor has run."""
        function = self.frame.function
        if model.premature is None and function and isinstance(plain(new), Module | ParameterTensor):
            model.premature = (name, self.site(node), function)

    def finish_model(self, model: UserModel) -> None:
        """What the whole program says of a model."""
        if not self.defines(model.cls, ("parameters", "named_parameters", "children", "named_children")):
            model.unregistered = unregistered(model)
        if not model.cls.has_unknown_base:
            model.unready = self.unready(model)
            model.slips = self.slips(model)
            model.idle = () if model.cls.site in self.judged else tuple(self.idle(model))

    # --- constructors ----------------------------------------------------------------------------
    def unready(self, model: UserModel) -> Unready | None:
        """How its constructor leaves out nn.Module's, or comes to it too late."""
        late_or_never = model.premature is not None or not model.ready
        if not (model.constructed and late_or_never) or self.defines(model.cls, _OWN_WAYS):
            return None
        if model.exposed and self.has_heirs(model.cls):  # they may call it behind nn.Module's
            return None
        constructor = self.class_attribute(model.cls, "__init__")
        if not isinstance(constructor, Function):
            constructor = self.class_attribute(model.cls, "__post_init__")
        name, setting, function = model.premature or ("", NOWHERE, constructor)
        if function.site != constructor.site:
            return None
        calls = [call for call in nodes_in(constructor.node.body, tree.Call) if _constructs(call)]
        calls.sort(key=lambda call: call.at)
        if any(not (_skips(call) or call.at > setting.at >= 0) for call in calls):
            return None
        body = [each for each in constructor.node.body if not _is_docstring(each)]
        path = constructor.site.path
        late = Site(path, calls[0].at) if calls else NOWHERE
        bare = not any(call.arguments for call in calls) and len(calls) <= 1
        bare = bare and self.next_is_library(model.cls)
        first = Site(path, body[0].at) if body else NOWHERE
        if body and calls and calls[0] in body[0]:
            first = late
        return Unready(constructor.site, first, setting, name, late, bare)

    def next_is_library(self, cls: ClassObject) -> bool:
        """Whether what `super().__init__()` in it calls is the constructor of nn.Module itself."""
        bases = {canonical(name) for name in cls.library_bases()} - {"builtins.object"}
        return bases <= MODULE_BASES and not isinstance(self.class_attribute(cls, "__init__", cls), Function)

    def defines(self, cls: ClassObject, names: tuple[str, ...]) -> bool:
        """Whether it or a base of the user's has a method of one of these names."""
        own = [base.attributes for base in cls.lineage() if isinstance(base, ClassObject)]
        return any(name in attributes for attributes in own for name in names)

    def has_heirs(self, cls: ClassObject) -> bool:
        """Whether another class derives from it."""
        others = (other for other in self.classes.values() if other is not cls)
        return any(base is cls for other in others for base in other.lineage())

    def home_of(self, module: Module, node: Any) -> Home | None:
        """Where the constructor could make what is made here, of nothing but what both of them know."""
        model, function = self.models[-1], self.frame.function
        owner = model.cls if isinstance(model, UserModel) and self.frame.receiver is model else None
        constructor = owner.attributes.get("__init__") if owner else None
        if not isinstance(constructor, Function) or function is None or function.owner is not owner:
            return None
        body = function.node.body
        loops = (loop for kind in (tree.For, tree.While) for loop in nodes_in(body, kind))
        local = {each.id for each in nodes_in(node, tree.Name)} & {*self.frame.scope.names} - {"self"}
        changing = {each.name for each in nodes_in(node, tree.Attribute)} & attributes_set(body)
        repeated = any(each is node for loop in loops for each in nodes_in(loop, tree.Call))
        if function.name != "forward" or local or changing or repeated:
            return None
        last = Site(constructor.site.path, constructor.node.body[-1].at)
        given = [each.targets[0] for each in nodes_in(body, tree.Assign) if each.value is node]
        if given and isinstance(given[0], tree.Attribute) and target_text(given[0].value) == "self":
            return Home(last, given[0].name, set_here=True)
        name = given[0].id if given and isinstance(given[0], tree.Name) else module.kind.lower()
        return None if name in model.attributes else Home(last, name, set_here=False)

    # --- layers that nothing uses -----------------------------------------------------------------
    def idle(self, model: UserModel) -> Iterator[Idle]:
        """The layers that the class of a model makes for a forward of its own, which leaves them out."""
        cls = model.cls
        forward = cls.attributes.get("forward")
        library = {canonical(base) for base in cls.library_bases()} - {"builtins.object"}
        layers = {name: each for name, each in model.attributes.items() if isinstance(each, Layer)}
        if not isinstance(forward, Function) or not library <= MODULE_BASES or self.defines(cls, _OWN_WAYS):
            return
        if not any(map(_used, layers.values())) or model.unfollowed is not False:
            return
        self.judged.add(cls.site)  # any other instance has the same code
        methods = tuple(each.node for each in cls.attributes.values() if isinstance(each, Function))
        if any(each.id in _BY_NAME for each in nodes_in(methods, tree.Name)):
            return
        unused = [name for name, each in layers.items() if not (_used(each) or name.startswith("_"))]
        if unused and not any(map(self.mentions, _BY_ANY_NAME)):
            made = attributes_set(methods)
            for name in unused:
                aside = self.project.put_aside(forward.site.path, name)
                if name in made and not aside and not self.mentions(name):
                    yield Idle(name, layers[name], layers[name].site, False)
        for name, at in dropped_outputs(forward.node):
            if name in layers:
                yield Idle(name, layers[name], Site(forward.site.path, at), True)

    # --- names -----------------------------------------------------------------------------------
    def slips(self, model: UserModel) -> tuple[Slip, ...]:
        """The methods by which it means `forward` or `__init__` and says something else."""
        cls = model.cls
        found = []
        for name, value in cls.attributes.items():
            if isinstance(value, Function) and isinstance(value.node, tree.FunctionDef) and not value.binding:
                meant = self.meant(cls, name, value)
                if meant and not self.mentions(name):
                    found.append(Slip(name, meant, value.site))
        return tuple(found)

    def meant(self, cls: ClassObject, name: str, method: Function) -> str:
        slip = name.isalpha() and (name.lower() == "forward" or one_slip(name.lower(), "forward"))
        if slip and not self.defines(cls, ("forward", "__call__")):
            library = {canonical(base) for base in cls.library_bases()} - {"builtins.object"}
            return "forward" if library <= MODULE_BASES and not self.has_heirs(cls) else ""
        inner = name.strip("_")
        fenced = name.startswith("_") and name.endswith("_") or "__" in (name[:2], name[-2:])
        if name != "__init__" and fenced and (inner == "init" or one_slip(inner, "init")):
            constructs = any(_constructs(call) for call in nodes_in(method.node, tree.Call))
            return "__init__" if constructs and not self.defines(cls, ("__init__",)) else ""
        return ""


def _used(layer: Layer) -> bool:
    """Whether it or a part of it is called anywhere; also if not all its parts are known."""
    try:
        return any(each.called for each in layer.modules())
    except Undecided:
        return True


def _constructs(call: tree.Call) -> bool:
    """`....__init__(...)`."""
    return isinstance(call.function, tree.Attribute) and call.function.name == "__init__"


def _skips(call: tree.Call) -> bool:
    """`super(nn.Module, self).__init__()`, which goes past nn.Module."""
    owner = call.function.value
    if not (isinstance(owner, tree.Call) and owner.function[:1] == ("super",) and owner.arguments):
        return False
    named = owner.arguments[0].value
    return "Module" in (getattr(named, "name", ""), getattr(named, "id", ""))


def _is_docstring(statement: Any) -> bool:
    return isinstance(statement, tree.ExpressionStatement) and isinstance(statement.value, tree.Constant)


def unregistered(model: UserModel) -> list[Hidden]:
    """Modules that a model keeps in plain containers and nowhere else. A dict of which it has taken
    one as its own is a menu, and what was not chosen is not missed."""
    try:
        registered = {id(module) for module in model.modules()}
    except Undecided:
        return []
    for value in model.attributes.values():
        if isinstance(value, OneOf):  # one of a container's modules was picked, and is registered
            registered.update(map(id, value.alternatives))
    found = []
    for name, value in model.attributes.items():
        if isinstance(value, ListValue | DictValue | tuple):
            contained = _contained(value)
            modules = tuple(module for module in contained if id(module) not in registered)
            site = getattr(value, "site", None)
            chosen = isinstance(value, DictValue) and len(modules) < len(contained)
            if modules and not chosen:
                found.append(Hidden(name, site or modules[0].site, modules, wrapper_of(value)))
    return found


def wrapper_of(value: Value) -> str:
    """The container of torch.nn that takes what a list or dict of modules holds."""
    items = value.store["items"] if isinstance(value, ListValue | DictValue) else None
    if isinstance(items, dict):
        named = all(isinstance(key, str) and key and "." not in key for key in items)
        return "ModuleDict" if named and all(isinstance(each, Module) for each in items.values()) else ""
    modules = isinstance(items, tuple) and all(isinstance(each, Module) for each in items)
    return "ModuleList" if modules and value.kind == "list" else ""


def _contained(value: Value) -> list[Module]:
    value = plain(value)
    if isinstance(value, Module):
        return [value]
    items: Any = value
    if isinstance(value, ListValue | DictValue):
        items = value.store["items"]
    if isinstance(items, dict):
        items = tuple(items.values())
    return [module for item in items for module in _contained(item)] if isinstance(items, tuple) else []
