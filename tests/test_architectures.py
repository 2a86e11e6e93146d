"""Classic architectures in every style people write them: understood completely, and silent."""

from __future__ import annotations

import importlib
import re
import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cnnlint import lint_paths
from cnnlint.config import Config
from cnnlint.facts import Layer, Model, Op, Program, ShapeError, Tensor
from cnnlint.findings import Severity
from cnnlint.interpreter import analyse
from cnnlint.interpreter.objects import DictValue, ListValue, plain
from cnnlint.linting.project import Project
from cnnlint.syntax.cache import Cache
from cnnlint.values import is_unknown

FOLDER = Path(__file__).parent / "architectures"
#: The file of each architecture that builds the model and calls it.
ENTRIES = sorted(path for path in FOLDER.rglob("*.py") if "# styles: " in path.read_text(encoding="utf-8"))
FAMILIES = "lenet alexnet vgg resnet densenet inception mobilenet unet squeezenet efficientnet".split()


def called(path: Path) -> str:
    return ".".join(path.relative_to(FOLDER).with_suffix("").parts)


def comment(path: Path, key: str) -> str:
    """What a file says of itself: `# output: [2, 10]`."""
    found = re.findall(rf"^# {key}: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) == 1, f"{path.name} says {len(found)} times what its {key} is"
    return str(found[0])


def shapes(value: Any) -> str:
    """Tensors as their shapes, in what holds them."""
    value = plain(value)
    if isinstance(value, Tensor):
        return value.axes
    items = value.store["items"] if isinstance(value, DictValue | ListValue) else value
    if isinstance(items, dict):
        return "{" + ", ".join(f"{key}: {shapes(each)}" for key, each in items.items()) + "}"
    items = getattr(items, "attributes", items)
    if isinstance(items, dict):
        items = tuple(items.values())
    return "(" + ", ".join(map(shapes, items)) + ")" if isinstance(items, tuple) else f"{items}"


def understood(path: Path) -> Program:
    return analyse(str(path), Project(Cache(None)))


def the_model(program: Program) -> Model:
    *_, model = (fact for fact in program.each(Model) if fact.name == "model")
    return model


architectures = pytest.mark.parametrize("path", ENTRIES, ids=called)


@architectures
def test_an_architecture_is_understood_completely(path: Path) -> None:
    program = understood(path)
    model = the_model(program)
    assert not program.limits
    assert not list(program.each(ShapeError))
    assert f"{model.parameter_count():_}" == comment(path, "parameters")
    assert shapes(model.output) == comment(path, "output")
    assert [
        f"{operation.text} {operation.output.axes}" for operation in program.each(Op) if unclear(operation)
    ] == []
    assert [layer.name for layer in program.each(Layer) if any(map(is_unknown, vars(layer).values()))] == []


def unclear(operation: Op) -> bool:
    shape = operation.output.shape if operation.output else ()
    return is_unknown(shape) or not all(isinstance(size, int) for size in shape)


@architectures
def test_no_rule_finds_fault_with_an_architecture_that_runs(path: Path) -> None:
    run = lint_paths([str(path)], Config(root=FOLDER, cache=False, jobs=1))
    assert not run.failures
    assert [found for found in run.findings if found.severity is not Severity.INFO] == []


@architectures
def test_torch_agrees_with_what_the_comments_say(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    if "einops" in path.read_text(encoding="utf-8"):
        pytest.importorskip("einops")
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = importlib.import_module(called(path))
    count = sum(parameter.numel() for parameter in module.model.parameters())
    assert f"{count:_}" == comment(path, "parameters")
    assert real_shapes(torch, module.output) == comment(path, "output")


def real_shapes(torch: Any, value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return str(list(value.shape))
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {real_shapes(torch, each)}" for key, each in value.items()) + "}"
    return "(" + ", ".join(real_shapes(torch, each) for each in value) + ")"


def test_each_architecture_is_there_in_several_styles_and_each_style_several_times() -> None:
    families = Counter(called(path).split("_")[0] for path in ENTRIES)
    styles = Counter(style for path in ENTRIES for style in comment(path, "styles").split(", "))
    assert set(families) == set(FAMILIES)
    assert {family: count for family, count in families.items() if count < 3} == {}
    assert {style: count for style, count in styles.items() if count < 3} == {}
