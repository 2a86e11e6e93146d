"""Methods and attributes of modules: modes, parameters, children, weights."""

from __future__ import annotations

import copy
from typing import Any

from cnnlint.facts import (
    Layer,
    ModeChange,
    Model,
    Module,
    Parameters,
    Tensor,
    ZeroGrad,
)
from cnnlint.facts.graph import paths_of
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.modes import InMode
from cnnlint.interpreter.objects import (
    Arguments,
    Library,
    LibraryMethod,
    Stream,
    UserModel,
    Value,
    items_in,
    make_dict,
    make_list,
    plain,
)
from cnnlint.knowledge.pretrained import PretrainedModel
from cnnlint.values import Undecided

#: Modules of a model that are listed one by one; more are one representative.
LISTED_MODULES = 256

_RETURN_SELF = frozenset(
    "to cuda cpu float half double type bfloat16 xpu share_memory compile to_empty channels_last".split()
)

_HARMLESS = frozenset(
    "extra_repr named_buffers buffers get_parameter get_submodule _get_name __repr__ __str__ "
    "no_sync register_state_dict_pre_hook log log_dict print".split()
)

#: Methods that have a function called whenever the module is.
HOOKS = frozenset(
    "register_forward_hook register_forward_pre_hook register_full_backward_hook register_backward_hook "
    "register_full_backward_pre_hook".split()
)

#: Methods of modules that do what another does.
ALIASES = {
    "register_module": "add_module", "__setattr__": "add_module", "register_parameter": "register_buffer",
    "__call__": "forward", "__getattribute__": "__getattr__",
}  # fmt: skip


