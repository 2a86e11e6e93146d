"""Each function and tensor method against torch's own, on calls drawn from a table."""

from __future__ import annotations

import warnings
from functools import reduce
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnlint.dims import Dim
from cnnlint.facts import Layer, Tensor
from cnnlint.knowledge import load
from cnnlint.knowledge.describe import Mismatch
from cnnlint.knowledge.ops.indexing import index
from cnnlint.values import Undecided, Unknown, is_unknown
from tests.knowledge.more_op_calls import MORE_CALLS, NO_SHAPES
from tests.knowledge.op_calls import CALLS as COMMON_CALLS
from tests.knowledge.op_calls import Call, T, any_tensor

torch = pytest.importorskip("torch")

CALLS = {**MORE_CALLS, **COMMON_CALLS}


def real(value: Any) -> Any:
    if isinstance(value, T):
        return torch.zeros(value.shape, dtype=getattr(torch, value.dtype))
    return type(value)(map(real, value)) if isinstance(value, tuple | list) else value


def ours(value: Any) -> Any:
    if isinstance(value, T):
        return Tensor(shape=value.shape, dtype=value.dtype, graph=False)
    return type(value)(map(ours, value)) if isinstance(value, tuple | list) else value


def real_result(function: Any, drawn: Call) -> Any:
    """What torch gives, or None for an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*map(real, drawn.positional), **{k: real(v) for k, v in drawn.keywords.items()})
        except (RuntimeError, ValueError, IndexError, TypeError, NotImplementedError):
            return None


def our_result(function: Any, drawn: Call) -> Any:
    try:
        return function(*map(ours, drawn.positional), **{k: ours(v) for k, v in drawn.keywords.items()})
    except (Mismatch, Undecided, ZeroDivisionError, TypeError):
        return None


def check(made: Any, expected: Any) -> None:
    if isinstance(expected, torch.Tensor):
        assert isinstance(made, Tensor)
        assert not is_unknown(made.shape)
        assert len(made.shape) == expected.dim()
        assert all(is_unknown(a) or a == b for a, b in zip(made.shape, expected.shape, strict=True)), (
            made.shape
        )
        assert is_unknown(made.dtype) or f"torch.{made.dtype}" == str(expected.dtype)
    elif isinstance(expected, tuple | list):
        assert len(made) == len(expected)
        for one, other in zip(made, expected, strict=True):
            check(one, other)
    else:
        assert made == expected


@pytest.mark.parametrize("name", sorted(CALLS))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_operation_gives_the_shape_that_torch_gives(name: str, data: Any) -> None:
    drawn = data.draw(CALLS[name])
    expected = real_result(reduce(getattr, name.split("."), torch), drawn)
    made = our_result(load()[f"torch.{name}"], drawn)
    if expected is None:
        assert made is None or is_unknown(getattr(made, "shape", None)), made
        return
    if isinstance(expected, torch.Tensor) and 0 in expected.shape:
        return
    check(made, expected)


slices = st.builds(slice, *[st.none() | st.integers(-4, 4)] * 2, st.none() | st.integers(1, 3))
indices = st.sampled_from([T((5,), "int64"), T((2, 1), "int64"), T((1,), "int64")]) | st.just([0, 0])
keys = st.lists(st.integers(-3, 3) | slices | st.none() | st.just(...) | indices, max_size=4).map(tuple)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_tensor, keys)
def test_an_index_takes_what_torch_takes(x: T, key: Any) -> None:
    try:
        expected = real(x)[tuple(map(real, key))]
    except (IndexError, RuntimeError):
        expected = None
    try:
        made = index(ours(x), tuple(map(ours, key)))
    except Mismatch:
        assert expected is None
        return
    if is_unknown(made.shape):
        return
    assert expected is not None or key.count(...) > 1
    if expected is not None and 0 not in expected.shape:
        check(made, expected)


def test_most_indices_are_followed() -> None:
    x = Tensor(shape=(2, 3, 4), dtype="float32")
    mask = Tensor(shape=(2, 3), dtype="bool")
    rows = Tensor(shape=(5,), dtype="int64")
    assert index(x, (slice(None), 0)).shape == (2, 4)
    assert index(x, (..., None)).shape == (2, 3, 4, 1)
    assert index(x, rows).shape == (5, 3, 4)
    assert index(x, (slice(None), rows)).shape == (2, 5, 4)
    assert index(x, (rows, slice(None), rows)).shape == (5, 3)
    assert index(x, mask).shape[1:] == (4,)
    assert is_unknown(index(x, (Unknown("not known"),)).shape)


def test_an_axis_whose_size_is_not_known_is_sliced_as_far_as_that_goes() -> None:
    size = Dim.symbol("H")
    x = Tensor(shape=(size, size))
    assert repr(index(x, slice(1, None)).shape) == "(H - 1, H)"
    assert repr(index(x, slice(None, -1)).shape) == "(H - 1, H)"
    assert repr(index(x, slice(None, None, 2)).shape) == "((H + 1)//2, H)"
    assert repr(index(x, (slice(None), slice(1, None, 2))).shape) == "(H, H//2)"
    assert is_unknown(index(x, slice(None, 3)).shape[0])


def symbolic(drawn: Call) -> Any:
    """The call with a symbol in place of each size, and the sizes they stand for."""
    stands_for: dict[Any, int] = {}

    def opened(value: Any) -> Any:
        if isinstance(value, T):
            symbols = tuple(Dim.symbol("S") for _ in value.shape)
            stands_for.update(zip((symbol.symbols[0] for symbol in symbols), value.shape, strict=True))
            return Tensor(shape=symbols, dtype=value.dtype, graph=False)
        return type(value)(map(opened, value)) if isinstance(value, tuple | list) else value

    return tuple(map(opened, drawn.positional)), {k: opened(v) for k, v in drawn.keywords.items()}, stands_for


@pytest.mark.parametrize("name", sorted(CALLS))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_sizes_that_are_not_known_never_lead_to_a_wrong_shape(name: str, data: Any) -> None:
    drawn = data.draw(CALLS[name])
    function = load()[f"torch.{name}"]
    known = our_result(function, drawn)
    positional, keywords, stands_for = symbolic(drawn)
    if known is None or 0 in stands_for.values():
        return
    try:
        made = function(*positional, **keywords)
    except Undecided:
        return
    compare(made, known, stands_for)


def compare(made: Any, known: Any, stands_for: Any) -> None:
    if isinstance(made, Tensor):
        compare(made.shape, known.shape, stands_for)
    elif is_unknown(made) or is_unknown(known):
        return
    elif isinstance(made, tuple | list):
        assert len(made) == len(known)
        for one, other in zip(made, known, strict=True):
            compare(one, other, stands_for)
    else:
        assert (made.at(stands_for) if isinstance(made, Dim) else made) == known


NAMES = [name for name, known in load().items() if name.startswith("torch.") and not isinstance(known, type)]


@pytest.mark.parametrize("name", ["relu", "add", "view", "cat", "mean", "softmax"])
def test_an_operation_is_called_as_torch_calls_it_however_it_is_spelled(name: str) -> None:
    x = Tensor(shape=(2, 6), dtype="float32", graph=True)
    calls: dict[str, list[Any]] = {"add": [x, x], "view": [x, -1], "cat": [[x, x]], "softmax": [x, 1]}
    spellings = [
        each
        for each in NAMES
        if each.rpartition(".")[2].rstrip("_") == name and each.startswith(("torch.", "torch.Tensor"))
    ]
    assert spellings
    for spelling in spellings:
        made = load()[spelling](*calls.get(name, [x]))
        assert made.producer.name == name
        assert made.producer.inputs
        assert made.graph is True


def test_autograd_does_not_follow_what_cannot_be_differentiated() -> None:
    known = load()
    x = Tensor(shape=(2, 6), dtype="float32", graph=True)
    assert known["torch.Tensor.detach"](x).graph is False
    assert known["torch.argmax"](x, 1).graph is False
    assert known["torch.Tensor.max"](x, 1)[1].graph is False
    assert known["torch.Tensor.max"](x, 1)[0].graph is True
    assert known["torch.eq"](x, x).graph is False
    assert known["torch.Tensor.long"](x).graph is False
    assert known["torch.Tensor.half"](x).graph is True
    assert known["torch.randn"](2, 3).graph is False
    assert known["torch.randn"](2, 3, requires_grad=True).graph is True
    assert known["torch.Tensor.to"](x, "cuda").dtype == "float32"
    assert known["torch.Tensor.to"](x, "torch.float16").dtype == "float16"
    assert is_unknown(known["torch.Tensor.to"](x, Unknown("a device")).dtype)


def test_several_outputs_share_the_operation_that_made_them() -> None:
    x = Tensor(shape=(2, 6), dtype="float32", graph=True)
    values, places_ = load()["torch.max"](x, 1)
    assert values.producer is places_.producer
    assert (values.index, places_.index) == (0, 1)


def test_what_is_not_known_leaves_the_shape_unknown() -> None:
    known = load()
    x = Tensor()
    assert is_unknown(known["torch.flatten"](x, 1).shape)
    assert is_unknown(known["torch.add"](x, Tensor(shape=(2,))).shape)
    assert is_unknown(known["torch.nn.functional.max_pool2d"](x, 2).shape)
    assert is_unknown(known["torch.cat"](Unknown("a list")).shape)
    rows, columns = known["torch.Tensor.view"](x, -1, 784).shape
    assert columns == 784
    assert isinstance(rows, Dim)


def test_a_view_that_no_batch_makes_right_is_a_mismatch() -> None:
    known = load()
    x = Tensor(shape=(Dim.symbol("N"), 16, 5, 5))
    assert repr(known["torch.Tensor.view"](x, -1, 400).shape) == "(N, 400)"
    batch = known["torch.Tensor.size"](x, 0)
    assert repr(known["torch.Tensor.view"](x, batch, -1).shape) == "(N, 400)"
    assert repr(known["torch.Tensor.view"](x, -1, 200).shape) == "(2*N, 200)"
    with pytest.raises(Mismatch) as caught:
        known["torch.Tensor.view"](x, batch, 401)
    assert caught.value.axis == "elements"


def test_branches_that_cannot_be_added_are_a_mismatch_on_the_axis_that_differs() -> None:
    known = load()
    batch = Dim.symbol("N")
    with pytest.raises(Mismatch) as caught:
        known["torch.add"](Tensor(shape=(batch, 64, 8, 8)), Tensor(shape=(batch, 128, 8, 8)))
    assert (caught.value.axis, caught.value.wants, caught.value.got) == ("channels", 64, 128)


def test_every_layer_has_its_function_of_the_same_name() -> None:
    functions = {name.rpartition(".")[2] for name in NAMES if name.startswith("torch.nn.functional.")}
    layers = {
        known.operation
        for name, known in load().items()
        if name.startswith("torch.") and isinstance(known, type)
        if issubclass(known, Layer) and known.role in ("activation", "pooling", "dropout")
    }
    assert layers <= functions


def test_an_empty_tensor_joined_with_others_leaves_no_trace() -> None:
    known = load()
    empty = known["torch.FloatTensor"]()
    row = Tensor(shape=(1, 5))
    assert known["torch.cat"]((empty, row), 0).shape == (1, 5)


def test_every_operation_is_compared_with_torch() -> None:
    known = load()
    compared = {id(known[f"torch.{name}"]) for name in CALLS}
    excused = {id(known[f"torch.{name}"]) for names in NO_SHAPES.values() for name in names}
    places = ("torch.Tensor.", "torch.nn.functional.", "torch.linalg.")
    missing = {
        name
        for name, function in known.items()
        if not isinstance(function, type) and (name.startswith(places) or name.count(".") == 1)
        if name.startswith("torch.") and not name.endswith("_loss") and id(function) not in compared | excused
    }
    losses = {
        name for name in missing if "cross_entropy" in name or name.endswith(("_with_logits", "kl_div"))
    }
    assert missing - losses == set()
