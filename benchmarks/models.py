"""Models that others wrote, found in checkouts, and what torch says of each (kept between runs)."""

from __future__ import annotations

import ast
import json
import os
import selectors
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Model", "models_of", "places_of"]

TORCH_SIDE = Path(__file__).with_name("torch_side.py")
#: Folders without models of their own.
PASSED_OVER = frozenset("tests test __pycache__ build docs".split())


@dataclass
class Model:
    """A constructor call that builds a model, and what torch says of it.

    `module` lies below the folder `root`. A shape is a list of sizes; the output is one, or
    {"sequence": [...]} or {"mapping": {...}} of such.
    """

    file: str
    module: str
    root: str
    name: str
    expression: str
    input: list[int]
    parameters: int
    output: Any
    traceable: bool


@dataclass(frozen=True)
class Place:
    """Where a file is as a module: its dotted name, and where Python has to look for it."""

    file: str
    module: str
    root: str
    top: str
    path: list[str] = field(default_factory=list)
    package: bool = False  # the checkout itself is one package


def models_of(checkout: Path, python: str, *, most: int, seconds: int, kept: Path | None) -> list[Model]:
    """The models of a checkout, at most so many of each file."""
    store = json.loads(kept.read_text(encoding="utf-8")) if kept and kept.exists() else {}
    key = f"{checkout} {most}"
    if key not in store:
        store[key] = list(asked(places_of(checkout), python, most=most, seconds=seconds))
        if kept:
            kept.write_text(json.dumps(store, indent=0), encoding="utf-8")
    return [Model(**row) for row in store[key]]


def places_of(checkout: Path) -> list[Place]:
    """The files of a checkout that define models and can be imported without running a program."""
    found = []
    for file in sorted(checkout.rglob("*.py")):
        parts = file.relative_to(checkout).parts
        if PASSED_OVER.isdisjoint(parts) and not file.stem.startswith(("test_", "conftest")):
            text = file.read_text(encoding="utf-8", errors="replace")
            if "def forward" in text and "torch" in text and only_defines(text):
                found.append(place_of(file, checkout))
    return found


def only_defines(text: str) -> bool:
    """Importing it runs no loops, and no program that a bare call starts."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return False
    for node in body:
        if isinstance(node, ast.For | ast.While | ast.With):
            return False
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            if isinstance(node.value.func, ast.Name) and not node.value.args:
                return False
    return True


def place_of(file: Path, checkout: Path) -> Place:
    """The dotted name of a file: below the outermost folder that is a package."""
    root = file.parent
    whole = (checkout / "__init__.py").exists() and checkout.name.isidentifier()
    last = checkout.parent if whole else checkout
    while (root / "__init__.py").exists() and root != last:
        root = root.parent
    names = file.relative_to(root).with_suffix("").parts
    names = names[:-1] if names[-1] == "__init__" and len(names) > 1 else names
    above = [root, *(each for each in root.parents if each.is_relative_to(last))]
    path = [str(each) for each in above]
    return Place(str(file.relative_to(last)), ".".join(names), str(root), str(checkout), path, whole)


def asked(places: list[Place], python: str, *, most: int, seconds: int) -> Iterator[dict[str, Any]]:
    """What torch says, file after file. A file that hangs is given up, and the rest asked anew."""
    waiting = list(places)
    while waiting:
        job = {"files": [asdict(each) for each in waiting], "most": most, "seconds": seconds}
        current = waiting[0].file
        for answer in answers(job, python, patience=seconds * 3):
            if "name" in answer:
                yield answer
            else:
                current = answer["file"]
        index = next((at for at, each in enumerate(waiting) if each.file == current), 0)
        waiting = waiting[index + 1 :]


def answers(job: dict[str, Any], python: str, patience: int) -> Iterator[dict[str, Any]]:
    """The lines of one process, until it ends or is silent for too long."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    with (
        tempfile.TemporaryDirectory(prefix="cnnlint-torch-") as folder,
        subprocess.Popen(
            [python, str(TORCH_SIDE)],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as child,
    ):
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(job))
        child.stdin.close()
        selector = selectors.DefaultSelector()
        selector.register(child.stdout, selectors.EVENT_READ)
        while selector.select(patience):
            line = child.stdout.readline()
            if not line:
                break
            yield json.loads(line)
        child.kill()
