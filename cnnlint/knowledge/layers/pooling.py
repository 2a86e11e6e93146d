"""Pooling: one number for each window of a map, the channels kept."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

from cnnlint.dims import Dim
from cnnlint.facts import EVERYTHING, Layer, Shape, Window
from cnnlint.knowledge.describe import describes, expect, ranked
from cnnlint.knowledge.layers.conv import seen
from cnnlint.knowledge.shapes import SPATIAL_AXES, by_axis, each_axis, maps, window_positions
from cnnlint.records import record
from cnnlint.values import Unknown, is_unknown, surely


class Pooling(Layer):
    """What all pooling shares: [N, C, sizes] or [C, sizes] in, the sizes changed."""

    role = "pooling"
    dimensions: ClassVar[int]
    return_indices: Any = False

    def admits(self) -> Shape:
        sizes = (Dim.symbol(axis[0].upper()) for axis in SPATIAL_AXES[self.dimensions])
        return (Dim.symbol("N"), Dim.symbol("C"), *sizes)

    def output(self, x: Shape) -> Shape:
        batch, channels, sizes = maps(x, self.dimensions)
        shape = (*batch, channels, *self.pooled(sizes))
        return [shape, shape] if self.return_indices else shape

    def pooled(self, sizes: tuple[Any, ...]) -> tuple[Any, ...]:
        """The sizes of the map that comes out."""
        raise NotImplementedError


class WindowPooling(Pooling):
    """Pooling with a window of its own size and stride."""

    kernel_size: Any
    stride: Any
    padding: Any = 0
    dilation: Any = 1
    ceil_mode: Any = False

    def pooled(self, sizes: tuple[Any, ...]) -> tuple[Any, ...]:
        stride = self.kernel_size if self.stride is None else self.stride
        options = (self.kernel_size, stride, self.padding, self.dilation)
        return tuple(self.positions(*along) for along in by_axis(sizes, *options))

    def positions(self, axis: str, size: Any, kernel: Any, stride: Any, pad: Any, dilation: Any) -> Any:
        expect(2 * pad <= kernel, "padding", wants=kernel // 2, got=pad)
        return window_positions(axis, size, kernel, stride, 2 * pad, dilation, self.ceil_mode)

    def window(self, output: Shape, *inputs: Shape) -> Any:
        stride = self.kernel_size if self.stride is None else self.stride
        return seen(self.dimensions, self.kernel_size, stride, self.dilation)


@record
class MaxPooling(WindowPooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html"""

    kernel_size: Any
    stride: Any = None
    padding: Any = 0
    dilation: Any = 1
    return_indices: Any = False
    ceil_mode: Any = False


