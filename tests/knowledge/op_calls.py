"""Calls of functions and tensor methods, by table, to be made with torch and with what we know of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import strategies as st


class T(NamedTuple):
    """A tensor of this shape, among the arguments of a call."""

    shape: tuple[int, ...]
    dtype: str = "float32"


class Call(NamedTuple):
    """The arguments of a call."""

    positional: tuple[Any, ...]
    keywords: dict[str, Any]


def call(*positional: Any, **keywords: Any) -> Any:
    """A strategy for calls with these arguments, each of which may be a strategy."""
    lift = lambda value: value if isinstance(value, st.SearchStrategy) else st.just(value)  # noqa: E731
    return st.builds(
        Call,
        st.tuples(*map(lift, positional)),
        st.fixed_dictionaries({}, optional={name: lift(value) for name, value in keywords.items()}),
    )


size = st.integers(1, 4)
axis = st.integers(-4, 3)
flag = st.booleans()


def tensors(low: int = 0, high: int = 4, dtype: str = "float32") -> Any:
    return st.lists(size, min_size=low, max_size=high).map(lambda shape: T(tuple(shape), dtype))


def tensor(*shape: int) -> T:
    return T(shape)


any_tensor = tensors()
mixed = st.sampled_from([(2, 3, 4), (1, 3, 1), (2, 1, 4), (3, 4), (4,), (3, 1), (), (2, 3, 5)]).map(T)
#: Sizes whose product mostly is 24, one of them perhaps left open.
sizes = st.sampled_from(
    [(24,), (2, 12), (2, 3, 4), (-1,), (-1, 4), (2, -1), (4, -1, 2), (5, -1), (25,), (-1, -1), ()]
)
image = st.sampled_from([(2, 4, 6, 6), (4, 6, 6), (2, 4, 5, 7), (2, 3, 6, 6), (2, 4, 6)]).map(T)
places = T((5,), "int64")

CALLS: dict[str, Any] = {
    "Tensor.view": call(T((2, 3, 4)), sizes) | sizes.flatmap(lambda each: call(T((2, 3, 4)), *each)),
    "Tensor.reshape": call(any_tensor, sizes) | call(T((2, 3, 4)), sizes),
    "reshape": call(T((2, 3, 4)), sizes),
    "Tensor.view_as": call(T((2, 6)), mixed | st.just(T((3, 4)))),
    "flatten": call(any_tensor, start_dim=axis, end_dim=axis),
    "Tensor.flatten": call(any_tensor, axis),
    "unflatten": call(T((2, 12, 3)), axis, sizes | st.sampled_from([(3, 4), (3, -1), (2, 1)])),
    "Tensor.permute": call(T((2, 3, 4)), st.permutations([0, 1, 2]).map(tuple)) | call(T((2, 3)), 1, -2),
    "permute": call(any_tensor, st.permutations([0, 1, -1]).map(tuple)),
    "transpose": call(any_tensor, axis, axis),
    "Tensor.swapaxes": call(any_tensor, axis, axis),
    "Tensor.t": call(tensors(high=2)),
    "movedim": call(tensors(low=2), axis, axis) | call(T((2, 3, 4)), (0, 1), (2, 0)),
    "squeeze": call(any_tensor) | call(any_tensor, axis),
    "unsqueeze": call(any_tensor, axis),
    "cat": call(st.lists(mixed, min_size=1, max_size=3), axis)
    | call([T((2, 3)), T((0,)), T((4, 3))])
    | call((T((2, 3)), T((2, 5))), axis=1),
    "stack": call(st.lists(mixed, min_size=1, max_size=2), axis) | call([T((2, 3))] * 3, dim=axis),
    "sum": call(any_tensor, axis | st.sampled_from([(0, 1), [-1, 0]]), keepdim=flag) | call(any_tensor),
    "mean": call(any_tensor, axis, keepdim=flag),
    "Tensor.mean": call(any_tensor, st.sampled_from([(2, 3), [0], -1])) | call(T((2, 3)), axis=1),
    "amax": call(any_tensor, axis, keepdim=flag),
    "std": call(any_tensor, axis, keepdim=flag),
    "Tensor.var": call(any_tensor, axis, flag, flag),
    "max": call(any_tensor) | call(any_tensor, axis, keepdim=flag) | call(mixed, mixed),
    "Tensor.min": call(any_tensor) | call(any_tensor, axis) | call(mixed, mixed),
    "argmax": call(any_tensor, axis, keepdim=flag),
    "Tensor.argmin": call(any_tensor, axis),
    "norm": call(any_tensor, 2, axis, keepdim=flag),
    "all": call(any_tensor, dim=axis),
    "logsumexp": call(any_tensor, axis, keepdim=flag),
    "prod": call(any_tensor, dim=axis),
    "median": call(any_tensor, dim=axis),
    "std_mean": call(any_tensor, dim=axis),
    "topk": call(tensors(low=1), 1, dim=axis),
    "sort": call(tensors(low=1), descending=flag),
    "argsort": call(tensors(low=1)),
    "kthvalue": call(tensors(low=1), 1, axis),
    "count_nonzero": call(any_tensor, axis),
    "cumsum": call(tensors(low=4), axis),
    "cummax": call(tensors(low=4), axis),
    "matmul": call(mixed, mixed)
    | call(T((2, 5, 3)), st.sampled_from([(3,), (3, 4), (2, 3, 4), (1, 3, 2)]).map(T)),
    "mm": call(mixed, mixed) | call(T((2, 3)), T((3, 4))),
    "bmm": call(T((2, 3, 4)), st.sampled_from([(2, 4, 3), (2, 3, 4), (3, 4, 2), (4, 2)]).map(T)),
    "mv": call(T((2, 3)), mixed | st.just(T((3,)))),
    "dot": call(T((4,)), mixed),
    "outer": call(T((4,)), T((3,))),
    "addmm": call(T((4,)), T((2, 3)), T((3, 4))),
    "einsum": st.sampled_from(
        [("bij,bjk->bik", T((2, 3, 4)), T((2, 4, 5))),
         ("ij,jk", T((2, 3)), T((3, 4))), ("bij->bji", T((2, 3, 4))),
         ("ij,ij->", T((2, 3)), T((2, 3))), ("ii->i", T((3, 3))), ("ij,jk->ik", T((2, 3)), T((4, 5))),
         ("bi,bj->bij", T((2, 3)), T((2, 4))), ("bijk,bj->bik", T((2, 3, 4, 5)), T((2, 3)))]
    ).map(lambda arguments: Call(arguments, {})),
    "chunk": call(tensors(low=1), size, dim=axis),
    "Tensor.split": call(tensors(low=1), size, dim=axis)
    | call(T((2, 5)), [2, 3], 1) | call(T((2, 5)), [2, 2], 1),
    "split": call(tensors(low=1), size),
    "unbind": call(tensors(low=1), axis),
    "Tensor.expand": call(mixed, st.sampled_from([(2, 3, 4), (-1, 3, 4), (2, -1, -1), (5, 2, 3, 4)])),
    "Tensor.expand_as": call(mixed, mixed),
    "Tensor.repeat": call(any_tensor, st.sampled_from([(2,), (1, 2, 3), (2, 1, 1, 1)])),
    "Tensor.tile": call(any_tensor, st.sampled_from([(2,), (1, 2, 3)])),
    "repeat_interleave": call(tensors(low=1), 2, dim=axis),
    "Tensor.unfold": call(tensors(low=1), axis, size, size),
    "rot90": call(tensors(low=2), st.integers(0, 3)),
    "diagonal": call(tensors(low=2), st.integers(-1, 1)).filter(lambda drawn: min(drawn[0][0].shape) > 1),
    "roll": call(tensors(low=1), 1, dims=0),
    "flip": call(tensors(low=2), (0, 1)),
    "tril": call(tensors(low=2)),
    "Tensor.contiguous": call(any_tensor),
    "exp": call(any_tensor),
    "Tensor.sqrt_": call(any_tensor),
    "add": call(mixed, mixed) | call(any_tensor, 2),
    "Tensor.mul": call(mixed, mixed) | call(any_tensor, 0.5),
    "Tensor.sub_": call(T((2, 3, 4)), mixed.filter(lambda t: t.shape != (2, 3, 5))),
    "div": call(mixed, mixed),
    "pow": call(mixed, mixed | st.just(2)),
    "eq": call(mixed, mixed),
    "Tensor.lt": call(mixed, 3),
    "logical_and": call(mixed, mixed),
    "isnan": call(any_tensor),
    "maximum": call(mixed, mixed),
    "clamp": call(any_tensor, min=0, max=1) .filter(lambda drawn: bool(drawn.keywords)),
    "where": call(mixed.map(lambda t: t._replace(dtype="bool")), mixed, mixed),
    "Tensor.masked_fill": call(mixed, mixed.map(lambda t: t._replace(dtype="bool")), 0),
    "lerp": call(mixed, mixed, 0.5),
    "addcmul": call(mixed, mixed, mixed),
    "zeros": call(sizes.filter(lambda each: -1 not in each)) | call(2, 3),
    "randn": call(1, 3, 8, 8, requires_grad=flag),
    "full": call((2, 3), 1.0),
    "ones_like": call(any_tensor),
    "Tensor.new_zeros": call(any_tensor, 2, 3) | call(any_tensor, (2, 3)),
    "arange": call(size) | call(2, 9, 3) | call(0, 5),
    "linspace": call(0, 1, size),
    "logspace": call(0, 1, size),
    "eye": call(size) | call(2, 3),
    "tensor": call(st.sampled_from([1, 2.5, [1, 2], [[1.0, 2.0]], [True], [], [[[1], [2]]]])),
    "as_tensor": call(st.sampled_from([1, 2.5, [1, 2], [[1.0, 2.0]], [True], [], [[[1], [2]]]])),
    "randint": call(10, (2, 3)) | call(0, 10, (4,)),
    "randperm": call(size),
    "narrow": call(T((4, 5)), st.sampled_from([0, 1, -1]), st.integers(0, 3), size),
    "select": call(tensors(low=1), axis, 0),
    "index_select": call(tensors(low=1), axis, T((5,), "int64")),
    "gather": call(T((2, 3)), 1, st.sampled_from([(2, 3), (2, 5), (2, 1, 1)]).map(lambda s: T(s, "int64"))),
    "Tensor.float": call(any_tensor),
    "Tensor.long": call(any_tensor),
    "Tensor.detach": call(any_tensor),
    "Tensor.clone": call(any_tensor),
    "Tensor.size": call(any_tensor) | call(any_tensor, axis),
    "Tensor.dim": call(any_tensor),
    "numel": call(any_tensor),
    "meshgrid": call(T((2,)), T((3,))),
    "broadcast_tensors": call(mixed, mixed),
    "softmax": call(tensors(low=4), dim=axis).filter(lambda drawn: bool(drawn.keywords)),
    "relu": call(any_tensor),
    "Tensor.sigmoid": call(any_tensor),
    "tanh": call(any_tensor),
    "cosine_similarity": call(mixed, mixed, dim=axis),
    "cdist": call(T((2, 3)), T((4, 3))) | call(T((2, 3)), T((4, 2))),
    **{
        f"nn.functional.{name}": drawn
        for name, drawn in {
            "relu": call(any_tensor, inplace=flag),
            "leaky_relu": call(any_tensor, 0.2),
            "gelu": call(any_tensor),
            "glu": call(tensors(low=1), axis),
            "softmax": call(tensors(low=4), axis),
            "log_softmax": call(tensors(low=4), dim=axis),
            "dropout": call(any_tensor, 0.5, training=flag),
            "max_pool2d": call(image, st.sampled_from([2, 3, (2, 1), 9]), stride=size,
                               padding=st.integers(0, 1), ceil_mode=flag, return_indices=flag),
            "avg_pool2d": call(image, st.sampled_from([2, 3, (2, 1), 9]), stride=size, ceil_mode=flag),
            "max_pool1d": call(tensors(low=2), 2, 1),
            "adaptive_avg_pool2d": call(image, st.sampled_from([1, 2, (3, 2), (None, 2)])),
            "conv2d": call(
                image, st.sampled_from([(6, 4, 3, 3), (6, 2, 3, 3), (6, 3, 1, 1), (6, 4, 3)]).map(T),
                stride=size, padding=st.sampled_from([0, 1, "same"]), groups=st.integers(1, 2)),
            "conv1d": call(T((2, 4, 9)), T((6, 4, 3)), None, size),
            "conv_transpose2d": call(image, T((4, 5, 2, 2)), stride=st.sampled_from([2, 3]),
                                     padding=st.integers(0, 1), groups=st.sampled_from([1, 2])),
            "linear": call(mixed, st.sampled_from([(7, 4), (7, 1), (4,)]).map(T)),
            "batch_norm": call(image, T((4,)), T((4,))),
            "layer_norm": call(mixed, st.sampled_from([(4,), (3, 4), (1,)])),
            "group_norm": call(image, st.sampled_from([1, 2, 3])),
            "instance_norm": call(image),
            "interpolate": call(image, scale_factor=st.sampled_from([2, 0.5, (2, 3)]))
            .filter(lambda drawn: bool(drawn.keywords)) | call(image, st.sampled_from([7, (8, 9)])),
            "pad": call(image, st.sampled_from([(1, 1), (1, 2, 0, 3), (1, -2), (1,) * 8, (-7, 0), (1,) * 10]))
            | call(image, st.sampled_from([(1, 1, 2, 2), (1, 2), (6, 6, 1, 1)]),
                   mode=st.sampled_from(["reflect", "replicate"])),
            "normalize": call(T((2, 3)), dim=1),
            "pixel_shuffle": call(image, 2),
            "unfold": call(image, st.sampled_from([2, 3, 8]), padding=st.integers(0, 1)),
            "one_hot": call(T((2, 3), "int64"), st.sampled_from([4, 10])),
            "embedding": call(tensors(dtype="int64"), T((9, 5))),
            "grid_sample": call(
                T((2, 3, 4, 4)), st.sampled_from([(2, 5, 6, 2), (3, 5, 6, 2), (2, 5, 6, 3), (2, 5, 2)]).map(T)
            ),
            "affine_grid": call(T((2, 2, 3)), (2, 3, 5, 6)),
            "scaled_dot_product_attention": call(T((2, 5, 4)), T((2, 3, 4)), T((2, 3, 6)))
            | call(T((2, 5, 4)), T((2, 3, 5)), T((2, 3, 6))) | call(T((2, 5, 4)), T((2, 3, 4)), T((2, 2, 6))),
            "bilinear": call(T((5, 3)), T((5, 4)), st.sampled_from([(7, 3, 4), (7, 3, 3)]).map(T)),
            "pairwise_distance": call(mixed, mixed, keepdim=flag),
            "prelu": call(T((2, 3)), T((1,))),
            "local_response_norm": call(any_tensor, 2),
        }.items()
    },
}  # fmt: skip
