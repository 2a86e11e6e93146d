"""Operations on each element: the shape is kept, or two shapes are broadcast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnlint.facts import Shape, Tensor
from cnnlint.knowledge.describe import apply, describes
from cnnlint.knowledge.ops.made import dtype_named, functional, methods, spelled, without_graph
from cnnlint.knowledge.shapes import broadcast
from cnnlint.values import Undecided, Unknown

#: Functions of each number; integers become floating point.
MATH = """
    acos acosh arccos arcsin arctan asin asinh atan atanh cos cosh deg2rad digamma erf erfc erfinv exp exp2
    expm1 i0 lgamma log log10 log1p log2 logit rad2deg reciprocal rsqrt sin sinc sinh sqrt tan
    """.split()
#: What gives its input's shape and dtype.
KEEPING = """
    abs absolute ceil floor frac nan_to_num neg negative positive round sgn sign square trunc fix
    cumsum cumprod flip fliplr flipud roll tril triu bernoulli contiguous clone pin_memory scatter
    scatter_add index_fill index_copy index_add index_put renorm logcumsumexp conj
    """.split()
#: What overwrites its tensor.
OVERWRITING = """
    normal_ uniform_ fill_ zero_ random_ exponential_ copy_ log_normal_ geometric_ cauchy_ masked_fill_
    masked_scatter_
    """.split()
#: Two tensors, or a tensor and a number, to their common shape.
BROADCASTING = """
    add sub subtract mul multiply div divide true_divide floor_divide remainder fmod pow maximum
    minimum fmax fmin atan2 arctan2 hypot logaddexp xlogy rsub copysign bitwise_and bitwise_or bitwise_xor
    bitwise_left_shift bitwise_right_shift
    """.split()
#: Those of them that give floating point of whole numbers.
DIVIDING = ("div", "atan2", "hypot", "logaddexp", "xlogy", "copysign")
#: As before, with truth values out.
COMPARING = """
    eq ne lt le gt ge not_equal less less_equal greater greater_equal logical_and logical_or
    logical_xor isclose
    """.split()
#: One tensor in, truth values of its shape out.
ASKING = "isnan isinf isfinite isposinf isneginf isreal logical_not signbit".split()
#: Other spellings, by what facts call them.
SYNONYMS = {
    "absolute": "abs", "negative": "neg", "arccos": "acos", "arcsin": "asin", "arctan": "atan",
    "arctan2": "atan2", "subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div",
     "fmax": "maximum", "fmin": "minimum", "not_equal": "ne", "less": "lt",
    "less_equal": "le", "greater": "gt", "greater_equal": "ge", "fix": "trunc", "clip": "clamp",
    "clamp_min": "clamp", "clamp_max": "clamp",
}  # fmt: skip


def shape_of(value: Any) -> Shape:
    """The shape of a tensor; a number has none of its own."""
    if isinstance(value, Tensor):
        return value.shape
    if isinstance(value, int | float | complex) or value is None:
        return ()
    raise Undecided("what it is combined with is not known")


def common_shape(*values: Any) -> Shape:
    """The shape several values are broadcast to."""
    shapes = [shape for shape in map(shape_of, values) if not isinstance(shape, tuple) or shape]
    return shapes[0] if len(shapes) == 1 else broadcast(*shapes)


def common_dtype(*values: Any) -> Any:
    """What torch promotes the dtypes to, where that is simple."""
    known = {value.dtype for value in values if isinstance(value, Tensor) and isinstance(value.dtype, str)}
    unknown = any(isinstance(value, Tensor) and not isinstance(value.dtype, str) for value in values)
    floating = {dtype for dtype in known if is_floating(dtype)}
    chosen = floating or known
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    promoting = any(isinstance(value, float) for value in numbers) or (numbers and chosen == {"bool"})
    if unknown or len(chosen) != 1 or (not floating and promoting):
        return Unknown("what the dtypes are promoted to is not known")
    return chosen.pop()


def is_floating(dtype: Any) -> bool:
    return isinstance(dtype, str) and "float" in dtype


def shape_keeping(name: str) -> Callable[..., Tensor]:
    """The function of this name that gives its input's shape and dtype."""

    def function(input: Tensor, *options: Any, dtype: Any = None, out: Any = None, **named: Any) -> Tensor:
        inputs = [input, *options, *named.values()]
        return apply(name, inputs, input.shape, dtype=dtype_named(dtype), **named)

    return function


def mathematical(name: str) -> Callable[..., Tensor]:
    def function(input: Tensor, *, out: Any = None) -> Tensor:
        return apply(name, [input], input.shape, dtype=common_dtype(input, 1.0))

    return function


