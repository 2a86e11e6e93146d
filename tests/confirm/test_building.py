"""How instances of the user's classes are come by, the nearest way to the truth first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.confirm.shapes import HEAD, NET, built, model, performed, recipe

pytest.importorskip("torch")

WRAPPED = """
class Block(nn.Module):
    def __init__(self, inputs, outputs, act):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
    def forward(self, x):
        return self.conv(x)
class Net(nn.Module):
    def __init__(self, depth=2):
        super().__init__()
        widths = [3, 8, 16][:depth + 1]
        self.blocks = nn.Sequential(*[Block(a, b, 'relu') for a, b in zip(widths, widths[1:])])
    def forward(self, x):
        return self.blocks(x)
"""


MAIN = """
def main():
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument('--channels', default=1)
    args = parser.parse_args()
    print('no')
    return Net(args.channels)
"""
OUTER = """
class Outer(nn.Module):
    def __init__(self, channels=1):
        super().__init__()
        self.channels = channels
        self.net = Net(self.channels)
    def forward(self, x):
        return self.net(x)
"""


@pytest.mark.parametrize(
    ("more", "how"),
    [
        ("net = Net(1)\n", "call site"),
        ("if __name__ == '__main__':\n    width = 1\n    net = Net(channels=width).cuda()\n", "call site"),
        ("def main(channels=1):\n    twice = channels * 1\n    return Net(twice)\n", "call site"),
        (MAIN, "call site"),
        (OUTER, "part of `Outer`"),
        ("", "defaults"),
    ],
)
def test_a_class_is_built_as_its_own_file_builds_it(tmp_path: Path, more: str, how: str) -> None:
    trace = model(performed(tmp_path, HEAD + NET + more))
    assert built(trace)
    assert trace["how"] == how
    assert trace["inputs"][0][1] == (3 if how == "defaults" else 1)


def test_a_class_is_built_as_another_file_builds_it(tmp_path: Path) -> None:
    files = {"main.py": "import os\nfrom net import Net\nos.makedirs('made')\nnet = Net(1, classes=2)\n"}
    text = HEAD + NET.replace("channels=3, classes=10", "channels, classes")
    trace = model(performed(tmp_path, text, files, name="net.py"))
    assert (trace["how"], trace["inputs"][0][1]) == ("call site in another file", 1)
    assert not Path("made").exists()


def test_a_function_that_needs_nothing_may_build_it(tmp_path: Path) -> None:
    text = HEAD + NET.replace("channels=3, classes=10", "channels, classes")
    text += "def small(name='x', builder=Net):\n    maker = Net\n    return maker(1, 2)\n"
    trace = model(performed(tmp_path, text))
    assert (trace["how"], trace["inputs"][0][1]) == ("function without arguments", 1)


def test_arguments_are_guessed_by_their_names_at_last(tmp_path: Path) -> None:
    trace = model(performed(tmp_path, HEAD + NET.replace("channels=3, classes=10", "channels, classes")))
    assert trace["how"] == "guessed arguments"
    assert trace["layers"][-1]["output"] == [2, 10]


def test_a_part_of_a_model_has_the_shapes_that_it_meets_there(tmp_path: Path) -> None:
    result = performed(tmp_path, HEAD + WRAPPED)
    block = model(result, "Block")
    assert block["how"] == "part of `Net`"
    assert block["inputs"] == [[2, 3, 32, 32]]
    assert [each["name"] for each in block["layers"]] == ["", "conv"]
    assert block["edges"] == [(-1, 1)]
    assert block["outputs"] == [1]


def test_a_class_that_is_given_to_another_is_found_in_it(tmp_path: Path) -> None:
    text = HEAD + NET.replace("Net", "Block") + (
        "class Net(nn.Module):\n    def __init__(self, block, count):\n        super().__init__()\n"
        "        self.block = block(3)\n    def forward(self, x):\n        return self.block(x)\n"
        "def plain(pretrained):\n    return Net(nn.Identity, 1)\ndef deep():\n    return Net(Block, 2)\n"
    )  # fmt: skip
    assert model(performed(tmp_path, text), "Block")["how"] == "part of `Net`"


def test_the_line_of_a_recipe_comes_first_and_its_input_is_taken(tmp_path: Path) -> None:
    text = HEAD + NET + "first = Net(3)\nsecond = Net(1)\n"
    known = recipe(tmp_path / "train.py", 13, [None, 1, 28, 28])
    trace = model(performed(tmp_path, text, recipes=[known]))
    assert (trace["inputs"], trace["searched"], trace["how"]) == ([[2, 1, 28, 28]], False, "call site")


def test_each_line_that_builds_a_class_is_a_model_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    recipes = [recipe(path, 12, [4, 3, 8, 8]), recipe(path, 13, [4, 1, 8, 8])]
    result = performed(tmp_path, HEAD + NET + "first = Net(3)\nsecond = Net(1)\n", recipes=recipes)
    assert [each["inputs"] for each in result["models"]] == [[[4, 3, 8, 8]], [[4, 1, 8, 8]]]


def test_a_container_that_the_program_builds_is_a_model(tmp_path: Path) -> None:
    text = HEAD + "net = nn.Sequential(\n    nn.Flatten(),\n    nn.Linear(784, 10),\n)\n"
    known = recipe(tmp_path / "train.py", 4, [None, 1, 28, 28], name="Sequential")
    trace = model(performed(tmp_path, text, recipes=[known]), "Sequential")
    assert [each["built"]["line"] for each in trace["layers"] if each["built"]] == [4, 5, 6]


def test_what_is_configured_is_built_whatever_else_there_is(tmp_path: Path) -> None:
    files = {"factory.py": "from train import Net\ndef make():\n    return Net(1)\n"}
    trace = model(performed(tmp_path, HEAD + NET, files, build="factory:make", input=[1, 1, 9, 9]))
    assert (trace["how"], trace["inputs"], trace["searched"]) == ("configuration", [[1, 1, 9, 9]], False)


def test_why_a_model_cannot_be_built_is_told_with_its_line(tmp_path: Path) -> None:
    text = HEAD + NET.replace("nn.Conv2d(channels, 8, 3)", "nn.Conv2d(channels, 8 / 2, 3)") + "net = Net()\n"
    trace = model(performed(tmp_path, text))
    assert trace["why"].startswith("TypeError")
    assert trace["broken"] is not None
    assert trace["broken"]["place"] == {"path": str(tmp_path / "train.py"), "line": 8}


def test_a_function_that_must_be_told_sizes_is_told_usual_ones(tmp_path: Path) -> None:
    text = HEAD + NET.replace("channels=3, classes=10", "channels, classes")
    text += "def make(num_classes, width):\n    return Net(channels=1, classes=num_classes)\n"
    trace = model(performed(tmp_path, text))
    assert (trace["how"], trace["inputs"][0][1]) == ("guessed arguments", 1)
    assert trace["layers"][-1]["output"] == [2, 10]


def test_a_part_that_no_input_fits_alone_is_seen_where_it_is_a_part(tmp_path: Path) -> None:
    text = HEAD + (
        "class Up(nn.Module):\n    def __init__(self, channels):\n        super().__init__()\n"
        "        self.up = nn.ConvTranspose2d(channels, 4, 2, 2)\n"
        "    def forward(self, x, skip):\n        return torch.cat([self.up(x), skip], 1)\n"
        "class Net(nn.Module):\n    def __init__(self, channels):\n        super().__init__()\n"
        "        self.down, self.up = nn.Conv2d(3, 8, 2, 2), Up(8)\n"
        "    def forward(self, x):\n        return self.up(self.down(x), x)\n"
    )  # fmt: skip
    trace = model(performed(tmp_path, text), "Up")
    assert built(trace)
    assert trace["inputs"] == [[2, 8, 16, 16], [2, 3, 32, 32]]


def test_what_a_line_within_a_model_builds_is_shown_as_its_part(tmp_path: Path) -> None:
    known = recipe(tmp_path / "train.py", 15, [None, 3, 8, 8], name="Block")
    result = performed(tmp_path, HEAD + WRAPPED, recipes=[known])
    assert [(each["name"], each["how"]) for each in result["models"]] == [
        ("Block", "part of `Net`"), ("Net", "defaults"),
    ]  # fmt: skip


def test_defaults_that_cannot_be_called_give_way_to_a_call_elsewhere(tmp_path: Path) -> None:
    text = HEAD + NET.replace("channels=3, classes=10", "last=None").replace(
        "self.fc = nn.Linear(8, classes)", "self.fc = last"
    ).replace("channels", "3")  # fmt: skip
    files = {"main.py": "import torch.nn as nn\nfrom net import Net\nnet = Net(nn.Linear(8, 2))\n"}
    assert not built(model(performed(tmp_path, text, name="alone.py")))
    trace = model(performed(tmp_path, text, files, name="net.py"))
    assert (built(trace), trace["how"]) == (True, "call site in another file")


def test_a_part_of_a_model_of_another_file_is_seen_there(tmp_path: Path) -> None:
    text = HEAD + (
        "class Decoder(nn.Module):\n    def __init__(self, widths):\n        super().__init__()\n"
        "        self.conv = nn.Conv2d(widths[-1], 4, 3)\n"
        "    def forward(self, *maps):\n        return self.conv(maps[-1])\n"
    )
    outer = HEAD + (
        "from decoder import Decoder\nclass Net(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.stem, self.head = nn.Conv2d(3, 8, 3), Decoder([3, 8])\n"
        "    def forward(self, x):\n        return self.head(x, self.stem(x))\n"
    )
    trace = model(performed(tmp_path, text, {"net.py": outer}, name="decoder.py"), "Decoder")
    assert (built(trace), trace["how"]) == (True, "part of `Net`")
    assert trace["inputs"] == [[2, 3, 32, 32], [2, 8, 30, 30]]


def test_a_table_of_models_says_with_what_they_are_built(tmp_path: Path) -> None:
    text = HEAD + NET.replace("channels=3, classes=10", "channels, classes")
    text += "NETS = {'small': {'model': Net, 'params': {'channels': 1, 'classes': 2}}}\n"
    trace = model(performed(tmp_path, text))
    assert (trace["how"], trace["inputs"][0][1]) == ("entry of a table", 1)


def test_what_one_instance_is_given_is_not_given_to_another(tmp_path: Path) -> None:
    text = HEAD + WRAPPED
    place = {"path": str(tmp_path / "train.py"), "line": 5}
    known = [
        {"name": "Block", "place": place, "built": None, "inputs": [[1, channels, 8, 8]]}
        for channels in (3, 8)
    ]
    assert built(model(performed(tmp_path, text, recipes=known), "Block"))
