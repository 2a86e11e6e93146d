"""What loss functions are given, call by call, gathered for each line that calls one."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from cnnlint.evidence import LossCall, Place

__all__ = ["BY_VALUE", "LOSSES", "Losses"]

#: Losses that compare value by value, where other shapes broadcast.
BY_VALUE = (
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "huber_loss", "l1_loss", "mse_loss",
    "smooth_l1_loss",
)  # fmt: skip
LOSSES = ("cross_entropy", "nll_loss", "kl_div", *BY_VALUE)

NEAR_ONE = 1e-3  # how far a sum of probabilities may be from one
#: Operations that a prediction may come from, by their names in autograd.
ACTIVATIONS = {
    "SoftmaxBackward": "softmax", "LogSoftmaxBackward": "log_softmax", "SigmoidBackward": "sigmoid",
    "LogSigmoidBackward": "logsigmoid", "ReluBackward": "relu", "TanhBackward": "tanh",
    "LeakyReluBackward": "leaky_relu", "HardtanhBackward": "hardtanh", "EluBackward": "elu",
    "GeluBackward": "gelu", "SiluBackward": "silu", "SoftplusBackward": "softplus", "MishBackward": "mish",
    "HardswishBackward": "hardswish", "HardsigmoidBackward": "hardsigmoid",
    "NativeDropoutBackward": "dropout",
    "SoftsignBackward": "softsign",
}  # fmt: skip
#: Operations that only lay the same values out anew.
LAYOUTS = (
    "View", "UnsafeView", "Squeeze", "Unsqueeze", "ReshapeAlias", "Transpose", "Permute", "T", "Alias",
    "Clone", "ToCopy", "Expand",
)  # fmt: skip


class Losses:
    """All calls of loss functions, by function and line."""

    def __init__(self) -> None:
        self.all: list[LossCall] = []
        self._numbers: dict[tuple[str, str, int], int] = {}

    def called(self, name: str, place: Place | None, prediction: Tensor, target: Tensor, loss: Tensor) -> int:
        """Take a call in; the number of its line."""
        with torch.no_grad():
            seen = _look(name, place, prediction, target, float(loss.detach().mean()))
        key = (name, place["path"] if place else "", place["line"] if place else 0)
        if key not in self._numbers:
            self._numbers[key] = len(self.all)
            self.all.append(seen)
            return self._numbers[key]
        known = self.all[self._numbers[key]]
        for count in (
            "calls",
            "trained",
            "probabilities",
            "log_probabilities",
            "unit",
            "broadcast",
            "swapped",
        ):
            known[count] += seen[count]
        known["low"], known["high"] = min(known["low"], seen["low"]), max(known["high"], seen["high"])
        known["target_low"] = min(known["target_low"], seen["target_low"])
        known["target_high"] = max(known["target_high"], seen["target_high"])
        known["last"] = seen["last"]
        known["after"] = known["after"] or seen["after"]
        known["whole"] = known["whole"] and seen["whole"]
        return self._numbers[key]


def _look(name: str, place: Place | None, prediction: Tensor, target: Tensor, loss: float) -> LossCall:
    """One call."""
    values, truth = prediction.detach().float(), target.detach().float()
    low, high = _range(values)
    target_low, target_high = _range(truth)
    rows = values.dim() > 1 and values.shape[1] > 1
    return {
        "name": name,
        "place": place,
        "calls": 1,
        "trained": int(prediction.requires_grad),
        "prediction": list(prediction.shape),
        "target": list(target.shape),
        "whole": bool((truth == truth.round()).all()),
        "after": _after(prediction),
        "probabilities": int(rows and low >= 0 and _near(values.sum(1), 1)),
        "log_probabilities": int(rows and high <= NEAR_ONE and _near(values.logsumexp(1), 0)),
        "unit": int(low >= 0 and high <= 1),
        "broadcast": int(name in BY_VALUE and prediction.shape != target.shape),
        "swapped": int(target.requires_grad and not prediction.requires_grad),
        "low": low,
        "high": high,
        "target_low": target_low,
        "target_high": target_high,
        "first": loss,
        "last": loss,
    }


def _range(values: Tensor) -> tuple[float, float]:
    """The least and the greatest."""
    return (float(values.min()), float(values.max())) if values.numel() else (0.0, 0.0)


def _near(values: Tensor, number: float) -> bool:
    """Whether all of them are that number but for rounding."""
    return bool((values - number).abs().max() < NEAR_ONE)


def _after(prediction: Tensor) -> list[str]:
    """The activations that a tensor came out of, the last first, whatever lay it out anew between."""
    found: list[str] = []
    node: Any = prediction.grad_fn
    for _ in range(12):
        name = type(node).__name__.rstrip("0123456789")
        if name in ACTIVATIONS:
            found.append(ACTIVATIONS[name])
        elif node is None or not name.removesuffix("Backward").startswith(LAYOUTS):
            break
        node = next((each for each, _ in node.next_functions if each is not None), None)
    return found
