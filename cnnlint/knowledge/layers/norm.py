"""Normalisation: the shape is kept, a named axis must have the size it was built for."""

from __future__ import annotations

from dataclasses import field
from typing import Any, ClassVar

from cnnlint.dims import Dim
from cnnlint.facts import Layer, Shape
from cnnlint.knowledge.describe import describes, expect, ranked
from cnnlint.knowledge.layers.conv import from_first_input, taken
from cnnlint.knowledge.shapes import SPATIAL_AXES, elements, expect_rank, expect_size
from cnnlint.records import record
from cnnlint.values import surely


class Normalization(Layer):
    """What all normalisations share."""

    role = "normalization"


class AnyBatchNorm(Normalization):
    """What all batch normalisations share: [N, C, ...] of one of `ranks`."""

    operation = "batch_norm"
    modal = True
    ranks: ClassVar[tuple[int, ...]] = ()
    num_features: Any
    affine: Any
    track_running_stats: Any
    bias: Any

    def admits(self) -> Shape:
        if len(self.ranks) != 1:
            return super().admits()
        sizes = (Dim.symbol(axis[0].upper()) for axis in SPATIAL_AXES[self.ranks[0] - 2])
        return (Dim.symbol("N"), self.num_features, *sizes)

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        if self.ranks:
            expect_rank(axes, *self.ranks)
        expect(len(axes) >= 2, "axes", wants=2, got=len(axes))
        if uses_number(self):
            expect_size("channels", wants=self.num_features, got=axes[1])
        return axes

    def own_parameter_count(self) -> Any:
        return learned(self.affine, self.num_features, self.bias)


def uses_number(layer: AnyBatchNorm | InstanceNorm) -> bool:
    """It holds numbers for each channel; else how many channels it was built for does not matter."""
    return surely(layer.affine) or surely(layer.track_running_stats)


def learned(affine: Any, count: Any, bias: Any) -> Any:
    """A weight for each, and a bias for each, if it learns at all."""
    if not affine:
        return 0
    return 2 * count if bias else count


