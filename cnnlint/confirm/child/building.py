"""Instances of the user's model classes, built as their own code builds them wherever it does.

In turn: the configured function, the recipe's line, other calls in the file; instances that are part of
another model; a function that needs no arguments; the class with its defaults; calls in other files; and at
last arguments guessed by their names.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from torch import nn

from cnnlint.confirm.child.importing import Project, Script
from cnnlint.confirm.child.sites import Site, called_at, mentions, sites
from cnnlint.evidence import GUESSED, ModelRecipe

__all__ = [
    "DEFAULTS",
    "Way",
    "configured",
    "instance",
    "line_of",
    "model_classes",
    "ways",
    "written",
]

#: How a model is built that needs no arguments.
DEFAULTS = "defaults"
#: Sizes for arguments that must be told one, by words of their names; the first that fits is taken.
GUESSES: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("input_shape", "img_shape", "image_shape", "in_shape"), (3, 64, 64)),
    (("class", "categor", "num_labels", "n_labels"), 10),
    (("kernel", "filter_size", "ksize"), 3),
    (("stride",), 1),
    (("padding", "pad"), 1),
    (("dilation", "groups", "repeat"), 1),
    (("num_block", "n_block", "num_layer", "n_layer", "depth", "num_res"), 2),
    (("growth", "reduction", "ratio", "head", "cardinality"), 4),
    (("drop", "prob"), 0.1),
    (("image_size", "img_size", "input_size", "resolution"), 32),
    (("latent", "nz", "z_dim", "noise", "embed", "hidden"), 64),
    (
        (
            "image_channel",
            "img_ch",
            "input_channel",
            "n_channel",
            "num_channel",
            "in_ch",
            "inp_ch",
            "channels_in",
        ),
        3,
    ),
    (("in_feature", "in_dim", "in_plane", "inplane", "in_size", "inp", "input", "c_in", "cin"), 16),
    (
        (
            "out",
            "oup",
            "plane",
            "dim",
            "channel",
            "filter",
            "feature",
            "width",
            "squeeze",
            "expand",
            "mid",
            "size",
        ),
        16,
    ),
)
#: Channels of a block that needs more of them than are usual.
MANY = 64
#: Depths that are sums of stages of two and three layers a block, as residual networks count them.
DEPTHS = (28, 20, 29)
#: Sibling files that are looked into for calls, at most.
SIBLINGS = 6
#: Files that are searched for the name, at most, and up to which size.
SEARCHED, LARGEST = 400, 300_000
#: Other calls in a file that are tried.
TRIED = 12


class Way(NamedTuple):
    """A way to come by an instance: what it is called, and the call, which raises what user code raises.
    `within`: what it gives is another model, of which an instance may be a part."""

    how: str
    make: Callable[[], Any]
    within: bool = False


def model_classes(script: Script) -> list[type[nn.Module]]:
    """The classes of a file that are modules and can be called, in its order."""
    own = script.module.__name__
    classes: list[Any] = [each for each in vars(script.module).values() if inspect.isclass(each)]
    found = [each for each in classes if issubclass(each, nn.Module) and each.__module__ == own]
    called = [each for each in dict.fromkeys(found) if _can_be_called(each)]
    return sorted(called, key=lambda each: line_of(script, each))


def _can_be_called(cls: type[nn.Module]) -> bool:
    """It has a forward, its own or that of a base."""
    return any("forward" in vars(each) for each in cls.__mro__ if each is not nn.Module)


def line_of(script: Script, cls: type) -> int:
    """The line of its class statement; 0 if it is not one of the file's."""
    statements = (node for node in ast.walk(script.tree) if isinstance(node, ast.ClassDef))
    return next((node.lineno for node in statements if node.name == cls.__name__), 0)


def configured(project: Project, target: str) -> Way:
    """The function that the configuration names, as `pkg.mod:fn`."""
    module, _, name = target.partition(":")
    return Way("configuration", lambda: getattr(import_module(module), name)())


def written(project: Project, recipe: ModelRecipe) -> Iterator[Way]:
    """The calls at the line that a recipe names, in whatever file it is, but not those within a class of the
    same file: what they build is a part of its instances."""
    place = recipe["built"]
    if place and place["line"]:
        try:
            script = project.script(place["path"])
        except (Exception, SystemExit):
            return
        for site in called_at(script, place["line"], recipe["name"]):
            if not site.inside or script.path != recipe["place"]["path"]:
                yield Way("call site", site.value)


def ways(project: Project, script: Script, cls: type[nn.Module]) -> Iterator[Callable[[], Iterator[Way]]]:
    """The ways to come by an instance of a class, from the nearest to the truth to the farthest: those of one
    item are equally good. What needs no arguments is built without looking into other files."""
    found = list(sites(script, cls.__name__))
    yield lambda: (Way("call site", site.value) for site in found[:TRIED] if not site.inside)
    yield lambda: (Way("call site", site.value) for site in found[:TRIED] if site.inside)
    yield lambda: (
        Way("call site", site.value, within=True) for site in _given(script, cls.__name__) if not site.inside
    )
    yield lambda: (Way("function without arguments", each) for each in _factories(script, cls.__name__))
    if not _required(cls.__init__, method=True):
        yield lambda: iter([Way(DEFAULTS, cls)])
    yield lambda: _registered(script, cls)
    yield lambda: _elsewhere(project, script, cls)
    yield lambda: _within(project, script, cls)
    yield lambda: (Way(GUESSED, partial(site.value, guess_of)) for site in found[:TRIED] if not site.inside)
    yield lambda: (
        Way(GUESSED, partial(site.value, guess_of), within=True)
        for site in _given(script, cls.__name__)
        if not site.inside
    )
    if _required(cls.__init__, method=True):
        yield lambda: _guessed(cls)


