"""Products of matrices, batches of them, and sums over named indices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnlint.facts import Layer, Shape, Tensor
from cnnlint.knowledge.describe import apply, describes, expect, ranked
from cnnlint.knowledge.ops.elementwise import common_shape
from cnnlint.knowledge.ops.made import method_and_function, spelled
from cnnlint.knowledge.shapes import broadcast, elements, expect_rank, expect_size
from cnnlint.records import record
from cnnlint.values import Undecided, Unknown, is_unknown


@record
class Product(Layer):
    """Each value of the result is a sum over so many products."""

    role = "product"
    summed: Any

    def multiply_adds(self, output: Shape, *inputs: Shape) -> Any:
        return elements(ranked(output)) * self.summed


def product_of(left: Tensor) -> Callable[[], Product]:
    """A product that sums over the last axis of what stands on its left."""
    return lambda: Product(ranked(left.shape)[-1])


@describes(*method_and_function("matmul"), "torch.linalg.matmul")
def matmul(input: Tensor, other: Tensor, *, out: Any = None) -> Tensor:
    """[..., n, m] and [..., m, p] to [..., n, p]; a vector is a row on the left, a column on the right."""
    return apply(
        "matmul",
        [input, other],
        lambda: multiplied(ranked(input.shape), ranked(other.shape)),
        acts_as=product_of(input),
    )


def multiplied(left: tuple[Any, ...], right: tuple[Any, ...]) -> Shape:
    expect(len(left) > 0, "axes", wants=2, got=0)
    expect(len(right) > 0, "axes", wants=2, got=0)
    inner = right[-2] if len(right) > 1 else right[0]
    expect_size("features", wants=inner, got=left[-1])
    batch = broadcast(left[:-2], right[:-2])
    return (*batch, *left[-2:-1], *right[-1:]) if len(right) > 1 else (*batch, *left[-2:-1])


@describes(*method_and_function("mm"))
def mm(input: Tensor, mat2: Tensor, *, out: Any = None) -> Tensor:
    """[n, m] and [m, p] to [n, p]."""
    return product("mm", (input, 2), (mat2, 2))


@describes(*method_and_function("bmm"))
def bmm(input: Tensor, mat2: Tensor, *, out: Any = None) -> Tensor:
    """[N, n, m] and [N, m, p] to [N, n, p]."""

    def shape() -> Shape:
        left, right = ranked(input.shape), ranked(mat2.shape)
        expect_rank(left, 3)
        expect_rank(right, 3)
        expect_size("batch", wants=left[0], got=right[0])
        expect_size("features", wants=right[1], got=left[2])
        return (left[0], left[1], right[2])

    return apply("bmm", [input, mat2], shape, acts_as=product_of(input))


@describes(*method_and_function("mv"))
def mv(input: Tensor, vec: Tensor) -> Tensor:
    """[n, m] and [m] to [n]."""
    return product("mv", (input, 2), (vec, 1))


@describes(*method_and_function("dot", "inner", "vdot"))
def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """[n] and [n] to a number."""
    return product("dot", (input, 1), (tensor, 1))


def product(name: str, left: tuple[Tensor, int], right: tuple[Tensor, int]) -> Tensor:
    """A product of two tensors, each of which must have so many axes."""

    def shape() -> Shape:
        for tensor, rank in (left, right):
            expect_rank(ranked(tensor.shape), rank)
        return multiplied(ranked(left[0].shape), ranked(right[0].shape))

    return apply(name, [left[0], right[0]], shape, acts_as=product_of(left[0]))


@describes(*method_and_function("outer", "ger"))
def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """[n] and [m] to [n, m]."""
    return apply("outer", [input, vec2], lambda: (*ranked(input.shape), *ranked(vec2.shape)))


@describes(*spelled("addmm"), *spelled("baddbmm"))
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """A product, added to `input`."""

    def shape() -> Shape:
        made = matmul(mat1, mat2)
        made.shape = multiplied(ranked(mat1.shape), ranked(mat2.shape))
        return common_shape(input, made)

    return apply("addmm", [input, mat1, mat2], shape, acts_as=product_of(mat1))


@describes("torch.kron", "torch.tensordot", "torch.linalg.multi_dot", "torch.chain_matmul")
def unfollowed_product(*tensors: Any, **options: Any) -> Tensor:
    """A product whose shape is not reckoned here."""
    unknown = Unknown("the shape of this product is not reckoned")
    return apply("matmul", tensors, unknown, acts_as=Product(unknown))


@describes("torch.einsum")
def einsum(equation: Any, *operands: Any) -> Tensor:
    """Each letter is an axis; those not in the result are summed over."""
    tensors = operands[0] if len(operands) == 1 and isinstance(operands[0], tuple | list) else operands
    return apply(
        "einsum",
        tensors,
        lambda: contracted(equation, tensors)[0],
        acts_as=lambda: Product(contracted(equation, tensors)[1]),
        equation=equation,
    )


def contracted(equation: Any, tensors: Any) -> tuple[Shape, Any]:
    """The shape of the result, and how many products each value of it is the sum of."""
    if not isinstance(equation, str) or "..." in equation or "." in equation:
        raise Undecided("which axes are summed is not known")
    given, _, result = equation.replace(" ", "").partition("->")
    terms = given.split(",")
    if "->" not in equation:
        result = "".join(sorted(letter for letter in set(given) - {","} if given.count(letter) == 1))
    sizes: dict[str, Any] = {}
    for term, tensor in zip(terms, tensors, strict=True):
        if not isinstance(tensor, Tensor) or is_unknown(tensor.shape):
            continue
        axes = ranked(tensor.shape)
        expect(len(axes) == len(term), "axes", wants=len(term), got=len(axes))
        for letter, size in zip(term, axes, strict=True):
            known = sizes.setdefault(letter, size)
            if is_unknown(known) or known == 1:
                sizes[letter] = size
            elif size != 1:
                expect_size(f"axis {letter}", wants=known, got=size)
    shape = tuple(sizes.get(letter, Unknown(f"size of axis {letter}")) for letter in result)
    summed = elements(size for letter, size in sizes.items() if letter not in result)
    if len(terms) == 1:
        return shape, 0
    complete = len(terms) == 2 and set(sizes) == set(given) - {","}
    return shape, summed if complete else Unknown("in which order it multiplies is not known")
