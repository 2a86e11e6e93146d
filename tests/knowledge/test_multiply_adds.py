"""Multiply-adds and receptive fields against torch's own flop counter and gradients."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnlint.facts import Op, Tensor
from cnnlint.facts.graph import settled
from cnnlint.facts.sight import Sight, through
from cnnlint.knowledge import load
from cnnlint.values import is_unknown
from tests.knowledge.layer_cases import CASES

torch = pytest.importorskip("torch")
from tests.knowledge.test_layers import real_inputs  # noqa: E402 - which needs torch itself

flop_counter = pytest.importorskip("torch.utils.flop_counter")

#: Layers that multiply, and whose flops the counter sees on every device.
MULTIPLYING = [
    name
    for name in CASES
    if name.startswith(("Conv", "Linear", "RNN", "GRU", "LSTM", "Multihead", "Transformer"))
]


def counted(module: Any, *inputs: Any) -> int | None:
    """Multiply-adds as torch counts them; None where the input does not fit."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        try:
            # mkldnn runs an LSTM in one piece, of which nothing is counted.
            with (
                torch.backends.mkldnn.flags(enabled=False),
                flop_counter.FlopCounterMode(display=False) as counter,
            ):
                module(*inputs)
        except (RuntimeError, ValueError, IndexError, TypeError, AssertionError, NotImplementedError):
            return None
    total = counter.get_total_flops()
    assert total % 2 == 0
    return int(total // 2)


@pytest.mark.parametrize("name", MULTIPLYING)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_layer_multiplies_as_often_as_torch_counts(name: str, data: Any) -> None:
    chosen, shape = data.draw(CASES[name][0]), data.draw(CASES[name][1])
    try:
        module = getattr(torch.nn, name)(**chosen).train()
    except (RuntimeError, ValueError, AssertionError):
        return
    inputs = real_inputs(name, module, shape)
    real = counted(module, *inputs)
    if real is None:
        return
    layer: Any = load()[f"torch.nn.{name}"](**chosen)
    shapes = [tuple(each.shape) for each in inputs]
    output = layer.output(*shapes[: 2 if name == "Transformer" else 1])
    first = output[0] if isinstance(output, list) else output
    ours = settled(lambda: layer.multiply_adds(first, *shapes))
    assert is_unknown(ours) or ours == real
    assert not is_unknown(ours) or name.startswith("Lazy")


size = st.integers(1, 4)
PRODUCTS: dict[str, Any] = {
    "torch.matmul": st.sampled_from([((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 5, 2, 3), (2, 5, 3, 4))]),
    "torch.bmm": st.tuples(size, size, size, size).map(lambda n: (n[:3], (n[0], n[2], n[3]))),
    "torch.mm": st.tuples(size, size, size).map(lambda n: (n[:2], n[1:])),
    "torch.addmm": st.tuples(size, size, size).map(lambda n: ((n[0], n[2]), n[:2], n[1:])),
    "torch.nn.functional.linear": st.tuples(size, size, size).map(lambda n: (n[:2], (n[2], n[1]))),
    "torch.nn.functional.conv2d": st.tuples(size, size, size).map(
        lambda n: ((2, n[0], 5, 6), (n[1], n[0], n[2], 2))
    ),
    "torch.nn.functional.conv_transpose2d": st.tuples(size, size, size).map(
        lambda n: ((2, n[0], 5, 6), (n[0], n[1], n[2], 2))
    ),
}


@pytest.mark.parametrize("name", sorted(PRODUCTS))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_function_multiplies_as_often_as_torch_counts(name: str, data: Any) -> None:
    shapes = data.draw(PRODUCTS[name])
    function = torch
    for part in name.split(".")[1:]:
        function = getattr(function, part)
    real = counted(function, *(torch.zeros(shape, device="meta") for shape in shapes))
    made = load()[name](*(Tensor(shape=shape) for shape in shapes))
    assert made.producer.acts_as.multiply_adds(made.shape, *shapes) == real


def test_a_sum_over_letters_multiplies_for_each_of_them() -> None:
    tensors = [Tensor(shape=(2, 3, 4)), Tensor(shape=(2, 4, 5))]
    made = load()["torch.einsum"]("bij,bjk->bik", *tensors)
    assert made.producer.acts_as.multiply_adds(made.shape, *(each.shape for each in tensors)) == 2 * 3 * 5 * 4


#: What slides along one axis, without padding, so that its window can be read off gradients.
slides = st.one_of(
    st.tuples(
        st.just("Conv1d"),
        st.fixed_dictionaries(
            {"kernel_size": size, "stride": st.integers(1, 2), "dilation": st.integers(1, 2)}
        ),
    ),
    st.tuples(
        st.just("ConvTranspose1d"),
        st.fixed_dictionaries({"kernel_size": st.integers(2, 5), "stride": st.integers(1, 2)}),
    ),
    st.tuples(
        st.just("AvgPool1d"), st.fixed_dictionaries({"kernel_size": size, "stride": st.integers(1, 2)})
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=st.lists(slides, min_size=1, max_size=4))
def test_a_value_sees_as_far_as_its_gradient_reaches(chosen: list[tuple[str, dict[str, Any]]]) -> None:
    x = torch.ones(1, 1, 200, requires_grad=True)
    value, sight = x, Sight()
    for name, options in chosen:
        channels = {} if name == "AvgPool1d" else {"in_channels": 1, "out_channels": 1, "bias": False}
        module = getattr(torch.nn, name)(**channels, **options)
        for parameter in module.parameters():
            torch.nn.init.ones_(parameter)
        value = module(value)
        layer: Any = load()[f"torch.nn.{name}"](**channels, **options)
        shape = tuple(value.shape)
        sight = through(sight, layer.window(shape, shape), Op())
    middle = range(value.shape[-1] // 2 - 4, value.shape[-1] // 2 + 4)
    reached = []
    for at in middle:
        (gradient,) = torch.autograd.grad(value[0, 0, at], x, retain_graph=True)
        places = gradient[0, 0].nonzero()
        reached.append(int(places.max() - places.min()) + 1 if len(places) else 0)
    far = max(reached)
    assert (
        far <= sight.known <= far + 3
        if any(each[0] == "ConvTranspose1d" for each in chosen)
        else far == sight.known
    )
