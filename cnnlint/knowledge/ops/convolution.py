"""Convolutions, linear maps, normalisations and lookups whose weights are given as tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnlint.facts import Shape, Tensor
from cnnlint.knowledge.describe import apply, describes, expect, ranked
from cnnlint.knowledge.layers import conv, norm
from cnnlint.knowledge.layers.attention import ScaledAttention
from cnnlint.knowledge.layers.distance import CosineSimilarity, PairwiseDistance
from cnnlint.knowledge.layers.linear import Bilinear, Linear
from cnnlint.knowledge.ops.made import functional, without_graph
from cnnlint.knowledge.shapes import broadcast, expect_rank, expect_size
from cnnlint.values import Unknown, is_unknown


def convolution(layer: Any) -> Callable[..., Tensor]:
    """The function that convolves with a weight [out, in / groups, kernel]."""

    def function(
        input: Tensor,
        weight: Tensor,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: Any = 1,
    ) -> Tensor:
        options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}

        def same() -> Any:
            made, taken, *kernel = ranked(weight.shape)
            expect(len(kernel) == layer.dimensions, "axes", wants=layer.dimensions + 2, got=len(kernel) + 2)
            return layer(taken * groups, made, tuple(kernel), **options)

        return apply(
            layer.operation,
            [input, weight, bias],
            lambda: same().output(input.shape),
            acts_as=same,
            **options,
        )

    return function


def transposed_convolution(layer: Any) -> Callable[..., Tensor]:
    """The function that convolves, transposed, with a weight [in, out / groups, kernel]."""

    def function(
        input: Tensor,
        weight: Tensor,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: Any = 1,
        dilation: Any = 1,
    ) -> Tensor:
        options = {"stride": stride, "padding": padding, "output_padding": output_padding,
                   "groups": groups, "dilation": dilation}  # fmt: skip

        def same() -> Any:
            taken, made, *kernel = ranked(weight.shape)
            expect(len(kernel) == layer.dimensions, "axes", wants=layer.dimensions + 2, got=len(kernel) + 2)
            return layer(taken, made * groups, tuple(kernel), **options)

        return apply(
            layer.operation,
            [input, weight, bias],
            lambda: same().output(input.shape),
            acts_as=same,
            **options,
        )

    return function


for _layer in (conv.Conv1d, conv.Conv2d, conv.Conv3d):
    _name = _layer.operation
    describes(*functional(_name), f"torch.{_name}")(convolution(_layer))
for _transposed in (conv.ConvTranspose1d, conv.ConvTranspose2d, conv.ConvTranspose3d):
    _name = _transposed.operation
    describes(*functional(_name), f"torch.{_name}")(transposed_convolution(_transposed))


@describes("torch.nn.functional.linear")
def linear(input: Tensor, weight: Tensor, bias: Any = None) -> Tensor:
    """`input @ weight.T + bias`, the weight being [out, in]."""

    def same() -> Linear:
        axes = ranked(weight.shape)
        expect_rank(axes, 1, 2)
        return Linear(axes[-1], axes[0])

    def shape() -> Shape:
        result = same().output(input.shape)
        return result if len(ranked(weight.shape)) == 2 else result[:-1]

    return apply("linear", [input, weight, bias], shape, acts_as=same)


@describes("torch.nn.functional.bilinear", "torch.bilinear")
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Any = None) -> Tensor:
    """The weight is [out, in1, in2]."""

    def same() -> Bilinear:
        made, first, second = ranked(weight.shape)
        return Bilinear(first, second, made)

    return apply(
        "bilinear",
        [input1, input2, weight, bias],
        lambda: same().output(input1.shape, input2.shape),
        acts_as=same,
    )


@describes("torch.nn.functional.batch_norm")
def batch_norm(
    input: Tensor,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: Any = False,
    momentum: Any = 0.1,
    eps: Any = 1e-05,
) -> Tensor:
    """Every axis but the channels is averaged over; the shape is kept."""
    return apply(
        "batch_norm",
        [input, running_mean, running_var, weight, bias],
        lambda: with_channels(input, running_mean, running_var, weight, bias),
        training=training,
        momentum=momentum,
        eps=eps,
    )


@describes("torch.nn.functional.instance_norm")
def instance_norm(
    input: Tensor,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: Any = True,
    momentum: Any = 0.1,
    eps: Any = 1e-05,
) -> Tensor:
    """Each channel of each example is normalised; the shape is kept."""
    return apply(
        "instance_norm",
        [input, running_mean, running_var, weight, bias],
        lambda: with_channels(input, running_mean, running_var, weight, bias),
        use_input_stats=use_input_stats,
    )


@describes("torch.nn.functional.group_norm", "torch.group_norm")
def group_norm(
    input: Tensor, num_groups: Any, weight: Any = None, bias: Any = None, eps: Any = 1e-05
) -> Tensor:
    """Groups of channels are normalised; the shape is kept."""

    def shape() -> Shape:
        axes = with_channels(input, weight, bias)
        return norm.GroupNorm(num_groups, axes[1]).output(axes)

    return apply("group_norm", [input, weight, bias], shape, num_groups=num_groups)


def with_channels(input: Tensor, *vectors: Any) -> Shape:
    """The input's shape; each vector has one number for each of its channels."""
    axes = ranked(input.shape)
    expect(len(axes) >= 2, "axes", wants=2, got=len(axes))
    for vector in vectors:
        if isinstance(vector, Tensor) and isinstance(vector.shape, tuple):
            expect_size("channels", wants=ranked(vector.shape)[0], got=axes[1])
    return axes


