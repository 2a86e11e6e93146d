"""Images that can be learnt: their form, their balance, and what can learn them."""

import pytest

torch = pytest.importorskip("torch")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as some  # noqa: E402
from torch import nn  # noqa: E402

from cnnlint.confirm.child.glyphs import LETTERS, draw, drawing  # noqa: E402

shapes = some.tuples(
    some.integers(1, 60), some.sampled_from([1, 3, 4]), some.integers(8, 80), some.integers(8, 80)
)


@settings(max_examples=40, deadline=None)
@given(shapes, some.sampled_from([1, 2, 10, 36, 37, 100, 1000]), some.integers(0, 2**31))
def test_images_have_the_native_shape_and_each_class_is_there_as_often_as_the_others(
    shape: tuple[int, int, int, int], classes: int, seed: int
) -> None:
    count, channels, height, width = shape
    images, labels, masks, places = drawing(count, channels, height, width, classes, seed)
    assert (tuple(images.shape), images.dtype) == ((count, channels, height, width), torch.uint8)
    assert (tuple(labels.shape), labels.dtype) == ((count,), torch.int64)
    assert (tuple(masks.shape), masks.dtype) == ((count, height, width), torch.bool)
    assert tuple(places.shape) == (count, 2)
    assert places.abs().max() <= 1
    often = torch.bincount(labels, minlength=classes)
    assert len(often) == classes
    assert often.max() - often.min() <= 1


@settings(max_examples=10, deadline=None)
@given(shapes, some.integers(0, 2**31))
def test_a_seed_gives_the_same_images_and_leaves_the_users_generator_alone(
    shape: tuple[int, int, int, int], seed: int
) -> None:
    before = torch.get_rng_state()
    once, again = drawing(*shape, 10, seed), drawing(*shape, 10, seed)
    assert all(torch.equal(one, other) for one, other in zip(once, again, strict=True))
    assert torch.equal(before, torch.get_rng_state())
    assert not torch.equal(once.images, drawing(*shape, 10, seed + 1).images)


@pytest.mark.parametrize("classes", [2, 10, 36, 100, 200])
def test_no_two_classes_look_alike(classes: int) -> None:
    masks = drawing(classes, 1, 64, 64, classes, 0).masks
    assert len({mask.numpy().tobytes() for mask in masks}) == classes


def test_no_two_glyphs_have_the_same_strokes() -> None:
    assert len({tuple(strokes) for strokes in LETTERS.values()}) == len(LETTERS) == 36


@pytest.mark.parametrize("size", [8, 28, 224])
def test_a_glyph_is_seen_and_leaves_room_around_it(size: int) -> None:
    masks = drawing(36, 1, size, size, 36, 0).masks.float().mean((1, 2))
    assert masks.min() > 0.02
    assert masks.max() < 0.5


def accuracy(network: nn.Sequential, steps: int = 200) -> float:
    """On new images, after training with batches of 32."""
    images, labels = draw(1400, 1, 28, 28, 10, seed=0)
    batches = torch.randint(1400, (steps, 32), generator=torch.Generator().manual_seed(0))
    weights = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(weights, 2e-3)
    for batch in batches:
        loss = nn.functional.cross_entropy(network(images[batch] / 127.5 - 1), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    images, labels = draw(400, 1, 28, 28, 10, seed=1)
    return (network.eval()(images / 127.5 - 1).argmax(1) == labels).float().mean().item()


def small() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 64), nn.ReLU(), nn.Linear(64, 10),
    )  # fmt: skip


def test_a_small_cnn_learns_them_and_a_linear_net_or_frozen_features_do_not() -> None:
    frozen = small()
    frozen[:6].requires_grad_(False)
    learnt = accuracy(small())
    assert learnt > 0.75
    assert accuracy(nn.Sequential(nn.Flatten(), nn.Linear(784, 10))) < learnt - 0.4
    assert accuracy(frozen) < learnt - 0.15
