"""Layers that move values about: flattening, scaling, padding, shuffling. Nothing is learned."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

from cnnlint.facts import Layer, Shape, Window
from cnnlint.knowledge.describe import describes, expect, ranked
from cnnlint.knowledge.shapes import (
    axis_name,
    expect_rank,
    expect_size,
    flattened,
    padded,
    resized,
    unflattened,
)
from cnnlint.records import record
from cnnlint.values import Unknown


@describes("torch.nn.Flatten")
@record
class Flatten(Layer):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html"""

    role = "shape"
    operation = "flatten"
    start_dim: Any = 1
    end_dim: Any = -1

    def output(self, x: Shape) -> Shape:
        return flattened(x, self.start_dim, self.end_dim)


@describes("torch.nn.Unflatten")
@record
class Unflatten(Layer):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Unflatten.html"""

    role = "shape"
    operation = "unflatten"
    dim: Any
    unflattened_size: Any

    def output(self, x: Shape) -> Shape:
        return unflattened(x, self.dim, self.unflattened_size)


#: Places of the input along each axis that a value is interpolated from.
INTERPOLATED = {"nearest": 1, "nearest-exact": 1, "linear": 2, "bilinear": 2, "trilinear": 2, "bicubic": 4}


class Interpolation(Layer):
    """What all interpolation shares: the sizes set, or multiplied."""

    role = "upsampling"
    operation = "interpolate"
    size: Any
    scale_factor: Any
    mode: Any

    def output(self, x: Shape) -> Shape:
        return resized(x, self.size, self.scale_factor)

    def window(self, output: Shape, *inputs: Shape) -> Any:
        """Between how many places it interpolates, and how near its values come to lie."""
        made, given = (ranked(shape)[2:] for shape in (output, inputs[0]))
        strides = tuple(
            Fraction(1, self.scale_factor) if isinstance(self.scale_factor, int) else Fraction(size, into)
            for size, into in zip(given, made, strict=True)
        )
        return Window(INTERPOLATED.get(self.mode, Unknown("mode not known")), strides)


@describes("torch.nn.Upsample")
@record
class Upsample(Interpolation):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html"""

    size: Any = None
    scale_factor: Any = None
    mode: Any = "nearest"
    align_corners: Any = None
    recompute_scale_factor: Any = None


@describes("torch.nn.UpsamplingNearest2d")
@record
class UpsamplingNearest2d(Interpolation):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.UpsamplingNearest2d.html"""

    mode = "nearest"
    size: Any = None
    scale_factor: Any = None


@describes("torch.nn.UpsamplingBilinear2d")
class UpsamplingBilinear2d(UpsamplingNearest2d):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.UpsamplingBilinear2d.html"""

    mode = "bilinear"

    def output(self, x: Shape) -> Shape:
        expect_rank(ranked(x), 4)
        return super().output(x)


@describes("torch.nn.PixelShuffle")
@record
class PixelShuffle(Layer):
    """Channels become pixels: [..., C * r * r, H, W] to [..., C, H * r, W * r].

    https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html
    """

    role = "upsampling"
    operation = "pixel_shuffle"
    upscale_factor: Any

    def window(self, output: Shape, *inputs: Shape) -> Any:
        return Window(1, Fraction(1, self.upscale_factor))

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        expect(len(axes) >= 3, "axes", wants=4, got=len(axes))
        *batch, channels, height, width = axes
        factor = self.upscale_factor
        made = channels // (factor * factor)
        expect_size("channels", wants=made * factor * factor, got=channels)
        return (*batch, made, height * factor, width * factor)


@describes("torch.nn.PixelUnshuffle")
@record
class PixelUnshuffle(Layer):
    """Pixels become channels: [..., C, H * r, W * r] to [..., C * r * r, H, W].

    https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html
    """

    role = "shape"
    operation = "pixel_unshuffle"
    downscale_factor: Any

    def window(self, output: Shape, *inputs: Shape) -> Any:
        return Window(self.downscale_factor, self.downscale_factor)

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        expect(len(axes) >= 3, "axes", wants=4, got=len(axes))
        *batch, channels, height, width = axes
        factor = self.downscale_factor
        expect_size("height", wants=height // factor * factor, got=height)
        expect_size("width", wants=width // factor * factor, got=width)
        return (*batch, channels * factor * factor, height // factor, width // factor)


@describes("torch.nn.ChannelShuffle")
@record
class ChannelShuffle(Layer):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html"""

    role = "shape"
    operation = "channel_shuffle"
    groups: Any

    def window(self, output: Shape, *inputs: Shape) -> Any:
        return Window()

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        expect(len(axes) >= 3, "axes", wants=4, got=len(axes))
        expect_size("groups", wants=axes[1] // self.groups * self.groups, got=axes[1])
        return axes


class Padding(Layer):
    """What all padding shares: `padding` is (before, after) for each axis, the last axis first."""

    role = "shape"
    operation = "pad"
    dimensions: ClassVar[int]
    mode: ClassVar[str]
    padding: Any

    def output(self, x: Shape) -> Shape:
        given = self.padding
        pads = tuple(given) if isinstance(given, tuple | list) else (given,) * (2 * self.dimensions)
        axes = ranked(x)
        if self.mode != "constant":
            expect_rank(axes, self.dimensions + 1, self.dimensions + 2)
            self.check_reach(axes, pads)
        return padded(axes, pads)

    def window(self, output: Shape, *inputs: Shape) -> Any:
        return Window()

    def check_reach(self, axes: tuple[Any, ...], pads: tuple[Any, ...]) -> None:
        """What is repeated must be there: less than the size reflected, no more than it wrapped around."""
        beyond = {"reflect": 0, "circular": 1}.get(self.mode)
        for at in range(-1, -self.dimensions - 1, -1) if beyond is not None else ():
            for pad in pads[-2 * at - 2 : -2 * at]:
                name = axis_name(len(axes) + at, len(axes))
                expect(axes[at] + beyond > pad, name, wants=pad + 1 - beyond, got=axes[at])


@record
class PlainPadding(Padding):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad2d.html"""

    padding: Any


@record
class ConstantPadding(Padding):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad2d.html"""

    mode = "constant"
    padding: Any
    value: Any


for _kind, _mode, _base in (
    ("ZeroPad", "constant", PlainPadding),
    ("ConstantPad", "constant", ConstantPadding),
    ("ReflectionPad", "reflect", PlainPadding),
    ("ReplicationPad", "replicate", PlainPadding),
    ("CircularPad", "circular", PlainPadding),
):
    for _dimensions in (1, 2, 3):
        _name = f"{_kind}{_dimensions}d"
        _page = f"https://docs.pytorch.org/docs/stable/generated/torch.nn.{_name}.html"
        _options = {"mode": _mode, "dimensions": _dimensions, "__doc__": _page, "__module__": __name__}
        globals()[_name] = describes(f"torch.nn.{_name}")(type(_name, (_base,), _options))
