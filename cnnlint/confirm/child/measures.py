"""Small questions about models, optimizers and answers."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.dropout import _DropoutNd
from torch.optim import Optimizer

__all__ = ["accuracy", "gradients", "is_model", "mode_of", "parameters", "versions"]


def parameters(optimizer: Optimizer) -> list[Tensor]:
    """All tensors an optimizer holds."""
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def gradients(optimizer: Optimizer) -> str:
    """What gradients its tensors have: 'none', 'zero' or 'some'."""
    found = [each.grad for each in parameters(optimizer) if each.grad is not None]
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


def mode_of(module: nn.Module) -> str:
    """'train' or 'eval' for a model whose modules with two modes agree, else 'mixed'."""
    modes = {module.training} | {
        each.training for each in module.modules() if isinstance(each, (_NormBase, _DropoutNd))
    }
    return "mixed" if len(modes) > 1 else "train" if module.training else "eval"


def accuracy(output: Tensor, target: Tensor | None) -> float | None:
    """The share of examples whose greatest output is the target; None where the target is no class."""
    if target is None or output.dim() < 2 or output.shape[1] < 2 or target.is_floating_point():
        return None
    guesses = output.detach().argmax(1)
    if guesses.shape != target.shape or not target.numel():
        return None
    return float((guesses == target.to(guesses.device)).float().mean())
