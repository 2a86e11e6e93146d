"""Models that come with weights: their table, their heads, and what becomes of both."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from cnnlint.dims import Dim
from cnnlint.knowledge import load, pretrained
from cnnlint.knowledge.describe import Mismatch
from cnnlint.knowledge.pretrained import PretrainedModel
from cnnlint.values import Undecided, Unknown, is_unknown

KNOWN = load()
ROWS = pretrained.rows()
UNKNOWN = Unknown("not known")
IMAGES = (8, 3, 224, 224)


def make(name: str, *arguments: Any, **options: Any) -> PretrainedModel:
    made = KNOWN[f"torchvision.models.{name}"](*arguments, **options)
    assert isinstance(made, PretrainedModel)
    return made


def linear(*sizes: int) -> Any:
    return KNOWN["torch.nn.Linear"](*sizes)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_row_is_well_formed(name: str) -> None:
    row = ROWS[name]
    assert row.parameters > 1_000_000
    assert row.layers in pretrained.heads()
    assert len(row.features) in (1, 3)
    assert row.features[0] > 0
    assert row.axes in (4, 5)
    assert row.auxiliary in ("", "always", "from scratch")
    assert 32 <= row.side <= 1024


@pytest.mark.parametrize("name", sorted(ROWS))
def test_body_and_head_have_as_many_parameters_as_the_whole(name: str) -> None:
    model = make(name, weights="DEFAULT")
    assert model.parameter_count() == ROWS[name].parameters
    assert model.own_parameter_count() > 0


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_model_gives_a_score_for_each_class(name: str) -> None:
    row = ROWS[name]
    images = (8, 3, 16, 224, 224) if row.axes == 5 else IMAGES
    if row.auxiliary == "always":
        with pytest.raises(Undecided):
            make(name).output(images)
    assert make(name, weights="DEFAULT", aux_logits=False).output(images) == (8, row.classes)
    assert len(make(name).admits()) == row.axes


@pytest.mark.parametrize(
    "name", ["resnet18", "resnet50", "vgg16", "densenet121", "alexnet", "efficientnet_b0"]
)
def test_fewer_classes_make_a_smaller_head(name: str) -> None:
    whole, small = make(name), make(name, num_classes=10)
    assert small.output(IMAGES) == (8, 10)
    last = 4096 if name in ("vgg16", "alexnet") else ROWS[name].features[0]
    assert whole.parameter_count() - small.parameter_count() == (1000 - 10) * (last + 1)


def test_a_head_can_be_read_and_replaced() -> None:
    model = make("resnet18", pretrained=True)
    assert model.children()["fc"].in_features == 512
    model.assigned["fc"] = linear(512, 2)
    assert model.output(IMAGES) == (8, 2)
    assert model.parameter_count() == 11_689_512 - 1000 * 513 + 2 * 513


def test_one_layer_of_a_head_can_be_replaced() -> None:
    model = make("vgg16", pretrained=True)
    model.head.items["6"] = linear(4096, 10)
    assert model.output(IMAGES) == (8, 10)
    assert model.parameter_count() == 138_357_544 - 990 * 4097


def test_a_head_that_does_not_fit_is_a_mismatch() -> None:
    model = make("resnet50")
    model.assigned["fc"] = linear(512, 10)
    with pytest.raises(Mismatch) as caught:
        model.output(IMAGES)
    assert (caught.value.axis, caught.value.wants, caught.value.got) == ("features", 512, 2048)


def test_a_head_that_is_not_known_returns_something_for_each_image() -> None:
    model = make("resnet50")
    model.assigned["fc"] = UNKNOWN
    batch, scores = model.output(IMAGES)
    assert batch == 8
    assert is_unknown(scores)


def test_gray_images_do_not_fit_unless_the_body_was_changed() -> None:
    gray = (8, 1, 224, 224)
    with pytest.raises(Mismatch) as caught:
        make("resnet18").output(gray)
    assert (caught.value.axis, caught.value.wants, caught.value.got) == ("channels", 3, 1)
    model = make("resnet18")
    model.assigned["conv1"] = KNOWN["torch.nn.Conv2d"](1, 64, 7)
    assert model.output(gray) == (8, 1000)
    assert is_unknown(model.own_parameter_count())


def test_images_of_unknown_number_and_size_keep_their_number() -> None:
    batch = Dim.symbol("N")
    assert make("convnext_tiny").output((batch, 3, UNKNOWN, UNKNOWN)) == (batch, 1000)
    assert make("squeezenet1_0").output((batch, UNKNOWN, UNKNOWN, UNKNOWN)) == (batch, 1000)


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({}, False),
        ({"weights": None}, False),
        ({"weights": "IMAGENET1K_V1"}, True),
        ({"weights": "torchvision.models.ResNet18_Weights.DEFAULT"}, True),
        ({"pretrained": True}, True),
        ({"pretrained": False}, False),
        ({"weights": True}, True),
    ],
)
def test_weights_are_asked_for_in_many_ways(options: dict[str, Any], asked: bool) -> None:
    assert make("resnet18", **options).pretrained is asked


def test_whether_unknown_weights_are_asked_for_is_not_known() -> None:
    assert is_unknown(make("resnet18", weights=UNKNOWN).pretrained)
    assert is_unknown(make("resnet18", pretrained=UNKNOWN).pretrained)
    assert make("resnet18", True).pretrained is True


def test_an_option_that_changes_the_body_takes_its_size_back() -> None:
    assert is_unknown(make("mobilenet_v2", width_mult=0.5).own_parameter_count())
    assert is_unknown(make("googlenet").own_parameter_count())
    assert make("resnet18", progress=False, zero_init_residual=True).parameter_count() == 11_689_512


def test_a_copy_has_a_head_of_its_own() -> None:
    model = make("resnet18")
    twin = copy.copy(model)
    twin.assigned["fc"] = linear(512, 2)
    assert model.output(IMAGES) == (8, 1000)
    assert twin.output(IMAGES) == (8, 2)


def test_models_behave_differently_in_training_but_for_plain_transformers() -> None:
    assert make("resnet18").has_modal_layers
    assert make("squeezenet1_0").has_modal_layers
    assert not make("vit_b_16").has_modal_layers


def test_a_transformer_keeps_its_head_one_level_deeper() -> None:
    heads = make("vit_b_16").children()["heads"]
    assert heads.children()["head"].in_features == 768


def test_timm_builds_by_name_with_or_without_a_tag() -> None:
    create = KNOWN["timm.create_model"]
    model = create("resnet50.a1_in1k", pretrained=True, num_classes=5)
    assert (model.pretrained, model.output(IMAGES), model.kind) == (True, (8, 5), "resnet50")
    assert create("efficientnet_b0", num_classes=0).output(IMAGES) == (8, 1280)
    gray = create("resnet18", in_chans=1)
    assert gray.output((8, 1, 64, 64)) == (8, 1000)
    assert is_unknown(gray.own_parameter_count())


def test_every_name_elsewhere_is_like_one_of_torchvision() -> None:
    for library in ("timm", "efficientnet_pytorch"):
        for described in pretrained.elsewhere(library).values():
            model = described(pretrained=True)
            assert model.parameter_count() == described.row.parameters
            assert model.output(IMAGES) == (8, 1000)


def test_a_model_that_is_not_listed_is_still_a_module() -> None:
    model = KNOWN["timm.create_model"]("some_new_net", pretrained=True)
    assert model.pretrained is True
    assert is_unknown(model.parameter_count())
    assert is_unknown(KNOWN["timm.create_model"](UNKNOWN, pretrained=UNKNOWN).pretrained)


def test_the_hub_builds_what_torchvision_builds_and_nothing_else_is_known() -> None:
    load_model = KNOWN["torch.hub.load"]
    assert load_model("pytorch/vision:v0.10.0", "resnet18", pretrained=True).parameter_count() == 11_689_512
    assert is_unknown(load_model("someone/else", "resnet18"))
    assert is_unknown(load_model(UNKNOWN, "resnet18"))


def test_a_model_is_found_by_its_name() -> None:
    get_model = KNOWN["torchvision.models.get_model"]
    assert get_model("resnet18", weights="DEFAULT").pretrained is True
    assert get_model("ResNet18").kind == "resnet18"
    assert is_unknown(get_model(UNKNOWN))


def test_efficientnet_pytorch_keeps_its_head_under_a_name_of_its_own() -> None:
    build = KNOWN["efficientnet_pytorch.EfficientNet.from_pretrained"]
    model = build("efficientnet-b0", num_classes=7)
    assert (model.pretrained, model.output(IMAGES)) == (True, (8, 7))
    assert model.children()["_fc"].in_features == 1280
    assert KNOWN["efficientnet_pytorch.EfficientNet.from_name"]("efficientnet-b0").pretrained is False
    assert build(UNKNOWN).pretrained is True
