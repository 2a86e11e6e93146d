"""Small questions about models, optimizers and answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.dropout import _DropoutNd
from torch.optim import Optimizer

from cnnlint.evidence import Evaluated

__all__ = ["accuracy", "evaluated", "gradients", "is_model", "mode_of", "parameters", "versions", "whole"]

NEAR = 1e-3  # how far a sum of probabilities may be from one


def parameters(optimizer: Optimizer) -> list[Tensor]:
    """All tensors an optimizer holds."""
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def gradients(tensors: Iterable[Tensor]) -> str:
    """What gradients tensors have: 'none', 'zero' or 'some'."""
    found = [each.grad for each in tensors if each.grad is not None]
    if not found:
        return "none"
    return (
        "some"
        if any(bool((each if not each.is_sparse else each.coalesce().values()).any()) for each in found)
        else "zero"
    )


def versions(optimizer: Optimizer) -> list[tuple[int, int]]:
    """What changes when a gradient is added to."""
    return [(id(each.grad), each.grad._version) for each in parameters(optimizer) if each.grad is not None]


def is_model(module: nn.Module) -> bool:
    """Whether it has something to learn (a loss has not)."""
    return any(True for _ in module.parameters())


def whole(part: nn.Module, model: nn.Module) -> bool:
    """Whether a module is a model itself, or a part that has all of its parameters."""
    return part is model or {*map(id, part.parameters())} == {*map(id, model.parameters())}


def mode_of(module: nn.Module) -> str:
    """'train' or 'eval' for a model whose modules with two modes agree, else 'mixed'."""
    modes = {module.training} | {
        each.training for each in module.modules() if isinstance(each, (_NormBase, _DropoutNd))
    }
    return "mixed" if len(modes) > 1 else "train" if module.training else "eval"


def accuracy(output: Tensor, target: Tensor | None) -> float | None:
    """How right a batch of outputs is, 1 at best; None where they cannot be compared with the target.

    The share of examples whose greatest output is the target's class; of single outputs that are right about
    yes or no; else how much of the target's variance is explained, at least -1.
    """
    if target is None or not target.numel() or output.dim() < 1:
        return None
    output, target = output.detach().float(), target.detach().to(output.device)
    classes = output.shape[1] if output.dim() > 1 else 1
    if not target.is_floating_point():
        return _share(_greatest(output), target) if classes > 1 else None
    if output.numel() != target.numel():
        return None
    if classes > 1 and output.shape == target.shape and bool((target.sum(1) - 1).abs().max() < NEAR):
        return _share(_greatest(output), _greatest(target))
    output, target = output.flatten(), target.float().flatten()
    if bool(((target == 0) | (target == 1)).all()):
        middle = 0.5 if bool(((output >= 0) & (output <= 1)).all()) else 0.0
        return _share(output > middle, target > 0.5)
    spread = float((target - target.mean()).square().mean())
    return max(-1.0, 1 - float((output - target).square().mean()) / spread) if spread else None


def evaluated(
    before: Evaluated | None,
    right: float,
    examples: int,
    mode: str,
    labels: Tensor | None,
    classes: Counter[int],
) -> Evaluated:
    """An evaluation with one batch more, of which so many are right; `classes` counts those of all so far."""
    if before is None:
        classes.clear()
        before = {"accuracy": 0.0, "examples": 0, "mode": mode, "commonest": None}
    if labels is not None and labels.dim() == 1 and not labels.is_floating_point():
        classes.update(labels.tolist())
    seen = before["examples"] + examples
    total = before["accuracy"] * before["examples"] + right * examples
    commonest = max(classes.values()) / seen if classes.total() == seen else None
    return {"accuracy": total / seen, "examples": seen, "mode": mode, "commonest": commonest}


def _greatest(scores: Tensor) -> Tensor:
    """The class of each row; not by its method, to which we listen."""
    found: Tensor = torch.ops.aten.argmax.default(scores, 1)
    return found


def _share(guesses: Tensor, target: Tensor) -> float | None:
    return float((guesses == target).float().mean()) if guesses.shape == target.shape else None
