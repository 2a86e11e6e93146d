"""Parameters that are chosen by a test of their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnlint.facts import Module, Parameters
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.mentions import nodes_in
from cnnlint.syntax import tree
from cnnlint.values import is_unknown

#: Roles of layers that have a weight and, where they are told so, a bias.
BIASED = ("convolution", "linear")
#: With more layers than this the names are not asked for one by one.
MOST_LAYERS = 200


class Filtering(Core):
    """`[p for name, p in model.named_parameters() if "bias" not in name]`."""

    def without_biases(self, node: tree.Comprehension, parameters: Parameters) -> tuple[Module, ...]:
        """The layers whose weights such a comprehension takes and whose biases it leaves out."""
        clause = node.clauses[0]
        names = clause.target.items if isinstance(clause.target, tree.Tuple) else ()
        if (
            len(node.clauses) > 1
            or not clause.conditions
            or len(names) != 2
            or is_unknown(parameters.modules)
        ):
            return ()
        named = any(each.name == "named_parameters" for each in nodes_in(clause.iterable, tree.Attribute))
        if not named or not all(isinstance(each, tree.Name) for each in names):
            return ()
        asked = {each.id for condition in clause.conditions for each in nodes_in(condition, tree.Name)}
        if names[1].id in asked:
            return ()
        layers = [found for module in parameters.modules for found in biased(module)]
        if len(layers) > MOST_LAYERS:
            return ()
        taken = {
            (name, id(layer)): self.takes(clause, names[0], f"{path}{name}")
            for path, layer in layers
            for name in ("weight", "bias")
        }
        return tuple(
            layer
            for _, layer in layers
            if taken["weight", id(layer)] is True and taken["bias", id(layer)] is False
        )

    def takes(self, clause: tree.Clause, target: Any, name: str) -> Any:
        """Whether the conditions hold for a parameter of this name; Unknown if that cannot be told."""
        self.assign(target, name, clause)
        truths = [self.truth(self.evaluate(condition)) for condition in clause.conditions]
        if any(truth is False for truth in truths):
            return False
        return next((truth for truth in truths if is_unknown(truth)), True)


def biased(module: Module, path: str = "", within: tuple[Module, ...] = ()) -> Iterator[tuple[str, Module]]:
    """The layers with a bias in a module, each with what the names of its parameters begin with."""
    if getattr(module, "role", "") in BIASED and getattr(module, "bias", False) is True:
        yield path, module
    for name, child in module.children().items():
        if isinstance(child, Module) and child not in within:
            yield from biased(child, f"{path}{name}.", (*within, module))
