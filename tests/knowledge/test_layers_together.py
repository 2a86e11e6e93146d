"""Layers that take several tensors, or few shapes, against torch on a table; no layer is left out."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from cnnlint.values import is_unknown
from tests.knowledge.layer_cases import CASES

torch = pytest.importorskip("torch")

from tests.knowledge.test_layers import LAYERS, agrees, shapes_of  # noqa: E402

Shape = tuple[int, ...]

#: (layer, its options, the shapes of its inputs)
TABLE: list[tuple[str, dict[str, Any], list[Shape]]] = [
    ("Bilinear", {"in1_features": 3, "in2_features": 4, "out_features": 5}, [(2, 3), (2, 4)]),
    ("CosineSimilarity", {"dim": 1}, [(2, 3, 4), (2, 3, 4)]),
    ("PairwiseDistance", {"keepdim": True}, [(2, 3), (2, 3)]),
    ("CrossMapLRN2d", {"size": 3}, [(2, 4, 5, 5)]),
    ("Dropout2d", {}, [(2, 3, 4, 4)]),
    ("Dropout3d", {}, [(2, 3, 4, 4, 4)]),
    ("FeatureAlphaDropout", {}, [(2, 3, 4, 4)]),
    ("FractionalMaxPool2d", {"kernel_size": 2, "output_size": (3, 4)}, [(2, 3, 8, 9)]),
    ("FractionalMaxPool3d", {"kernel_size": 2, "output_size": (3, 4, 2)}, [(2, 3, 8, 9, 7)]),
    ("MaxUnpool1d", {"kernel_size": 2}, [(2, 3, 4)]),
    ("MaxUnpool2d", {"kernel_size": 2}, [(2, 3, 4, 4)]),
    ("MaxUnpool3d", {"kernel_size": 2}, [(2, 3, 4, 4, 4)]),
    ("SyncBatchNorm", {"num_features": 3}, [(2, 3, 4, 4)]),
    ("LazyLinear", {"out_features": 7}, [(2, 5, 3)]),
    ("LazyConvTranspose1d", {"out_channels": 4, "kernel_size": 3, "stride": 2}, [(2, 3, 5)]),
    ("LazyConvTranspose2d", {"out_channels": 4, "kernel_size": 3, "stride": 2}, [(2, 3, 5, 6)]),
    ("LazyConvTranspose3d", {"out_channels": 4, "kernel_size": 3, "stride": 2}, [(2, 3, 5, 6, 4)]),
    ("LazyConv1d", {"out_channels": 4, "kernel_size": 3}, [(3, 5)]),
    ("LazyConv2d", {"out_channels": 4, "kernel_size": 3}, [(2, 3, 5, 6)]),
    ("LazyConv3d", {"out_channels": 4, "kernel_size": 3}, [(2, 3, 5, 6, 4)]),
    ("LazyBatchNorm1d", {}, [(2, 3)]),
    ("LazyBatchNorm2d", {}, [(2, 3, 4, 5)]),
    ("LazyBatchNorm3d", {}, [(2, 3, 4, 5, 2)]),
    ("LazyInstanceNorm1d", {}, [(2, 3, 4)]),
    ("LazyInstanceNorm2d", {}, [(2, 3, 4, 5)]),
    ("LazyInstanceNorm3d", {}, [(2, 3, 4, 5, 2)]),
]
#: Layers of layers: what their parts give is compared, and tests/knowledge/test_containers.py does the rest.
MADE_OF_OTHERS = {
    "ModuleDict", "ModuleList", "Sequential", "TransformerDecoder", "TransformerDecoderLayer",
    "TransformerEncoder",
}  # fmt: skip


@pytest.mark.parametrize(("name", "options", "shapes"), TABLE, ids=lambda value: str(value)[:40])
def test_a_layer_gives_what_torch_gives(name: str, options: dict[str, Any], shapes: list[Shape]) -> None:
    inputs = [torch.zeros(shape) for shape in shapes]
    if name.startswith("MaxUnpool"):
        inputs.append(torch.zeros(shapes[0], dtype=torch.long))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        real = getattr(torch.nn, name)(**options).eval()
        wanted = shapes_of(real(*inputs))
    layer = LAYERS[name](**options)
    vars(layer).update(layer.taken_from(shapes[0]))
    assert agrees(layer.output(*shapes), wanted)
    learned = sum(parameter.numel() for parameter in real.parameters())
    count = layer.parameter_count()
    assert is_unknown(count) or count == learned


@pytest.mark.parametrize("name", [name for name, _, _ in TABLE if name.startswith("Lazy")])
def test_a_lazy_layer_takes_nothing_from_its_second_input(name: str) -> None:
    ((options, shapes),) = [(options, shapes) for each, options, shapes in TABLE if each == name]
    layer = LAYERS[name](**options)
    assert layer.taken_from(shapes[0])
    vars(layer).update(layer.taken_from(shapes[0]))
    assert layer.taken_from((9,) * len(shapes[0])) == {}


def test_every_layer_is_compared_with_torch() -> None:
    plain = {name for name, layer in LAYERS.items() if layer.role == "activation"}
    assert set(LAYERS) - set(CASES) - plain - {name for name, _, _ in TABLE} == MADE_OF_OTHERS
