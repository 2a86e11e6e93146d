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
