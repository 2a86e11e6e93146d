"""What the child is asked at each level: tasks, from the facts and the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cnnlint.confirm.files import Files
from cnnlint.confirm.plan import absolute, project_root
from cnnlint.confirm.proofs import LEVELS
from cnnlint.evidence import Task

__all__ = ["Wish", "run_task", "shapes_task", "with_fewer_examples", "with_texts"]

#: How far a script is run: optimizer steps, and seconds after torch is loaded; more where a large model is
#: still at its first steps.
STEPS = 20
SECONDS, PATIENCE = 8.0, 20.0
#: Examples that a model is given at once where only the shape of one is told, or memory is short.
BATCH = 2
#: What the random generators of a run start from.
SEED = 0


class Wish(NamedTuple):
    """How far to go: the highest level, whether to try what has no finding, and whether on its own data."""

    level: str
    smoke: bool = False
    own_data: bool = False

    @property
    def levels(self) -> tuple[str, ...]:
        """All levels up to the highest, cheapest first."""
        return LEVELS[: LEVELS.index(self.level) + 1]


def shapes_task(path: str, files: Files) -> Task:
    """Build and follow the models of a file; what is known of their inputs comes from its users too."""
    told = files.session.config.confirm
    shape = told.input or files.session.config.data.input
    options = {
        "recipes": files.recipes(path),
        "build": told.build or "",
        "input": [BATCH, *shape] if shape else [],
        "stub": list(told.stubs or ()),
    }
    return new_task("shapes", path, files, options)


def run_task(path: str, files: Files, wish: Wish, device: str = "cpu") -> Task:
    """Run a script for a few steps."""
    told, data = files.session.config.confirm, files.session.config.data
    options = {
        "argv": list(told.argv or ()),
        "classes": told.classes or data.classes or 0,
        "curve": False,
        "data": "own" if wish.own_data else "glyphs",
        "device": device,
        "evaluate": False,
        "input": list(told.input or data.input or ()),
        "keep": "",
        "patience": PATIENCE,
        "seconds": SECONDS,
        "seed": SEED,
        "start": "",
        "steps": STEPS,
        "stub": list(told.stubs or ()),
    }
    return new_task("run", path, files, options)


def with_fewer_examples(task: Task) -> Task | None:
    """The same run on the smallest batches; None if it is that already, or no run."""
    if task["kind"] != "run" or task["options"].get("batch") == BATCH:
        return None
    return {**task, "options": {**task["options"], "batch": BATCH}}


def with_texts(task: Task, texts: Mapping[str, str]) -> Task:
    """The same task with other texts of files, by path."""
    own = task["path"]
    others = {path: text for path, text in texts.items() if path != own}
    return {
        **task,
        "source": texts.get(own, task["source"]),
        "overlay": {**task.get("overlay", {}), **others},
    }


def new_task(kind: str, path: str, files: Files, options: dict[str, Any]) -> Task:
    return {
        "kind": kind,
        "path": absolute(path),
        "root": project_root(path),
        "source": files.text(path),
        "overlay": {},
        "options": options,
    }
