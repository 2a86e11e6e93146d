"""What comes out of a loader, and what is known of the dataset behind it."""

from __future__ import annotations

import pytest

from cnnlint.config import Config
from cnnlint.facts import Layer, LossCall
from cnnlint.interpreter import analyse
from cnnlint.linting import new_session
from cnnlint.values import is_unknown

HEAD = """
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import datasets, transforms

data = datasets.CIFAR10("data", transform=transforms.ToTensor())
"""
LOOP = """
for images, labels in DataLoader(data, batch_size=30):
    nn.functional.cross_entropy(images, labels.to("cpu").long())
"""


def first(kind, text):
    session = new_session(Config(cache=False), overlay={"train.py": (HEAD + text).encode()})
    return next(analyse("train.py", session.project).each(kind))


def labels_of(text):
    return first(LossCall, text).target.origin(through=("to", "long"))


def test_a_label_knows_its_loader_and_its_place_in_the_batch():
    labels = labels_of(LOOP)
    assert (labels.loader.dataset.classes, labels.index) == (10, 1)


def test_so_does_one_from_a_loader_made_elsewhere():
    labels = labels_of(LOOP.replace("DataLoader(data, batch_size=30)", "loader"))
    assert labels.index == 1
    assert is_unknown(labels.loader.dataset)


def test_a_batch_of_ones_own_dataset_has_one_size_for_all_its_parts():
    own = """
class Pairs(Dataset):
    def __getitem__(self, index):
        return torch.zeros(3, 8, 8), 1.5

data = Pairs()
"""
    call = first(LossCall, own + LOOP)
    assert call.prediction.axes == "[N, 3, 8, 8]"
    assert call.target.shape == call.prediction.shape[:1]


@pytest.mark.parametrize("name", ["targets", "labels", "samples", "target_transform"])
def test_a_dataset_whose_targets_are_replaced_may_have_other_classes(name):
    assert is_unknown(labels_of(f"data.{name} = chosen\n{LOOP}").loader.dataset.classes)


@pytest.mark.parametrize(
    ("body", "known"),
    [
        ("image, label = super().__getitem__(index)\n        return image + 1, label", True),
        ("image, label = super().__getitem__(index)\n        return image, label // 2", False),
        ("return self.pictures[index], self.coarse[index]", False),
    ],
)
def test_a_derived_dataset_has_the_classes_of_its_base_if_it_gives_its_targets(body, known):
    own = f"""
class Own(datasets.CIFAR100):
    def __getitem__(self, index):
        {body}

data = Own("data")
"""
    assert is_unknown(labels_of(own + LOOP).loader.dataset.classes) is not known


def test_the_classes_of_a_dataset_can_be_counted():
    assert first(Layer, "head = nn.Linear(64, len(data.classes))").out_features == 10


def test_a_loss_knows_where_its_prediction_and_target_are_written():
    assert len(first(LossCall, LOOP).places) == 2
    named = first(LossCall, "nn.functional.mse_loss(target=a, input=b)\n").places
    plain = first(LossCall, "nn.functional.mse_loss(b, target=a)\n").places
    assert named[0].at > named[1].at
    assert plain[0].at < plain[1].at
    assert first(LossCall, "nn.functional.mse_loss(*pair)\n").places == ()
