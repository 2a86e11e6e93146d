"""Weights that the program sets itself, instead of leaving them as torch draws them."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Initialization, Layer, Module, Tensor
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import Arguments, ParameterTensor, Value, plain
from cnnlint.interpreter.written import source_text, target_text
from cnnlint.knowledge.initializers import MADE, OTHER, Drawn, filled, gain_of
from cnnlint.syntax import tree
from cnnlint.values import Undecided, Unknown, is_unknown


class Initialising(Core):
    """`nn.init.normal_(layer.weight)`, `layer.weight.data.fill_(0)`, `layer.weight = ...`."""

    def call_initializer(self, name: str, arguments: Arguments, node: Any) -> Value:
        """A function of torch.nn.init: it fills the tensor it is given, and returns it."""
        positional, keywords = list(arguments.positional), dict(arguments.keywords)
        if name == "calculate_gain":
            return self.gain(arguments, node)
        target = positional.pop(0) if positional else keywords.pop("tensor", None)
        given = [self.bare(each) for each in positional]
        drawn = filled(name, layer_behind(plain(target)), given, self.bare_options(keywords))
        written = node.arguments[0].value if isinstance(node, tree.Call) and node.arguments else None
        self.set_weight(plain(target), OTHER if is_unknown(arguments.open) else drawn, node, written)
        return target

    def fill_in_place(self, tensor: Tensor, name: str, arguments: Arguments, node: Any) -> None:
        """A method that changes a tensor: perhaps the weight of a layer."""
        if parameter_behind(tensor) is not None:
            given = [self.bare(each) for each in arguments.positional]
            drawn = filled(name, layer_behind(tensor), given, self.bare_options(arguments.keywords))
            written = node.function.value if isinstance(node, tree.Call) else None
            self.set_weight(tensor, drawn, node, written)

    def gain(self, arguments: Arguments, node: Any) -> Value:
        """torch.nn.init.calculate_gain: by how much an activation is to be made up for."""
        given = [self.bare(each) for each in arguments.positional]
        try:
            return gain_of(*given, **self.bare_options(arguments.keywords))
        except (Undecided, KeyError, TypeError):
            return self.unknown("which activation is made up for", node)

    def bare_options(self, keywords: dict[str, Value]) -> dict[str, Any]:
        return {name: self.bare(value) for name, value in keywords.items()}

    def put_weight(self, target: Value, new: Value, node: Any) -> None:
        """`layer.weight.data = new`, `layer.weight[...] = new`."""
        new = plain(new)
        made = new.producer.name if isinstance(new, Tensor) and new.producer is not None else ""
        written = node.targets[0] if isinstance(node, tree.Assign) and len(node.targets) == 1 else None
        self.set_weight(target, MADE.get(made, OTHER), node, written)

    def set_weight(self, target: Value, drawn: Drawn, node: Any, written: Any) -> None:
        """The numbers of a tensor are set: of a parameter, or of what shares its memory."""
        parameter = parameter_behind(target)
        if parameter is None or not isinstance(parameter.owner, Module):
            return
        event = Initialization(subject=parameter.owner)
        event.distribution, event.mean, event.spread = drawn
        event.text, event.tensor = source_text(node), target_text(written).removesuffix(".data")
        event.parameter = parameter.parameter
        event.before = parameter.owner.initial_bias if event.parameter == "bias" else parameter.owner.initial
        self.record(event, node)
        lost = self.unknown("set on some paths only", node) if event.maybe or self.speculation else event
        for layer in [parameter.owner] if parameter.parameter else layers_below(parameter.owner):
            if parameter.parameter != "bias":
                layer.initial = lost
            if parameter.parameter != "weight":
                layer.initial_bias = lost


def parameter_behind(value: Value) -> ParameterTensor | None:
    """The parameter that a tensor is, or shares its memory with (`weight.data`, `weight[0]`)."""
    while isinstance(value, Tensor) and not isinstance(value, ParameterTensor):
        producer = value.producer
        if producer is None or producer.name not in ("detach", "getitem", "view") or not producer.inputs:
            return None
        value = producer.inputs[0]
    return value if isinstance(value, ParameterTensor) else None


def layer_behind(value: Value) -> Any:
    """The layer of which a tensor is the weight; Unknown where it is none that is known."""
    parameter = parameter_behind(value)
    known = parameter is not None and parameter.parameter == "weight" and isinstance(parameter.owner, Layer)
    return parameter.owner if parameter is not None and known else Unknown("whose weight it is is not known")


def layers_below(module: Module) -> list[Module]:
    """The layers in a module, or nothing if they are not all known."""
    try:
        return [each for each in module.modules() if isinstance(each, Layer)]
    except Undecided:
        return []
