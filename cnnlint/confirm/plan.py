"""The plan: what an experiment on a file needs to know, read off its facts, as plain data. No torch here."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cnnlint.confirm.proofs import Claim
from cnnlint.evidence import ModelRecipe, Place
from cnnlint.facts import Event, Fact, Loader, LossCall, Model, Optimizer, Program, Scheduler, Tensor
from cnnlint.findings import Finding
from cnnlint.linting.project import Project
from cnnlint.linting.single import Session
from cnnlint.source import Site
from cnnlint.values import Undecided

__all__ = ["claim_of", "description", "project_root", "recipes", "runs_by_itself"]

#: What marks the folder that a project's imports start from.
MARKS = (".git", "pyproject.toml", "setup.py", "setup.cfg", "cnnlint.toml", ".cnnlint.toml")

#: Recipes of a model for inputs of other sizes.
MOST_SIZES = 3


def project_root(path: str) -> str:
    """The folder of a file's project: the nearest with a mark of one, but never the home folder or what
    lies above it; else the folder of the file."""
    here = Path(path).resolve().parent
    closed = {Path.home().resolve(), *Path.home().resolve().parents}
    for folder in (here, *here.parents):
        if folder in closed:
            break
        if any((folder / mark).exists() for mark in MARKS):
            return str(folder)
    return str(here)


def runs_by_itself(text: str) -> bool:
    """Whether a text does something when it is run: a main guard, a loop, or a call at its top."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return False
    acting = (ast.For, ast.While, ast.With)
    return any(isinstance(node, acting) or is_call(node) or is_main_guard(node) for node in body)


def is_call(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)


def is_main_guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in {
        each.id for each in ast.walk(node.test) if isinstance(each, ast.Name)
    }


def claim_of(finding: Finding, project: Project) -> Claim:
    """A finding with its lines as the experiment counts them."""
    notes = [(note.path, note.cell, note.span.line) for note in finding.related]
    others = tuple(in_text(path, cell, line, project) for path, cell, line in notes)
    return Claim(finding, in_text(finding.path, finding.cell, finding.span.line, project), others)


def in_text(path: str, cell: int | None, line: int, project: Project) -> Place:
    """A line of a file or cell, in the text that is compiled."""
    return {"path": absolute(path), "line": project.source(path).joined(cell, line)}


def absolute(path: str) -> str:
    return str(Path(path).resolve())


def recipes(programs: Iterable[Program], path: str, project: Project) -> list[ModelRecipe]:
    """How to build each model whose class is in the file at `path`; what is known of its input comes first,
    where several programs use it. One that is given inputs of several sizes has a recipe for each."""
    found: dict[tuple[str, int, int], list[ModelRecipe]] = {}
    for program in programs:
        for model in program.each(Model):
            place = place_of(model.definition, project)
            if not model.class_name or place is None or place["path"] != absolute(path):
                continue
            built = place_of(model.site, project)
            key = model.class_name, place["line"], built["line"] if built else 0
            called = [forward.inputs for forward in model.forwards]
            summed = [(image,) for image in model.summaries]
            for given in [*called, *summed] or [(model.input,)]:
                inputs = shapes_of(given)
                recipe: ModelRecipe = {
                    "name": model.class_name, "place": place, "built": built, "inputs": inputs,
                }  # fmt: skip
                known = found.setdefault(key, [])
                sizes = sizes_of(inputs)
                most = max((sizes_known(sizes_of(each["inputs"])) for each in known), default=-1)
                if sizes_known(sizes) > most:
                    known[:] = [recipe]
                elif sizes_known(sizes) == most and len(known) < MOST_SIZES:
                    known += [] if sizes in [sizes_of(each["inputs"]) for each in known] else [recipe]
    return [recipe for known in found.values() for recipe in known]


def sizes_of(shapes: Sequence[Sequence[int | None]]) -> list[list[int | None]]:
    """Shapes without the number of examples."""
    return [list(shape[1:]) for shape in shapes]


def sizes_known(shapes: Sequence[Sequence[int | None]]) -> int:
    return sum(size is not None for shape in shapes for size in shape)