@describes("torch.nn.MaxPool1d")
class MaxPool1d(MaxPooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html"""

    operation = "max_pool1d"
    dimensions = 1


@describes("torch.nn.MaxPool2d")
class MaxPool2d(MaxPooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html"""

    operation = "max_pool2d"
    dimensions = 2


@describes("torch.nn.MaxPool3d")
class MaxPool3d(MaxPooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html"""

    operation = "max_pool3d"
    dimensions = 3


@describes("torch.nn.AvgPool1d")
@record
class AvgPool1d(WindowPooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html"""

    operation = "avg_pool1d"
    dimensions = 1
    kernel_size: Any
    stride: Any = None
    padding: Any = 0
    ceil_mode: Any = False
    count_include_pad: Any = True


@describes("torch.nn.AvgPool2d")
@record
class AvgPool2d(AvgPool1d):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html"""

    operation = "avg_pool2d"
    dimensions = 2
    divisor_override: Any = None


class VolumePooling(WindowPooling):
    """Averages over volumes, which torch wants at least as large as the window before padding."""

    def positions(self, axis: str, size: Any, kernel: Any, stride: Any, pad: Any, dilation: Any) -> Any:
        expect(size >= kernel, axis, wants=kernel, got=size)
        return super().positions(axis, size, kernel, stride, pad, dilation)


@describes("torch.nn.AvgPool3d")
class AvgPool3d(VolumePooling, AvgPool2d):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html"""

    operation = "avg_pool3d"
    dimensions = 3


@record
class PowerPooling(WindowPooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html"""

    norm_type: Any
    kernel_size: Any
    stride: Any = None
    ceil_mode: Any = False


@describes("torch.nn.LPPool1d")
class LPPool1d(PowerPooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html"""

    operation = "lp_pool1d"
    dimensions = 1


@describes("torch.nn.LPPool2d")
class LPPool2d(PowerPooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html"""

    operation = "lp_pool2d"
    dimensions = 2


@describes("torch.nn.LPPool3d")
class LPPool3d(VolumePooling, PowerPooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool3d.html"""

    operation = "lp_pool3d"
    dimensions = 3


@record
class AdaptivePooling(Pooling):
    """Windows chosen so that the map gets `output_size`; None keeps the size of that axis.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
    """

    output_size: Any

    def pooled(self, sizes: tuple[Any, ...]) -> tuple[Any, ...]:
        wanted = each_axis(self.output_size, self.dimensions)
        return tuple(size if want is None else want for size, want in zip(sizes, wanted, strict=True))

    def window(self, output: Shape, *inputs: Shape) -> Any:
        """All of a map that gets size 1; else windows as large as the sizes ask."""
        made, given = (ranked(shape)[-self.dimensions :] for shape in (output, inputs[0]))
        if all(surely(size == 1) for size in made):
            return EVERYTHING
        extents = (widest(whole, size) for whole, size in zip(given, made, strict=True))
        strides = (Fraction(whole, size) for whole, size in zip(given, made, strict=True))
        return Window(tuple(extents), tuple(strides))


def widest(size: int, windows: int) -> int:
    """The longest of the windows that adaptive pooling cuts an axis into."""
    return max(-(-(at + 1) * size // windows) - at * size // windows for at in range(windows))


class AdaptiveAveraging(AdaptivePooling):
    """Where the map gets size 1, torch takes the mean over the last axes, however many stand before."""

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        least = self.dimensions + int(isinstance(self.output_size, tuple | list))
        expect(len(axes) >= least, "axes", wants=self.dimensions + 2, got=len(axes))
        wanted = self.pooled(axes[-self.dimensions :])
        if any(surely(want != 1) for want in wanted):
            return super().output(x)
        return (*axes[: -self.dimensions], *wanted)


@record
class AdaptiveMaxPooling(AdaptivePooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html"""

    return_indices: Any = False


@describes("torch.nn.AdaptiveAvgPool1d")
class AdaptiveAvgPool1d(AdaptivePooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html"""

    operation = "adaptive_avg_pool1d"
    dimensions = 1


@describes("torch.nn.AdaptiveAvgPool2d")
class AdaptiveAvgPool2d(AdaptiveAveraging):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html"""

    operation = "adaptive_avg_pool2d"
    dimensions = 2


@describes("torch.nn.AdaptiveAvgPool3d")
class AdaptiveAvgPool3d(AdaptiveAveraging):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool3d.html"""

    operation = "adaptive_avg_pool3d"
    dimensions = 3


@describes("torch.nn.AdaptiveMaxPool1d")
class AdaptiveMaxPool1d(AdaptiveMaxPooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html"""

    operation = "adaptive_max_pool1d"
    dimensions = 1


@describes("torch.nn.AdaptiveMaxPool2d")
class AdaptiveMaxPool2d(AdaptiveMaxPooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html"""

    operation = "adaptive_max_pool2d"
    dimensions = 2


@describes("torch.nn.AdaptiveMaxPool3d")
class AdaptiveMaxPool3d(AdaptiveMaxPooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool3d.html"""

    operation = "adaptive_max_pool3d"
    dimensions = 3


@record
class FractionalPooling(Pooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html"""

    kernel_size: Any
    output_size: Any = None
    output_ratio: Any = None
    return_indices: Any = False
    _random_samples: Any = None

    def pooled(self, sizes: tuple[Any, ...]) -> tuple[Any, ...]:
        if self.output_size is not None and not is_unknown(self.output_size):
            return each_axis(self.output_size, self.dimensions)
        return (Unknown("a fraction of the size"),) * self.dimensions


@describes("torch.nn.FractionalMaxPool2d")
class FractionalMaxPool2d(FractionalPooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html"""

    operation = "fractional_max_pool2d"
    dimensions = 2


@describes("torch.nn.FractionalMaxPool3d")
class FractionalMaxPool3d(FractionalPooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool3d.html"""

    operation = "fractional_max_pool3d"
    dimensions = 3


@record
class Unpooling(Layer):
    """Puts pooled values back where they came from; the size it had is not known here.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html
    """

    role = "upsampling"
    kernel_size: Any
    stride: Any = None
    padding: Any = 0


@describes("torch.nn.MaxUnpool1d")
class MaxUnpool1d(Unpooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html"""

    operation = "max_unpool1d"


@describes("torch.nn.MaxUnpool2d")
class MaxUnpool2d(Unpooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html"""

    operation = "max_unpool2d"


@describes("torch.nn.MaxUnpool3d")
class MaxUnpool3d(Unpooling):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html"""

    operation = "max_unpool3d"
