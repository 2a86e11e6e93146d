"""Losses on numbers, element by element."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import Any

from cnnlint.facts import Shape
from cnnlint.knowledge.losses.base import TorchLoss, broadcast, describes_loss, expect_broadcast
from cnnlint.records import record


class ElementwiseLoss(TorchLoss):
    """One loss for each element; shapes that differ are broadcast."""

    broadcasts = True

    def check(self, input: Shape, target: Shape) -> None:
        expect_broadcast(input, target)

    def single_losses(self, input: Shape, target: Shape) -> Shape:
        return broadcast(input, target)


@describes_loss("mse_loss", extra="weight")
@record
class MSELoss(ElementwiseLoss):
    """Mean squared error.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
    """

    operation = "mse_loss"
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"


@describes_loss("l1_loss", extra="weight")
@record
class L1Loss(ElementwiseLoss):
    """Mean absolute error.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html
    """

    operation = "l1_loss"
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"


@describes_loss("smooth_l1_loss")
@record
class SmoothL1Loss(ElementwiseLoss):
    """Squared below `beta`, absolute above.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html
    """

    operation = "smooth_l1_loss"
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"
    beta: Any = 1.0


@describes_loss("huber_loss", extra="weight")
@record
class HuberLoss(ElementwiseLoss):
    """Squared below `delta`, absolute above.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html
    """

    operation = "huber_loss"
    reduction: Any = "mean"
    delta: Any = 1.0


@describes_loss("kl_div")
@record
class KLDivLoss(ElementwiseLoss):
    """Kullback-Leibler divergence of log-probabilities from the target's probabilities.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html
    """

    expects = "log-probabilities"
    operation = "kl_div"
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"
    log_target: Any = False


@describes_loss("poisson_nll_loss", takes=("input", "target"))
@record
class PoissonNLLLoss(ElementwiseLoss):
    """Negative log-likelihood of counts whose (log) rate is predicted.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html
    """

    takes = ("log_input", "target")
    operation = "poisson_nll_loss"
    log_input: Any = True
    full: Any = False
    size_average: Any = None
    eps: Any = 1e-08
    reduce: Any = None
    reduction: Any = "mean"


@describes_loss("gaussian_nll_loss")
@record
class GaussianNLLLoss(TorchLoss):
    """Negative log-likelihood of a normal distribution whose mean and variance are predicted.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html
    """

    takes = ("input", "target", "var")
    operation = "gaussian_nll_loss"
    _: KW_ONLY
    full: Any = False
    eps: Any = 1e-06
    reduction: Any = "mean"

    def single_losses(self, input: Shape, target: Shape, var: Shape) -> Shape:
        return broadcast(input, target)
