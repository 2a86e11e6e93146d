"""Every shape that cannot fit is some rule's, and no two rules speak of the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnlint import lint_text
from cnnlint.checks import branches, ranks, shapes
from cnnlint.facts import Layer, Op, ShapeError, Tensor
from cnnlint.knowledge.layers.conv import Conv2d
from cnnlint.knowledge.layers.linear import Linear
from cnnlint.knowledge.layers.pooling import MaxPool2d
from cnnlint.knowledge.losses.classification import CrossEntropyLoss
from cnnlint.source import Site

KNOWLEDGE = Path(__file__).resolve().parents[1] / "cnnlint" / "knowledge"
CHECKS = (
    shapes.channel_mismatch,
    shapes.input_channels,
    shapes.linear_in_features,
    ranks.spatial_collapse,
    ranks.wrong_dimensional_layer,
    ranks.missing_batch_or_channel_dim,
    branches.branch_mismatch,
    branches.upsample_mismatch,
)
#: As knowledge names them, and those it makes up: `axis_name` and the letters of einsum.
AXES = sorted(
    {
        name
        for path in KNOWLEDGE.rglob("*.py")
        for name in re.findall(r'expect(?:_size)?\((?:[^"\n]*, )?"([a-z ]+)"', path.read_text("utf-8"))
    }
    | {"batch", "channels", "depth", "height", "width", "length", "axis 1", "axis k", "parts of axis 1"}
)
LAYERS = {
    "function": None,
    "convolution": Conv2d(3, 8, 3),
    "pooling": MaxPool2d(2),
    "linear": Linear(8, 2),
}


def error(axis: str, layer: Layer | None, inputs: int = 1) -> ShapeError:
    tensors = tuple(Tensor(shape=(4, 16, 32, 32)) for _ in range(inputs))
    found = ShapeError(Op(name=layer.operation if layer else "add", inputs=tensors), axis, 3, 16, layer)
    found.site = found.op.site = found.given = Site("net.py", 1)
    return found


def speaking(found: ShapeError) -> list[str]:
    return [check.__name__ for check in CHECKS for _ in check(found)]


def test_the_axes_of_knowledge_are_found() -> None:
    assert {"axes", "channels", "features", "elements", "groups", "padding", "target axes"} <= set(AXES)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("name", LAYERS)
def test_exactly_one_rule_speaks_of_a_shape_that_does_not_fit(axis: str, name: str) -> None:
    assert len(speaking(error(axis, LAYERS[name]))) == 1


@pytest.mark.parametrize("axis", AXES)
def test_exactly_one_rule_speaks_of_two_tensors_that_do_not_fit(axis: str) -> None:
    rule = "wrong_dimensional_layer" if axis == "axes" else "branch_mismatch"
    assert speaking(error(axis, None, inputs=2)) == [rule]


@pytest.mark.parametrize("axis", AXES)
def test_exactly_one_rule_speaks_of_an_image_that_lacks_an_axis(axis: str) -> None:
    found = error(axis, LAYERS["convolution"])
    found.lacking, found.image = 0, (3, 32, 32)
    assert speaking(found) == ["missing_batch_or_channel_dim"]


@pytest.mark.parametrize("axis", AXES)
def test_what_a_loss_does_not_take_is_left_to_the_rules_of_losses(axis: str) -> None:
    assert speaking(error(axis, CrossEntropyLoss(), inputs=2)) == []


def test_of_a_linear_on_a_map_only_the_missing_flattening_is_said() -> None:
    images = Tensor(shape=(4, 3, 34, 34))
    convolve = Op(name="conv2d", inputs=(images,), layer=LAYERS["convolution"])
    convolve.output = Tensor(shape=(4, 8, 32, 32), producer=convolve)
    found = error("features", LAYERS["linear"])
    found.op.layer, found.op.inputs = LAYERS["linear"], (convolve.output,)
    assert speaking(found) == []
    assert [flag.site for flag in shapes.missing_flatten(found.op)] == [found.op.site]


UNET = """
import torch
from torch import nn
class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.downs = nn.ModuleList(nn.Conv2d(i, o, 3, padding=1) for i, o in ((3, 8), (8, 16), (16, 32)))
        self.ups = nn.ModuleList(nn.ConvTranspose2d(f, f, KERNEL, 2) for f in (32, 16, 8))
        self.joins = nn.ModuleList(nn.Conv2d(i, o, 1) for i, o in ((64, 16), (32, 8), (16, 3)))
        self.pool = nn.MaxPool2d(2)
    def forward(self, x):
        skips = []
        for down in self.downs:
            x = down(x)
            skips.append(x)
            x = self.pool(x)
        for up, join, skip in zip(self.ups, self.joins, skips[::-1]):
            x = join(torch.cat([skip, up(x)], 1))
        return x
"""


@pytest.mark.parametrize(
    ("kernel", "given", "sizes", "severity"),
    [
        (3, "torch.randn(2, 3, 80, 120)", "sizes such as 119 and 127", "error"),
        (2, "torch.randn(2, 3, 84, 84)", "sizes divisible by 8", "error"),
    ],
)
def test_the_sizes_named_run_through_the_whole_model(
    kernel: int, given: str, sizes: str, severity: str
) -> None:
    text = UNET.replace("KERNEL", str(kernel)) + f"UNet()({given})\n"
    found = [each for each in lint_text(text) if each.code == "CNN311"]
    assert [each.severity.value for each in found] == [severity]
    assert all(sizes in each.message for each in found)