def shapes_of(inputs: Sequence[Any]) -> list[list[int | None]]:
    """The shapes of what a model is given, [] for one that is not known at all; [] where none is known."""
    shapes = [shape_of(given.shape if isinstance(given, Tensor) else None) for given in inputs]
    return shapes if any(shapes) else []


def shape_of(shape: Any) -> list[int | None]:
    if not isinstance(shape, tuple) or any(size is ... for size in shape):
        return []
    return [size if isinstance(size, int) else None for size in shape]


def place_of(site: Site, project: Project) -> Place | None:
    """A line as the experiment counts it; None where the site is in no text."""
    try:
        return {"path": absolute(site.path), "line": project.span(site).line}
    except Exception:  # The site may be in no file, or in one that has gone.
        return None


def description(program: Program, claims: Sequence[Claim], session: Session) -> dict[str, Any]:
    """What `--confirm-plan` shows of a file: models, data, optimisation, the order of events, and for each
    finding what it claims, which proofs may judge it, and what its fix changes."""
    project = session.project
    proofs = {page.code: list(page.confirm) for page in session.pages}
    return {
        "file": program.path,
        "findings": [{**claimed(claim), "proofs": proofs[claim.finding.code]} for claim in claims],
        "models": [
            {**recipe, "call": text_at(recipe, program, project)}
            for recipe in recipes([program], program.path, project)
        ],
        "loaders": [
            told(each, project, "batch_size", "shuffle", **data_of(each)) for each in program.each(Loader)
        ],
        "losses": [told(each.subject, project) for each in first_of_each(program.events(LossCall))],
        "optimizers": [
            told(each, project, "lr", "momentum", "weight_decay") for each in program.each(Optimizer)
        ],
        "schedulers": [told(each, project) for each in program.each(Scheduler)],
        "order": [
            f"{kind_of(event)} {event.text} (line {line['line']})"
            for event in sorted(program.events(Event), key=lambda event: event.order)
            if (line := place_of(event.site, project))
        ],
    }


def claimed(claim: Claim) -> dict[str, Any]:
    finding = claim.finding
    fix = finding.fix
    return {
        "code": finding.code,
        "claims": finding.message,
        "place": claim.place,
        "mend": None if fix is None else {"title": fix.title, "edits": [edit.content for edit in fix.edits]},
    }


def text_at(recipe: ModelRecipe, program: Program, project: Project) -> str:
    """The call that builds a model, as it is written; '' where no code does."""
    for model in program.each(Model):
        if model.class_name == recipe["name"] and place_of(model.site, project) == recipe["built"]:
            return project.text_at(model.site)
    return ""


def told(fact: Any, project: Project, *options: str, **more: Any) -> dict[str, Any]:
    """A fact by its kind, its line and some of its options."""
    return {
        "kind": getattr(fact, "kind", type(fact).__name__),
        "place": place_of(fact.site, project) if isinstance(fact, Fact) else None,
        **{option: plain(getattr(fact, option, None)) for option in options},
        **more,
    }


def data_of(loader: Loader) -> dict[str, Any]:
    """The dataset of a loader: kind, size, classes, and the shape and value range of its images."""
    dataset = loader.dataset
    try:
        return {
            "dataset": plain(dataset.kind_name),
            "size": plain(dataset.size),
            "classes": plain(dataset.classes),
            "input": plain(dataset.shape),
            "range": plain(dataset.bounds),
        }
    except Undecided:
        return {"dataset": None}


def plain(value: Any) -> Any:
    """A value as JSON has it; None where it is not known."""
    match value:
        case bool() | int() | str() | None:
            return value
        case float():
            return value if abs(value) < float("inf") else str(value)
        case tuple() | list():
            return [plain(item) for item in value]
    return None


def kind_of(event: Event) -> str:
    return type(event).__name__


def first_of_each(events: Iterable[LossCall]) -> Iterator[LossCall]:
    seen: set[int] = set()
    for event in events:
        if id(event.subject) not in seen:
            seen.add(id(event.subject))
            yield event
