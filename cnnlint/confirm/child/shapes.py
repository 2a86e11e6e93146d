"""The task `shapes`: a file's models built and called once, every layer with what goes in and what comes out.

Options: `recipes` (models as the static analysis knows them), `build` ("pkg.mod:fn" of the configuration),
`input` (the shape of what models are given), `argv`, `stub` (packages to stand in for) and `seconds`.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import torch
import torch._dynamo
from torch import nn

from cnnlint.confirm.child.building import Way, configured, instance, line_of, model_classes, ways, written
from cnnlint.confirm.child.importing import Project, Script, shown
from cnnlint.confirm.child.limits import TooLong, within
from cnnlint.confirm.child.recorder import Builds, held
from cnnlint.confirm.child.results import part, trace
from cnnlint.confirm.child.surroundings import surroundings
from cnnlint.confirm.child.tracing import Attempt, Built, attempted, built
from cnnlint.evidence import Broken, ModelRecipe, ModelTrace, Place, ShapesResult, Task

__all__ = ["perform"]

#: Seconds for one way to build a model, for calling it, and for the whole file.
BUILDING, CALLING, WHOLE = 6.0, 8.0, 30.0
#: Seconds of a file after which torch.fx is not asked any more.
SECOND_OPINION = 1.5
Inputs = Sequence[Sequence[int | None]]


def perform(task: Task) -> ShapesResult:
    """Build and call what the file defines."""
    begun = time.process_time()
    options = task.get("options", {})
    project = Project(task["root"], task["path"], task["source"], options.get("stub", ()))
    with (
        warnings.catch_warnings(),
        surroundings(project.path, list(options.get("argv", ()))),
        project.entered(),
    ):
        warnings.simplefilter("ignore")
        try:
            with within(options.get("seconds", WHOLE)):
                script = project.subject()
        except (Exception, SystemExit, TooLong) as error:
            why = f"the file cannot be executed: {shown(error)}"
            models = [trace(each["name"], each["place"], why=why) for each in options.get("recipes", ())]
            dropped: list[tuple[int, str]] = []
        else:
            models = _Bench(project, script, options).models()
            dropped = [each for each in sorted(script.slice.dropped) if each[1] != "nothing needs it"]
    devices = [each["device"] for each in models if each["device"]]
    return {
        "models": models,
        "dropped": dropped,
        "stubs": list(project.stubs.stubs),
        "device": max(devices, key=devices.count, default=""),
        "versions": {"torch": str(torch.__version__)},
        "seconds": round(time.process_time() - begun, 3),
    }


class _Made(NamedTuple):
    """A model that was built and tried."""

    built: Built
    attempt: Attempt | None
    name: str


class _Why(NamedTuple):
    """Why a way gave no model: in words, and the exception."""

    words: str
    broken: Broken | None = None


class _Bench:
    """Where the models of one file are built, one after the other."""

    def __init__(self, project: Project, script: Script, options: dict[str, Any]) -> None:
        self.project, self.script, self.options = project, script, options
        self.builds = Builds(project.users)
        self.made: list[_Made] = []
        self.begun = time.process_time()
        self.classes = model_classes(script)
        self.inputs: Inputs = [options["input"]] if options.get("input") else []

    @property
    def spent(self) -> float:
        return time.process_time() - self.begun

    def models(self) -> list[ModelTrace]:
        """The models of the configuration and of the recipes, and the classes that none of them shows."""
        traces: list[ModelTrace] = []
        recipes: list[ModelRecipe] = self.options.get("recipes", [])
        if target := self.options.get("build"):
            place: Place = {"path": self.script.path, "line": 1}
            traces.append(self._as_told([configured(self.project, target)], target, place, []))
        own = {cls.__name__ for cls in self.classes}
        for recipe in recipes:
            again = recipe["name"] in {each["name"] for each in traces}
            found = [] if again and not _told(recipe) else list(written(self.project, recipe))
            if found or recipe["name"] not in own:
                traces.append(self._as_told(found, recipe["name"], recipe["place"], recipe["inputs"]))
        known = {recipe["name"]: recipe["inputs"] for recipe in recipes}
        rest = [cls for cls in self.classes if not any(type(each.built.model) is cls for each in self.made)]
        failed = {each["name"] for each in traces if each["why"]} & {cls.__name__ for cls in rest}
        return [each for each in traces if each["name"] not in failed] + list(self._classes(rest, known))

    def _as_told(self, found: Iterable[Way], name: str, place: Place, inputs: Inputs) -> ModelTrace:
        """What somebody told us how to build."""
        cls = next((each for each in self.classes if each.__name__ == name), None)
        whys: list[_Why] = []
        traced = self._try(found, cls, inputs or self.inputs, place, whys)
        return traced or _unbuilt(name, place, whys)

    def _classes(self, classes: list[type[nn.Module]], known: Mapping[str, Inputs]) -> Iterator[ModelTrace]:
        """A trace of each class. All are tried the nearest way first, the last of the file before the others,
        since one may turn out to be a part of another."""
        waiting = {cls: list(ways(self.project, self.script, cls)) for cls in classes}
        whys: dict[type, list[_Why]] = {cls: [] for cls in classes}
        found: dict[type, ModelTrace] = {}
        while waiting:
            for cls in reversed(list(waiting)):
                traced = self._part(cls)
                if traced is None and waiting[cls]:
                    inputs = self.inputs or known.get(cls.__name__, [])
                    traced = self._try(waiting[cls].pop(0)(), cls, inputs, self._place(cls), whys[cls])
                if traced is not None:
                    found[cls] = traced
                if traced is not None or not waiting[cls]:
                    del waiting[cls]
        for cls in classes:
            own = found.get(cls)
            astray = own is None or (own["searched"] and own["broken"] is not None)
            yield (
                (self._part(cls) if astray else None)
                or own
                or _unbuilt(cls.__name__, self._place(cls), whys[cls])
            )

    def _try(
        self,
        found: Iterable[Way],
        cls: type[nn.Module] | None,
        inputs: Inputs,
        place: Place,
        whys: list[_Why],
    ) -> ModelTrace | None:
        """The trace of the first instance that a way gives; `whys` gets what went wrong with the others."""
        for way in found:
            left = self.options.get("seconds", WHOLE) - self.spent
            if left <= 0:
                whys.append(_Why("the time for this file was up"))
                return None
            wanted = None if way.within else cls
            try:
                with within(min(BUILDING, left)), self.builds.watched():
                    made = built(partial(_instance, way.make, wanted))
            except (Exception, SystemExit, TooLong) as error:
                whys.append(_Why(self._explained(error), self.project.users.broken(error)))
                continue
            whole = self._traced(made, type(made.model).__name__, place, way.how, inputs)
            traced = self._part(cls) if way.within and cls else whole
            if traced is not None:
                return traced
        return None

    def _traced(self, made: Built, name: str, place: Place, how: str, inputs: Inputs) -> ModelTrace:
        """The model called once."""
        begun = time.process_time()
        attempt, why = None, ""
        try:
            with within(CALLING):
                attempt = attempted(made, self.builds, inputs, graph=self.spent < SECOND_OPINION)
        except (Exception, SystemExit, TooLong) as error:
            why = f"it was built, but not called: {self._explained(error)}"
        self.made.append(_Made(made, attempt, name))
        seconds = time.process_time() - begun
        return trace(name, place, attempt, how=how, why=why, parameters=held(made.model), seconds=seconds)

    def _part(self, cls: type[nn.Module]) -> ModelTrace | None:
        """The trace of an instance that is part of another model: what it did there, if it was called."""
        for made in self.made:
            for path, module in made.built.model.named_modules():
                if type(module) is not cls or not path:
                    continue
                how, place = f"part of `{made.name}`", self._place(cls)
                attempt = part(made.attempt, path) if made.attempt else None
                if attempt is not None:
                    return trace(cls.__name__, place, attempt, how=how, parameters=held(module))
                alone = Built(module, made.built.device, partial(_again, made.built, path))
                return self._traced(alone, cls.__name__, place, how, [])
        return None

    def _place(self, cls: type) -> Place:
        return {"path": self.script.path, "line": line_of(self.script, cls)}

    def _explained(self, error: BaseException) -> str:
        words = self.script.slice.explained(error)
        return f"{type(error).__name__}: {words}" if words != str(error) else shown(error)


def _told(recipe: ModelRecipe) -> bool:
    """All sizes of its inputs but that of the batch are known."""
    sizes = [size for shape in recipe["inputs"] for size in shape[1:]]
    return bool(sizes) and None not in sizes


def _unbuilt(name: str, place: Place, whys: Sequence[_Why]) -> ModelTrace:
    """A model that no way gave, with the reason of the nearest one that had its arguments."""
    told = [each for each in whys if each.broken is None or each.broken["kind"] != "NameError"] or whys
    why = told[0] if told else _Why("nothing builds it")
    return {**trace(name, place, why=why.words), "broken": why.broken}


def _again(made: Built, path: str) -> nn.Module:
    """A part of a model, of another one on the CPU."""
    return made.again().get_submodule(path)


def _instance(make: Callable[[], Any], cls: type | None) -> nn.Module:
    found = instance(make(), cls)
    if found is None:
        raise TypeError(f"the call gives no {cls.__name__ if cls else 'module'}")
    return found
