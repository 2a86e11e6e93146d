"""The sizes of what reaches a model are found through datasets, transforms and collate functions."""

from __future__ import annotations

import pytest

from cnnlint.config import Config
from cnnlint.facts import Dataset, Forward, Model, Op, ShapeError
from cnnlint.interpreter import analyse
from cnnlint.linting import new_session
from cnnlint.values import is_unknown

IMPORTS = """
import os, random
import albumentations as A
import cv2
import numpy as np
import torch
from albumentations.pytorch import ToTensorV2
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset, SubsetRandomSampler, random_split
from torchvision import datasets, transforms
from torchvision.transforms import functional as TF, v2
"""


def understood(text, path="train.py"):
    session = new_session(Config(cache=False), overlay={str(path): (IMPORTS + text).encode()})
    return analyse(str(path), session.project)


def reached(getitem):
    """The axes of what a convolution gets from a user's dataset with this `__getitem__`."""
    program = understood(f"""
class Pictures(Dataset):
    def __init__(self, files, transform=None):
        self.files, self.transform = files, transform

    def __len__(self):
        return 64

    def __getitem__(self, index):
{getitem}

layer = nn.LazyConv2d(8, 3)
for images, _ in DataLoader(Pictures(files, transforms.ToTensor()), batch_size=16):
    layer(images)
""")
    (convolution,) = (op for op in program.each(Op) if op.name == "conv2d")
    return convolution.inputs[0].axes


@pytest.mark.parametrize(
    ("lines", "axes"),
    [
        (["return self.transform(Image.open(f).convert('RGB').resize((60, 40))), 0"], "[16, 3, 40, 60]"),
        (["return self.transform(Image.open(f).convert('L').resize((60, 40))), 0"], "[16, 1, 40, 60]"),
        (["image = cv2.cvtColor(cv2.imread(f), cv2.COLOR_BGR2RGB)",
          "return self.transform(cv2.resize(image, (60, 40))), 0"], "[16, 3, 40, 60]"),
        (["return self.transform(cv2.resize(cv2.imread(f, 0), (60, 40))), 0"], "[16, 1, 40, 60]"),
        (["image = np.array(Image.open(f).convert('RGB').resize((60, 40)))",
          "return torch.from_numpy(image.transpose(2, 0, 1)), 0"], "[16, 3, 40, 60]"),
        (["image = np.array(Image.open(f).convert('RGB').resize((60, 40)))",
          "return torch.from_numpy(image.astype('float32')), 0"], "[16, 40, 60, 3]"),
        (["image = TF.resize(Image.open(f).convert('RGB'), (40, 60))", "return TF.to_tensor(image), 0"],
         "[16, 3, 40, 60]"),
        (["image = Image.open(f).convert('RGB')", "if self.transform is not None:",
          "    image = TF.center_crop(self.transform(image), 50)", "return image, 0"], "[16, 3, 50, 50]"),
    ],
)  # fmt: skip
def test_pictures_are_followed_through_getitem(lines, axes):
    assert reached("\n".join(f"        {line}" for line in ["f = self.files[index]", *lines])) == axes


@pytest.mark.parametrize(
    ("steps", "axes"),
    [
        ("A.Resize(80, 120), A.RandomCrop(64, 96), A.HorizontalFlip()", "[3, 64, 96]"),
        ("A.Resize(height=80, width=80), A.RandomRotate90(), A.Normalize()", "[3, 80, 80]"),
        ("A.RandomResizedCrop(64, 96)", "[3, 64, 96]"),
        ("A.RandomResizedCrop(size=(64, 96), scale=(0.5, 1))", "[3, 64, 96]"),
        ("A.Resize(80, 120), A.Transpose()", "[3, ?, ?]"),
        ("A.Resize(80, 120, p=0.5)", "[3, ?, ?]"),
        ("A.LongestMaxSize(256)", "[3, ?, ?]"),
    ],
)
def test_albumentations_give_a_dict_of_images(steps, axes):
    seen = reached(f"""
        transform = A.Compose([{steps}, ToTensorV2()])
        mask = cv2.imread(self.files[index], 0)
        both = transform(image=cv2.imread(self.files[index]), mask=mask)
        return both["image"], both["mask"]
""")
    assert seen == axes.replace("[", "[16, ")


