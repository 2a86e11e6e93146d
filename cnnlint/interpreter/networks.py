"""Modules at work: layers applied to shapes, models entered, children registered, modes switched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from cnnlint.dims import Dim
from cnnlint.facts import (
    DirectForward,
    Forward,
    Layer,
    Loss,
    Model,
    Module,
    Op,
    Parameters,
    Tensor,
)
from cnnlint.interpreter import limits
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.counting import any_of, is_number
from cnnlint.interpreter.objects import (
    INSTANCES,
    Arguments,
    DictValue,
    Function,
    ListValue,
    OneOf,
    ParameterTensor,
    Stream,
    UserModel,
    Value,
    items_in,
    opaque_tensor,
    plain,
)
from cnnlint.interpreter.written import source_text, target_text
from cnnlint.knowledge.pretrained import PretrainedModel
from cnnlint.syntax import tree
from cnnlint.values import Undecided, Unknown, is_unknown


class Networks(Core):
    """What modules do when they are called, changed or asked."""

    def escape_and_lose(self, arguments: Arguments, node: Any, why: str) -> Unknown:
        self.opaque_call(arguments, node, why)
        return self.unknown(why, node)

    # --- calling -------------------------------------------------------------------------------
    def call_module(self, module: Module, arguments: Arguments, node: Any) -> Value:
        found = len(self.shape_errors)
        result = self.pass_through(module, arguments, node)
        if not self.models and len(self.shape_errors) > found:
            self.explain(self.shape_errors[found:], module, arguments, node)
        return result

    def pass_through(self, module: Module, arguments: Arguments, node: Any) -> Value:
        module.called = True
        if module.watched:
            self.opaque_call(Arguments([], {}), node, "hook")
        if isinstance(module, Loss):
            return self.call_loss(module, arguments, node)
        if isinstance(module, UserModel):
            return self.call_model(module, arguments, node)
        items = getattr(module, "items", None)
        leaf = isinstance(module, Layer) and not isinstance(items, dict)
        if leaf and not module.children():
            return self.apply_layer(module, arguments, node)
        self.tell_input(module, arguments)
        event = self.open_forward(module, arguments, node)
        if isinstance(items, dict):
            result = self.call_sequential(module, items, arguments, node)
            if event is not None and id(module) in self.views:
                self.views[id(module)].forwards.append(event)
        elif isinstance(module, PretrainedModel):
            result = self.call_pretrained(module, arguments, node)
        else:
            result = self.apply_layer(module, arguments, node)
        if event is not None:
            event.output = result
        return result

    def open_forward(self, module: Module, arguments: Arguments, node: Any) -> Forward | None:
        """A model is called by the program (not by another model)."""
        if self.models:
            return None
        event = Forward(subject=module, inputs=tuple(map(plain, arguments.positional)))
        event.text, event.sampled = source_text(node), self.sampling
        if isinstance(node, tree.Call) and node.arguments:
            event.argument, event.given = (
                self.site(node.arguments[0].value),
                target_text(node.arguments[0].value),
            )
        event.device = self.module_device(module)
        self.record(event, node)
        if isinstance(module, Model):
            module.forwards.append(event)
        return event

    def tell_direct_forward(self, module: Module, node: Any) -> None:
        """Its forward is called by name, from outside."""
        if not isinstance(node, tree.Call) or not isinstance(node.function, tree.Attribute):
            return
        receiver = node.function.value
        if node.function.name != "forward" or not isinstance(receiver, tree.Name | tree.Attribute):
            return
        if isinstance(receiver, tree.Name) and receiver.id == "self":
            return
        event = DirectForward(subject=module, receiver=self.site(receiver), method=self.site(node.function))
        event.own_call = isinstance(module, UserModel) and isinstance(
            self.class_attribute(module.cls, "__call__"), Function
        )
        event.text = source_text(node)
        self.record(event, node)

    def tell_input(self, model: Module, arguments: Arguments) -> None:
        """An input of unknown shape has the one that the user told, if any."""
        image = plain(arguments.positional[0]) if arguments.positional and not self.models else None
        if isinstance(image, Tensor) and image.producer is None and is_unknown(image.shape):
            for path in (model.site.path, self.program.path):
                told = self.project.input_shape(path) if path else None
                if told is not None:
                    image.shape, image.told = (Dim.symbol("N"), *told), True
                    return

    def call_model(self, model: UserModel, arguments: Arguments, node: Any) -> Value:
        forward = self.class_attribute(model.cls, "__call__")
        if not isinstance(forward, Function):
            forward = self.class_attribute(model.cls, "forward")
        self.tell_input(model, arguments)
        event = self.open_forward(model, arguments, node)
        if len(self.models) > limits.CALL_DEPTH:
            return self.unknown("modules too deep in one another", node)
        outer, self.models = self.models, [*self.models, model]
        model.ops, model.arms_at_call, model.loop_at_call = [], len(self.arms), self.loop
        try:
            if isinstance(forward, Function):
                bound = Arguments(
                    [model, *arguments.positional], arguments.keywords, arguments.open, arguments.node
                )
                result = self.call_function(forward, bound, node, model)
            elif model.base_layer is not None:
                result = self.call_base(model, arguments, node)
            elif isinstance(forward, Unknown):
                self.escape(model)
                result = opaque_tensor(self.tensors(arguments), "module")
            else:
                result = self.unknown(f"`{model.class_name}` has no forward that can be read", node)
        finally:
            self.models = outer
        model.input = plain(arguments.positional[0]) if arguments.positional else None
        if self.models and isinstance(result, Tensor) and result is model.input:
            result = self.passed_on(result, node)
        model.output = result
        if event is not None:
            event.output = result
        return result

    def passed_on(self, tensor: Tensor, node: Any) -> Tensor:
        """What a module returns that gives what it is given: it does what nn.Identity does."""
        made = replace(tensor)
        made.producer = Op(name="identity", inputs=(tensor,), output=made)
        self.finish_tensor(made, node)
        return made

    def call_base(self, model: UserModel, arguments: Arguments, node: Any) -> Value:
        if items_in(model) is not None:
            return self.call_sequential(model, model.children(), arguments, node)
        return self.apply_layer(model.base_layer, arguments, node)

    def call_sequential(
        self, module: Module, items: dict[str, Value], arguments: Arguments, node: Any
    ) -> Value:
        if module.kind in ("ModuleList", "ModuleDict", "ParameterList") or not arguments.positional:
            return self.unknown(f"a {module.kind} cannot be called", node)
        value = arguments.positional[0]
        view = self.view_of(module)
        outer = self.models
        if view is not None:
            view.ops, view.input = [], plain(value)
            view.arms_at_call, view.loop_at_call = len(self.arms), self.loop
            self.models = [view]
        try:
            for child in list(items.values()):
                value = self.call(child, Arguments([value], {}), node)
        finally:
            self.models = outer
        if view is not None:
            view.output = value
        return value

    def view_of(self, module: Module) -> Model | None:
        """A container called by the program itself is a model; its Model fact, made once."""
        if self.models or isinstance(module, Model):
            return None
        view = self.views.get(id(module))
        if view is None:
            items: dict[str, Any] = getattr(module, "items", {})
            view = Model(class_name=module.kind, attributes=items)
            view.site, view.name = module.site, module.name or module.kind
            if not self.speculation:
                self.views[id(module)] = module.view = view
                self.program.facts.append(view)
        return view

    def tensors(self, arguments: Arguments) -> tuple[Tensor, ...]:
        return tuple(plain(value) for value in arguments.every() if isinstance(plain(value), Tensor))

    def all_tensors(self, values: Iterable[Value]) -> tuple[Tensor, ...]:
        """The tensors given, also those in lists."""
        found: list[Tensor] = []
        for value in map(plain, values):
            if isinstance(value, Tensor):
                found.append(value)
            elif isinstance(value, ListValue | tuple):
                each = any_of(value)
                items = self.known_items(value) if each is None else [each]
                found.extend(self.all_tensors(items or ()))
        return tuple(found)

    def as_tensor(self, value: Value) -> Tensor:
        """A value where a tensor is meant: of unknown shape if nothing is known."""
        value = plain(value)
        if isinstance(value, Tensor):
            return value
        if isinstance(value, OneOf):
            tensors = [each for each in value.alternatives if isinstance(each, Tensor)]
            if tensors:
                return self._join_tensors(tensors)
        return Tensor(shape=(), graph=False) if is_number(value) else Tensor()

    # --- children and parameters -----------------------------------------------------------------
    def set_child(self, module: Module, name: str, value: Value, node: Any) -> None:
        self.name_fact(value, name)
        items = getattr(module, "items", None)
        if isinstance(items, dict):
            self.heap.set(items, name, value)
        elif name in ("weight", "bias"):
            self.put_weight(self.parameter_of(module, name), value, node)
        elif name == "forward":
            module.watched = True
        elif isinstance(module, Layer) and name in getattr(module, "__dataclass_fields__", ()):
            self.heap.set(module.__dict__, name, plain(value))
        elif isinstance(value, Module) or name in module.__dict__.get("assigned", {}):
            assigned = module.__dict__.setdefault("assigned", {})
            self.heap.set(assigned, name, value)
            targets = getattr(node, "targets", ())
            target = next((each for each in targets if getattr(each, "name", "") == name), None)
            if target is not None and isinstance(module, PretrainedModel):
                module.places[name] = (self.site(target), target_text(target), self.mentions(name))

    def container_item(self, value: Module, index: Value, node: Any) -> Value:
        getter = getattr(value, "get", None)
        if getter is None:
            if (
                isinstance(value, UserModel)
                and value.base_layer is not None
                and hasattr(value.base_layer, "get")
            ):
                return self.container_item(value.base_layer, index, node)
            if isinstance(value, INSTANCES):
                return self.call(self.get_attribute(value, "__getitem__", node), Arguments([index], {}), node)
            return self.unknown("which module is not known", node)
        if isinstance(index, int | str | slice):
            try:
                found = getter(index)
            except (KeyError, IndexError, Undecided, ValueError, TypeError):
                return self.unknown("no such module is known", node)
            if isinstance(found, Module):
                self.name_fact(found, str(index))
            return found
        items = list(getattr(value, "items", {}).values())
        return self.join(items, node) if items else self.unknown("which module is not known", node)

    def as_parameters(self, value: Value) -> Parameters | None:
        """Any value as the learnable parameters it holds; None if it holds none."""
        value = plain(value)
        if isinstance(value, Parameters):
            return value
        if isinstance(value, ParameterTensor):
            owner = value.owner
            return Parameters(
                modules=owner if is_unknown(owner) else (owner,), all=Unknown("some of its parameters")
            )
        if isinstance(value, Stream):
            inner = self.as_parameters(value.element)
            return None if inner is None else replace(inner, all=Unknown("some of its parameters"))
        if isinstance(value, DictValue):
            entries = self.known_entries(value)
            return self.as_parameters(entries["params"]) if entries and "params" in entries else None
        if isinstance(value, ListValue | tuple):
            items = self.known_items(value)
            return self.join_parameters(items) if items else None
        return None

    def join_parameters(self, values: list[Value]) -> Value:
        """The parameters of several values together; None if some value holds none."""
        parts = [self.as_parameters(value) for value in values]
        if not parts or any(part is None for part in parts):
            return None
        modules: list[Module] = []
        for part in parts:
            assert part is not None
            if is_unknown(part.modules):
                return Parameters(modules=part.modules)
            modules.extend(module for module in part.modules if module not in modules)
        partly = [part.all for part in parts if part is not None and part.all is not True]
        joined = Parameters(modules=tuple(modules), all=partly[0] if partly else True)
        first, *others = (part.unbiased for part in parts if part is not None)
        joined.unbiased = tuple(each for each in first if all(each in other for other in others))
        return joined

    def parameter_of(self, owner: Value, name: str = "") -> ParameterTensor:
        tensor = ParameterTensor(graph=True)
        tensor.owner, tensor.parameter = owner, name
        return tensor
