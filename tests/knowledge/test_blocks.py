"""Blocks of torchvision: the shapes they give and what they learn, against torchvision where it is there."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from cnnlint.knowledge import load
from cnnlint.knowledge.describe import Mismatch

#: Name, arguments, options, the shape given, the shape made, and how many numbers it learns.
BLOCKS: list[tuple[str, tuple[Any, ...], dict[str, Any], tuple[int, ...], tuple[int, ...], int]] = [
    ("Conv2dNormActivation", (3, 16), {}, (2, 3, 32, 32), (2, 16, 32, 32), 464),
    (
        "Conv2dNormActivation",
        (3, 16),
        {"stride": 2, "norm_layer": None},
        (2, 3, 32, 32),
        (2, 16, 16, 16),
        448,
    ),
    ("Conv2dNormActivation", (4, 8, (3, 5)), {"dilation": 2, "bias": True}, (1, 4, 9, 9), (1, 8, 9, 9), 504),
    ("Conv3dNormActivation", (1, 4), {"activation_layer": None}, (1, 1, 4, 4, 4), (1, 4, 4, 4, 4), 116),
    ("MLP", (64, [32, 10]), {}, (2, 7, 64), (2, 7, 10), 2410),
    ("FrozenBatchNorm2d", (3,), {}, (2, 3, 8, 8), (2, 3, 8, 8), 0),
    ("SqueezeExcitation", (16, 4), {}, (2, 16, 8, 8), (2, 16, 8, 8), 148),
    ("StochasticDepth", (0.2, "row"), {}, (2, 16, 8, 8), (2, 16, 8, 8), 0),
    ("Permute", ([0, 2, 3, 1],), {}, (2, 16, 8, 4), (2, 8, 4, 16), 0),
]


def built(name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    return load()[f"torchvision.ops.{name}"](*arguments, **options)


@pytest.mark.parametrize(("name", "arguments", "options", "given", "made", "learnt"), BLOCKS)
def test_a_block_gives_a_shape_and_learns_so_much(
    name: str, arguments: Any, options: Any, given: Any, made: Any, learnt: int
) -> None:
    block = built(name, arguments, options)
    assert tuple(block.output(given)) == made
    assert block.parameter_count() == learnt


@pytest.mark.parametrize(("name", "arguments", "options", "given", "made", "learnt"), BLOCKS)
def test_torchvision_says_the_same(
    name: str, arguments: Any, options: Any, given: Any, made: Any, learnt: int
) -> None:
    torch = pytest.importorskip("torch")
    ops = pytest.importorskip("torchvision.ops")
    misc = pytest.importorskip("torchvision.ops.misc")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        block = (getattr(ops, name, None) or getattr(misc, name))(*arguments, **options)
    assert tuple(block(torch.rand(given)).shape) == made
    assert sum(each.numel() for each in block.parameters()) == learnt


def test_a_block_built_for_other_channels_does_not_fit() -> None:
    for name, arguments in (
        ("Conv2dNormActivation", (3, 16)),
        ("FrozenBatchNorm2d", (3,)),
        ("MLP", (3, [2])),
    ):
        with pytest.raises(Mismatch):
            built(name, arguments, {}).output((2, 5, 8, 8))
