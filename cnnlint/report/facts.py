"""--facts: what the interpreter saw of one file: its models as tables, then the rest as an outline, or,
asked for the whole, each fact as indented text.

Any dataclass will do as a fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, TextIO

from cnnlint.dims import Dim
from cnnlint.facts import Fact, Program
from cnnlint.report._paint import clean
from cnnlint.report.network import axes_text, graphs_of, table
from cnnlint.report.outline import outline
from cnnlint.source import Site
from cnnlint.values import Unknown, why_unknown

__all__ = ["show_facts"]

#: Items of a list that are shown.
SHOWN = 8
#: Fields every fact has; they are in its heading.
HEADING = ("site", "name", "kind")
CONTAINERS = (str, tuple, list, dict, set, frozenset)
#: What shows itself; other objects of the interpreter may hold all the rest of it.
PLAIN = (int, float, complex, str, bytes, range, slice, type(None), type(...), Dim)


def show_facts(
    program: Program, place: Callable[[Site], str], stream: TextIO, *, whole: bool = False
) -> None:
    """Write a table of each model, then an outline of the rest; or, as a `whole`, each fact with all that
    is known of it.

    `place` turns a site into `path:line:column`.
    """
    graphs = graphs_of(program)
    for graph in graphs:
        model = graph.model
        stream.write(f"{clean(model.label)} at {place(model.site)}, input {axes_text(graph.input)}\n\n")
        stream.writelines(f"{line}\n" for line in (*table(graph), ""))
    every = (line for fact in program.facts for line in lines_of(fact, place))
    stream.writelines(f"{line}\n" for line in (every if whole else outline(program, graphs, place)))
    stream.writelines(f"not analysed at {place(site)}: {clean(why)}\n" for site, why in program.limits)


def lines_of(fact: Fact, place: Callable[[Site], str]) -> Iterator[str]:
    kind = clean(type(fact).__name__)
    told = f" {fact.kind}" if isinstance(fact.kind, str) and fact.kind != kind else ""
    yield f"{kind}{told} {text_of(fact.name)} at {place(fact.site)}"
    for name, value in known(fact):
        yield f"    {name} = {text_of(value)}"


def known(fact: Fact) -> Iterable[tuple[str, Any]]:
    """The fields of a fact in which there is something, and the marks every fact may bear."""
    names: list[str] = [each.name for each in fields(fact)] if is_dataclass(fact) else []
    for name in dict.fromkeys([*names, "assumed", "escaped", "exposed"]):
        value = getattr(fact, name, None)
        nothing = value is None or value is False or (isinstance(value, CONTAINERS) and not value)
        if name not in HEADING and not name.startswith("_") and not nothing:
            yield name, value


def text_of(value: Any, depth: int = 0) -> str:
    """A value on one line; other facts by kind and name only, since they may go round in circles."""
    if isinstance(value, Unknown):
        return f"? ({clean(str(why_unknown(value)[0]))})"
    if isinstance(value, Fact):
        return clean(f"<{type(value).__name__} {text_of(value.name, depth + 1)}>".replace(" ''", ""))
    if isinstance(value, Site):
        return f"node {value.at} of {value.path}"
    if depth > 2:
        return "..."
    if isinstance(items := getattr(value, "store", None), dict):  # a list or dict of the program
        return text_of(items.get("items"), depth)
    if is_dataclass(value) and hasattr(value, "name"):  # a class or function of the program
        return clean(f"<{type(value).__name__} {value.name}>")
    if isinstance(value, dict):
        return (
            "{"
            + listed(
                (f"{key_of(key)}: {text_of(item, depth + 1)}" for key, item in value.items()), len(value)
            )
            + "}"
        )
    if isinstance(value, (list, tuple, set, frozenset)):
        opening, closing = "()" if isinstance(value, tuple) else "[]"
        return opening + listed((text_of(item, depth + 1) for item in value), len(value)) + closing
    if isinstance(value, str) and depth == 0:
        return clean(value)
    return clean(repr(value) if isinstance(value, PLAIN) else f"<{type(value).__name__}>")


def key_of(key: Any) -> str:
    return key if isinstance(key, str) else text_of(key, 1)


def listed(texts: Iterable[str], count: int) -> str:
    shown = [text for _, text in zip(range(SHOWN), texts, strict=False)]
    return clean(", ".join(shown)) + (f", ... ({count} in all)" if count > SHOWN else "")