def test_examples_in_dicts_are_batched_by_key():
    program = understood("""
class Dicts(Dataset):
    def __len__(self):
        return 64

    def __getitem__(self, index):
        return {"image": torch.zeros(3, 8, 8), "label": 1}

layer = nn.LazyConv2d(8, 3)
for batch in DataLoader(Dicts(), batch_size=16):
    layer(batch["image"])
""")
    assert [op.inputs[0].axes for op in program.each(Op) if op.name == "conv2d"] == ["[16, 3, 8, 8]"]


@pytest.mark.parametrize(
    "body",
    [
        "return torch.stack([image for image, _ in batch]), torch.tensor([label for _, label in batch])",
        "images, labels = zip(*batch)\n    return torch.stack(images), torch.LongTensor(labels)",
        "return torch.stack([example[0] for example in batch], dim=0), None",
    ],
)
def test_a_collate_function_is_followed(body):
    program = understood(f"""
class Numbers(Dataset):
    def __len__(self):
        return 64

    def __getitem__(self, index):
        return torch.zeros(3, 8, 8), 1

def collate(batch):
    {body}

layer = nn.LazyConv2d(8, 3)
for images, labels in DataLoader(Numbers(), batch_size=16, collate_fn=collate):
    layer(images)
""")
    assert [op.inputs[0].axes for op in program.each(Op) if op.name == "conv2d"] == ["[16, 3, 8, 8]"]


def datasets_of(text, path="train.py"):
    """(size, classes, shape) by name."""
    program = understood(text, path)
    return {each.name: (each.size, each.classes, each.shape) for each in program.each(Dataset)}


def test_a_class_derived_from_a_dataset_of_the_library_has_its_size_and_shape():
    found = datasets_of("""
class Noisy(datasets.CIFAR10):
    def __init__(self, root, noise=0.1, **options):
        super().__init__(root, train=True, **options)
        self.noise = noise

class Cropped(datasets.MNIST):
    def __getitem__(self, index):
        image, target = super().__getitem__(index)
        return TF.center_crop(image, 20), target

noisy = Noisy("data", transform=transforms.ToTensor())
cropped = Cropped("data", train=False, transform=transforms.ToTensor())
loaders = DataLoader(noisy), DataLoader(cropped)
""")
    assert found == {"noisy": (50_000, 10, (3, 32, 32)), "cropped": (10_000, 10, (1, 20, 20))}


def test_indices_that_are_too_many_to_keep_are_counted():
    found = datasets_of("""
whole = datasets.CIFAR10("data", transform=transforms.ToTensor())
indices = list(range(len(whole)))
np.random.shuffle(indices)
cut = int(0.8 * len(indices))
first = Subset(whole, indices[:cut])
last = Subset(whole, indices[cut:])
indices.append(0)
changed = Subset(whole, indices[:10])
""")
    assert [str(found[name][0]) for name in ("first", "last")] == ["40000", "10000"]
    assert is_unknown(found["changed"][0])


def test_shuffled_indices_are_in_no_order():
    program = understood("""
whole = datasets.CIFAR10("data")
indices = list(range(100))
random.shuffle(indices)
part = Subset(whole, indices)
""")
    part = next(each for each in program.each(Dataset) if each.name == "part")
    assert part.size == 100
    assert part.ordered is not True


def test_an_image_folder_on_disk_is_counted(tmp_path):
    cats = [f"cats/{number}.{kind}" for number in range(10) for kind in ("jpg", "PNG")]
    for place in (*cats, "cats/notes.txt", "dogs/old/3.jpeg", "empty/readme"):
        file = tmp_path / "data" / "train" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    text = """
there = datasets.ImageFolder(os.path.join("data", "train"), transforms.Resize((32, 32)))
away = datasets.ImageFolder("data/test")
chosen = datasets.ImageFolder("data/train", is_valid_file=lambda path: True)
"""
    found = datasets_of(text, tmp_path / "train.py")
    assert found["there"][:2] == (21, 3)
    assert is_unknown(found["away"][0])
    assert is_unknown(found["chosen"][0])


