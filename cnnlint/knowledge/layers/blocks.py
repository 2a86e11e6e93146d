"""Blocks that torchvision.ops builds of the layers of torch.nn.

https://docs.pytorch.org/vision/stable/ops.html#layers
"""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Layer, Shape
from cnnlint.knowledge.describe import KNOWN, describes, ranked
from cnnlint.knowledge.layers.container import Sequential
from cnnlint.knowledge.layers.conv import Conv2d, Conv3d
from cnnlint.knowledge.layers.dropout import Dropout
from cnnlint.knowledge.layers.linear import Linear
from cnnlint.knowledge.layers.norm import Normalization
from cnnlint.knowledge.layers.pooling import AdaptiveAvgPool2d
from cnnlint.knowledge.ops.moves import permuted
from cnnlint.knowledge.shapes import expect_rank, expect_size
from cnnlint.records import record
from cnnlint.values import Unknown, is_unknown


def built(layer: Any, *arguments: Any, **options: Any) -> Any:
    """The layer of a class that is given by its name; Unknown for any other class."""
    if not isinstance(layer, str) or layer not in KNOWN:
        return layer if is_unknown(layer) else Unknown("a layer that is not known")
    return KNOWN[layer](*arguments, **options)


class ConvNormActivation(Sequential):
    """A convolution that keeps the size but for its stride, a norm, an activation."""

    convolution: type[Conv2d] | type[Conv3d] = Conv2d
    norm = "torch.nn.BatchNorm2d"

    def __init__(
        self,
        in_channels: Any,
        out_channels: Any,
        kernel_size: Any = 3,
        stride: Any = 1,
        padding: Any = None,
        groups: Any = 1,
        norm_layer: Any = "",
        activation_layer: Any = "torch.nn.ReLU",
        dilation: Any = 1,
        inplace: Any = True,
        bias: Any = None,
    ) -> None:
        normed = self.norm if norm_layer == "" else norm_layer
        around = same_padding(kernel_size, dilation) if padding is None else padding
        biased = normed is None if bias is None else bias
        steps: list[Any] = [
            self.convolution(in_channels, out_channels, kernel_size, stride, around, dilation, groups, biased)
        ]
        if normed is not None:
            steps.append(built(normed, out_channels))
        if activation_layer is not None:
            steps.append(built(activation_layer))
        super().__init__(*steps)


def same_padding(kernel: Any, dilation: Any) -> Any:
    """Half the extent of the kernel, along each axis."""
    if isinstance(kernel, tuple | list):
        spread = dilation if isinstance(dilation, tuple | list) else (dilation,) * len(kernel)
        return tuple((size - 1) // 2 * step for size, step in zip(kernel, spread, strict=True))
    return (kernel - 1) // 2 * dilation


@describes("torchvision.ops.Conv2dNormActivation", "torchvision.ops.ConvNormActivation")
class Conv2dNormActivation(ConvNormActivation):
    """https://docs.pytorch.org/vision/stable/generated/torchvision.ops.Conv2dNormActivation.html"""


@describes("torchvision.ops.Conv3dNormActivation")
class Conv3dNormActivation(ConvNormActivation):
    """https://docs.pytorch.org/vision/stable/generated/torchvision.ops.Conv3dNormActivation.html"""

    convolution = Conv3d
    norm = "torch.nn.BatchNorm3d"


@describes("torchvision.ops.MLP")
class MLP(Sequential):
    """Linear layers with a norm, an activation and dropout after each; the last with dropout alone.

    https://docs.pytorch.org/vision/stable/generated/torchvision.ops.MLP.html
    """

    def __init__(
        self,
        in_channels: Any,
        hidden_channels: Any,
        norm_layer: Any = None,
        activation_layer: Any = "torch.nn.ReLU",
        inplace: Any = None,
        bias: Any = True,
        dropout: Any = 0.0,
    ) -> None:
        steps: list[Any] = []
        given = in_channels
        *hidden, last = hidden_channels
        for size in hidden:
            steps.append(Linear(given, size, bias))
            if norm_layer is not None:
                steps.append(built(norm_layer, size))
            steps += [built(activation_layer), Dropout(dropout)]
            given = size
        super().__init__(*steps, Linear(given, last, bias), Dropout(dropout))


@describes("torchvision.ops.FrozenBatchNorm2d")
@record
class FrozenBatchNorm2d(Normalization):
    """https://docs.pytorch.org/vision/stable/generated/torchvision.ops.FrozenBatchNorm2d.html"""

    affine = False
    num_features: Any
    eps: Any = 1e-5

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        expect_rank(axes, 4)
        expect_size("channels", wants=self.num_features, got=axes[1])
        return axes


@describes("torchvision.ops.SqueezeExcitation")
class SqueezeExcitation(Layer):
    """Each channel weighed by what a small network makes of all their means.

    https://docs.pytorch.org/vision/stable/generated/torchvision.ops.SqueezeExcitation.html
    """

    role = "attention"

    def __init__(
        self,
        input_channels: Any,
        squeeze_channels: Any,
        activation: Any = "torch.nn.ReLU",
        scale_activation: Any = "torch.nn.Sigmoid",
    ) -> None:
        self.parts = {
            "avgpool": AdaptiveAvgPool2d(1),
            "fc1": Conv2d(input_channels, squeeze_channels, 1),
            "fc2": Conv2d(squeeze_channels, input_channels, 1),
            "activation": built(activation),
            "scale_activation": built(scale_activation),
        }

    def children(self) -> dict[str, Any]:
        return self.parts

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        expect_size("channels", wants=self.parts["fc1"].in_channels, got=axes[-3])
        return axes


@describes("torchvision.ops.StochasticDepth")
@record
class StochasticDepth(Layer):
    """https://docs.pytorch.org/vision/stable/generated/torchvision.ops.StochasticDepth.html"""

    role = "dropout"
    modal = True
    any_rank = True
    p: Any
    mode: Any

    def output(self, x: Shape) -> Shape:
        return x


@describes("torchvision.ops.DropBlock2d")
@record
class DropBlock2d(Layer):
    """https://docs.pytorch.org/vision/stable/generated/torchvision.ops.DropBlock2d.html"""

    role = "dropout"
    modal = True
    p: Any
    block_size: Any
    inplace: Any = False
    eps: Any = 1e-6

    def output(self, x: Shape) -> Shape:
        return x


@describes("torchvision.ops.Permute")
@record
class Permute(Layer):
    """https://docs.pytorch.org/vision/stable/generated/torchvision.ops.Permute.html"""

    role = "shape"
    operation = "permute"
    dims: Any

    def output(self, x: Shape) -> Shape:
        return permuted(x, tuple(self.dims))
