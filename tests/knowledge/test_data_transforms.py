"""Image shapes through the transforms of torchvision, and whether they draw at random."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlint.facts import Tensor, Transform, any_image
from cnnlint.knowledge.describe import KNOWN, Mismatch
from cnnlint.knowledge.transforms import Compose, applied, transformed
from cnnlint.values import Unknown, is_unknown

NAMES = sorted(
    name for name in KNOWN if name.startswith("torchvision.transforms.v2.") and name.count(".") == 3
)
UNKNOWN = Unknown("not known")
RGB, GRAY, WIDE = (3, 32, 32), (1, 28, 28), (3, 300, 400)


def make(name: str, *arguments: Any, **options: Any) -> Transform:
    made = KNOWN[f"torchvision.transforms.{name}"](*arguments, **options)
    assert isinstance(made, Transform)
    return made


def transformed_shape(transform: Any, image: Any) -> Any:
    """The shape of what a transform makes of an image of this shape."""
    return transformed(transform, any_image(image)).shape


def shape(image: Any) -> Any:
    """A shape with '?' for what is not known, so that it can be compared."""
    return "?" if is_unknown(image) else tuple("?" if is_unknown(axis) else axis for axis in image)


CASES = [
    (make("Resize", 64), RGB, (3, 64, 64)),
    (make("Resize", [64]), RGB, (3, 64, 64)),
    (make("Resize", 150), WIDE, (3, 150, 200)),
    (make("Resize", 100), (3, 400, 300), (3, 133, 100)),
    (make("Resize", (224, 224)), WIDE, (3, 224, 224)),
    (make("Resize", [120, 160]), UNKNOWN, ("?", 120, 160)),
    (make("Resize", 256), (3, UNKNOWN, UNKNOWN), (3, "?", "?")),
    (make("Resize", 256, max_size=300), WIDE, (3, "?", "?")),
    (make("Resize", UNKNOWN), RGB, (3, "?", "?")),
    (make("Resize", (UNKNOWN, 64)), RGB, (3, "?", 64)),
    (make("CenterCrop", 224), WIDE, (3, 224, 224)),
    (make("CenterCrop", (10, 20)), RGB, (3, 10, 20)),
    (make("RandomCrop", 32, padding=4), RGB, (3, 32, 32)),
    (make("RandomCrop", (28, 30)), RGB, (3, 28, 30)),
    (make("RandomResizedCrop", 224), (3, UNKNOWN, UNKNOWN), (3, 224, 224)),
    (make("RandomResizedCrop", UNKNOWN), RGB, (3, "?", "?")),
    (make("Pad", 2), GRAY, (1, 32, 32)),
    (make("Pad", (1, 2)), GRAY, (1, 32, 30)),
    (make("Pad", (1, 2, 3, 4)), GRAY, (1, 34, 32)),
    (make("Pad", UNKNOWN), GRAY, (1, "?", "?")),
    (make("Pad", "wide"), GRAY, (1, "?", "?")),
    (make("Grayscale"), RGB, (1, 32, 32)),
    (make("Grayscale", num_output_channels=3), GRAY, (3, 28, 28)),
    (make("RandomHorizontalFlip"), RGB, RGB),
    (make("RandomRotation", 10), RGB, RGB),
    (make("RandomRotation", 10, expand=True), RGB, (3, "?", "?")),
    (make("ColorJitter", 0.4, 0.4), RGB, RGB),
    (make("ToTensor"), GRAY, GRAY),
    (make("ToTensor"), UNKNOWN, ("?", "?", "?")),
    (make("Normalize", (0.5,), (0.5,)), RGB, RGB),
    (make("Normalize", (0.5,) * 3, (0.5,) * 3), (UNKNOWN, 8, 8), ("?", 8, 8)),
    (make("FiveCrop", 24), RGB, "?"),
    (make("Lambda", UNKNOWN), RGB, "?"),
    (make("v2.RGB"), GRAY, (3, 28, 28)),
    (make("v2.RandomResize", 16, 32), RGB, (3, "?", "?")),
    (make("RandomApply", [make("ColorJitter")]), RGB, RGB),
    (make("RandomApply", [make("RandomCrop", 24)]), RGB, (3, "?", "?")),
    (make("RandomChoice", [make("Resize", 8), make("CenterCrop", 8)]), RGB, (3, 8, 8)),
    (make("RandomChoice", [make("Resize", 8), UNKNOWN]), RGB, ("?", "?", "?")),
    (make("RandomOrder", [make("Pad", 2), make("Grayscale")]), RGB, (1, 36, 36)),
    (make("RandomOrder", [make("Pad", 2), make("CenterCrop", 8)]), RGB, (3, "?", "?")),
    (make("Compose", [make("Lambda", 1), make("Resize", (8, 8))]), RGB, ("?", 8, 8)),
    (make("Compose", [make("Resize", 256), make("CenterCrop", 224)]), (3, UNKNOWN, UNKNOWN), (3, 224, 224)),
    (make("Compose", []), RGB, RGB),
    (make("Compose", UNKNOWN), RGB, "?"),
    (make("Compose", [UNKNOWN]), RGB, "?"),
]


@pytest.mark.parametrize(("transform", "image", "expected"), CASES, ids=[case[0].kind for case in CASES])
def test_an_image_comes_out_of_a_transform_in_this_shape(
    transform: Transform, image: Any, expected: Any
) -> None:
    assert shape(transformed_shape(transform, image)) == expected


def test_no_transform_leaves_the_image_alone_and_an_unknown_one_tells_nothing() -> None:
    assert transformed_shape(None, RGB) == RGB
    assert is_unknown(transformed_shape(UNKNOWN, RGB))
    assert is_unknown(transformed_shape(print, RGB))


def test_normalize_refuses_another_number_of_channels() -> None:
    with pytest.raises(Mismatch) as caught:
        make("Normalize", (0.5,) * 3, (0.5,) * 3).output(GRAY)
    assert (caught.value.axis, caught.value.wants, caught.value.got) == ("channels", 3, 1)
    assert is_unknown(transformed_shape(make("Normalize", (0.5,) * 3, (0.5,) * 3), GRAY))


RANDOM = [
    (make("Compose", [make("ToTensor"), make("Normalize", (0.5,), (0.5,))]), False),
    (make("Compose", [make("RandomCrop", 32), make("ToTensor")]), True),
    (make("Compose", [make("Lambda", UNKNOWN), make("RandomHorizontalFlip")]), True),
    (make("Compose", [make("Compose", [make("RandomErasing")])]), True),
    (make("RandomApply", [make("Resize", 3)]), True),
    (make("Resize", 3), False),
    (make("TrivialAugmentWide"), True),
]


@pytest.mark.parametrize(("transform", "random"), RANDOM)
def test_a_transform_is_random_where_one_of_its_steps_is(transform: Transform, random: bool) -> None:
    assert transform.random is random


def test_whether_an_unknown_step_is_random_is_not_known() -> None:
    assert is_unknown(make("Compose", [make("ToTensor"), UNKNOWN]).random)
    assert is_unknown(make("Compose", [make("Lambda", UNKNOWN)]).random)
    assert is_unknown(make("Compose", UNKNOWN).random)


def test_a_pipeline_that_ends_in_a_tensor_gives_one() -> None:
    pipeline = make("Compose", [make("Resize", (8, 8)), make("ToTensor"), make("Normalize", (0.5,), (0.5,))])
    made = applied(pipeline, UNKNOWN)
    assert (shape(made.shape), made.dtype, made.graph) == (("?", 8, 8), "float32", False)
    assert applied(make("PILToTensor"), UNKNOWN).dtype == "uint8"
    float_image = make("v2.Compose", [make("v2.ToImage"), make("v2.ToDtype", "torch.float32", scale=True)])
    assert applied(float_image, UNKNOWN).dtype == "float32"


def test_a_pipeline_on_a_tensor_keeps_its_number_type() -> None:
    made = applied(make("RandomHorizontalFlip"), Tensor(shape=RGB, dtype="float32"))
    assert (made.shape, made.dtype) == (RGB, "float32")


def test_a_pipeline_that_ends_in_a_picture_or_is_not_known_gives_no_tensor() -> None:
    assert is_unknown(applied(make("Resize", 8), UNKNOWN))
    assert is_unknown(applied(make("Compose", [make("ToTensor"), make("ToPILImage")]), UNKNOWN))
    assert is_unknown(applied(make("Compose", [make("ToTensor"), UNKNOWN]), UNKNOWN))
    assert is_unknown(applied(make("Compose", UNKNOWN), UNKNOWN))
    assert is_unknown(applied(make("Compose", [make("ToTensor"), make("Lambda", UNKNOWN)]), UNKNOWN))
    assert is_unknown(applied(make("Compose", [make("ToTensor"), make("FiveCrop", 8)]), UNKNOWN))


def test_the_steps_inside_steps_are_found() -> None:
    inner = make("Compose", [make("Resize", 3), make("ToTensor")])
    outer = Compose([inner, make("RandomErasing")])
    assert [step.kind for step, _ in outer.stages(any_image())] == ["Resize", "ToTensor", "RandomErasing"]


def test_transforms_that_begin_with_random_are_random() -> None:
    for name in NAMES:
        if name.rpartition(".")[2].startswith("Random"):
            assert KNOWN[name].random is True, name


@pytest.mark.parametrize("name", NAMES)
def test_no_transform_raises_on_odd_arguments(name: str) -> None:
    described = KNOWN[name]
    required = [
        each
        for each in inspect.signature(described).parameters.values()
        if each.default is inspect.Parameter.empty
    ]
    for odd in (UNKNOWN, None, "text", -1, (), [UNKNOWN], (1, 2, 3)):
        for image in (RGB, UNKNOWN, (), (3, UNKNOWN, UNKNOWN), (..., 3, 4)):
            transformed_shape(described(*[odd for _ in required]), image)


@given(st.integers(1, 500), st.integers(1, 500), st.integers(1, 500))
def test_a_resized_image_has_the_size_as_its_shorter_side(height: int, width: int, size: int) -> None:
    _, new_height, new_width = make("Resize", size).output((3, height, width))
    assert min(new_height, new_width) == size
    assert (new_height <= new_width) == (height <= width) or new_height == new_width


def test_the_functions_do_what_the_classes_do() -> None:
    resized = KNOWN["torchvision.transforms.functional.resize"](Tensor(shape=RGB), [8, 8])
    assert (resized.shape, resized.producer.name) == ((3, 8, 8), "resize")
    made = KNOWN["torchvision.transforms.functional.to_tensor"](Tensor(shape=RGB))
    assert (made.shape, made.dtype) == (RGB, "float32")
    gray = KNOWN["torchvision.transforms.functional.rgb_to_grayscale"](Tensor(shape=RGB))
    assert gray.shape == (1, 32, 32)
