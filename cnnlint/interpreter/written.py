"""An expression as its author wrote it, short enough to name it in a message."""

from __future__ import annotations

from typing import Any

from cnnlint.syntax import tree


def source_text(node: Any) -> str:
    """`F.softmax` for `F.softmax(x, dim=1)`: the callee of a call, or a dotted name; '' otherwise."""
    if isinstance(node, tree.Call):
        return source_text(node.function)
    if isinstance(node, tree.Name):
        return node.id
    if isinstance(node, tree.Attribute):
        owner = source_text(node.value)
        return f"{owner}.{node.name}" if owner else node.name
    if isinstance(node, tree.Subscript):
        owner = source_text(node.value)
        return f"{owner}[...]" if owner else ""
    return ""
