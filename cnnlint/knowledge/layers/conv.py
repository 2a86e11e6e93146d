"""Convolutions, plain, transposed and lazy; and the windows they are made of, cut out and put together."""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from typing import Any, ClassVar

from cnnlint.dims import Dim
from cnnlint.facts import Layer, Shape, Window
from cnnlint.knowledge.describe import describes, expect, ranked
from cnnlint.knowledge.shapes import (
    SPATIAL_AXES,
    by_axis,
    each_axis,
    elements,
    expect_rank,
    expect_size,
    maps,
    window_positions,
)
from cnnlint.records import record
from cnnlint.values import Unknown, is_unknown, surely


def from_first_input() -> Unknown:
    """An option of a lazy layer that it takes from its first input."""
    return Unknown("taken from the first input")


def taken(layer: Layer, option: str, x: Shape, axis: int) -> dict[str, Any]:
    """The option that a lazy layer takes from an axis of its first input."""
    size = x[axis] if isinstance(x, tuple) and -len(x) <= axis < len(x) else None
    waiting = isinstance(getattr(layer, option), Unknown)
    return {option: size} if waiting and isinstance(size, int) else {}


class AnyConvolution(Layer):
    """What all convolutions share: [N, C, sizes] or [C, sizes] in, the channels changed."""

    role = "convolution"
    dimensions: ClassVar[int]
    in_channels: Any
    out_channels: Any
    kernel_size: Any
    stride: Any
    dilation: Any
    groups: Any
    bias: Any

    @property
    def fan_in(self) -> Any:
        return self.in_channels // self.groups * self.kernel_elements()

    @property
    def weight_shape(self) -> Shape:
        return (self.out_channels, self.in_channels // self.groups, *self.kernel)

    def admits(self) -> Shape:
        sizes = (Dim.symbol(axis[0].upper()) for axis in SPATIAL_AXES[self.dimensions])
        return (Dim.symbol("N"), self.in_channels, *sizes)

    def output(self, x: Shape) -> Shape:
        batch, channels, sizes = maps(x, self.dimensions)
        for count in (self.in_channels, self.out_channels):
            expect(count % self.groups == 0, "groups", wants=self.groups, got=count)
        expect_size("channels", wants=self.in_channels, got=channels)
        expect(channels % self.groups == 0, "groups", wants=self.groups, got=channels)
        return (*batch, self.out_channels, *self.windows(sizes))

    def windows(self, sizes: tuple[Any, ...]) -> tuple[Any, ...]:
        """The sizes of the map that comes out."""
        raise NotImplementedError

    def multiply_adds(self, output: Shape, *inputs: Shape) -> Any:
        return elements(ranked(output)) * (self.in_channels // self.groups) * self.kernel_elements()

    def window(self, output: Shape, *inputs: Shape) -> Any:
        return seen(self.dimensions, self.kernel_size, self.stride, self.dilation)

    @property
    def kernel(self) -> tuple[Any, ...]:
        """The size of its kernel along each axis."""
        return each_axis(self.kernel_size, self.dimensions)

    def kernel_elements(self) -> Any:
        return elements(self.kernel)

    def biases(self) -> Any:
        return self.out_channels if self.bias else 0


@record
class Convolution(AnyConvolution):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html"""

    in_channels: Any
    out_channels: Any
    kernel_size: Any
    stride: Any = 1
    padding: Any = 0
    dilation: Any = 1
    groups: Any = 1
    bias: Any = True
    padding_mode: Any = "zeros"
    device: Any = None
    dtype: Any = None

    def windows(self, sizes: tuple[Any, ...]) -> tuple[Any, ...]:
        if surely(self.padding == "same"):
            for stride in each_axis(self.stride, self.dimensions):
                expect(stride == 1, "stride", wants=1, got=stride)
            return sizes
        padding = 0 if surely(self.padding == "valid") else self.padding
        return windows(sizes, self.kernel_size, self.stride, padding, self.dilation)

    def own_parameter_count(self) -> Any:
        return self.out_channels * (self.in_channels // self.groups) * self.kernel_elements() + self.biases()


@record
class TransposedConvolution(AnyConvolution):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html"""

    in_channels: Any
    out_channels: Any
    kernel_size: Any
    stride: Any = 1
    padding: Any = 0
    output_padding: Any = 0
    groups: Any = 1
    bias: Any = True
    dilation: Any = 1
    padding_mode: Any = "zeros"
    device: Any = None
    dtype: Any = None

    @property
    def weight_shape(self) -> Shape:
        return (self.in_channels, self.out_channels // self.groups, *self.kernel)

    def windows(self, sizes: tuple[Any, ...]) -> tuple[Any, ...]:
        options = (self.kernel_size, self.stride, self.padding, self.output_padding, self.dilation)
        return tuple(transposed_size(*along) for along in by_axis(sizes, *options))

    def multiply_adds(self, output: Shape, *inputs: Shape) -> Any:
        return elements(ranked(inputs[0])) * (self.out_channels // self.groups) * self.kernel_elements()

    def window(self, output: Shape, *inputs: Shape) -> Any:
        """A value is made from those places whose kernels, laid `stride` apart, reach it."""
        kernels, strides, dilations = (
            each_axis(option, self.dimensions) for option in (self.kernel_size, self.stride, self.dilation)
        )
        return Window(
            tuple(
                dilation * (kernel - 1) // stride + 1
                for kernel, stride, dilation in zip(kernels, strides, dilations, strict=True)
            ),
            tuple(Fraction(1, stride) for stride in strides),
        )

    def resized(self, x: Shape, size: Any) -> Shape:
        """A map it makes, of the size that it was called with as `output_size`, if any."""
        if size is None or is_unknown(x):
            return x
        asked = Unknown("the size asked for is not known")
        sizes = (
            tuple(size)[-self.dimensions :] if isinstance(size, tuple | list) else (asked,) * self.dimensions
        )
        return (*x[: -self.dimensions], *sizes)

    def own_parameter_count(self) -> Any:
        return self.in_channels * (self.out_channels // self.groups) * self.kernel_elements() + self.biases()


def windows(sizes: tuple[Any, ...], *options: Any) -> tuple[Any, ...]:
    """The positions of a window along each axis; options are kernel, stride, padding, dilation."""
    return tuple(
        window_positions(axis, size, kernel, stride, 2 * pad, dilation)
        for axis, size, kernel, stride, pad, dilation in by_axis(sizes, *options)
    )


def seen(dimensions: int, kernel: Any, stride: Any, dilation: Any = 1) -> Window:
    """What a kernel that slides over a map sees of it."""
    kernels, dilations = each_axis(kernel, dimensions), each_axis(dilation, dimensions)
    extents = (dilation * (kernel - 1) + 1 for kernel, dilation in zip(kernels, dilations, strict=True))
    return Window(tuple(extents), each_axis(stride, dimensions))


def transposed_size(
    axis: str, size: Any, kernel: Any, stride: Any, padding: Any, extra: Any, dilation: Any
) -> Any:
    """The size that a convolution of these options makes `size` of, and `extra` more."""
    result = (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1
    expect(result >= 1, axis, wants=1, got=result)
    return result


@describes("torch.nn.Conv1d")
class Conv1d(Convolution):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html"""

    operation = "conv1d"
    dimensions = 1


@describes("torch.nn.Conv2d")
class Conv2d(Convolution):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html"""

    operation = "conv2d"
    dimensions = 2


@describes("torch.nn.Conv3d")
class Conv3d(Convolution):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv3d.html"""

    operation = "conv3d"
    dimensions = 3


@describes("torch.nn.ConvTranspose1d")
class ConvTranspose1d(TransposedConvolution):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html"""

    operation = "conv_transpose1d"
    dimensions = 1


@describes("torch.nn.ConvTranspose2d")
class ConvTranspose2d(TransposedConvolution):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html"""

    operation = "conv_transpose2d"
    dimensions = 2


@describes("torch.nn.ConvTranspose3d")
class ConvTranspose3d(TransposedConvolution):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html"""

    operation = "conv_transpose3d"
    dimensions = 3


@record
class LazyConvolution(Convolution):
    """A convolution that takes its input channels from its first input."""

    in_channels: Any = field(init=False, default_factory=from_first_input)

    def taken_from(self, x: Shape) -> dict[str, Any]:
        return taken(self, "in_channels", x, -1 - self.dimensions)


@record
class LazyTransposedConvolution(TransposedConvolution):
    """A transposed convolution that takes its input channels from its first input."""

    in_channels: Any = field(init=False, default_factory=from_first_input)

    def taken_from(self, x: Shape) -> dict[str, Any]:
        return taken(self, "in_channels", x, -1 - self.dimensions)


@describes("torch.nn.LazyConv1d")
class LazyConv1d(LazyConvolution):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConv1d.html"""

    operation = "conv1d"
    dimensions = 1


@describes("torch.nn.LazyConv2d")
class LazyConv2d(LazyConvolution):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConv2d.html"""

    operation = "conv2d"
    dimensions = 2


@describes("torch.nn.LazyConv3d")
class LazyConv3d(LazyConvolution):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConv3d.html"""

    operation = "conv3d"
    dimensions = 3


@describes("torch.nn.LazyConvTranspose1d")
class LazyConvTranspose1d(LazyTransposedConvolution):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose1d.html"""

    operation = "conv_transpose1d"
    dimensions = 1


@describes("torch.nn.LazyConvTranspose2d")
class LazyConvTranspose2d(LazyTransposedConvolution):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose2d.html"""

    operation = "conv_transpose2d"
    dimensions = 2


@describes("torch.nn.LazyConvTranspose3d")
class LazyConvTranspose3d(LazyTransposedConvolution):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose3d.html"""

    operation = "conv_transpose3d"
    dimensions = 3


@describes("torch.nn.Unfold")
@record
class Unfold(Layer):
    """Cuts windows out of a map: [N, C, H, W] to [N, C * kernel, windows].

    https://docs.pytorch.org/docs/stable/generated/torch.nn.Unfold.html
    """

    role = "shape"
    operation = "unfold"
    kernel_size: Any
    dilation: Any = 1
    padding: Any = 0
    stride: Any = 1

    def output(self, x: Shape) -> Shape:
        batch, channels, sizes = maps(x, 2)
        return (*batch, channels * self.kernel_elements(), elements(self.windows(sizes)))

    def kernel_elements(self) -> Any:
        return elements(each_axis(self.kernel_size, 2))

    def windows(self, sizes: tuple[Any, ...]) -> tuple[Any, ...]:
        return windows(sizes, self.kernel_size, self.stride, self.padding, self.dilation)


@describes("torch.nn.Fold")
@record
class Fold(Layer):
    """Sums windows into a map: [N, C * kernel, windows] to [N, C, *output_size].

    https://docs.pytorch.org/docs/stable/generated/torch.nn.Fold.html
    """

    role = "shape"
    operation = "fold"
    output_size: Any
    kernel_size: Any
    dilation: Any = 1
    padding: Any = 0
    stride: Any = 1

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        expect_rank(axes, 2, 3)
        *batch, channels, length = axes
        cut = Unfold(self.kernel_size, self.dilation, self.padding, self.stride)
        sizes = each_axis(self.output_size, 2)
        expect_size("channels", wants=0, got=channels % cut.kernel_elements())
        expect_size("length", wants=elements(cut.windows(sizes)), got=length)
        return (*batch, channels // cut.kernel_elements(), *sizes)
