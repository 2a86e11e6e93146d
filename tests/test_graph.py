"""Models as graphs, against torch: shapes, parameters, multiply-adds; and what is said of the unknown."""

from __future__ import annotations

import contextlib
from math import inf
from pathlib import Path
from typing import Any

import pytest

from cnnlint.config import Config
from cnnlint.dims import Dim
from cnnlint.facts.graph import Graph
from cnnlint.interpreter import analyse
from cnnlint.linting import new_session
from cnnlint.report.network import graphs_of, table
from cnnlint.values import is_unknown

MODELS = sorted((Path(__file__).parent / "graphs").glob("*.py"))


def graphs(text: str) -> list[Graph]:
    session = new_session(Config(cache=False), overlay={"net.py": text.encode()})
    return graphs_of(analyse("net.py", session.project))


def graph(text: str) -> Graph:
    (only,) = graphs("import torch\nfrom torch import nn\nfrom torch.nn import functional as F\n" + text)
    return only


def sequential(*layers: str, size: str = "1, 3, 32, 32") -> Graph:
    return graph(f"nn.Sequential({', '.join(f'nn.{layer}' for layer in layers)})(torch.randn({size}))\n")


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_model_costs_what_torch_says_it_costs(path: Path) -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    names: dict[str, Any] = {}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    net, x = names["net"], names["x"]
    made: list[tuple[int, ...]] = []
    for module in net.modules():
        if not list(module.children()):
            module.register_forward_hook(lambda module, given, result: made.append(first_shape(result)))
    with (
        torch.no_grad(),
        torch.backends.mkldnn.flags(enabled=False),
        FlopCounterMode(display=False) as counter,
    ):
        result = net(x)
    (ours,) = graphs(path.read_text(encoding="utf-8"))
    assert ours.parameters == sum(each.numel() for each in net.parameters())
    assert ours.multiply_adds == (counter.get_total_flops() // 2 // names["batch"], True)
    assert ours.output == tuple(result.shape)
    shapes = [node.shape for node in ours.nodes if node.operation.layer is not None]
    assert sorted(shapes) == sorted(made)


def first_shape(result: Any) -> tuple[int, ...]:
    with contextlib.suppress(AttributeError):
        return tuple(result.shape)
    return first_shape(result[0])


def test_depth_counts_layers_with_weights_on_the_longest_path() -> None:
    depths = {path.stem: graphs(path.read_text(encoding="utf-8"))[0].depth for path in MODELS}
    assert depths == {"lstm": 3, "resnet": 18, "unet": 12, "vgg": 11}


@pytest.mark.parametrize(
    ("layers", "seen"),
    [
        (["Conv2d(3, 8, 3)"], 3),
        (["Conv2d(3, 8, 3)", "Conv2d(8, 8, 3)"], 5),
        (["Conv2d(3, 8, 3)", "MaxPool2d(2)", "Conv2d(8, 8, 3)"], 8),
        (["Conv2d(3, 8, 3, dilation=2)", "ReLU()"], 5),
        (["Conv2d(3, 8, 7, stride=2)", "MaxPool2d(3, 2)"], 11),
        (["Conv2d(3, 8, (3, 5))"], (3, 5)),
        (["Conv2d(3, 8, 2, stride=2)", "ConvTranspose2d(8, 3, 2, stride=2)", "Conv2d(3, 3, 3)"], 4),
        (["Conv2d(3, 8, 3)", "AdaptiveAvgPool2d(1)"], inf),
        (["Conv2d(3, 8, 3)", "AdaptiveAvgPool2d(5)"], 8),
        (["Conv2d(3, 8, 3)", "Flatten()"], 3),
        (["Conv2d(3, 8, 3)", "Flatten()", "Linear(7200, 10)"], inf),
    ],
)
def test_what_a_value_sees_of_the_input(layers: list[str], seen: Any) -> None:
    assert sequential(*layers).sight.known == seen


def test_a_path_that_skips_takes_the_wider_view() -> None:
    net = graph("""
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 3, 3, padding=1)
        self.b = nn.Conv2d(3, 3, 5, padding=2)
    def forward(self, x):
        return self.a(x) + self.b(x) + x
""")
    assert [node.inputs for node in net.nodes] == [(0,), (0,), (1, 2), (0, 3)]
    assert [node.sight.known for node in net.nodes] == [3, 5, 5, 5]
    assert net.depth == 1


def test_one_example_is_counted_whatever_the_batch() -> None:
    one = sequential("Conv2d(3, 8, 3)", size="1, 3, 32, 32")
    many = sequential("Conv2d(3, 8, 3)", size="64, 3, 32, 32")
    alone = sequential("Conv2d(3, 8, 3)", size="3, 32, 32")
    assert one.multiply_adds == many.multiply_adds == alone.multiply_adds == (8 * 30 * 30 * 27, True)
    assert one.activation_bytes == many.activation_bytes == (8 * 30 * 30 * 4, True)


def test_what_depends_on_the_input_is_a_formula() -> None:
    net = graph("""
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
    def forward(self, x):
        return self.conv(x)
""")
    work = net.multiply_adds.value
    assert isinstance(work, Dim)
    assert {symbol.name for symbol in work.symbols} == {"H", "W"}
    assert work.at(dict.fromkeys(work.symbols, 10)) == 8 * 27 * 100


UNSEEN = """
class Net(nn.Module):
    def __init__(self, other, n):
        super().__init__()
        self.other = other
        self.conv = nn.Conv2d(3, 8, 3)
        self.head = nn.Conv2d(8, n, 1)
    def forward(self, x):
        return self.head(self.other(self.conv(x)))
Net(stranger(), number())(torch.randn(1, 3, 32, 32))
"""


def test_what_is_not_seen_makes_a_total_a_least() -> None:
    net = graph(UNSEEN)
    assert net.multiply_adds == (8 * 27 * 30 * 30, False)
    assert is_unknown(net.parameters)
    assert is_unknown(net.sight.known)
    text = "\n".join(table(net))
    assert "at least 194 k for one example" in text
    assert "at least 224" in text


def test_what_may_not_happen_is_not_counted_as_if_it_did() -> None:
    net = graph("""
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)
    def forward(self, x):
        if x.sum() > 0:
            x = self.conv(x)
        for each in range(unknown()):
            x = self.conv(x)
        return self.conv(x)
Net()(torch.randn(1, 3, 10, 10))
""")
    assert [node.certain for node in net.nodes if node.operation.name == "conv2d"] == [False, False, True]
    assert not net.multiply_adds.complete


def test_parameters_of_its_own_are_counted() -> None:
    net = graph("""
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(10, 20))
        self.fc = nn.Linear(20, 2)
        for each in self.fc.parameters():
            each.requires_grad = False
    def forward(self, x):
        return self.fc(x @ self.weight)
Net()(torch.randn(5, 10))
""")
    assert (net.parameters, net.trainable_parameters) == (200 + 42, 200)
    assert net.multiply_adds == (200 + 40, True)


def test_a_table_fits_a_terminal_of_a_hundred_columns() -> None:
    for path in MODELS:
        for each in graphs(path.read_text(encoding="utf-8")):
            lines = list(table(each))
            assert max(map(len, lines)) <= 100
            assert len(lines) > len(each.nodes)


def test_a_mean_over_a_shape_with_an_unknown_axis_is_no_error() -> None:
    net = graph("""
class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.conv = nn.Conv2d(3, n, 3)
    def forward(self, x):
        return self.conv(x).mean(1) + self.conv(x).view(-1, 5, other()).mean(2)
""")
    assert len(net.nodes) == 6
