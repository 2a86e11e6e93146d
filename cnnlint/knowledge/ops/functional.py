"""The functions of torch.nn.functional that do what a layer does, by table."""

from __future__ import annotations

from dataclasses import MISSING
from typing import Any

from cnnlint.facts import Layer
from cnnlint.knowledge.layers import activation, conv, dropout, norm, pooling, shape
from cnnlint.knowledge.ops.made import describe_like, functional, spelled

#: Each row: the function, the layer, its parameters after `input`, and defaults that differ from the layer's.
Row = tuple[str, type[Layer], str, dict[str, Any]]

PLAIN_ACTIVATIONS = tuple({**activation.PLAIN, **activation.INPLACE}.items())
SOFTMAX = "dim _stacklevel dtype"
SOFTMAX_DEFAULTS = {"_stacklevel": 3, "dtype": None}

ACTIVATIONS: tuple[Row, ...] = (
    ("leaky_relu", activation.LeakyReLU, "negative_slope inplace", {}),
    ("rrelu", activation.RReLU, "lower upper training inplace", {"training": False}),
    ("elu", activation.ELU, "alpha inplace", {}),
    ("celu", activation.CELU, "alpha inplace", {}),
    ("gelu", activation.GELU, "approximate", {}),
    ("hardtanh", activation.Hardtanh, "min_val max_val inplace", {}),
    ("softplus", activation.Softplus, "beta threshold", {}),
    ("softshrink", activation.Softshrink, "lambd", {}),
    ("hardshrink", activation.Hardshrink, "lambd", {}),
    ("threshold", activation.Threshold, "threshold value inplace", {}),
    ("glu", activation.GLU, "dim", {}),
    ("softmax", activation.Softmax, SOFTMAX, SOFTMAX_DEFAULTS),
    ("log_softmax", activation.LogSoftmax, SOFTMAX, SOFTMAX_DEFAULTS),
    ("softmin", activation.Softmin, SOFTMAX, SOFTMAX_DEFAULTS),
)  # fmt: skip

DROPOUT = (
    ("dropout", dropout.Dropout, True), ("dropout1d", dropout.Dropout1d, True),
    ("dropout2d", dropout.Dropout2d, True), ("dropout3d", dropout.Dropout3d, True),
    ("alpha_dropout", dropout.AlphaDropout, False),
    ("feature_alpha_dropout", dropout.FeatureAlphaDropout, False),
)  # fmt: skip

MAX_POOL = "kernel_size stride padding dilation ceil_mode return_indices"
AVG_POOL = "kernel_size stride padding ceil_mode count_include_pad"
FRACTIONAL = "kernel_size output_size output_ratio return_indices _random_samples"
POOLING: tuple[Row, ...] = (
    ("max_pool1d", pooling.MaxPool1d, MAX_POOL, {}),
    ("max_pool2d", pooling.MaxPool2d, MAX_POOL, {}),
    ("max_pool3d", pooling.MaxPool3d, MAX_POOL, {}),
    ("avg_pool1d", pooling.AvgPool1d, AVG_POOL, {}),
    ("avg_pool2d", pooling.AvgPool2d, f"{AVG_POOL} divisor_override", {}),
    ("avg_pool3d", pooling.AvgPool3d, f"{AVG_POOL} divisor_override", {}),
    ("lp_pool1d", pooling.LPPool1d, "norm_type kernel_size stride ceil_mode", {}),
    ("lp_pool2d", pooling.LPPool2d, "norm_type kernel_size stride ceil_mode", {}),
    ("lp_pool3d", pooling.LPPool3d, "norm_type kernel_size stride ceil_mode", {}),
    ("fractional_max_pool2d", pooling.FractionalMaxPool2d, FRACTIONAL, {}),
    ("fractional_max_pool3d", pooling.FractionalMaxPool3d, FRACTIONAL, {}),
    ("adaptive_avg_pool1d", pooling.AdaptiveAvgPool1d, "output_size", {}),
    ("adaptive_avg_pool2d", pooling.AdaptiveAvgPool2d, "output_size", {}),
    ("adaptive_avg_pool3d", pooling.AdaptiveAvgPool3d, "output_size", {}),
    ("adaptive_max_pool1d", pooling.AdaptiveMaxPool1d, "output_size return_indices", {}),
    ("adaptive_max_pool2d", pooling.AdaptiveMaxPool2d, "output_size return_indices", {}),
    ("adaptive_max_pool3d", pooling.AdaptiveMaxPool3d, "output_size return_indices", {}),
)

UNPOOL = ("indices kernel_size stride padding output_size", {"indices": MISSING, "output_size": None})
UNPOOLING: tuple[Row, ...] = (
    ("max_unpool1d", pooling.MaxUnpool1d, *UNPOOL),
    ("max_unpool2d", pooling.MaxUnpool2d, *UNPOOL),
    ("max_unpool3d", pooling.MaxUnpool3d, *UNPOOL),
)

OTHERS: tuple[Row, ...] = (
    ("local_response_norm", norm.LocalResponseNorm, "size alpha beta k", {}),
    ("layer_norm", norm.LayerNorm, "normalized_shape weight bias eps", {"weight": None, "bias": None}),
    ("rms_norm", norm.RMSNorm, "normalized_shape weight eps", {"weight": None}),
    ("pixel_shuffle", shape.PixelShuffle, "upscale_factor", {}),
    ("pixel_unshuffle", shape.PixelUnshuffle, "downscale_factor", {}),
    ("channel_shuffle", shape.ChannelShuffle, "groups", {}),
    ("unfold", conv.Unfold, "kernel_size dilation padding stride", {}),
    ("fold", conv.Fold, "output_size kernel_size dilation padding stride", {}),
    ("interpolate", shape.Upsample, "size scale_factor mode align_corners recompute_scale_factor antialias",
     {"antialias": False}),
    ("upsample", shape.Upsample, "size scale_factor mode align_corners", {}),
    ("upsample_nearest", shape.UpsamplingNearest2d, "size scale_factor", {}),
    ("upsample_bilinear", shape.UpsamplingBilinear2d, "size scale_factor", {}),
)  # fmt: skip

for _kind, _name in PLAIN_ACTIVATIONS:
    _order = "inplace" if _kind in activation.INPLACE else ""
    describe_like(getattr(activation, _kind), spelled(_name), _order)
for _name, _layer, _order, _more in ACTIVATIONS:
    describe_like(_layer, spelled(_name), _order, **_more)
for _name, _dropout, _training in DROPOUT:
    describe_like(_dropout, functional(_name), "p training inplace", training=_training)
    describe_like(_dropout, [f"torch.{_name}", f"torch.{_name}_"], "p train", train=True)
for _name, _layer, _order, _more in (*POOLING, *UNPOOLING, *OTHERS):
    describe_like(_layer, [*functional(_name), f"torch.{_name}"], _order, **_more)
