"""Further calls: the operations described by table, and those that come in one form for each dimension."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from cnnlint.knowledge.ops import elementwise
from tests.knowledge.op_calls import T, any_tensor, axis, call, flag, image, mixed, size, sizes, tensors

__all__ = ["MORE_CALLS", "NO_SHAPES"]

whole = mixed.map(lambda drawn: drawn._replace(dtype="int64"))
truths = mixed.map(lambda drawn: drawn._replace(dtype="bool"))
#: [N, C, L] and [N, C, D, H, W] with and without the batch, and now and then something else.
line = st.sampled_from([(2, 4, 7), (4, 7), (2, 3, 5), (2, 4, 6, 6)]).map(T)
volume = st.sampled_from([(2, 4, 5, 6, 5), (4, 5, 6, 5), (2, 3, 4, 4, 4), (2, 4, 6)]).map(T)
window = st.sampled_from([2, 3, 9])
filled = sizes.filter(lambda each: -1 not in each)
rows = T((2, 3), "int64")

KEEPING = {
    **dict.fromkeys(elementwise.KEEPING, call(any_tensor)),
    **dict.fromkeys(("cumprod", "logcumsumexp", "cumsum"), call(tensors(low=4), axis)),
    **dict.fromkeys(("fliplr", "flipud", "triu", "tril"), call(tensors(low=2))),
    "flip": call(tensors(low=2), (0, 1)),
    "roll": call(tensors(low=1), 1, dims=0),
    "renorm": call(T((2, 3, 4)), 2, st.integers(-3, 2), 5),
    "scatter": call(T((2, 3)), 1, rows, T((2, 3))),
    "scatter_add": call(T((2, 3)), 1, rows, T((2, 3))),
    "index_fill": call(T((2, 3)), 1, T((1,), "int64"), 2),
    "index_copy": call(T((2, 3)), 1, T((1,), "int64"), T((2, 1))),
    "index_add": call(T((2, 3)), 1, T((1,), "int64"), T((2, 1))),
    "index_put": call(T((2, 3)), (T((1,), "int64"),), T((3,))),
}
CASTS = "double half bfloat16 int short char byte bool cpu".split()
PLACED = ("contiguous", "pin_memory")
WHOLE = "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift".split()
BOTH = {name: call(mixed, mixed) for name in (*elementwise.BROADCASTING, *elementwise.COMPARING)}

MORE_CALLS: dict[str, Any] = {
    **{f"Tensor.{name}": call(any_tensor) for name in (*elementwise.MATH, *elementwise.ASKING)},
    **{f"Tensor.{name}": drawn for name, drawn in KEEPING.items() if name not in PLACED},
    **{f"Tensor.{name}": drawn for name, drawn in BOTH.items() if name not in ("hypot", "rsub", *WHOLE)},
    **{f"Tensor.{name}": call(whole, whole) for name in WHOLE},
    "Tensor.hypot": call(mixed, mixed),
    "Tensor.float_power": call(mixed, mixed),
    "rsub": call(mixed, mixed),
    "Tensor.normal_": call(any_tensor, 0.0, 2.0),
    "Tensor.uniform_": call(any_tensor, 0.0, 2.0),
    "Tensor.log_normal_": call(any_tensor),
    "Tensor.exponential_": call(any_tensor),
    "Tensor.cauchy_": call(any_tensor),
    "Tensor.geometric_": call(any_tensor, 0.5),
    "Tensor.random_": call(any_tensor),
    "Tensor.fill_": call(any_tensor, 3),
    "Tensor.zero_": call(any_tensor),
    "Tensor.copy_": call(T((2, 3)), T((2, 3))),
    "Tensor.masked_scatter_": call(T((2, 3)), T((2, 3), "bool"), T((6,))),
    "clamp_min": call(any_tensor, 0),
    "clamp_max": call(any_tensor, 0),
    "addcdiv": call(mixed, mixed, mixed),
    "nn.functional.gumbel_softmax": call(tensors(low=1), hard=flag),
    **{f"Tensor.{name}": call(any_tensor) for name in CASTS},
    "Tensor.type_as": call(any_tensor, any_tensor),
    "nn.functional.conv3d": call(volume, st.sampled_from([(6, 4, 3, 3, 3), (6, 2, 1, 1, 1)]).map(T),
                                 stride=size, padding=st.integers(0, 1), groups=st.integers(1, 2)),
    "nn.functional.conv_transpose1d": call(line, T((4, 5, 2)), stride=size, padding=st.integers(0, 1)),
    "nn.functional.conv_transpose3d": call(volume, T((4, 5, 2, 2, 2)), stride=size),
    **{name: call(filled) | call(2, 3) for name in ("ones", "rand", "empty")},
    **{f"{name}_like": call(any_tensor) for name in ("zeros", "rand", "randn", "empty")},
    "full_like": call(any_tensor, 2.0),
    "randint_like": call(any_tensor, 9),
    **{f"Tensor.new_{name}": call(any_tensor, (2, 3)) | call(any_tensor, 4, 1) for name in ("ones", "empty")},
    "Tensor.new_full": call(any_tensor, (2, 3), 1.5),
    "normal": call(0.0, 1.0, (2, 3)) | call(T((2, 3)), 1.0),
    **{f"nn.functional.{name}": call(any_tensor) for name in
       "logsigmoid softsign tanhshrink relu6 selu silu mish hardswish hardsigmoid rrelu elu celu hardtanh "
       "softplus softshrink hardshrink".split()},
    "nn.functional.threshold": call(any_tensor, 0.1, 2.0),
    "nn.functional.softmin": call(tensors(low=4), axis),
    **{f"nn.functional.{name}": call(drawn, 0.5, training=flag) for name, drawn in
       {"dropout1d": line, "dropout2d": image, "dropout3d": volume, "alpha_dropout": any_tensor,
        "feature_alpha_dropout": image}.items()},
    **{name: call(any_tensor, 0.5, flag) for name in ("dropout", "alpha_dropout")},
    "feature_alpha_dropout": call(tensors(low=2), 0.5, flag),
    "nn.functional.max_pool3d": call(volume, window, stride=size, ceil_mode=flag),
    "nn.functional.avg_pool1d": call(line, window, stride=size, ceil_mode=flag),
    "nn.functional.avg_pool3d": call(volume, window, stride=size, ceil_mode=flag),
    "nn.functional.lp_pool1d": call(line, 2, window, stride=size, ceil_mode=flag),
    "nn.functional.lp_pool2d": call(image, 2, window, stride=size, ceil_mode=flag),
    "nn.functional.lp_pool3d": call(volume, 2, window, stride=size),
    "nn.functional.fractional_max_pool2d": call(T((2, 4, 8, 8)), 2, output_size=st.sampled_from([3, (4, 5)]))
    .filter(lambda drawn: bool(drawn.keywords)),
    "nn.functional.fractional_max_pool3d": call(T((2, 4, 8, 8, 8)), 2, output_size=(4, 5, 3))
    .filter(lambda drawn: bool(drawn.keywords)),
    "nn.functional.adaptive_avg_pool1d": call(line, st.sampled_from([1, 3])),
    "nn.functional.adaptive_avg_pool3d": call(volume, st.sampled_from([1, 3, (2, None, 1)])),
    "nn.functional.adaptive_max_pool1d": call(line, st.sampled_from([1, 3]), return_indices=flag),
    "nn.functional.adaptive_max_pool2d": call(image, st.sampled_from([1, (2, 3)]), return_indices=flag),
    "nn.functional.adaptive_max_pool3d": call(volume, st.sampled_from([1, (2, 3, 1)]), return_indices=flag),
    "nn.functional.rms_norm": call(mixed, st.sampled_from([(4,), (3, 4), (1,)])),
    "nn.functional.pixel_unshuffle": call(image, st.sampled_from([2, 3])),
    "channel_shuffle": call(T((2, 6, 2, 2)), st.sampled_from([2, 3])),
    "nn.functional.fold": call(T((2, 12, 9)), (4, 4), 2) | call(T((2, 12, 8)), (4, 4), 2),
    **{f"nn.functional.upsample{name}": call(T((2, 3, 4, 4)), st.sampled_from([7, (8, 9)]))
       for name in ("", "_nearest", "_bilinear")},
    "take": call(any_tensor.filter(lambda drawn: 0 not in drawn.shape), T((1, 2), "int64")),
    "nansum": call(any_tensor, axis, keepdim=flag),
    "nanmean": call(any_tensor, axis, keepdim=flag),
    "amin": call(any_tensor, axis, keepdim=flag),
    "any": call(any_tensor, dim=axis),
    "nanmedian": call(any_tensor, dim=axis),
    "linalg.vector_norm": call(any_tensor, 2, axis, keepdim=flag),
    "mode": call(tensors(low=1), axis),
    "cummin": call(tensors(low=4), axis),
    "trace": call(tensors()),
    "dist": call(T((2, 3)), T((2, 3))),
    "hstack": call(st.lists(mixed.filter(lambda drawn: drawn.shape), min_size=1, max_size=2)),
    "ravel": call(any_tensor),
    "adjoint": call(tensors(low=2)),
    "broadcast_to": call(mixed, st.sampled_from([(2, 3, 4), (5, 2, 3, 4), (3, 4)])),
    "nn.functional.logsigmoid": call(any_tensor),
}  # fmt: skip

#: Described for what they mean, not for a shape that could be compared here, and why.
NO_SHAPES = {
    "whose values or places in memory decide": [
        "masked_select", "nonzero", "bincount", "equal", "Tensor.item", "Tensor.is_contiguous",
    ],
    "not reckoned": [
        "kron", "take_along_dim", "nn.functional.max_unpool1d", "nn.functional.max_unpool2d",
        "nn.functional.max_unpool3d",
    ],
    "where it lives, which no CPU can tell": [
        "Tensor.cuda", "Tensor.xpu", "Tensor.pin_memory", "Tensor.share_memory_", "Tensor.record_stream",
        "Tensor.contiguous",
    ],
    "given a dtype or device by name": ["Tensor.to", "Tensor.type"],
    "made of something else than tensors": [
        "from_numpy", "FloatTensor", "DoubleTensor", "HalfTensor", "LongTensor", "Tensor", "IntTensor",
        "ShortTensor", "ByteTensor", "BoolTensor",
    ],
    "spelled so in no torch, or only in old ones": [
        "Tensor.new_rand", "Tensor.new_randn", "dropout1d", "dropout2d", "dropout3d",
    ],
}  # fmt: skip