def instance(value: Any, cls: type | None) -> nn.Module | None:
    """The module of a class, None for any, in what a call gave: itself or one of a tuple."""
    if isinstance(value, tuple | list):
        return next((found for each in value if (found := instance(each, cls))), None)
    return value if isinstance(value, cls or nn.Module) else None


def _given(script: Script, name: str) -> Iterator[Site]:
    """Calls that are given the class itself: `ResNet(Bottleneck, [3, 4, 6, 3])`."""
    return islice(mentions(script, name), TRIED)


def _guessed(cls: type[nn.Module]) -> Iterator[Way]:
    for given in guesses(cls):
        yield Way(GUESSED, partial(_called, cls, given))


def _called(cls: Callable[..., Any], given: dict[str, Any]) -> Any:
    return cls(**given)


def _elsewhere(project: Project, script: Script, cls: type) -> Iterator[Way]:
    """Calls in other files, outside of classes, as these know what only `self` knows."""
    for other in siblings(project, script, cls.__name__):
        for site in sites(other, cls.__name__):
            if not site.inside:
                yield Way("call site in another file", site.value)


def _registered(script: Script, cls: type) -> Iterator[Way]:
    """What tables of the file hold beside a class: `{"encoder": Net, "params": {"depth": 18}}`."""
    tables = [each for each in vars(script.module).values() if isinstance(each, dict)]
    for entry in (each for table in tables for each in table.values() if isinstance(each, dict)):
        if any(each is cls for each in entry.values()):
            for given in (each for each in entry.values() if isinstance(each, dict)):
                yield Way("entry of a table", partial(_called, cls, given))


def _within(project: Project, script: Script, cls: type) -> Iterator[Way]:
    """Models of other files whose classes build it, by calls, functions and defaults."""
    for other in siblings(project, script, cls.__name__):
        names = dict.fromkeys(name for site in sites(other, cls.__name__) for name in site.inside)
        for outer in filter(None, map(vars(other.module).get, names)):
            calls = [site.value for site in sites(other, outer.__name__) if not site.inside]
            needs_none = inspect.isclass(outer) and not _required(outer.__init__, method=True)
            makers = [*calls[:TRIED], *_factories(other, outer.__name__), *[outer] * needs_none]
            yield from (Way("model of another file", make, within=True) for make in makers)


def siblings(project: Project, script: Script, name: str) -> Iterator[Script]:
    """Other files of the project that call something of this name, the nearest first."""
    own = Path(script.path)
    files = islice(_files(project, own), SEARCHED)
    calling = (path for path in files if f"{name}(" in _text(path))
    for path in islice(calling, SIBLINGS):
        try:
            yield project.script(str(path))
        except (Exception, SystemExit):
            continue


def _files(project: Project, own: Path) -> Iterator[Path]:
    """The Python files of the project: those beside the file first, then from the folders above it."""
    seen = {own}
    folder = own.parent
    root = Path(project.root)
    while folder.is_relative_to(root):
        for path in sorted(folder.glob("*.py" if folder == own.parent else "**/*.py")):
            hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
            if path not in seen and not hidden and project.users.wrote(str(path)):
                seen.add(path)
                yield path
        if folder == folder.parent:
            return
        folder = folder.parent


@cache
def _text(path: Path) -> str:
    try:
        return "" if path.stat().st_size > LARGEST else path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _factories(script: Script, name: str) -> Iterator[Callable[[], Any]]:
    """Functions of the file that need no arguments and speak of the class."""
    for function in list(vars(script.module).values()):
        if not inspect.isfunction(function) or function.__module__ != script.module.__name__:
            continue
        if name in function.__code__.co_names and not _required(function) and "test" not in function.__name__:
            yield function


def _required(function: Callable[..., Any], *, method: bool = False) -> list[inspect.Parameter]:
    """The parameters that must be given."""
    parameters = list(inspect.signature(function).parameters.values())[1 if method else 0 :]
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [each for each in parameters if each.default is each.empty and each.kind not in kinds]


def guesses(cls: type[nn.Module]) -> Iterator[dict[str, Any]]:
    """What to give for the arguments that a class must be given; what nothing is known of is a number, or a
    switch that is on."""
    names = [parameter.name for parameter in _required(cls.__init__, method=True)]
    known = {name: guess for name in names if (guess := guess_of(name)) is not None}
    if any("out" in name for name in names):  # a block, which follows another
        known.update({name: 16 for name in names if "in_ch" in name or "in_planes" in name})
    expansion = getattr(cls, "expansion", 1)  # of a residual block: it gives so many times its planes
    if isinstance(expansion, int) and expansion > 1:
        known.update({name: 16 // expansion for name in names if "plane" in name and "in" not in name})
    yield {**dict.fromkeys(names, 16), **known}
    if len(known) < len(names):
        yield {**dict.fromkeys(names, True), **known}
    yield {**known, **{name: MANY for name in names if known.get(name) in (3, 16) and "kernel" not in name}}
    for depth in DEPTHS if "depth" in names else ():
        yield {**known, "depth": depth}


def guess_of(name: str) -> Any:
    """What an argument of this name is often given."""
    if "norm" in name:
        return nn.BatchNorm2d
    if "act" in name.split("_"):
        return nn.ReLU
    if name == "device":
        return "cpu"
    return next((size for words, size in GUESSES if any(word in name.lower() for word in words)), None)