def broadcasting(name: str) -> Callable[..., Tensor]:
    def function(
        input: Tensor, other: Tensor, *, alpha: Any = 1, rounding_mode: Any = None, out: Any = None
    ) -> Tensor:
        dtype = common_dtype(input, other)
        if name in DIVIDING and not is_floating(dtype):
            dtype = Unknown("whole numbers become floating point")
        number = number_of(input, other)
        return apply(name, [input, other], lambda: common_shape(input, other), dtype=dtype, **number)

    return function


def number_of(input: Any, other: Any) -> dict[str, Any]:
    """The option `other`, or `input` where that one is the number, of a tensor combined with a number."""
    return {
        name: value for name, value in (("input", input), ("other", other)) if not isinstance(value, Tensor)
    }


def comparing(name: str) -> Callable[..., Tensor]:
    def function(input: Tensor, other: Tensor, *, out: Any = None) -> Tensor:
        shape = lambda: common_shape(input, other)  # noqa: E731
        return without_graph(apply(name, [input, other], shape, **number_of(input, other)), "bool")

    return function


def asking(name: str) -> Callable[..., Tensor]:
    def function(input: Tensor, *, out: Any = None) -> Tensor:
        return without_graph(apply(name, [input], input.shape), "bool")

    return function


for _names, _make in (
    (MATH, mathematical),
    (KEEPING, shape_keeping),
    (BROADCASTING, broadcasting),
    (COMPARING, comparing),
    (ASKING, asking),
):
    for _name in _names:
        describes(*spelled(_name))(_make(SYNONYMS.get(_name, _name)))
for _name in OVERWRITING:
    describes(*methods(_name))(shape_keeping(_name.rstrip("_")))


@describes(*spelled("float_power"))
def float_power(input: Tensor, exponent: Tensor, *, out: Any = None) -> Tensor:
    """A power in double precision."""
    made = broadcasting("pow")(input, exponent)
    made.dtype = "float64"
    return made


@describes(*spelled("clamp"), *spelled("clip"))
def clamp(input: Tensor, min: Any = None, max: Any = None, *, out: Any = None) -> Tensor:
    """Numbers or tensors as bounds."""
    return apply("clamp", [input, min, max], lambda: common_shape(input, min, max), min=min, max=max)


@describes(*spelled("clamp_min"))
def clamp_min(input: Tensor, min: Any) -> Tensor:
    return clamp(input, min)


@describes(*spelled("clamp_max"))
def clamp_max(input: Tensor, max: Any) -> Tensor:
    return clamp(input, None, max)


@describes("torch.where", "torch.Tensor.where")
def where(condition: Tensor, input: Tensor, other: Any = 0, *, out: Any = None) -> Tensor:
    """From `input` where the condition holds, else from `other`. As a method the first two change places."""
    values = (input, other) if isinstance(other, Tensor) else (input,)
    return apply(
        "where",
        [condition, input, other],
        lambda: common_shape(condition, input, other),
        dtype=common_dtype(*values, *() if isinstance(other, Tensor) else (other,)),
    )


@describes(*spelled("masked_fill"))
def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    return apply("masked_fill", [input, mask, value], lambda: common_shape(input, mask), value=value)


@describes(*spelled("lerp"))
def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    return apply("lerp", [input, end, weight], lambda: common_shape(input, end, weight))


@describes(*spelled("addcmul"))
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    return apply("addcmul", [input, tensor1, tensor2], lambda: common_shape(input, tensor1, tensor2))


@describes(*spelled("addcdiv"))
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    return apply("addcdiv", [input, tensor1, tensor2], lambda: common_shape(input, tensor1, tensor2))


@describes(*functional("normalize"))
def normalize(input: Tensor, p: Any = 2.0, dim: Any = 1, eps: Any = 1e-12, out: Any = None) -> Tensor:
    return apply("normalize", [input], input.shape, p=p, dim=dim)


@describes(*functional("gumbel_softmax"))
def gumbel_softmax(
    logits: Tensor, tau: Any = 1, hard: Any = False, eps: Any = 1e-10, dim: Any = -1
) -> Tensor:
    return apply("gumbel_softmax", [logits], logits.shape, tau=tau, hard=hard, dim=dim)


@describes("torch.broadcast_tensors")
def broadcast_tensors(*tensors: Any) -> Any:
    """Each expanded to the shape of all."""
    return tuple(apply("expand", [tensor], lambda: common_shape(*tensors)) for tensor in tensors)
