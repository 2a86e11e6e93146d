"""Containers of layers: what is in them, in what order, and what they do to a shape."""

from __future__ import annotations

from typing import Any

import pytest

from cnnlint.dims import Dim
from cnnlint.knowledge import load
from cnnlint.values import Undecided, Unknown, is_unknown


def nn(name: str, *arguments: Any, **options: Any) -> Any:
    return load()[f"torch.nn.{name}"](*arguments, **options)


def test_a_sequential_gives_what_its_layers_give_one_after_the_other() -> None:
    net = nn(
        "Sequential",
        nn("Conv2d", 1, 6, 5),
        nn("ReLU"),
        nn("MaxPool2d", 2),
        nn("Flatten"),
        nn("Linear", 864, 10),
    )
    batch = Dim.symbol("N")
    assert net.output((batch, 1, 28, 28)) == (batch, 10)
    assert net.parameter_count() == 6 * 25 + 6 + 864 * 10 + 10
    assert list(net.children()) == ["0", "1", "2", "3", "4"]
    assert [layer.kind for layer in net.layers()] == ["Conv2d", "ReLU", "MaxPool2d", "Flatten", "Linear"]


def test_a_sequential_takes_the_names_of_an_ordered_dict() -> None:
    net = nn("Sequential", {"conv": nn("Conv2d", 1, 6, 5), "act": nn("ReLU")})
    assert list(net.children()) == ["conv", "act"]
    assert net.get("conv").kind == "Conv2d"
    assert net.get(-1).kind == "ReLU"


def test_a_slice_of_a_container_is_a_container_of_the_same_kind() -> None:
    net = nn("Sequential", nn("Conv2d", 1, 6, 5), nn("ReLU"), nn("Flatten"))
    part = net.get(slice(None, -1))
    assert part.kind == "Sequential"
    assert [layer.kind for layer in part.values()] == ["Conv2d", "ReLU"]


def test_a_list_grows_as_torch_numbers_it() -> None:
    layers = nn("ModuleList", [nn("ReLU")])
    layers.append(nn("Tanh"))
    layers.extend([nn("GELU")])
    layers.insert(0, nn("Identity"))
    assert {name: layer.kind for name, layer in layers.children().items()} == {
        "0": "Identity",
        "1": "ReLU",
        "2": "Tanh",
        "3": "GELU",
    }


def test_a_dict_holds_its_layers_by_name() -> None:
    layers = nn("ModuleDict", {"a": nn("ReLU")})
    layers.update([("b", nn("Tanh"))])
    layers.add_module("c", nn("GELU"))
    assert [layer.kind for layer in layers.values()] == ["ReLU", "Tanh", "GELU"]


@pytest.mark.parametrize("name", ["Sequential", "ModuleList", "ModuleDict"])
def test_a_container_of_what_is_not_known_says_so(name: str) -> None:
    container = nn(name, Unknown("a list"))
    assert is_unknown(container.parameter_count())
    with pytest.raises(Undecided):
        container.get("0")


def test_parameters_in_a_list_are_not_counted_as_none() -> None:
    with pytest.raises(Undecided):
        bool(nn("ParameterList", []).parameter_count() > 0)


def test_a_stack_of_encoders_learns_as_much_as_its_layers_together() -> None:
    layer = nn("TransformerEncoderLayer", 8, 2, dim_feedforward=16)
    stack = nn("TransformerEncoder", layer, 3, norm=nn("LayerNorm", 8))
    assert stack.parameter_count() == 3 * layer.parameter_count() + 16
    assert stack.output((5, 2, 8)) == (5, 2, 8)
