"""The losses: torch's signatures, their shapes, and what they refuse, held against torch itself."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from cnnlint.facts import Loss, Tensor
from cnnlint.knowledge.describe import KNOWN, Mismatch
from cnnlint.knowledge.losses import FunctionalLoss, TorchLoss
from cnnlint.values import Undecided, Unknown

LOSSES = sorted(
    name
    for name, known in KNOWN.items()
    if name.startswith("torch.nn.")
    and name.count(".") == 2
    and inspect.isclass(known)
    and issubclass(known, Loss)
)
FUNCTIONS = sorted(name for name, known in KNOWN.items() if isinstance(known, FunctionalLoss))


def loss(name: str, **options: Any) -> TorchLoss:
    made = KNOWN[f"torch.nn.{name}"](**options)
    assert isinstance(made, TorchLoss)
    return made


def shape_of_signature(signature: inspect.Signature) -> list[tuple[str, Any, Any]]:
    return [(each.name, each.default, each.kind) for each in signature.parameters.values()]


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_has_the_constructor_of_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    theirs = getattr(torch.nn, name.removeprefix("torch.nn."))
    assert shape_of_signature(inspect.signature(KNOWN[name])) == shape_of_signature(inspect.signature(theirs))


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_takes_what_forward_of_torch_takes(name: str) -> None:
    torch = pytest.importorskip("torch")
    forward = inspect.signature(getattr(torch.nn, name.removeprefix("torch.nn.")).forward)
    assert KNOWN[name].takes == tuple(forward.parameters)[1:]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_functional_loss_has_the_signature_of_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    theirs = inspect.signature(getattr(torch.nn.functional, name.removeprefix("torch.nn.functional.")))
    ours = KNOWN[name].signature
    assert list(ours.parameters) == list(theirs.parameters)
    assert [each.default for each in ours.parameters.values()] == [
        each.default for each in theirs.parameters.values()
    ]


def test_every_loss_of_torch_is_described_or_left_out_on_purpose() -> None:
    torch = pytest.importorskip("torch")
    theirs = {f"torch.nn.{name}" for name in dir(torch.nn) if name.endswith("Loss")}
    assert theirs - set(LOSSES) == {"torch.nn.AdaptiveLogSoftmaxWithLoss"}, "it returns a pair, not a loss"


def test_the_class_and_the_function_share_one_name() -> None:
    for name in FUNCTIONS:
        assert KNOWN[name].loss_class.operation == name.rpartition(".")[2]


AGREEMENTS = [
    ("CrossEntropyLoss", (8, 10), (8,)),
    ("CrossEntropyLoss", (8, 10), (8, 10)),
    ("CrossEntropyLoss", (8, 10), (8, 1)),
    ("CrossEntropyLoss", (8, 10), (7,)),
    ("CrossEntropyLoss", (10,), ()),
    ("CrossEntropyLoss", (10,), (4,)),
    ("CrossEntropyLoss", (8, 10, 5), (8, 5)),
    ("CrossEntropyLoss", (8, 5, 10), (8, 5)),
    ("CrossEntropyLoss", (2, 21, 16, 16), (2, 16, 16)),
    ("CrossEntropyLoss", (2, 21, 16, 16), (2, 1, 16, 16)),
    ("CrossEntropyLoss", (2, 21, 16, 16), (2, 16, 8)),
    ("CrossEntropyLoss", (2, 21, 16, 16), (2,)),
    ("NLLLoss", (8, 10), (8,)),
    ("NLLLoss", (8, 10), (8, 10)),
    ("NLLLoss", (8, 10), (4,)),
    ("NLLLoss", (2, 21, 16, 16), (2, 16, 16)),
    ("BCELoss", (8, 1), (8, 1)),
    ("BCELoss", (8, 1), (8,)),
    ("BCEWithLogitsLoss", (8, 1), (8,)),
    ("BCEWithLogitsLoss", (8, 3), (8, 3)),
    ("BCEWithLogitsLoss", (8, 3), (8, 2)),
    ("MSELoss", (8, 1), (8, 1)),
    ("MSELoss", (8, 1), (8,)),
    ("MSELoss", (8, 4), (8,)),
    ("L1Loss", (8, 4), (8, 4)),
    ("L1Loss", (8, 4), (8, 3)),
    ("SmoothL1Loss", (4, 3), (3,)),
    ("HuberLoss", (4, 3), (2, 3)),
    ("KLDivLoss", (4, 3), (4, 3)),
    ("PoissonNLLLoss", (4, 3), (4, 3)),
    ("SoftMarginLoss", (4, 3), (4, 3)),
    ("HingeEmbeddingLoss", (4, 3), (4, 3)),
    ("MultiMarginLoss", (4, 3), (4,)),
    ("MultiLabelMarginLoss", (4, 3), (4, 3)),
    ("MultiLabelSoftMarginLoss", (4, 3), (4, 3)),
    ("MultiLabelSoftMarginLoss", (4, 2, 3), (4, 2, 3)),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("reduction", ["mean", "none"])
@pytest.mark.parametrize(("name", "prediction", "target"), AGREEMENTS)
def test_a_loss_gives_the_shape_torch_gives_or_refuses_what_torch_refuses(
    name: str, prediction: tuple[int, ...], target: tuple[int, ...], reduction: str
) -> None:
    torch = pytest.importorskip("torch")
    theirs = getattr(torch.nn, name)(reduction=reduction)
    scores = torch.rand(prediction)
    classes = name in ("CrossEntropyLoss", "NLLLoss", "MultiMarginLoss", "MultiLabelMarginLoss")
    indices = classes and not (name == "CrossEntropyLoss" and prediction == target)
    labels = torch.zeros(target, dtype=torch.long) if indices else torch.rand(target)
    try:
        expected: Any = tuple(theirs(scores, labels).shape)
    except (RuntimeError, ValueError) as error:
        expected = type(error)
    try:
        found: Any = loss(name, reduction=reduction).output(prediction, target)
    except Mismatch:
        assert isinstance(expected, type), f"torch gives {expected}"
        return
    assert found == expected


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("CosineEmbeddingLoss", [(5, 3), (5, 3), (5,)]),
        ("MarginRankingLoss", [(5,), (5,), (5,)]),
        ("TripletMarginLoss", [(5, 3), (5, 3), (5, 3)]),
        ("GaussianNLLLoss", [(5, 3), (5, 3), (5, 3)]),
    ],
)
def test_a_loss_of_three_tensors_gives_the_shape_torch_gives(
    name: str, shapes: list[tuple[int, ...]]
) -> None:
    torch = pytest.importorskip("torch")
    theirs = getattr(torch.nn, name)(reduction="none")
    expected = tuple(theirs(*(torch.rand(shape) for shape in shapes)).shape)
    assert loss(name, reduction="none").output(*shapes) == expected


def test_class_weights_must_be_one_for_each_class() -> None:
    weighted = loss("CrossEntropyLoss", weight=Tensor(shape=(4,)))
    assert weighted.output((8, 4), (8,)) == ()
    with pytest.raises(Mismatch, match="class weights"):
        weighted.output((8, 5), (8,))


def test_a_mismatch_names_the_axis_and_both_sizes() -> None:
    with pytest.raises(Mismatch) as caught:
        loss("CrossEntropyLoss").output((2, 21, 16, 16), (2, 16, 8))
    assert (caught.value.axis, caught.value.wants, caught.value.got) == ("width", 16, 8)


def test_shapes_that_are_not_known_pass_and_a_mean_is_still_a_number() -> None:
    unknown = Unknown("no shape")
    for name in LOSSES:
        made = KNOWN[name](1, 1) if "Linear" in name else KNOWN[name]()
        assert made.output(*[unknown for _ in made.takes]) == ()
        assert made.output() == ()


def test_single_losses_of_unknown_shape_are_undecided() -> None:
    with pytest.raises(Undecided):
        loss("MSELoss", reduction="none").output(Unknown("no shape"), (3,))
    with pytest.raises(Undecided):
        loss("MSELoss", reduction=Unknown("no reduction")).output((3,), (3,))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("size_average", [None, True, False])
@pytest.mark.parametrize("reduce", [None, True, False])
def test_the_deprecated_arguments_mean_what_they_meant(size_average: Any, reduce: Any) -> None:
    torch = pytest.importorskip("torch")
    theirs = torch.nn.MSELoss(size_average=size_average, reduce=reduce)
    assert loss("MSELoss", size_average=size_average, reduce=reduce).reduced_by == theirs.reduction


def test_a_functional_loss_yields_the_loss_with_its_options_and_its_arguments() -> None:
    prediction, target, weight = Tensor(shape=(8, 10)), Tensor(shape=(8,)), Tensor(shape=(10,))
    use = KNOWN["torch.nn.functional.cross_entropy"](prediction, target, weight, label_smoothing=0.1)
    assert (use.prediction, use.target) == (prediction, target)
    assert (use.loss.kind, use.loss.weight, use.loss.label_smoothing) == ("CrossEntropyLoss", weight, 0.1)


def test_a_functional_loss_takes_its_inputs_by_name() -> None:
    use = KNOWN["torch.nn.functional.mse_loss"](target=1, input=2, reduction="none")
    assert (use.prediction, use.target, use.loss.reduction) == (2, 1, "none")


def test_a_loss_without_target_has_none() -> None:
    use = KNOWN["torch.nn.functional.triplet_margin_loss"](1, 2, 3)
    assert (use.inputs, use.prediction, use.target) == ((1, 2, 3), 1, None)


def test_arguments_that_do_not_fit_raise_type_error() -> None:
    with pytest.raises(TypeError):
        KNOWN["torch.nn.functional.cross_entropy"](1)


def test_what_a_loss_expects_of_its_prediction() -> None:
    expects = {name.rpartition(".")[2]: KNOWN[name].expects for name in LOSSES}
    assert {name for name, what in expects.items() if what == "log-probabilities"} == {
        "NLLLoss",
        "KLDivLoss",
        "CTCLoss",
    }
    assert [name for name, what in expects.items() if what == "probabilities"] == ["BCELoss"]
    assert {"CrossEntropyLoss", "BCEWithLogitsLoss"} <= {
        name for name, what in expects.items() if what == "logits"
    }


def test_a_loss_with_a_linear_layer_counts_its_parameters() -> None:
    torch = pytest.importorskip("torch")
    theirs = torch.nn.LinearCrossEntropyLoss(5, 10, out_features=(4, 3), bias=True)
    ours = loss("LinearCrossEntropyLoss", in_features=5, num_classes=10, out_features=(4, 3), bias=True)
    assert ours.parameter_count() == sum(each.numel() for each in theirs.parameters())
