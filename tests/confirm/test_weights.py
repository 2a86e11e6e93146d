"""Which initial weights one run takes over from another."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as some  # noqa: E402
from torch import nn  # noqa: E402

from cnnlint.confirm.child.weights import Weights, drawn_alike  # noqa: E402


@settings(deadline=None)
@given(some.integers(0, 10_000), some.integers(16, 2000))
def test_tensors_of_one_law_are_drawn_alike(seed: int, size: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    assert drawn_alike(*(torch.rand(size, generator=generator) for _ in range(2)))


@pytest.mark.parametrize(
    "other",
    [
        torch.full((64,), -3.0), torch.zeros(64), 4 * torch.randn(64), torch.randn(64) - 3, torch.randn(63),
    ],
)  # fmt: skip
def test_tensors_of_other_laws_or_shapes_are_not(other) -> None:
    assert not drawn_alike(torch.randn(64), other)


def net(bias: float | None = None) -> nn.Sequential:
    made = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.Linear(4, 2))
    if bias is not None:
        nn.init.constant_(made[0].bias, bias)
    return made


def test_weights_are_taken_over_but_for_those_initialised_otherwise(tmp_path) -> None:
    first, other = net(), net(bias=-3.0)
    file = str(tmp_path / "weights.pt")
    Weights({"keep": file}).first_call(0, first)
    Weights({"start": file}).first_call(0, other)
    assert torch.equal(first[0].weight, other[0].weight)
    assert torch.equal(first[2].weight, other[2].weight)
    assert set(other[0].bias.tolist()) == {-3.0}


def test_weights_of_another_model_are_not_taken_over(tmp_path) -> None:
    first, other = net(), net()
    before = other[0].weight.clone()
    file = str(tmp_path / "weights.pt")
    Weights({"keep": file}).first_call(0, first)
    Weights({"start": file}).first_call(1, other)
    assert torch.equal(before, other[0].weight)
