"""Activations: each value is changed by itself, or against the others along one axis."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Layer, Shape
from cnnlint.knowledge.describe import describes, ranked
from cnnlint.knowledge.shapes import axis_in, axis_index, axis_name, expect_rank, expect_size
from cnnlint.records import record
from cnnlint.values import surely

#: Activations without options; and those whose only option is `inplace`.
PLAIN = {"Sigmoid": "sigmoid", "Tanh": "tanh", "LogSigmoid": "logsigmoid", "Softsign": "softsign",
         "Tanhshrink": "tanhshrink"}  # fmt: skip
INPLACE = {"ReLU": "relu", "ReLU6": "relu6", "SELU": "selu", "SiLU": "silu", "Mish": "mish",
           "Hardswish": "hardswish", "Hardsigmoid": "hardsigmoid"}  # fmt: skip


class Activation(Layer):
    """What all activations share: the shape is kept."""

    role = "activation"
    any_rank = True

    def output(self, x: Shape) -> Shape:
        return x


@record
class PlainActivation(Activation):
    """An activation without options."""


@record
class InplaceActivation(Activation):
    """An activation that may overwrite its input."""

    inplace: Any = False


def named(base: type[Activation], kind: str, operation: str) -> type[Activation]:
    """The class of a layer that differs from its base by its name only."""
    page = f"https://docs.pytorch.org/docs/stable/generated/torch.nn.{kind}.html"
    layer = type(kind, (base,), {"operation": operation, "__doc__": page, "__module__": __name__})
    return describes(f"torch.nn.{kind}")(layer)


for _kind, _operation in PLAIN.items():
    globals()[_kind] = named(PlainActivation, _kind, _operation)
for _kind, _operation in INPLACE.items():
    globals()[_kind] = named(InplaceActivation, _kind, _operation)


@describes("torch.nn.LeakyReLU")
@record
class LeakyReLU(Activation):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html"""

    operation = "leaky_relu"
    negative_slope: Any = 0.01
    inplace: Any = False


@describes("torch.nn.PReLU")
@record
class PReLU(Activation):
    """One slope for all channels, or one for each.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.PReLU.html
    """

    operation = "prelu"
    num_parameters: Any = 1
    init: Any = 0.25
    device: Any = None
    dtype: Any = None

    def output(self, x: Shape) -> Shape:
        if surely(self.num_parameters != 1):
            axes = ranked(x)
            expect_size("channels", wants=self.num_parameters, got=axes[1] if len(axes) > 1 else 1)
        return x

    def own_parameter_count(self) -> Any:
        return self.num_parameters


@describes("torch.nn.RReLU")
@record
class RReLU(Activation):
    """Its slope is drawn at random in training.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.RReLU.html
    """

    operation = "rrelu"
    modal = True
    lower: Any = 1.0 / 8
    upper: Any = 1.0 / 3
    inplace: Any = False


@describes("torch.nn.ELU")
@record
class ELU(Activation):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.ELU.html"""

    operation = "elu"
    alpha: Any = 1.0
    inplace: Any = False


@describes("torch.nn.CELU")
class CELU(ELU):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.CELU.html"""

    operation = "celu"


@describes("torch.nn.GELU")
@record
class GELU(Activation):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.GELU.html"""

    operation = "gelu"
    approximate: Any = "none"


@describes("torch.nn.Hardtanh")
@record
class Hardtanh(Activation):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html"""

    operation = "hardtanh"
    min_val: Any = -1.0
    max_val: Any = 1.0
    inplace: Any = False
    min_value: Any = None
    max_value: Any = None


@describes("torch.nn.Softplus")
@record
class Softplus(Activation):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html"""

    operation = "softplus"
    beta: Any = 1.0
    threshold: Any = 20.0


@describes("torch.nn.Softshrink")
@record
class Softshrink(Activation):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Softshrink.html"""

    operation = "softshrink"
    lambd: Any = 0.5


@describes("torch.nn.Hardshrink")
class Hardshrink(Softshrink):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html"""

    operation = "hardshrink"


@describes("torch.nn.Threshold")
@record
class Threshold(Activation):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Threshold.html"""

    operation = "threshold"
    threshold: Any
    value: Any
    inplace: Any = False


@describes("torch.nn.GLU")
@record
class GLU(Activation):
    """Half of an axis is gated by the other half, so its size is halved.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.GLU.html
    """

    operation = "glu"
    any_rank = False
    dim: Any = -1

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        at = axis_in(axes, self.dim)
        expect_size(axis_name(at, len(axes)), wants=axes[at] // 2 * 2, got=axes[at])
        return (*axes[:at], axes[at] // 2, *axes[at + 1 :])


@describes("torch.nn.Softmax")
@record
class Softmax(Activation):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html"""

    operation = "softmax"
    dim: Any = None

    def output(self, x: Shape) -> Shape:
        if isinstance(x, tuple) and not (x and x[0] is Ellipsis) and isinstance(self.dim, int):
            axis_index(self.dim, len(x))
        return x


@describes("torch.nn.LogSoftmax")
class LogSoftmax(Softmax):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html"""

    operation = "log_softmax"


@describes("torch.nn.Softmin")
class Softmin(Softmax):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmin.html"""

    operation = "softmin"


@describes("torch.nn.Softmax2d")
@record
class Softmax2d(Activation):
    """Softmax over the channels of [N, C, H, W] or [C, H, W].

    https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax2d.html
    """

    operation = "softmax"
    any_rank = False
    dim = -3

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        expect_rank(axes, 3, 4)
        return axes
