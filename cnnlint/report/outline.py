"""What a person reads of the facts of a program: a line for each object, and its loops as trees.

What the tables of networks show is left out, and so are options that are as torch has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from cnnlint.dims import Dim
from cnnlint.facts import (
    Branch,
    Dataset,
    Event,
    Fact,
    Loader,
    Loop,
    Loss,
    Module,
    Op,
    Optimizer,
    Parameters,
    Program,
    Scheduler,
    Tensor,
    Transform,
)
from cnnlint.facts.graph import Graph
from cnnlint.report._paint import clean
from cnnlint.report.network import axes_text, class_of, known_parts
from cnnlint.source import Site
from cnnlint.values import Undecided, Unknown

__all__ = ["outline"]

#: The groups of objects, in the order of a training program.
GROUPS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("data", (Transform, Dataset, Loader)),
    ("losses", (Loss,)),
    ("modules that are not in a table", (Module,)),
    ("optimizers and schedulers", (Optimizer, Scheduler)),
)
#: What an object knows but a line does not tell: it stands elsewhere, or means something to rules alone.
UNTOLD = frozenset(
    "options loops inner items attributes ops forwards input output cls kind_name functions "
    "arms_at_call loop_at_call loop arms order text places argument argument_text site name "
    "subject grad_enabled tensor iterable loader parent steps modules target ordered given reached traced "
    "learners learns missed held left_out words settings device".split()
)
#: Marks of any fact, in words.
MARKS = (("assumed", "by default"), ("escaped", "also in code that is not seen"))
#: Characters of a value that are shown.
LONGEST = 60


def outline(program: Program, graphs: Iterable[Graph], place: Callable[[Site], str]) -> Iterator[str]:
    """The lines of it. A place in the program's own file is its line and column alone."""

    def where(site: Site) -> str:
        return place(site).removeprefix(f"{program.path}:")

    told = {id(part) for graph in graphs for part in (graph.model, *known_parts(graph.model))}
    told |= {id(part) for module in program.each(Module) for part in known_parts(module)}
    told |= {id(part) for composed in program.each(Transform) for part in parts_of(composed)}
    told |= {id(step) for loop in program.each(Loop) for step in below(loop.steps)}
    for title, kinds in GROUPS:
        facts = [each for kind in kinds for each in program.each(kind) if id(each) not in told]
        yield from section(title, ((where(each.site), described(each)) for each in dict.fromkeys(facts)))
        told |= set(map(id, facts))
    top = [each for each in program.facts if isinstance(each, Event | Loop) and id(each) not in told]
    yield from section("what happens", (line for each in top for line in story(each, where, "")))
    rest = [
        each
        for each in program.facts
        if not isinstance(each, Event | Loop | Branch | Module | Op | Tensor) and id(each) not in told
    ]
    yield from section(
        "found out", ((where(each.site), described(each)) for each in rest if any(told_of(each)))
    )


def section(title: str, lines: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A title and its lines, their places in a column, equal ones counted; nothing where there are none."""
    counted = Counter(lines)
    if counted:
        width = max(len(at) for at, _ in counted)
        yield title
        for (at, text), times in counted.items():
            yield f"  {at:<{width}}  {text}{f' ({times} times)' if times > 1 else ''}"
        yield ""


def parts_of(composed: Transform) -> tuple[Any, ...]:
    """The transforms that a transform applies one after the other."""
    parts = getattr(composed, "transforms", ())
    return tuple(parts) if isinstance(parts, tuple | list) else ()


def below(steps: Iterable[Any]) -> Iterator[Any]:
    """All that lies in these steps."""
    for step in steps:
        yield step
        for arm in getattr(step, "arms", ()) if isinstance(step, Branch) else ():
            yield from below(arm)


def described(fact: Fact) -> str:
    """`optimizer SGD: lr=0.01, momentum=0.9`."""
    name = fact.name if isinstance(fact.name, str) else ""
    kind = fact.kind if isinstance(fact.kind, str) and not isinstance(fact, Module) else class_of(fact)
    details = [f"{key}={value}" for key, value in told_of(fact)]
    marks = [words for mark, words in MARKS if getattr(fact, mark) is True]
    return clean(
        f"{name} {kind}".strip() + (": " if details or marks else "") + ", ".join([*details, *marks])
    )


def story(step: Any, where: Callable[[Site], str], indent: str) -> Iterator[tuple[str, str]]:
    """A loop with all that happens in it, one step of it, or the arms of a branch."""
    if isinstance(step, Branch):
        arms = [arm for arm in step.arms if arm]
        for number, arm in enumerate(arms):
            word = "perhaps" if len(arms) == 1 else "or" if number else "either"
            yield where(step.site), f"{indent}{word}"
            for each in arm:
                yield from story(each, where, indent + "  ")
        return
    if isinstance(step, Loop):
        times = f", {step.times} times" if isinstance(step.times, int) else ""
        yield where(step.site), clean(f"{indent}loop over {named(step.loader or step.iterable)}{times}")
        for each in step.steps:
            yield from story(each, where, indent + "  ")
        return
    subject = getattr(step, "tensor", "") or named(step.subject) or step.text
    details = "".join(f", {key}={value}" for key, value in told_of(step))
    yield where(step.site), clean(f"{indent}{type(step).__name__} {subject}{details}")


def told_of(fact: Fact) -> Iterator[tuple[str, str]]:
    """What is known of a fact and is no default, in words."""
    known: tuple[Field[Any], ...] = fields(fact) if is_dataclass(fact) else ()
    for each in known:
        value = getattr(fact, each.name, None)
        default: Any = each.default if each.default_factory is MISSING else each.default_factory()
        if each.name in UNTOLD or each.name.startswith("_") or value is None:
            continue
        if isinstance(value, Unknown) and isinstance(default, Unknown):
            continue
        text = named(value)
        if text and text != getattr(fact, "text", "") and not same(value, default):
            yield each.name, text


def same(value: Any, default: Any) -> bool:
    """Whether a field surely is as it is when nothing is said."""
    try:
        return type(value) is type(default) and bool(value == default)
    except Undecided:
        return False


def named(value: Any) -> str:
    """A value in few words: other facts by their names or kinds, numbers in full, '' for nothing."""
    if isinstance(value, Unknown):
        return "?"
    if isinstance(value, Tensor):
        shape = axes_text(value.shape) if isinstance(value.shape, tuple) and value.shape else ""
        return f"{value.name} {shape}".strip()
    if isinstance(value, Parameters):
        whole = "" if value.all is True else "some of "
        return whole + (named(value.modules) or "?")
    if isinstance(value, Fact):
        name = value.name if isinstance(value.name, str) else ""
        return name or (class_of(value) if isinstance(value, Module) else str(value.kind))
    if isinstance(value, bool | Dim | float | range):
        return f"{value}"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else f"{value}"
    if isinstance(value, tuple | list | set | frozenset):
        several = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        words = [word for each in several if (word := named(each))]
        return cut(words[0] if len(words) == 1 else f"({', '.join(words)})") if words else ""
    return cut(value) if isinstance(value, str) else ""


def cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
