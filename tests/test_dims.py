"""Sizes that are not known: exact arithmetic, honest comparisons."""

from __future__ import annotations

import operator
import pickle
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnlint.dims import Dim, fitting_sizes, may_equal
from cnnlint.values import Undecided, Unknown, is_unknown, surely

H, W, N = (Dim.symbol(name) for name in "HWN")
SYMBOLS = {name: Dim.symbol(name) for name in "abc"}
OPERATIONS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
}
COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]

leaves = st.sampled_from("abc") | st.integers(-9, 9)
trees: Any = st.recursive(
    leaves, lambda inner: st.tuples(st.sampled_from(list(OPERATIONS)), inner, inner), max_leaves=7
)
sizes = st.fixed_dictionaries({name: st.integers(1, 40) for name in "abc"})


def calculate(tree: Any, values: dict[str, Any]) -> Any:
    if isinstance(tree, tuple):
        return OPERATIONS[tree[0]](calculate(tree[1], values), calculate(tree[2], values))
    return values[tree] if isinstance(tree, str) else tree


def symbolic(tree: Any) -> Any:
    """The tree with symbols for its names, where that is known."""
    try:
        value = calculate(tree, SYMBOLS)
    except ZeroDivisionError:
        assume(False)
    assume(not is_unknown(value))
    return value


def number(tree: Any, values: dict[str, int]) -> int:
    try:
        return int(calculate(tree, values))
    except ZeroDivisionError:
        assume(False)
        raise


def at(value: Any, values: dict[str, int]) -> Any:
    replacements = {SYMBOLS[name].symbols[0]: size for name, size in values.items()}
    return value.at(replacements) if isinstance(value, Dim) else value


@given(trees, sizes)
def test_an_expression_of_sizes_has_the_value_of_the_same_expression_of_numbers(
    tree: Any, values: Any
) -> None:
    assert at(symbolic(tree), values) == number(tree, values)


@given(trees, sizes)
def test_what_is_printed_is_the_expression(tree: Any, values: Any) -> None:
    value = symbolic(tree)
    assert eval(repr(value), {}, values) == at(value, values)


@given(trees, trees, sizes)
def test_a_comparison_that_is_decided_is_right_for_all_sizes(left: Any, right: Any, values: Any) -> None:
    first, second = symbolic(left), symbolic(right)
    for compare in COMPARISONS:
        answer = compare(first, second)
        if not is_unknown(answer):
            assert answer is compare(at(first, values), at(second, values))


@given(trees, trees, sizes)
def test_what_is_equal_for_some_sizes_may_be_equal(left: Any, right: Any, values: Any) -> None:
    first, second = symbolic(left), symbolic(right)
    if at(first, values) == at(second, values):
        assert may_equal(first, second)


@given(trees, trees)
def test_a_product_divided_by_a_factor_is_the_other_factor(left: Any, right: Any) -> None:
    first, second = symbolic(left), symbolic(right)
    assume(surely(second != 0) or isinstance(second, Dim))
    assert surely(first * second // second == first)


@given(trees)
def test_it_is_an_int_exactly_where_it_is_constant(tree: Any) -> None:
    value = symbolic(tree)
    assert isinstance(value, int) or value.symbols


@given(trees)
def test_it_survives_pickling_and_hashes_by_structure(tree: Any) -> None:
    value = symbolic(tree)
    again = pickle.loads(pickle.dumps(value))
    assert surely(again == value)
    assert hash(again) == hash(value)


@given(trees, st.integers(-20, 200))
def test_fitting_sizes_are_all_square_inputs_that_fit(tree: Any, value: int) -> None:
    expression = symbolic(tree)
    assume(isinstance(expression, Dim))
    fitting = fitting_sizes(expression, value)
    for size in range(1, 41):
        assert (at(expression, dict.fromkeys("abc", size)) == value) is (size in fitting)


def convolved(size: Any, kernel: int, stride: int = 1, padding: int = 0) -> Any:
    return (size + 2 * padding - kernel) // stride + 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (H // 2 - 1, "H//2 - 1"),
        (16 * (H // 4) * (W // 4), "16*(H//4)*(W//4)"),
        (convolved(H, 3, 2, 1), "(H + 1)//2"),
        (H // 2 // 2, "H//4"),
        (3 - H // 2, "-(H//2) + 3"),
        (-H, "-H"),
        (H * W * N // N, "H*W"),
        (H - W, "H - W"),
        (2 * H // 4, "H//2"),
        (H - H + 3, "3"),
    ],
)
def test_it_reads_as_a_person_would_write_it(value: Any, text: str) -> None:
    assert repr(value) == text
    assert f"{value}" == text


def test_two_symbols_of_one_name_are_different_sizes() -> None:
    assert is_unknown(Dim.symbol("H") == Dim.symbol("H"))


def test_asking_for_the_truth_of_an_open_question_is_undecided() -> None:
    with pytest.raises(Undecided):
        bool(H == W)
    with pytest.raises(Undecided):
        range(H)


def test_a_size_is_at_least_one() -> None:
    assert (H >= 1) is True
    assert (H + 2 > 2) is True
    assert (H == 0) is False
    assert is_unknown(H // 2 >= 1)


def test_it_spreads_what_is_unknown() -> None:
    unknown = Unknown("not known")
    assert is_unknown(H + unknown)
    assert is_unknown(unknown * H)
    assert is_unknown(unknown == H)
    assert is_unknown(H // W)


def test_it_differs_from_what_is_no_number() -> None:
    assert (H == "H") is False
    assert (H == None) is False  # noqa: E711
    assert (H != (1,)) is True


def lenet(size: Any) -> Any:
    return convolved(convolved(size, 5) // 2, 5) // 2


def test_features_that_no_input_gives_are_known_to_be_wrong() -> None:
    features = 16 * lenet(H) * lenet(W)
    assert may_equal(features, 400)
    assert not may_equal(features, 401)
    assert not may_equal(features * N, 401 * N)
    assert may_equal(16 * (H - 2) * (W - 2), 16 * 49)
    assert not may_equal(4 * H * H * W, 4 * 3 * 7 + 2)


def test_features_that_a_square_input_gives_say_which() -> None:
    assert fitting_sizes(16 * lenet(H) * lenet(W), 400) == [32, 33, 34, 35]
    assert fitting_sizes(H * W, 50) == []
    assert fitting_sizes(3, 3) == []


def test_a_square_that_is_no_square_is_never_reached() -> None:
    assert not may_equal(H * H, 50)
    assert may_equal(H * H, 49)
    assert not may_equal((H // 2) * 2, 7)


def test_what_grows_beyond_reckoning_is_not_known() -> None:
    names = sum((Dim.symbol("x") for _ in range(40)), start=0)
    assert is_unknown(names * names * names)
    assert is_unknown(H**9)
    assert repr(H**2) == "H*H"
