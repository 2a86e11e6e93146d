"""An expression as its author wrote it, short enough to name it in a message."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Fact
from cnnlint.syntax import tree


def source_text(node: Any) -> str:
    """`F.softmax` for `F.softmax(x, dim=1)`: the callee of a call, or a dotted name; '' otherwise."""
    if isinstance(node, tree.Call):
        return source_text(node.function)
    if isinstance(node, tree.Name):
        return node.id
    if isinstance(node, tree.Attribute):
        owner = "" if isinstance(node.value, tree.Call) else source_text(node.value)
        return f"{owner}.{node.name}" if owner else node.name
    if isinstance(node, tree.Subscript):
        owner = source_text(node.value)
        return f"{owner}[...]" if owner else ""
    return ""


def target_text(target: Any) -> str:
    """A variable or attribute as its author writes it; '' for anything else."""
    if isinstance(target, tree.Name):
        return target.id
    if isinstance(target, tree.Attribute):
        owner = target_text(target.value)
        return f"{owner}.{target.name}" if owner else ""
    if isinstance(target, tree.Subscript):
        return target_text(target.value)
    return ""


def written_as(value: Any, node: Any) -> str:
    """What a call is given first, as its author writes it; else the name that this has."""
    given = node.arguments if isinstance(node, tree.Call) else ()
    return (target_text(given[0].value) if given else "") or (value.name if isinstance(value, Fact) else "")


def measure_text(node: Any) -> str:
    """What a number is called: `val_loss` of `val_loss / len(loader)`, `np.mean(val_loss)` or
    `results["val_loss"]`; '' for anything that turns it round, as `1 - accuracy` does."""
    if isinstance(node, tree.Subscript) and isinstance(node.index, tree.Constant):
        return node.index.value if isinstance(node.index.value, str) else target_text(node)
    if isinstance(node, tree.BinaryOperation) and node.operator == "/":
        return measure_text(node.left)
    if isinstance(node, tree.Call) and isinstance(node.function, tree.Attribute) and not node.arguments:
        return measure_text(node.function.value)
    if isinstance(node, tree.Call) and len(node.arguments) == 1:
        averages = source_text(node).rpartition(".")[2] in ("mean", "float", "sum", "average")
        return measure_text(node.arguments[0].value) if averages else ""
    return target_text(node)


def never_returns(node: tree.Expression) -> bool:
    """Whether calling this ends the program."""
    if not isinstance(node, tree.Call):
        return False
    return target_text(node.function) in ("sys.exit", "exit", "quit", "os._exit")