@pytest.mark.parametrize(
    "call", ["torchsummary.summary(net, (1, 28, 28))", "torchinfo.summary(net, input_size=(4, 1, 28, 28))"]
)
def test_a_summary_tells_the_size_of_the_input_and_trains_nothing(call):
    program = understood(f"""
import torchinfo, torchsummary
net = nn.Sequential(nn.Conv2d(1, 8, 5), nn.BatchNorm2d(8), nn.Flatten(), nn.Linear(8 * 24 * 24, 10))
{call}
""")
    (linear,) = (op for op in program.each(Op) if op.name == "linear")
    assert linear.output.axes in ("[N, 10]", "[4, 10]")
    assert not any(type(fact).__name__ == "Forward" for fact in program.facts)


def test_an_image_with_a_side_that_is_not_known_ends_nothing():
    program = understood("""
layer = nn.Conv2d(3, 8, 3)
image = transforms.functional.resize(Image.open("a.png").convert("RGB"), 32)
batch = transforms.functional.to_tensor(image)
channels = batch.shape[0]
after = nn.Conv2d(channels, 8, 3)
""")
    assert [each.in_channels for each in program.facts if each.kind == "Conv2d"] == [3, 3]


def test_a_size_of_an_unknown_number_of_axes_is_no_tensor():
    program = understood("""
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(64, 32)

    def forward(self, x):
        x = self.fc(x)
        return nn.LayerNorm(x.size()[1:])(x), nn.Linear(x.size(-1), 10)(x)
""")
    made = [each for each in program.facts if each.kind in ("LayerNorm", "Linear")]
    assert [is_unknown(each.normalized_shape) for each in made if each.kind == "LayerNorm"] == [True]
    assert [each.in_features for each in made if each.kind == "Linear"] == [64, 32]
    assert not list(program.each(ShapeError))


def test_a_global_tensor_bound_again_is_not_known_to_functions_that_nobody_calls():
    program = understood("""
input = torch.randn(2, 5)

class Mine(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(5, 3)

    def forward(self):
        return self.fc(input)

input = torch.randn(1, 3, 224, 224)
""")
    assert not list(program.each(ShapeError))


def test_sizes_of_an_array_are_numbers_to_a_tensor():
    program = understood("""
scale = torch.Tensor(cv2.imread("a.png").shape[1::-1]).repeat(2)
""")
    assert not list(program.each(ShapeError))


def test_a_class_of_unknown_base_beside_others_ends_no_analysis():
    program = understood("""
class Early(nn.Module):
    def __init__(self, width):
        self.fc = nn.Linear(width, 3)

class Other(elsewhere.Base):
    pass

def build(width):
    return Early(width)
""")
    assert any(each.kind == "Linear" for each in program.facts)


@pytest.mark.parametrize(
    ("function", "bounds", "shape"),
    [
        ("lambda x: x.float()", (0, 255), (1, 28, 28)),
        ("lambda x: x.float() / 255", (0, 1), (1, 28, 28)),
        ("twice", (0, 2), (3, 28, 28)),
        ("elsewhere.augment", None, None),
        ("lambda x: augment(x)", None, None),
        ("lambda x: x.shape", None, None),
        ("lambda x: undefined_name.first[x].second(x)", None, None),
    ],
)
def test_a_function_in_a_pipeline_is_followed(function, bounds, shape):
    program = understood(f"""
def twice(image):
    return (image / 255 * 2).repeat(3, 1, 1)

pipeline = transforms.Compose([transforms.PILToTensor(), transforms.Lambda({function})])
data = datasets.MNIST("data", transform=pipeline)
""")
    (dataset,) = program.each(Dataset)
    assert (None if is_unknown(dataset.bounds) else dataset.bounds) == bounds
    known = isinstance(dataset.shape, tuple) and not any(map(is_unknown, dataset.shape))
    assert (dataset.shape if known else None) == shape


@pytest.mark.parametrize("first", ["", "if args.evaluate:\n    validate()"])
def test_a_container_that_is_trained_in_epochs_is_one_model(first):
    program = understood(f"""
import argparse

def validate():
    model.eval()
    for x, y in loader:
        model(x)

parser = argparse.ArgumentParser()
parser.add_argument("--evaluate", action="store_true")
args = parser.parse_args()
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loader = DataLoader(datasets.MNIST("data", transform=transforms.ToTensor()), batch_size=64)
{first}
for epoch in range(10):
    for x, y in loader:
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    validate()
""")
    (model,) = program.each(Model)
    assert len(model.forwards) == len(list(program.each(Forward)))
