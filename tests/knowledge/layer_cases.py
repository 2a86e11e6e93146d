"""For each layer its options and the shape of its input, as strategies; some of them do not fit."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

number = st.integers(1, 3)
flag = st.booleans()
fraction = st.sampled_from([0.0, 0.1, 0.5])


def per_axis(dimensions: int, values: Any = number) -> Any:
    return values | st.tuples(*[values] * dimensions)


def options(**strategies: Any) -> Any:
    return st.fixed_dictionaries({}, optional=strategies)


def required(strategy: Any, **strategies: Any) -> Any:
    """Options of which these are always given."""
    return st.tuples(st.fixed_dictionaries(strategies), strategy).map(lambda both: {**both[0], **both[1]})


def maps(dimensions: int, channels: Any = 4, largest: int = 9) -> Any:
    """Shapes of maps, with and without a batch, now and then of a wrong rank."""
    size = st.integers(1, largest)
    return st.one_of(
        st.tuples(st.just(2), wanted(channels), *[size] * dimensions),
        st.tuples(wanted(channels), *[size] * dimensions),
        st.tuples(st.just(2), wanted(channels), *[size] * (dimensions + 1)),
        st.tuples(*[size] * dimensions),
    )


def wanted(size: int) -> Any:
    """Mostly this size."""
    return st.sampled_from([size, size, size, size + 1])


def vectors(size: int) -> Any:
    """Shapes of any rank whose last axis mostly has this size."""
    return st.tuples(st.lists(number, max_size=3), wanted(size)).map(lambda both: (*both[0], both[1]))


def conv(dimensions: int) -> Any:
    padding = per_axis(dimensions, st.integers(0, 2)) | st.sampled_from(["same", "valid"])
    return required(
        options(
            stride=per_axis(dimensions),
            padding=padding,
            dilation=per_axis(dimensions, st.integers(1, 2)),
            groups=st.sampled_from([1, 2, 3]),
            bias=flag,
        ),
        in_channels=st.just(4),
        out_channels=st.sampled_from([2, 4, 6]),
        kernel_size=per_axis(dimensions),
    )


def transposed(dimensions: int) -> Any:
    return required(
        options(
            stride=st.sampled_from([2, 3]),
            padding=per_axis(dimensions, st.integers(0, 2)),
            output_padding=st.integers(0, 1),
            dilation=per_axis(dimensions, st.integers(1, 2)),
            groups=st.sampled_from([1, 2, 3]),
            bias=flag,
        ),
        in_channels=st.just(4),
        out_channels=st.sampled_from([2, 4, 6]),
        kernel_size=per_axis(dimensions),
    ).map(lambda drawn: {"stride": 2, **drawn})


def without(strategy: Any, *names: str) -> Any:
    return strategy.map(lambda drawn: {name: drawn[name] for name in drawn if name not in names})


def max_pool(dimensions: int) -> Any:
    return required(
        options(
            stride=per_axis(dimensions),
            padding=per_axis(dimensions, st.integers(0, 1)),
            dilation=per_axis(dimensions, st.integers(1, 2)),
            ceil_mode=flag,
            return_indices=flag,
        ),
        kernel_size=per_axis(dimensions),
    )


def batch_norm(dimensions: int) -> Any:
    return required(
        options(affine=flag, track_running_stats=flag, momentum=fraction), num_features=st.just(4)
    )


def recurrent(**more: Any) -> Any:
    return required(
        options(bias=flag, batch_first=flag, bidirectional=flag, num_layers=number, **more),
        input_size=st.just(4),
        hidden_size=st.sampled_from([3, 5]),
    )


def cell() -> Any:
    return required(options(bias=flag), input_size=st.just(4), hidden_size=st.just(3))


def transformer() -> Any:
    return required(
        options(dim_feedforward=st.just(5), bias=flag, batch_first=flag),
        d_model=st.just(4),
        nhead=st.sampled_from([1, 2]),
    )


def padding(dimensions: int, **more: Any) -> Any:
    pads = st.integers(0, 3)
    return required(options(), padding=pads | st.tuples(*[pads] * (2 * dimensions)), **more)


def adaptive(dimensions: int, **more: Any) -> Any:
    sizes = st.tuples(*[number | st.none()] * dimensions) if dimensions > 1 else number
    return required(options(**more), output_size=number | sizes)


anything = st.lists(number, max_size=4).map(tuple)
NO_OPTIONS: Any = st.just({})

#: For each layer, its options and the shape of its input.
CASES: dict[str, tuple[Any, Any]] = {
    "Linear": (required(options(bias=flag), in_features=st.just(4), out_features=number), vectors(4)),
    "Identity": (NO_OPTIONS, anything),
    "LayerNorm": (
        required(options(elementwise_affine=flag, bias=flag), normalized_shape=st.sampled_from([4, (3, 4)])),
        vectors(4),
    ),
    "RMSNorm": (
        required(options(elementwise_affine=flag), normalized_shape=st.sampled_from([4, (3, 4)])),
        vectors(4),
    ),
    "GroupNorm": (
        required(options(affine=flag), num_groups=st.sampled_from([1, 2, 3]), num_channels=st.just(4)),
        (maps(1) | maps(2)).filter(lambda shape: shape[-1] > 1),
    ),
    "LocalResponseNorm": (required(options(), size=number), anything),
    "Flatten": (options(start_dim=st.integers(-3, 3), end_dim=st.integers(-3, 3)), anything),
    "Unflatten": (
        required(
            options(),
            dim=st.integers(-2, 2),
            unflattened_size=st.sampled_from([(2, 2), (2, -1), (4, 1), (3, -1)]),
        ),
        maps(1),
    ),
    "Upsample": (
        st.fixed_dictionaries({"size": number})
        | st.fixed_dictionaries({"scale_factor": st.sampled_from([2, 1.5, 0.5, 3.0, 2.3])}),
        maps(2, largest=7),
    ),
    "UpsamplingNearest2d": (st.just({"scale_factor": 2}), maps(2)),
    "UpsamplingBilinear2d": (st.just({"size": (3, 5)}), maps(2)),
    "PixelShuffle": (required(options(), upscale_factor=st.sampled_from([1, 2])), maps(2)),
    "PixelUnshuffle": (required(options(), downscale_factor=st.sampled_from([1, 2, 3])), maps(2)),
    "Embedding": (required(options(), num_embeddings=number, embedding_dim=number), anything),
    "EmbeddingBag": (
        required(options(), num_embeddings=number, embedding_dim=number), st.tuples(number, number)
    ),
    "Unfold": (
        required(
            options(
                stride=per_axis(2),
                padding=per_axis(2, st.integers(0, 2)),
                dilation=per_axis(2, st.integers(1, 2)),
            ),
            kernel_size=per_axis(2),
        ),
        maps(2),
    ),
    "Fold": (
        required(
            options(stride=number), output_size=per_axis(2, st.sampled_from([4, 5])), kernel_size=st.just(2)
        ),
        st.sampled_from([(2, 8, 9), (8, 16), (2, 8, 4), (2, 7, 9), (2, 8, 12)]),
    ),
    "MultiheadAttention": (
        required(
            options(bias=flag, add_bias_kv=flag, kdim=st.just(3), vdim=st.just(5)),
            embed_dim=st.just(4),
            num_heads=st.sampled_from([1, 2]),
        ),
        st.just((3, 2, 4)),
    ),
    "TransformerEncoderLayer": (transformer(), maps(1)),
    "Transformer": (
        st.just({"d_model": 4, "nhead": 2, "num_encoder_layers": 2, "num_decoder_layers": 1}),
        st.just((2, 3, 4)),
    ),
    "RNN": (recurrent(nonlinearity=st.just("relu")), maps(1).map(lambda shape: shape[::-1])),
    "GRU": (recurrent(), maps(1).map(lambda shape: shape[::-1])),
    "LSTM": (recurrent(proj_size=st.sampled_from([0, 2])), maps(1).map(lambda shape: shape[::-1])),
    "RNNCell": (cell(), vectors(4)),
    "GRUCell": (cell(), vectors(4)),
    "LSTMCell": (cell(), vectors(4)),
    "Dropout": (options(p=fraction), anything),
    "Dropout1d": (options(p=fraction), anything),
    "AlphaDropout": (options(p=fraction), anything),
    "PReLU": (options(num_parameters=st.sampled_from([1, 4])), maps(1)),
    "GLU": (options(dim=st.integers(-3, 3)), anything),
    "Softmax": (options(dim=st.integers(-3, 3)), maps(1)),
    "LogSoftmax": (options(dim=st.integers(-3, 3)), maps(1)),
    "Softmax2d": (NO_OPTIONS, anything),
    "Threshold": (st.just({"threshold": 0.1, "value": 2}), anything),
    "ChannelShuffle": (required(options(), groups=st.sampled_from([1, 2])), maps(2)),
}  # fmt: skip
for _dimensions in (1, 2, 3):
    CASES |= {
        f"Conv{_dimensions}d": (conv(_dimensions), maps(_dimensions)),
        f"LazyConv{_dimensions}d": (without(conv(_dimensions), "in_channels"), maps(_dimensions)),
        f"ConvTranspose{_dimensions}d": (transposed(_dimensions), maps(_dimensions)),
        f"MaxPool{_dimensions}d": (max_pool(_dimensions), maps(_dimensions)),
        f"AvgPool{_dimensions}d": (
            without(max_pool(_dimensions), "dilation", "return_indices"), maps(_dimensions)
        ),
        f"LPPool{_dimensions}d": (
            required(options(stride=number, ceil_mode=flag), norm_type=st.just(2), kernel_size=number),
            maps(_dimensions),
        ),
        f"AdaptiveAvgPool{_dimensions}d": (adaptive(_dimensions), maps(_dimensions)),
        f"AdaptiveMaxPool{_dimensions}d": (adaptive(_dimensions, return_indices=flag), maps(_dimensions)),
        f"BatchNorm{_dimensions}d": (batch_norm(_dimensions), maps(_dimensions)),
        f"LazyBatchNorm{_dimensions}d": (without(batch_norm(_dimensions), "num_features"), maps(_dimensions)),
        f"InstanceNorm{_dimensions}d": (
            batch_norm(_dimensions), maps(_dimensions).filter(lambda shape: min(shape) > 1)
        ),
        f"ZeroPad{_dimensions}d": (padding(_dimensions), maps(_dimensions)),
        f"ConstantPad{_dimensions}d": (padding(_dimensions, value=st.just(1)), maps(_dimensions)),
        f"ReflectionPad{_dimensions}d": (padding(_dimensions), maps(_dimensions, largest=4)),
        f"ReplicationPad{_dimensions}d": (padding(_dimensions), maps(_dimensions)),
        f"CircularPad{_dimensions}d": (padding(_dimensions), maps(_dimensions, largest=4)),
    }  # fmt: skip