@record
class BatchNorm(AnyBatchNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html"""

    num_features: Any
    eps: Any = 1e-05
    momentum: Any = 0.1
    affine: Any = True
    track_running_stats: Any = True
    device: Any = None
    dtype: Any = None
    bias: Any = field(default=True, kw_only=True)


@describes("torch.nn.BatchNorm1d")
class BatchNorm1d(BatchNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html"""

    ranks = (3, 2)


@describes("torch.nn.BatchNorm2d")
class BatchNorm2d(BatchNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html"""

    ranks = (4,)


@describes("torch.nn.BatchNorm3d")
class BatchNorm3d(BatchNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm3d.html"""

    ranks = (5,)


@describes("torch.nn.SyncBatchNorm")
@record
class SyncBatchNorm(AnyBatchNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.SyncBatchNorm.html"""

    num_features: Any
    eps: Any = 1e-05
    momentum: Any = 0.1
    affine: Any = True
    track_running_stats: Any = True
    process_group: Any = None
    device: Any = None
    dtype: Any = None
    bias: Any = field(default=True, kw_only=True)


@record
class LazyBatchNorm(BatchNorm):
    """A batch normalisation that takes its channels from its first input."""

    num_features: Any = field(init=False, default_factory=from_first_input)

    def taken_from(self, x: Shape) -> dict[str, Any]:
        return taken(self, "num_features", x, 1)


@describes("torch.nn.LazyBatchNorm1d")
class LazyBatchNorm1d(LazyBatchNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm1d.html"""

    ranks = (3, 2)


@describes("torch.nn.LazyBatchNorm2d")
class LazyBatchNorm2d(LazyBatchNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm2d.html"""

    ranks = (4,)


@describes("torch.nn.LazyBatchNorm3d")
class LazyBatchNorm3d(LazyBatchNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm3d.html"""

    ranks = (5,)


@record
class InstanceNorm(Normalization):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html"""

    operation = "instance_norm"
    dimensions: ClassVar[int]
    num_features: Any
    eps: Any = 1e-05
    momentum: Any = 0.1
    affine: Any = False
    track_running_stats: Any = False
    device: Any = None
    dtype: Any = None
    bias: Any = field(default=True, kw_only=True)

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        expect_rank(axes, self.dimensions + 1, self.dimensions + 2)
        if uses_number(self):
            expect_size("channels", wants=self.num_features, got=axes[-self.dimensions - 1])
        return axes

    def own_parameter_count(self) -> Any:
        return learned(self.affine, self.num_features, self.bias)


@describes("torch.nn.InstanceNorm1d")
class InstanceNorm1d(InstanceNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm1d.html"""

    dimensions = 1


@describes("torch.nn.InstanceNorm2d")
class InstanceNorm2d(InstanceNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html"""

    dimensions = 2


@describes("torch.nn.InstanceNorm3d")
class InstanceNorm3d(InstanceNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm3d.html"""

    dimensions = 3


@record
class LazyInstanceNorm(InstanceNorm):
    """An instance normalisation that takes its channels from its first input."""

    num_features: Any = field(init=False, default_factory=from_first_input)
    affine: Any = True
    track_running_stats: Any = True

    def taken_from(self, x: Shape) -> dict[str, Any]:
        return taken(self, "num_features", x, -1 - self.dimensions)


@describes("torch.nn.LazyInstanceNorm1d")
class LazyInstanceNorm1d(LazyInstanceNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm1d.html"""

    dimensions = 1


@describes("torch.nn.LazyInstanceNorm2d")
class LazyInstanceNorm2d(LazyInstanceNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm2d.html"""

    dimensions = 2


@describes("torch.nn.LazyInstanceNorm3d")
class LazyInstanceNorm3d(LazyInstanceNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm3d.html"""

    dimensions = 3


class LastAxesNorm(Normalization):
    """Normalises over the last axes, which must have the sizes of `normalized_shape`."""

    any_rank = True
    normalized_shape: Any
    elementwise_affine: Any
    bias: Any = False

    @property
    def sizes(self) -> tuple[Any, ...]:
        shape = self.normalized_shape
        return tuple(shape) if isinstance(shape, tuple | list) else (shape,)

    def admits(self) -> Shape:
        return (..., *self.sizes)

    def output(self, x: Shape) -> Shape:
        axes = tuple(x)
        if axes and axes[0] is Ellipsis and len(axes) <= len(self.sizes):
            return (..., *self.sizes)
        expect(len(axes) >= len(self.sizes), "axes", wants=len(self.sizes), got=len(axes))
        for size, got in zip(reversed(self.sizes), reversed(axes), strict=False):
            expect_size("features", wants=size, got=got)
        return axes

    def own_parameter_count(self) -> Any:
        return learned(self.elementwise_affine, elements(self.sizes), self.bias)


@describes("torch.nn.LayerNorm")
@record
class LayerNorm(LastAxesNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html"""

    operation = "layer_norm"
    normalized_shape: Any
    eps: Any = 1e-05
    elementwise_affine: Any = True
    bias: Any = True
    device: Any = None
    dtype: Any = None


@describes("torch.nn.RMSNorm")
@record
class RMSNorm(LastAxesNorm):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html"""

    operation = "rms_norm"
    normalized_shape: Any
    eps: Any = None
    elementwise_affine: Any = True
    device: Any = None
    dtype: Any = None


@describes("torch.nn.GroupNorm")
@record
class GroupNorm(Normalization):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html"""

    operation = "group_norm"
    num_groups: Any
    num_channels: Any
    eps: Any = 1e-05
    affine: Any = True
    device: Any = None
    dtype: Any = None
    bias: Any = field(default=True, kw_only=True)

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        expect(len(axes) >= 2, "axes", wants=2, got=len(axes))
        for count in (self.num_channels, axes[1]):
            expect(count % self.num_groups == 0, "groups", wants=self.num_groups, got=count)
        if surely(self.affine):
            expect_size("channels", wants=self.num_channels, got=axes[1])
        return axes

    def own_parameter_count(self) -> Any:
        return learned(self.affine, self.num_channels, self.bias)


@describes("torch.nn.LocalResponseNorm")
@record
class LocalResponseNorm(Normalization):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html"""

    operation = "local_response_norm"
    size: Any
    alpha: Any = 0.0001
    beta: Any = 0.75
    k: Any = 1.0

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        expect(len(axes) >= 3, "axes", wants=4, got=len(axes))
        return axes


@describes("torch.nn.CrossMapLRN2d")
@record
class CrossMapLRN2d(Normalization):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html"""

    operation = "local_response_norm"
    size: Any
    alpha: Any = 0.0001
    beta: Any = 0.75
    k: Any = 1

    def output(self, x: Shape) -> Shape:
        expect_rank(ranked(x), 4)
        return x