class ModuleMethods(Core):
    """What a module answers when it is asked or told something."""

    def call_pretrained(self, model: PretrainedModel, arguments: Arguments, node: Any) -> Value:
        """A model of a library: its body in one piece, then the layers of its head."""
        if not isinstance(model.head, Module) or model.row.auxiliary:
            return self.apply_layer(model, arguments, node)
        features = self.apply_layer(model.body, arguments, node)
        if isinstance(features, Tensor) and features.producer is not None:
            features.producer.layer, features.producer.pretrained = model, model.pretrained
        outer, self.models = self.models, self.models or [Model(class_name=model.kind)]
        try:
            return self.call(model.head, Arguments([features], {}), node)
        finally:
            self.models = outer

    # --- methods of modules ----------------------------------------------------------------------
    def module_method(self, module: Any, name: str, arguments: Arguments, node: Any) -> Value:
        method = self.module_methods.get(ALIASES.get(name, name))
        if method is not None:
            return method(self, module, arguments, node)
        if name in _RETURN_SELF:
            self.move_module(module, name, arguments, node)
            return module
        if name in HOOKS:
            module.watched = True
            self.escape(tuple(arguments.every()))
        if name in _HARMLESS or name in HOOKS:
            return self.unknown(f"what {name}() returns", node)
        known = self.container_methods.get(name)
        if known is not None and items_in(module) is not None:
            container = module.base_layer if isinstance(module, UserModel) else module
            made = known(self, container, arguments, node)
            return module if made is container else made
        return self.escape_and_lose(
            Arguments([module, *arguments.positional], arguments.keywords, arguments.open),
            node,
            f"method {name}",
        )

    def method_train(self, module: Any, arguments: Arguments, node: Any) -> Value:
        mode = plain(arguments.every()[0]) if arguments.every() else True
        self.change_mode(
            module, mode if isinstance(mode, bool) else self.unknown("mode not known", node), node
        )
        return module

    def method_eval(self, module: Any, arguments: Arguments, node: Any) -> Value:
        self.change_mode(module, False, node)
        return module

    def change_mode(self, module: Any, training: Any, node: Any) -> None:
        self.record(ModeChange(subject=module, training=training), node)
        try:
            for each in module.modules():
                self.heap.set(each.__dict__, "training", training)
        except Undecided:
            pass

    def method_zero_grad(self, module: Any, arguments: Arguments, node: Any) -> Value:
        self.record(ZeroGrad(subject=module), node)
        return None

    def method_parameters(self, module: Any, arguments: Arguments, node: Any) -> Value:
        return Parameters(modules=(module,))

    def method_named_parameters(self, module: Any, arguments: Arguments, node: Any) -> Value:
        named = (self.unknown("a parameter's name", node), self.parameter_of(module))
        return Stream(named, parameters=Parameters(modules=(module,)))

    def method_children(self, module: Any, arguments: Arguments, node: Any) -> Value:
        children = module.children()
        if self.partly_known(module):
            return Stream(self.unknown("a sub-module", node))
        return make_list(children.values())

    def partly_known(self, module: Module) -> bool:
        """Some of its children are not known, or not listed (those of a pretrained model)."""
        listed = isinstance(module, Model) or isinstance(getattr(module, "items", None), dict)
        return not listed or any(not isinstance(child, Module) for child in module.children().values())

    def method_modules(self, module: Any, arguments: Arguments, node: Any) -> Value:
        listed = self.listed_modules(module, node)
        return make_list(listed) if listed else Stream(self.unknown("a sub-module", node))

    def listed_modules(self, module: Any, node: Any) -> list[Module]:
        """A module and all registered below it; none if they are not all known, or too many: then what is
        done to each of them may be done to any."""
        found: list[Module] = []
        try:
            found.extend(module.modules())
            known = len(found) <= LISTED_MODULES
        except Undecided:
            known = False
        if known and not any(self.partly_known(each) for each in found if each.children()):
            return found
        for each in found:
            each.initial = each.initial_bias = self.unknown("all modules are gone through", node)
        return []

    def method_named_children(self, module: Any, arguments: Arguments, node: Any) -> Value:
        children = module.children()
        if self.partly_known(module):
            return Stream((self.unknown("a name", node), self.unknown("a sub-module", node)))
        return make_list(tuple(item) for item in children.items())

    def method_named_modules(self, module: Any, arguments: Arguments, node: Any) -> Value:
        if arguments.every() or not (listed := self.listed_modules(module, node)):
            return Stream((self.unknown("a name", node), self.unknown("a sub-module", node)))
        names = paths_of(module)
        return make_list((".".join(names[id(each)]), each) for each in listed)

    def method_add_module(self, module: Any, arguments: Arguments, node: Any) -> Value:
        values = [plain(value) for value in arguments.every()]
        if len(values) != 2:
            return None
        name, child = values
        if isinstance(name, str):
            self.set_attribute(module, name, child, node)
        elif isinstance(module, UserModel):
            module.unfollowed = self.unknown("a sub-module of unknown name", node)
        elif isinstance(getattr(module, "items", None), dict):
            self.heap.set(module.items, "?", self.unknown("a sub-module of unknown name", node))
        return None

    def method___setattr__(self, module: Any, arguments: Arguments, node: Any) -> Value:
        return self.call_library("builtins.setattr", Arguments([module, *arguments.positional], {}), node)

    def method___getattr__(self, module: Any, arguments: Arguments, node: Any) -> Value:
        return self.call_library("builtins.getattr", Arguments([module, *arguments.positional], {}), node)

    def method_register_buffer(self, module: Any, arguments: Arguments, node: Any) -> Value:
        values = [plain(value) for value in arguments.every()]
        if len(values) >= 2 and isinstance(values[0], str):
            self.set_attribute(module, values[0], values[1], node)
        return None

    def method_save_hyperparameters(self, module: Any, arguments: Arguments, node: Any) -> Value:
        """Lightning keeps what the constructor was given, as `hparams`."""
        function = self.frame.function
        if function is not None and function.name == "__init__" and not arguments.every():
            parameters = function.node.parameters
            ordered = (*parameters.positional_only, *parameters.positional)
            kept = {each.name for each in (*ordered[1:], *parameters.keyword_only)}
            given = {name: value for name, value in self.frame.scope.names.items() if name in kept}
            self.set_attribute(module, "hparams", self.options_object(given), node)
        return None

    def method_apply(self, module: Any, arguments: Arguments, node: Any) -> Value:
        """Calls a function with each sub-module, the innermost first, and with the module itself."""
        listed = self.known_items(self.method_modules(module, arguments, node))
        for each in reversed(listed or [self.unknown("a sub-module", node)]):
            self.call(self.first(arguments), Arguments([each], {}), node)
        return module

    def method_forward(self, module: Any, arguments: Arguments, node: Any) -> Value:
        self.tell_direct_forward(module, node)
        return self.call_module(module, arguments, node)

    def copied(self, module: Any) -> Any:
        """A deep copy of a module: what happens to it does not happen to the original."""
        clone = copy.copy(module)
        if isinstance(clone, Model):
            clone.attributes = {
                name: self.copied(value) if isinstance(value, Module) else value
                for name, value in module.attributes.items()
            }
            clone.forwards, clone.summaries = [], []
            if isinstance(clone, UserModel) and clone.base_layer is not None:
                clone.base_layer = self.copied(clone.base_layer)
        elif isinstance(getattr(clone, "items", None), dict):
            clone.items = {name: self.copied(value) for name, value in module.items.items()}
        return clone

    def modules_append(self, module: Any, arguments: Arguments, node: Any) -> Value:
        for value in arguments.positional:
            self.name_fact(plain(value), str(len(module.items)))
            self.heap.set(module.items, str(len(module.items)), plain(value))
        return module

    def modules_extend(self, module: Any, arguments: Arguments, node: Any) -> Value:
        items = self.known_items(arguments.positional[0]) if arguments.positional else None
        if items is None:
            self.heap.set(
                module.items, f"?{len(module.items)}", self.unknown("modules of unknown number", node)
            )
            return module
        return self.modules_append(module, Arguments(items, {}), node)

    def modules_insert(self, module: Any, arguments: Arguments, node: Any) -> Value:
        self.heap.set(module.items, f"?{len(module.items)}", self.unknown("inserted somewhere", node))
        return module

    def modules_keys(self, module: Any, arguments: Arguments, node: Any) -> Value:
        return make_list(module.items)

    def modules_values(self, module: Any, arguments: Arguments, node: Any) -> Value:
        return make_list(module.items.values())

    def modules_items(self, module: Any, arguments: Arguments, node: Any) -> Value:
        return make_list(tuple(item) for item in module.items.items())

    def modules_update(self, module: Any, arguments: Arguments, node: Any) -> Value:
        entries = self.known_entries(arguments.positional[0]) if arguments.positional else None
        for name, value in (entries or {"?": self.unknown("modules not known", node)}).items():
            self.heap.set(module.items, str(name), value)
        return None

    def module_attribute(self, module: Any, name: str, node: Any) -> Value:
        """An attribute of a library module, or of a user's model that its class does not have."""
        items = getattr(module, "items", None)
        if isinstance(items, dict) and name in items:
            return items[name]
        base = getattr(module, "base_layer", None)
        if base is not None:
            inner = getattr(base, "items", None)
            if isinstance(inner, dict) and name in inner:
                return inner[name]
            if not isinstance(inner, dict) and name in getattr(base, "__dataclass_fields__", ()):
                return self.field_value(getattr(base, name))
        assigned = module.__dict__.get("assigned", {})
        if name in assigned:
            return assigned[name]
        if name == "__class__" and isinstance(module, Layer):
            return Library(f"torch.nn.{module.kind}")
        if name == "training":
            known = isinstance(module.training, bool) and not module.escaped
            return InMode(module.training) if known else self.unknown("the mode a module is in", node)
        if name == "_modules" and not self.partly_known(module):
            return make_dict(module.children())
        if name == "module":
            return module
        if name in ("weight", "bias"):
            return self.parameter_of(module, name)
        if isinstance(module, Layer) and name in getattr(module, "__dataclass_fields__", ()):
            return self.field_value(getattr(module, name))
        if (
            name in self.module_methods
            or name in ALIASES
            or name in self.container_methods
            or name in _RETURN_SELF | _HARMLESS | HOOKS
        ):
            return LibraryMethod(module, name)
        return self.unknown(f"`{name}` is not known", node)

    def field_value(self, value: Any) -> Value:
        if isinstance(value, list):
            return make_list(value)
        return make_dict(value) if isinstance(value, dict) else value
