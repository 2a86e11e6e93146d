"""torch.fx as a second witness of a trace: it follows the model by itself, and must see the same shapes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import fx, nn
from torch.fx.passes.shape_prop import ShapeProp

from cnnlint.confirm.child.limits import TooLong, within
from cnnlint.evidence import Layer

__all__ = ["witness"]

#: Seconds that a second opinion may take.
PATIENCE = 1.0


def witness(model: nn.Module, inputs: Sequence[torch.Tensor], layers: Sequence[Layer]) -> tuple[str, str]:
    """Who found the graph, 'torch.fx' if it sees what the recorder saw, and what is odd about it."""
    tracer = fx.Tracer()  # without stack traces: the recorder has the lines, and they load torch's compiler
    try:
        with within(PATIENCE), torch.no_grad():
            followed = fx.GraphModule(model, tracer.trace(model))
            ShapeProp(followed).propagate(*inputs)
    except TooLong:
        return "recorder", f"torch.fx takes longer than {PATIENCE} s"
    except Exception as error:
        words = str(error).strip().split("\n")[0]
        return "recorder", f"torch.fx cannot follow it: {words}"
    seen = [
        (str(node.target), _shape(node.meta.get("tensor_meta")))
        for node in followed.graph.nodes
        if node.op == "call_module"
    ]
    ours = [
        (each["name"], each["output"])
        for each in layers
        if each["origin"] == "module" and each["name"] and tracer.is_leaf_module(_at(model, each["name"]), "")
    ]
    if seen == ours:
        return "torch.fx", ""
    odd = next(((one, other) for one, other in zip(seen, ours, strict=False) if one != other), None)
    if odd is None:
        return "recorder", f"torch.fx sees {len(seen)} layer calls, the recorder {len(ours)}"
    (name, shape), (other, output) = odd
    return "recorder", f"torch.fx sees `{name}` give {shape}, the recorder `{other}` {output}"


def _at(model: nn.Module, path: str) -> nn.Module:
    return model.get_submodule(path)


def _shape(meta: object) -> list[int] | None:
    """The shape that torch.fx noted, of several tensors that of the first."""
    if isinstance(meta, tuple | list) and not hasattr(meta, "shape"):
        return next((shape for each in meta if (shape := _shape(each))), None)
    shape = getattr(meta, "shape", None)
    return None if shape is None else list(shape)
