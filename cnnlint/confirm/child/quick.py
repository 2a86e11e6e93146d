"""Functions whose output torch works out in Python on the meta device, slowly and with its compiler loaded.

Where the shape is certain it is said at once; whatever else is left to torch, errors above all.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as functions
from torch import Tensor

__all__ = ["quick"]

#: They give what they are given, with other values.
ALIKE = {
    getattr(owner, name)
    for owner, names in (
        (
            functions,
            "relu relu6 elu selu celu leaky_relu silu gelu hardswish hardsigmoid hardtanh mish softplus",
        ),
        (functions, "sigmoid tanh logsigmoid softsign dropout"),
        (torch, "relu sigmoid tanh"),
        (Tensor, "relu sigmoid tanh"),
    )
    for name in names.split()
}


def quick(function: Any, given: tuple[Any, ...], options: dict[str, Any]) -> Tensor | None:
    """What a function gives on the meta device; None if that is for torch to say."""
    x = given[0] if given else options.get("input")
    if not isinstance(x, Tensor) or x.device.type != "meta" or not x.is_floating_point():
        return None
    if function in ALIKE:
        return x if options.get("inplace") else torch.empty_like(x)
    if function is functions.batch_norm and x.dim() > 1 and x.shape[0] > 1:
        held = [each for each in (*given[1:5], *options.values()) if isinstance(each, Tensor)]
        if held and all(each is x or each.shape == x.shape[1:2] for each in held):
            return torch.empty_like(x)
    if function is functions.linear and len(given) > 1 and x.dim() and given[1].dim() == 2:
        if x.shape[-1] == given[1].shape[1] and x.dtype == given[1].dtype:
            return x.new_empty((*x.shape[:-1], given[1].shape[0]))
    return None
