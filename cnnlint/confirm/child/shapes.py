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

from cnnlint.confirm.child.building import (
    DEFAULTS,
    Way,
    configured,
    instance,
    line_of,
    model_classes,
    ways,
    written,
)
from cnnlint.confirm.child.importing import Project, Script, shown
from cnnlint.confirm.child.limits import TooLong, within
from cnnlint.confirm.child.recorder import Builds, held
from cnnlint.confirm.child.results import part, trace
from cnnlint.confirm.child.surroundings import surroundings
from cnnlint.confirm.child.tracing import Attempt, Built, attempted, built
from cnnlint.evidence import GUESSED, Broken, ModelRecipe, ModelTrace, Place, ShapesResult, Task

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
    overlay = task.get("overlay", {})
    project = Project(task["root"], task["path"], task["source"], options.get("stub", ()), overlay)
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


class _Part(NamedTuple):
    """An instance within a model: what that is, where it is there, and what it did when that was called."""

    made: _Made
    path: str
    module: nn.Module
    attempt: Attempt | None


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
        known = {recipe["name"]: _of_all(recipes, recipe["name"]) for recipe in recipes}
        doubted = {each["name"]: each for each in traces if each["name"] in own and _doubtful(each)}
        made = {type(each.built.model) for each in self.made}
        rest = [cls for cls in self.classes if cls not in made or cls.__name__ in doubted]
        failed = {each["name"] for each in traces if each["why"]} & {cls.__name__ for cls in rest}
        sure = [each for each in traces if each["name"] not in {*failed, *doubted}]
        return sure + list(self._classes(rest, known, doubted))

    def _as_told(self, found: Iterable[Way], name: str, place: Place, inputs: Inputs) -> ModelTrace:
        """What somebody told us how to build."""
        cls = next((each for each in self.classes if each.__name__ == name), None)
        whys: list[_Why] = []
        traced = self._try(found, cls, inputs or self.inputs, place, whys)
        return traced or _unbuilt(name, place, whys)

    def _classes(
        self,
        classes: list[type[nn.Module]],
        known: Mapping[str, Inputs],
        doubted: Mapping[str, ModelTrace],
    ) -> Iterator[ModelTrace]:
        """A trace of each class. All are tried the nearest way first, the last of the file before the others,
        since one may turn out to be a part of another."""
        waiting = {cls: list(ways(self.project, self.script, cls)) for cls in classes}
        whys: dict[type, list[_Why]] = {cls: [] for cls in classes}
        found = {cls: doubted[cls.__name__] for cls in classes if cls.__name__ in doubted}
        while waiting:
            for cls in reversed(list(waiting)):
                traced = seen = self._part(cls)
                if seen is None and waiting[cls]:
                    inputs = self.inputs or known.get(cls.__name__, [])
                    traced = self._try(waiting[cls].pop(0)(), cls, inputs, self._place(cls), whys[cls])
                if traced is not None and (cls not in found or _better(traced, found[cls])):
                    found[cls] = traced
                if seen or not waiting[cls] or cls in found and not _doubtful(found[cls]):
                    del waiting[cls]
        for cls in classes:
            own = found.get(cls)
            seen = self._part(cls) if own is None or _astray(own) else None
            yield seen or own or _unbuilt(cls.__name__, self._place(cls), whys[cls])

    def _try(
        self,
        found: Iterable[Way],
        cls: type[nn.Module] | None,
        inputs: Inputs,
        place: Place,
        whys: list[_Why],
    ) -> ModelTrace | None:
        """The trace of the first instance that a way gives and nothing is doubtful of; `whys` gets what went
        wrong with the others."""
        first: ModelTrace | None = None
        for way in found:
            left = self.options.get("seconds", WHOLE) - self.spent
            if left <= 0:
                whys.append(_Why("the time for this file was up"))
                break
            wanted = None if way.within else cls
            try:
                with within(min(BUILDING, left)), self.builds.watched():
                    made = built(partial(_instance, way.make, wanted))
            except (Exception, SystemExit, TooLong) as error:
                whys.append(_Why(self._explained(error), self.project.users.broken(error)))
                continue
            fitting = [] if way.how == GUESSED else inputs
            whole = self._traced(made, type(made.model).__name__, place, way.how, fitting)
            traced = self._part(cls) if way.within and cls else whole
            if traced is not None and not _doubtful(traced):
                return traced
            if traced is not None and (first is None or _better(traced, first)):
                first = traced
        return first

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
        parts = [
            _Part(made, path, module, part(made.attempt, path) if made.attempt else None)
            for made in self.made
            for path, module in made.built.model.named_modules()
            if type(module) is cls and path
        ]
        if not parts:
            return None
        made, path, module, attempt = min(parts, key=_lack)
        how, place = f"part of `{made.name}`", self._place(cls)
        if attempt is not None:
            return trace(cls.__name__, place, attempt, how=how, parameters=held(module))
        alone = Built(module, made.built.device, partial(_again, made.built, path))
        return self._traced(alone, cls.__name__, place, how, [])

    def _place(self, cls: type) -> Place:
        return {"path": self.script.path, "line": line_of(self.script, cls)}

    def _explained(self, error: BaseException) -> str:
        words = self.script.slice.explained(error)
        return f"{type(error).__name__}: {words}" if words != str(error) else shown(error)


def _lack(found: _Part) -> int:
    """How little was seen of it: it ended well, it broke, it was never called."""
    return 2 if found.attempt is None else found.attempt.broken is not None


def _doubtful(traced: ModelTrace) -> bool:
    """Another way may be nearer the truth: it could not be called and may have other arguments where its
    users build it, or it is given several things of which the code says nothing."""
    several = traced["searched"] and len(traced["inputs"]) > 1
    return several or not _works(traced) and traced["how"] in (DEFAULTS, GUESSED)


def _better(traced: ModelTrace, found: ModelTrace) -> bool:
    """It could be called, and what was found so far could not."""
    return _works(traced) and not _works(found)


def _works(traced: ModelTrace) -> bool:
    return bool(traced["device"]) and traced["broken"] is None


def _astray(traced: ModelTrace) -> bool:
    """What it is as a part of another model is nearer the truth."""
    return traced["how"] == GUESSED or traced["searched"] and (not _works(traced) or _doubtful(traced))


def _of_all(recipes: Iterable[ModelRecipe], name: str) -> Inputs:
    """What all instances of a class are given; [] where one is given something else than another."""
    given = [each["inputs"] for each in recipes if each["name"] == name]
    return given[0] if all(each == given[0] for each in given) else []


def _told(recipe: ModelRecipe) -> bool:
    """All sizes of its inputs but that of the batch are known."""
    shapes = recipe["inputs"]
    return bool(shapes) and all(shape and None not in shape[1:] for shape in shapes)


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
