"""The optimizers of torch.optim: torch's constructor arguments, by torch's names, order and defaults."""

from __future__ import annotations

from dataclasses import KW_ONLY, field, fields
from typing import Any

from cnnlint.facts import Optimizer
from cnnlint.knowledge.describe import describes
from cnnlint.records import record
from cnnlint.values import Unknown


@record
class Described(Optimizer):
    """An optimizer whose first argument is what it updates."""

    params: Any = field()

    def __post_init__(self) -> None:
        super().__post_init__()
        for option in ("eps", "alpha", "rho"):
            if not isinstance(getattr(self, option, 0), int | float | Unknown):
                setattr(self, option, Unknown(f"`{option}` is no plain number"))
        betas = getattr(self, "betas", (0.0, 0.0))
        pair = isinstance(betas, tuple | list) and len(betas) == 2
        if not pair or not all(isinstance(each, int | float | Unknown) for each in betas):
            self.betas = Unknown("`betas` are no two numbers")

    @property
    def momentum_in(self) -> Any:
        """The option that holds its momentum."""
        options = {each.name for each in fields(self)}
        return next((name for name in ("momentum", "betas") if name in options), "")


@describes("torch.optim.SGD")
@record
class SGD(Described):
    """Stochastic gradient descent, plain or with momentum.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
    """

    family = "sgd"
    lr: Any = 0.001
    momentum: Any = 0
    dampening: Any = 0
    weight_decay: Any = 0
    nesterov: Any = False
    _: KW_ONLY
    maximize: Any = False
    foreach: Any = None
    differentiable: Any = False
    fused: Any = None


@describes("torch.optim.Adam")
@record
class Adam(Described):
    """Adam: steps scaled by running means of the gradient and its square.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
    """

    family = "adam"
    lr: Any = 0.001
    betas: Any = (0.9, 0.999)
    eps: Any = 1e-08
    weight_decay: Any = 0
    amsgrad: Any = False
    _: KW_ONLY
    foreach: Any = None
    maximize: Any = False
    capturable: Any = False
    differentiable: Any = False
    fused: Any = None
    decoupled_weight_decay: Any = False


@describes("torch.optim.AdamW")
@record
class AdamW(Described):
    """Adam with weight decay apart from the gradient.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html
    """

    family = "adam"
    lr: Any = 0.001
    betas: Any = (0.9, 0.999)
    eps: Any = 1e-08
    weight_decay: Any = 0.01
    amsgrad: Any = False
    _: KW_ONLY
    maximize: Any = False
    foreach: Any = None
    capturable: Any = False
    differentiable: Any = False
    fused: Any = None


@describes("torch.optim.NAdam")
@record
class NAdam(Described):
    """Adam with Nesterov momentum.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.NAdam.html
    """

    family = "adam"
    lr: Any = 0.002
    betas: Any = (0.9, 0.999)
    eps: Any = 1e-08
    weight_decay: Any = 0
    momentum_decay: Any = 0.004
    decoupled_weight_decay: Any = False
    _: KW_ONLY
    foreach: Any = None
    maximize: Any = False
    capturable: Any = False
    differentiable: Any = False


@describes("torch.optim.RAdam")
@record
class RAdam(Described):
    """Adam whose early steps are rectified, which stands in for a warm-up.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.RAdam.html
    """

    family = "adam"
    lr: Any = 0.001
    betas: Any = (0.9, 0.999)
    eps: Any = 1e-08
    weight_decay: Any = 0
    decoupled_weight_decay: Any = False
    _: KW_ONLY
    foreach: Any = None
    maximize: Any = False
    capturable: Any = False
    differentiable: Any = False


@describes("torch.optim.Adamax")
@record
class Adamax(Described):
    """Adam with the infinity norm.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adamax.html
    """

    family = "adam"
    lr: Any = 0.002
    betas: Any = (0.9, 0.999)
    eps: Any = 1e-08
    weight_decay: Any = 0
    foreach: Any = None
    _: KW_ONLY
    maximize: Any = False
    differentiable: Any = False
    capturable: Any = False