@describes("torch.nn.functional.prelu", "torch.prelu", "torch.Tensor.prelu")
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """One slope, or one for each channel."""
    return apply("prelu", [input, weight], input.shape)


@describes("torch.nn.functional.embedding")
def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: Any = None,
    max_norm: Any = None,
    norm_type: Any = 2.0,
    scale_grad_by_freq: Any = False,
    sparse: Any = False,
) -> Tensor:
    """The row of the weight [rows, features] for each index."""
    return apply(
        "embedding",
        [input, weight],
        lambda: (*tuple(input.shape), ranked(weight.shape)[1]),
        dtype=weight.dtype,
        padding_idx=padding_idx,
    )


@describes("torch.nn.functional.one_hot")
def one_hot(tensor: Tensor, num_classes: Any = -1) -> Tensor:
    """A new last axis with a 1 at each index; without a number it has the largest index and one more."""
    classes = num_classes if is_unknown(num_classes) or num_classes != -1 else Unknown("the largest index")
    result = apply("one_hot", [tensor], lambda: (*tuple(tensor.shape), classes), num_classes=num_classes)
    return without_graph(result, "int64")


@describes("torch.nn.functional.grid_sample")
def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: Any = "bilinear",
    padding_mode: Any = "zeros",
    align_corners: Any = None,
) -> Tensor:
    """[N, C, H, W] read at the places of a grid [N, height, width, 2]."""

    def shape() -> Shape:
        axes, places = ranked(input.shape), ranked(grid.shape)
        expect_rank(axes, 5, 4)
        expect(len(places) == len(axes), "axes", wants=len(axes), got=len(places))
        expect_size("batch", wants=axes[0], got=places[0])
        expect_size("features", wants=len(axes) - 2, got=places[-1])
        return (*axes[:2], *places[1:-1])

    return apply("grid_sample", [input, grid], shape, mode=mode, padding_mode=padding_mode)


@describes("torch.nn.functional.affine_grid")
def affine_grid(theta: Tensor, size: Any, align_corners: Any = None) -> Tensor:
    """A grid [N, *sizes, dimensions] for maps of `size` [N, C, *sizes]."""
    return apply("affine_grid", [theta], lambda: (size[0], *tuple(size[2:]), len(size) - 2))


@describes("torch.nn.functional.scaled_dot_product_attention")
def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Any = None,
    dropout_p: Any = 0.0,
    is_causal: Any = False,
    *,
    scale: Any = None,
    enable_gqa: Any = False,
) -> Tensor:
    """[..., L, E], [..., S, E] and [..., S, V] to [..., L, V]."""

    def shape() -> Shape:
        queries, keys, values = ranked(query.shape), ranked(key.shape), ranked(value.shape)
        expect_size("embedding", wants=queries[-1], got=keys[-1])
        expect_size("length", wants=keys[-2], got=values[-2])
        batch = queries[:-2] if enable_gqa else broadcast(queries[:-2], keys[:-2], values[:-2])
        return (*batch, queries[-2], values[-1])

    return apply(
        "scaled_dot_product_attention",
        [query, key, value, attn_mask],
        shape,
        acts_as=ScaledAttention(),
        dropout_p=dropout_p,
    )


@describes("torch.nn.functional.cosine_similarity", "torch.cosine_similarity")
def cosine_similarity(x1: Tensor, x2: Tensor, dim: Any = 1, eps: Any = 1e-08) -> Tensor:
    """The axis `dim` goes away."""
    return apply("cosine_similarity", [x1, x2], lambda: CosineSimilarity(dim).output(x1.shape, x2.shape))


@describes("torch.nn.functional.pairwise_distance", "torch.pairwise_distance")
def pairwise_distance(x1: Tensor, x2: Tensor, p: Any = 2.0, eps: Any = 1e-06, keepdim: Any = False) -> Tensor:
    """The last axis goes away, or becomes 1."""
    layer = PairwiseDistance(keepdim=keepdim)
    return apply("pairwise_distance", [x1, x2], lambda: layer.output(x1.shape, x2.shape))
