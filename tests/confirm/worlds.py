"""Small scripts run in the replaced world, for the tests of what they find there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

from cnnlint.confirm.workshop import Workshop
from cnnlint.evidence import RunResult, Task

MODEL = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
data = TensorDataset(torch.randn(640, 4), torch.randint(2, (640,)))
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loader = DataLoader(data, batch_size=64)
"""
TRAIN = """
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
"""
FOLDER = """
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
loader = DataLoader(datasets.ImageFolder("nowhere/train", transforms.ToTensor()), batch_size=64)
"""

Run = Callable[..., RunResult]


@contextmanager
def running(folder: Path) -> Iterator[Run]:
    """Runs a text as a script in a folder."""
    path = folder / "script.py"
    with Workshop(root=folder) as shop:

        def once(text: str, **options: Any) -> RunResult:
            text = dedent(text)
            path.write_text(text, encoding="utf-8")
            options = {"steps": 20, "seconds": 20.0} | options
            task: Task = {
                "kind": "run", "path": str(path), "root": str(folder), "source": text, "options": options,
            }  # fmt: skip
            answer = next(iter(shop.answers([task], 60.0)))[1]
            assert answer["ended"] == "answered", answer
            result: RunResult = answer["result"]
            return result

        yield once


def ran_well(result: RunResult) -> bool:
    """It came to an end without an error."""
    return result["broken"] is None and result["ended"] in ("finished", "steps")