@describes("torch.optim.SparseAdam")
@record
class SparseAdam(Described):
    """Adam for sparse gradients.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.SparseAdam.html
    """

    family = "adam"
    lr: Any = 0.001
    betas: Any = (0.9, 0.999)
    eps: Any = 1e-08
    maximize: Any = False


@describes("torch.optim.Adadelta")
@record
class Adadelta(Described):
    """Steps scaled by running means of past steps; its rate is a factor, 1 by custom.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adadelta.html
    """

    family = "adaptive"
    lr: Any = 1.0
    rho: Any = 0.9
    eps: Any = 1e-06
    weight_decay: Any = 0
    foreach: Any = None
    _: KW_ONLY
    capturable: Any = False
    maximize: Any = False
    differentiable: Any = False


@describes("torch.optim.Adagrad")
@record
class Adagrad(Described):
    """Steps scaled by the sum of all squared gradients so far.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adagrad.html
    """

    family = "adaptive"
    lr: Any = 0.01
    lr_decay: Any = 0
    weight_decay: Any = 0
    initial_accumulator_value: Any = 0
    eps: Any = 1e-10
    foreach: Any = None
    _: KW_ONLY
    maximize: Any = False
    differentiable: Any = False
    fused: Any = None


@describes("torch.optim.RMSprop")
@record
class RMSprop(Described):
    """Steps scaled by a running mean of squared gradients.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html
    """

    family = "adaptive"
    lr: Any = 0.01
    alpha: Any = 0.99
    eps: Any = 1e-08
    weight_decay: Any = 0
    momentum: Any = 0
    centered: Any = False
    capturable: Any = False
    foreach: Any = None
    maximize: Any = False
    differentiable: Any = False


@describes("torch.optim.Adafactor")
@record
class Adafactor(Described):
    """Adaptive steps with factored second moments.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adafactor.html
    """

    family = "adaptive"
    lr: Any = 0.01
    beta2_decay: Any = -0.8
    eps: Any = (None, 0.001)
    d: Any = 1.0
    weight_decay: Any = 0.0
    _: KW_ONLY
    foreach: Any = None
    maximize: Any = False


@describes("torch.optim.Rprop")
@record
class Rprop(Described):
    """Steps by the sign of the gradient only; meant for full batches.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.Rprop.html
    """

    family = "rprop"
    lr: Any = 0.01
    etas: Any = (0.5, 1.2)
    step_sizes: Any = (1e-06, 50)
    _: KW_ONLY
    capturable: Any = False
    foreach: Any = None
    maximize: Any = False
    differentiable: Any = False


@describes("torch.optim.ASGD")
@record
class ASGD(Described):
    """Averaged stochastic gradient descent.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.ASGD.html
    """

    family = "sgd"
    lr: Any = 0.01
    lambd: Any = 0.0001
    alpha: Any = 0.75
    t0: Any = 1e6
    weight_decay: Any = 0
    foreach: Any = None
    maximize: Any = False
    differentiable: Any = False
    capturable: Any = False


@describes("torch.optim.LBFGS")
@record
class LBFGS(Described):
    """Quasi-Newton; its step takes a closure.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.LBFGS.html
    """

    family = "lbfgs"
    lr: Any = 1
    max_iter: Any = 20
    max_eval: Any = None
    tolerance_grad: Any = 1e-07
    tolerance_change: Any = 1e-09
    history_size: Any = 100
    line_search_fn: Any = None


@describes("torch.optim.Muon")
@record
class Muon(Described):
    """Momentum whose step is made orthogonal; for matrices only.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.Muon.html
    """

    lr: Any = 0.001
    weight_decay: Any = 0.1
    momentum: Any = 0.95
    nesterov: Any = True
    ns_coefficients: Any = (3.4445, -4.775, 2.0315)
    eps: Any = 1e-07
    ns_steps: Any = 5
    adjust_lr_fn: Any = None
