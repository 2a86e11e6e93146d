"""One rule, several severities: how much harm is done decides."""

from __future__ import annotations

import pytest

from cnnlint import lint_text

UNSHUFFLED = """
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

loader = DataLoader(ImageFolder("images", transforms.ToTensor()), batch_size=4)
model = nn.Conv2d(3, 3, 3, padding=1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for images, labels in loader:
    optimizer.zero_grad()
    {loss}.backward()
    optimizer.step()
"""


@pytest.mark.parametrize(
    ("loss", "severity"),
    [
        ("nn.functional.cross_entropy(model(images).mean((2, 3)), labels)", "warning"),
        ("nn.functional.mse_loss(model(images), images)", "info"),
        ("unseen(model(images), labels)", "warning"),
    ],
)
def test_an_unshuffled_image_folder_is_a_warning_where_its_classes_may_be_learned(loss, severity):
    (finding,) = lint_text(UNSHUFFLED.format(loss=loss), "train.py")
    assert (finding.code, finding.severity.value) == ("CNN601", severity)


DEEP = """
import torch
from torch import nn

layers, channels = [], 3
for width in (16, 16, 32, 32, 64, 64):
    layers += [nn.Conv2d(channels, width, 3), nn.ReLU()]
    channels = width
model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
{more}
optimizer = torch.optim.{optimizer}
for images, labels in loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
"""
SUNK = """\
for layer in model:
    if isinstance(layer, nn.Conv2d):
        nn.init.constant_(layer.bias, -0.5)
"""


@pytest.mark.parametrize(
    ("optimizer", "more", "severity"),
    [
        ("Adam(model.parameters(), lr=0.001)", "", "info"),
        ("Adam(model.parameters(), lr=0.01)", "", "info"),
        ("Adam(model.parameters(), lr=0.05)", "", "warning"),
        ("SGD(model.parameters(), lr=0.01, momentum=0.9)", "", "info"),
        ("SGD(model.parameters(), lr=0.1, momentum=0.9)", "", "warning"),
        ("Adam(model.parameters(), lr=0.001)", SUNK, "warning"),
        ("Adam(model.parameters(), lr=0.001)", SUNK.replace("-0.5", "0.1"), "info"),
        ("Adam(model.parameters(), lr=0.001)", SUNK.replace("layer.bias", "model[-1].bias"), "info"),
    ],
)
def test_a_stack_of_relu_is_a_warning_where_its_units_die_at_once(optimizer, more, severity):
    found = lint_text(DEEP.format(optimizer=optimizer, more=more), "train.py")
    (finding,) = (each for each in found if each.code == "CNN501")
    assert finding.severity.value == severity


@pytest.mark.parametrize(
    ("hook", "severity"),
    [("", "info"), ("model.register_forward_hook(lambda module, given, made: print(made))", "warning")],
)
def test_a_forward_called_by_name_is_a_warning_where_it_passes_a_hook(hook, severity):
    made = "import torch\nfrom torch import nn\nmodel = nn.Linear(4, 2)\n"
    text = f"{made}{hook}\nmodel.forward(torch.rand(1, 4))\n"
    (finding,) = (each for each in lint_text(text, "train.py") if each.code == "CNN806")
    assert finding.severity.value == severity
