"""Models that are given more than one image: what each input is, is found by what the layers ask for."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from tests.confirm.shapes import HEAD, built, model, performed, recipe

pytest.importorskip("torch")


def net(layers: str, signature: str, forward: str) -> str:
    """A class with these layers and this forward."""
    return HEAD + (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"{indent(layers, ' ' * 8)}\n    def forward(self, {signature}):\n{indent(forward, ' ' * 8)}\n"
    )


GENERATOR = (
    "self.table, self.fc = nn.Embedding(10, {0}), nn.Linear({1}, 8 * 16)\nself.conv = nn.Conv2d(8, 1, 3)"
)
TILED = """
c = c.view(c.size(0), c.size(1), 1, 1).expand(-1, -1, image.size(2), image.size(3))
return self.conv(torch.cat([image, c], 1))
"""
TIMED = """
angle = t[:, None] * torch.arange(8.)
return self.conv(x) + self.time(torch.cat([angle.sin(), angle.cos()], 1))[:, :, None, None]
"""
DRAWN = "return self.conv(self.fc({0}).view(-1, 8, 4, 4))"


@pytest.mark.parametrize(
    ("layers", "signature", "forward", "inputs"),
    [
        (
            GENERATOR.format(50, 50), "noise, labels", DRAWN.format("self.table(labels) * noise"),
            [[2, 50], [2]],
        ),
        (
            GENERATOR.format(10, 60), "noise, labels",
            DRAWN.format("torch.cat([self.table(labels), noise], -1)"),
            [[2, 50], [2]],
        ),
        (
            "self.table, self.fc = nn.Embedding(10, 10), nn.Linear(50, 8)", "noise", "return self.fc(noise)",
            [[2, 50]],
        ),
        (
            "self.fc, self.conv = nn.Linear(10, 3 * 28 * 28), nn.Conv2d(6, 8, 3)", "image, z",
            "return self.conv(torch.cat([image, self.fc(z).view(*image.shape)], 1))",
            [[2, 3, 28, 28], [2, 10]],
        ),
        (
            "self.conv = nn.Conv2d(8, 4, 3)", "image, c", TILED,
            [],
        ),
        (
            "self.up, self.conv = nn.ConvTranspose2d(8, 4, 2, 2), nn.Conv2d(12, 4, 3, padding=1)", "x, skip",
            "return self.conv(torch.cat([self.up(x), skip], 1))",
            [[2, 8, 1, 1], [2, 8, 2, 2]],
        ),
        (
            "self.mlp, self.conv = nn.Linear(8, 4), nn.Conv2d(6, 4, 3)", "content, style",
            "return self.conv(content) * self.mlp(style.view(style.size(0), -1))[:, :, None, None]",
            [[2, 6, 32, 32], [2, 8]],
        ),
        (
            "self.conv, self.time = nn.Conv2d(3, 8, 3), nn.Linear(16, 8)", "x, t", TIMED,
            [[2, 3, 32, 32], [2]],
        ),
        (
            "self.conv, self.head = nn.Conv2d(3, 8, 32), nn.Linear(13, 2)", "image, numbers",
            "return self.head(torch.cat([self.conv(image).flatten(1), numbers], 1))",
            [[2, 3, 32, 32], [2, 5]],
        ),
    ],
)  # fmt: skip
def test_each_input_is_what_takes_it(
    tmp_path: Path, layers: str, signature: str, forward: str, inputs: list[list[int]]
) -> None:
    trace = model(performed(tmp_path, net(layers, signature, forward)))
    assert built(trace), (trace["inputs"], trace["broken"])
    assert trace["searched"]
    assert trace["inputs"] == inputs or not inputs  # several would do


def test_images_are_made_larger_where_they_are_used_up(tmp_path: Path) -> None:
    layers = "self.conv, self.pool = nn.Conv2d(3, 4, 3, 32), nn.MaxPool2d(30)"
    trace = model(performed(tmp_path, net(layers, "x", "return self.pool(self.conv(x))")))
    assert (built(trace), trace["inputs"]) == (True, [[2, 3, 1144, 1144]])


DISCRIMINATOR = net(
    "self.table, self.conv = nn.Embedding(10, 8), nn.Conv2d(3, 8, 3)", "image, labels",
    "return self.conv(image) * self.table(labels)[:, :, None, None]",
) + "net = Net()\n"  # fmt: skip


def test_of_inputs_that_are_told_only_the_kind_of_number_is_found(tmp_path: Path) -> None:
    known = recipe(tmp_path / "train.py", 11, [4, 3, 28, 28], [4])
    trace = model(performed(tmp_path, DISCRIMINATOR, recipes=[known]))
    assert (built(trace), trace["inputs"], trace["searched"]) == (True, [[4, 3, 28, 28], [4]], False)
    wrong = recipe(tmp_path / "train.py", 11, [4, 5, 28, 28], [4])
    trace = model(performed(tmp_path, DISCRIMINATOR, recipes=[wrong]))
    assert (built(trace), trace["inputs"]) == (False, [[4, 5, 28, 28], [4]])


def test_what_is_told_of_one_input_holds_though_the_other_is_not_known(tmp_path: Path) -> None:
    known = recipe(tmp_path / "train.py", 11, [2, 3, 40, 40], [])
    trace = model(performed(tmp_path, DISCRIMINATOR, recipes=[known]))
    assert (built(trace), trace["inputs"], trace["searched"]) == (True, [[2, 3, 40, 40], [2]], True)


@pytest.mark.parametrize(
    ("layers", "signature", "forward"),
    [
        (
            "self.conv, self.fc = nn.Conv2d(3, 8, 3), nn.Linear(7, 2)", "x",
            "return self.fc(self.conv(x).mean((2, 3)))",
        ),
        ("self.conv = nn.Conv2d(16, 16, 3)", "x", "return x + self.conv(x)"),
        ("self.one, self.two = nn.Conv2d(3, 8, 3), nn.Conv2d(9, 8, 3)", "x", "return self.two(self.one(x))"),
        (
            "self.one, self.two = nn.Conv2d(3, 8, 3), nn.Conv2d(9, 8, 3)", "x, y",
            "return self.two(self.one(x)) + self.two(self.one(y))",
        ),
    ],
)  # fmt: skip
def test_a_model_that_is_wrong_is_not_helped(
    tmp_path: Path, layers: str, signature: str, forward: str
) -> None:
    trace = model(performed(tmp_path, net(layers, signature, forward)))
    assert trace["broken"] is not None
    assert trace["tried"] > 4
