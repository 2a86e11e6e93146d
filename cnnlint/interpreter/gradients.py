"""Gradients: made by backward, set and read by hand, clipped, and scaled in mixed precision."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import (
    Backward,
    Clip,
    Module,
    Op,
    Scaler,
    ScalerUpdate,
    Step,
    Tensor,
    Unscale,
    ZeroGrad,
)
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import (
    AnyModule,
    Arguments,
    ParameterTensor,
    ScaledTensor,
    Value,
    make_list,
    plain,
)
from cnnlint.interpreter.owning import below
from cnnlint.interpreter.written import source_text, target_text, written_as
from cnnlint.syntax import tree
from cnnlint.values import Unknown, is_unknown


class Gradients(Core):
    """What happens to gradients between one step of an optimizer and the next."""

    def require_gradient(self, tensor: Tensor, wanted: Value, node: Any) -> None:
        """A tensor becomes a leaf that autograd follows from here on, or is no longer followed."""
        if isinstance(tensor, ParameterTensor):
            self.freeze(tensor, wanted, node)
        elif wanted is not True or tensor.graph is not True:
            known = wanted if isinstance(wanted, bool) else Unknown("not known whether autograd follows it")
            maker = tensor.producer
            if maker and maker.made_in is self.loop and maker.arms == len(self.arms):
                tensor.graph = tensor.leaf = known  # an earlier round has none that this would change
                return
            self.heap.set(tensor.__dict__, "graph", known)
            self.heap.set(tensor.__dict__, "leaf", known)

    def gradient_set(self, parameter: Value, node: Any) -> None:
        """`p.grad = None`, `p.grad.zero_()`: the gradients of the parameter's owner are cleared."""
        if isinstance(parameter, ParameterTensor | Unknown):
            self.record(ZeroGrad(subject=owner_of(parameter)), node)

    def gradient_written(self, parameter: Value, node: Any) -> None:
        """`p.grad = g`: what was there is gone, and a gradient from elsewhere takes its place."""
        if isinstance(parameter, ParameterTensor | Unknown):
            self.gradient_set(parameter, node)
            owner = owner_of(parameter)
            lost = self.unknown("a gradient set by hand", node)
            owned = owner if is_unknown(owner) else (owner,)
            self.record(Backward(subject=lost, modules=owned, reached=owned), node)

    def gradient_read(self, tensor: Tensor, node: Any) -> None:
        """Code looks at a gradient, perhaps to update the parameter itself."""
        tensor.gradient_read = True
        if isinstance(tensor, ParameterTensor):
            if isinstance(tensor.owner, Module):
                for module in below((tensor.owner,))[0]:
                    module.gradients_read = True
            else:
                self.opaque_call(Arguments([], {}), node, "grad")

    def backward(self, tensor: Value, node: Any, retain_graph: Any = False, by: Value = None) -> None:
        """A loss is propagated back, perhaps `by` something that may scale it first."""
        loss = tensor.loss if isinstance(tensor, ScaledTensor) else tensor
        event = Backward(subject=loss, modules=self.computed_with(loss), retain_graph=retain_graph)
        event.reached = self.reached_from(loss)
        event.scaler = scaler_behind(tensor) if by is None else by
        event.text = source_text(node).removesuffix(".backward")
        if by is None and isinstance(node, tree.Call) and isinstance(node.function, tree.Attribute):
            receiver = node.function.value
            event.loss = target_text(receiver) if target_text(receiver) == source_text(receiver) else ""
        self.record(event, node)

    def do_propagate_back(self, arguments: Arguments, node: Any) -> Value:
        """`torch.autograd.backward(tensors)`: of one tensor, or of each in a sequence."""
        given = plain(arguments.positional[0] if arguments.positional else arguments.keywords.get("tensors"))
        losses = [given] if isinstance(given, Tensor) else self.known_items(given)
        keep = plain(arguments.keywords.get("retain_graph", False))
        for loss in [self.unknown("which losses these are", node)] if losses is None else losses:
            self.backward(plain(loss), getattr(node, "function", node), keep)
        return None

    def do_gradients(self, arguments: Arguments, node: Any) -> Value:
        """`torch.autograd.grad`: gradients that are given back, and lie on a graph if one is made of them."""
        self.opaque_call(Arguments([], {}), node, "torch.autograd.grad")
        given = dict(zip(("outputs", "inputs"), arguments.positional, strict=False)) | arguments.keywords
        wanted = plain(given.get("inputs"))
        if not isinstance(wanted, Tensor):
            return self.made_of(arguments, self.unknown("gradients of what is not known", node))
        made = Tensor(shape=wanted.shape, dtype=wanted.dtype, graph=plain(given.get("create_graph", False)))
        made.producer = Op(name="grad", inputs=self.all_tensors([given.get("outputs")]), output=made)
        self.finish_tensor(made, node)
        return (made,)

    def computed_with(self, tensor: Value) -> Any:
        """The modules a value was computed with."""
        if not isinstance(tensor, Tensor):
            return Unknown("what is propagated back is not known")
        found: dict[int, Module] = {}
        untraced = False
        for operation in tensor.ancestors():
            found.update((id(module), module) for module in modules_of(operation))
            untraced = untraced or any(
                each.producer is None and is_unknown(each.graph) for each in operation.inputs
            )
        if not found and (untraced or tensor.producer is None):
            return Unknown("what the loss was computed with is not known")
        return tuple(found.values())

    def reached_from(self, tensor: Value) -> Any:
        """The modules that gradients of a value come to, up to where the graph was cut; among them one
        that may be any where not all of that is known."""
        found: dict[int, Module] = {}
        untraced, seen, pending = False, set[int](), [tensor] if isinstance(tensor, Tensor) else []
        while pending:
            made = pending.pop()
            operation = made.producer
            if operation is None or id(operation) in seen:
                untraced = untraced or operation is None and is_unknown(made.graph)
                continue
            seen.add(id(operation))
            found.update((id(module), module) for module in modules_of(operation))
            followed = [each for each in operation.inputs if each.graph is not False]
            untraced = untraced or operation.name == "call" or not followed and is_unknown(made.graph)
            pending.extend(followed)
        if not found and (untraced or not seen):
            return Unknown("what the loss was computed with is not known")
        return (*found.values(), AnyModule()) if untraced else tuple(found.values())

    # --- clipping and scaling --------------------------------------------------------------------
    def do_clip_gradients(self, arguments: Arguments, node: Any) -> Value:
        """`clip_grad_norm_(parameters, max_norm)`, `clip_grad_value_(parameters, clip_value)`."""
        named = {"parameters": 0, "max_norm": 1, "clip_value": 1}
        given = {named[name]: value for name, value in arguments.keywords.items() if name in named}
        given.update(enumerate(arguments.positional))
        subject = self.as_parameters(given.get(0)) or self.unknown("whose gradients are clipped", node)
        event = Clip(subject=subject, used=node is not self.statement)
        limit = plain(given.get(1, arguments.open))
        event.limit = limit if isinstance(limit, int | float) else self.unknown("the limit", node)
        event.text = source_text(node)
        self.record(event, node)
        return self.unknown("the norm of the gradients", node)

    def scaler_method(self, scaler: Scaler, name: str, arguments: Arguments, node: Any) -> Value:
        given = [plain(value) for value in arguments.every()]
        if name == "scale" and len(given) == 1:
            return self.scaled(scaler, given[0])
        if name == "step" and given:
            self.step_through(scaler, given[0], node)
        elif name == "unscale_" and given:
            self.record(Unscale(subject=scaler, optimizer=given[0]), node)
        elif name == "get_scale":
            self.record(Unscale(subject=scaler), node)
        elif name == "update":
            self.record(ScalerUpdate(subject=scaler), node)
        return self.unknown(f"what {name}() returns", node)

    def scaled(self, scaler: Scaler, loss: Value) -> Value:
        items = self.known_items(loss) if not isinstance(loss, Tensor) else None
        if items is not None:
            return make_list([self.scaled(scaler, plain(item)) for item in items])
        made = ScaledTensor(graph=getattr(loss, "graph", True))
        made.scaler, made.loss = scaler, loss
        made.producer = Op(name="scale", inputs=(loss,) if isinstance(loss, Tensor) else (), output=made)
        return made

    def step_through(self, scaler: Value, optimizer: Value, node: Any) -> None:
        """`scaler.step(optimizer)`."""
        before, self.stepping = self.stepping, scaler
        if is_unknown(optimizer):
            event = Step(subject=optimizer, scaler=scaler)
            event.text = f"{written_as(optimizer, node)}.step"
            self.record(event, node)
        else:
            self.call(self.get_attribute(optimizer, "step", node), Arguments([], {}), node)
        self.stepping = before


def modules_of(operation: Op) -> list[Module]:
    """The layer that an operation applies, and the model whose forward does."""
    return [module for module in (operation.layer, operation.model) if module is not None]


def owner_of(parameter: ParameterTensor | Unknown) -> Any:
    """The module that a parameter belongs to, or Unknown."""
    return parameter if isinstance(parameter, Unknown) else parameter.owner


def scaler_behind(tensor: Value) -> Any:
    """What multiplied a loss; None for nothing."""
    if not isinstance(tensor, Tensor):
        return Unknown("not known whether what is propagated back was scaled")
    behind = (tensor, *(each for operation in tensor.ancestors() for each in operation.inputs))
    return next((each.scaler for each in behind if isinstance(each, ScaledTensor)), None)
