"""Each layer against torch's own: its arguments, the shape it gives, the numbers it learns."""

from __future__ import annotations

import contextlib
import inspect
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnlint.dims import Dim
from cnnlint.facts import Layer, Loss
from cnnlint.knowledge import load
from cnnlint.knowledge.describe import Mismatch
from cnnlint.values import Undecided, is_unknown
from tests.knowledge.layer_cases import CASES, NO_OPTIONS, anything

torch = pytest.importorskip("torch")

LAYERS = {
    name.removeprefix("torch.nn."): known
    for name, known in load().items()
    if name.count(".") == 2
    and name.startswith("torch.nn.")
    and isinstance(known, type)
    and issubclass(known, Layer)
    and not issubclass(known, Loss)
}
#: Arguments that newer versions of torch have.
NEWER = {"bias"}
#: torch binds these by hand; here are the names it documents.
BOUND_BY_HAND = {"RNN", "LSTM", "GRU"}

#: What options contradict each other about, whatever the input.
CONTRADICTORY = {"stride", "padding", "groups"}
PLAIN = sorted(name for name, layer in LAYERS.items() if layer.role == "activation" and name not in CASES)
CASES |= dict.fromkeys(PLAIN, (NO_OPTIONS, anything))


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_a_layer_takes_the_arguments_of_torch(name: str) -> None:
    real = dict(inspect.signature(getattr(torch.nn, name)).parameters)
    ours = dict(inspect.signature(LAYERS[name]).parameters)
    if any(each.kind is each.VAR_POSITIONAL for each in real.values()):
        needed = [
            each for each in ours.values() if each.default is each.empty and each.kind < each.VAR_POSITIONAL
        ]
        assert not needed or name in BOUND_BY_HAND
        return
    ours = {key: each for key, each in ours.items() if key in real or key not in NEWER}
    assert [(each.name, each.kind) for each in ours.values()] == [
        (each.name, each.kind) for each in real.values()
    ]
    for key, each in ours.items():
        assert each.default == real[key].default or callable(real[key].default)


def shapes_of(result: Any) -> Any:
    """Tensors as shapes: several outputs as a list."""
    if isinstance(result, tuple):
        return [shapes_of(each) for each in result]
    return tuple(result.shape)


def real_outcome(name: str, chosen: dict[str, Any], shape: tuple[int, ...]) -> tuple[Any, Any]:
    """What torch gives for an input of this shape, and how much it learns; (None, None) for an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            layer = getattr(torch.nn, name)(**chosen).eval()
            result = shapes_of(layer(*real_inputs(name, layer, shape)))
        except (RuntimeError, ValueError, IndexError, TypeError, AssertionError, NotImplementedError):
            return None, None
    if 0 in result:  # torch lets some layers make empty maps, of which nothing can be learned
        return None, None
    return result, sum(parameter.numel() for parameter in layer.parameters())


def real_inputs(name: str, layer: Any, shape: tuple[int, ...]) -> list[Any]:
    if name.startswith("Embedding"):
        return [torch.zeros(shape, dtype=torch.long)]
    if name == "MultiheadAttention":
        return [torch.zeros(*shape[:-1], size) for size in (shape[-1], layer.kdim, layer.vdim)]
    return [torch.zeros(shape)] * (2 if name == "Transformer" else 1)


def our_outcome(name: str, chosen: dict[str, Any], shape: Any) -> tuple[Any, Any]:
    try:
        layer = LAYERS[name](**chosen)
        result = layer.output(*[shape] * (2 if name == "Transformer" else 1))
    except (Mismatch, Undecided, ZeroDivisionError):
        return None, None
    return result, layer


def agrees(ours: Any, real: Any) -> bool:
    """The same shapes; what is Unknown here agrees with anything."""
    if is_unknown(ours):
        return True
    if isinstance(ours, list):
        return len(ours) == len(real) and all(map(agrees, ours, real))
    return (
        isinstance(real, tuple)
        and len(ours) == len(real)
        and all(is_unknown(a) or a == b for a, b in zip(ours, real, strict=True))
    )


@pytest.mark.parametrize("name", sorted(CASES))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_layer_gives_the_shape_that_torch_gives(name: str, data: Any) -> None:
    chosen, shape = data.draw(CASES[name][0]), data.draw(CASES[name][1])
    real, learned = real_outcome(name, chosen, shape)
    ours, layer = our_outcome(name, chosen, shape)
    if real is None:
        assert ours is None
        return
    assert ours is not None
    assert agrees(ours, real), (ours, real)
    if not name.startswith("Lazy"):
        assert layer.parameter_count() == learned


@pytest.mark.parametrize("name", sorted(CASES))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_shape_with_symbols_gives_what_its_sizes_give(name: str, data: Any) -> None:
    chosen, shape = data.draw(CASES[name][0]), data.draw(CASES[name][1])
    free = data.draw(st.lists(st.booleans(), min_size=len(shape), max_size=len(shape)))
    symbols = tuple(Dim.symbol("S") if each else size for each, size in zip(free, shape, strict=True))
    sizes = {
        symbol.symbols[0]: size
        for symbol, size in zip(symbols, shape, strict=True)
        if isinstance(symbol, Dim)
    }
    known, _ = our_outcome(name, chosen, shape)
    open_, _ = our_outcome(name, chosen, symbols)
    if known is not None and open_ is not None:
        assert agrees(replaced(open_, sizes), known)
    if known is not None and open_ is None:
        with pytest.raises(Undecided):  # never a Mismatch where some sizes fit
            LAYERS[name](**chosen).output(*[symbols] * (2 if name == "Transformer" else 1))


def replaced(shape: Any, sizes: Any) -> Any:
    if is_unknown(shape):
        return shape
    each = [replaced(one, sizes) if isinstance(one, tuple | list) else one for one in shape]
    return type(shape)(one.at(sizes) if isinstance(one, Dim) else one for one in each)


@pytest.mark.parametrize("name", sorted(CASES))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_layer_takes_the_shape_it_admits(name: str, data: Any) -> None:
    chosen = data.draw(CASES[name][0])
    layer = LAYERS[name](**chosen)
    if is_unknown(layer.admits()):
        return
    with contextlib.suppress(Undecided):
        assert disagreement(layer) in {"", *CONTRADICTORY}


def disagreement(layer: Layer) -> str:
    """The axis on which a layer does not take the shape it admits."""
    try:
        layer.output(layer.admits())
    except Mismatch as mismatch:
        return mismatch.axis
    return ""
