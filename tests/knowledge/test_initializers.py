"""What we say of an initialisation against the numbers that torch draws."""

from __future__ import annotations

from typing import Any

import pytest

from cnnlint.knowledge import load
from cnnlint.knowledge.initializers import filled, gain_of

torch = pytest.importorskip("torch")

LAYERS = {
    "Linear": (400, 300),
    "Conv2d": (40, 60, 3),
    "ConvTranspose2d": (60, 40, 3),
    "Conv1d": (40, 60, 5),
}
CALLS: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("kaiming_normal_", [], {}),
    ("kaiming_uniform_", [0.5], {"mode": "fan_out"}),
    ("kaiming_normal_", [], {"mode": "fan_out", "nonlinearity": "relu"}),
    ("xavier_uniform_", [], {}),
    ("xavier_normal_", [2.0], {}),
    ("orthogonal_", [], {"gain": 1.5}),
    ("normal_", [0.0, 0.02], {}),
    ("uniform_", [-0.1, 0.3], {}),
    ("trunc_normal_", [], {"std": 0.01}),
]


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize(("name", "positional", "keywords"), CALLS)
def test_a_weight_is_filled_as_torch_fills_it(
    kind: str, name: str, positional: list[Any], keywords: dict[str, Any]
) -> None:
    torch.manual_seed(0)
    weight = getattr(torch.nn, kind)(*LAYERS[kind]).weight.detach()
    getattr(torch.nn.init, name)(weight, *positional, **keywords)
    drawn = filled(name, load()[f"torch.nn.{kind}"](*LAYERS[kind]), positional, keywords)
    assert drawn.mean == pytest.approx(weight.mean().item(), abs=0.05 * drawn.spread)
    assert drawn.spread == pytest.approx(weight.std().item(), rel=0.02)


@pytest.mark.parametrize("activation", ["linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"])
def test_the_gain_of_an_activation_is_that_of_torch(activation: str) -> None:
    assert gain_of(activation) == pytest.approx(torch.nn.init.calculate_gain(activation))
    assert gain_of("leaky_relu", 0.2) == pytest.approx(torch.nn.init.calculate_gain("leaky_relu", 0.2))
