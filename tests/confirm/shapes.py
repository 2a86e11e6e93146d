"""The task `shapes`, done in this process on small files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

from cnnlint.evidence import ModelRecipe, ModelTrace, ShapesResult, Task

Shapes = Callable[..., ShapesResult]

HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
#: A class that works, on eight lines.
NET = """
class Net(nn.Module):
    def __init__(self, channels=3, classes=10):
        super().__init__()
        self.conv = nn.Conv2d(channels, 8, 3)
        self.fc = nn.Linear(8, classes)
    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))
"""


def performed(
    folder: Path, text: str, files: Mapping[str, str] | None = None, name: str = "train.py", **options: Any
) -> ShapesResult:
    """The result for a text, with other files in its folder."""
    from cnnlint.confirm.child import perform

    path = folder / name
    for each, content in {name: text, **(files or {})}.items():
        (folder / each).parent.mkdir(parents=True, exist_ok=True)
        (folder / each).write_text(dedent(content), encoding="utf-8")
    source = path.read_text(encoding="utf-8")
    result: ShapesResult = perform(
        Task(
            kind="shapes", path=str(path), root=str(folder), source=source, options={"recipes": [], **options}
        )
    )
    return result


def model(result: ShapesResult, name: str = "Net") -> ModelTrace:
    """The first trace of a model."""
    return next(each for each in result["models"] if each["name"] == name)


def built(trace: ModelTrace) -> bool:
    """It was built and called without an exception."""
    return bool(trace["how"]) and trace["why"] == "" and trace["broken"] is None


def recipe(path: Path, line: int, *inputs: list[int | None], name: str = "Net") -> ModelRecipe:
    """A class at the head of a file, built at a line."""
    place = {"path": str(path), "line": 5}
    return {"name": name, "place": place, "built": {"path": str(path), "line": line}, "inputs": list(inputs)}  # type: ignore[typeddict-item]
