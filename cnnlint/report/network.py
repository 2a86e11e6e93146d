"""Models as tables a person reads: for each operation what it makes, learns, costs and sees.

What depends on the size of the input is shown in its symbols, what is not known as `?`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from math import inf
from typing import Any

from cnnlint.dims import Dim
from cnnlint.facts import Model, Program
from cnnlint.facts.graph import Graph, Node, Total, graph_of, settled
from cnnlint.report._paint import clean
from cnnlint.values import Unknown, surely

__all__ = ["axes_text", "graphs_of", "signature", "table"]

#: Columns a table takes at most, and what its first column needs at least.
WIDTH = 100
NARROWEST = 24
HEADINGS = ("layer", "output", "params", "mult-adds", "sees")
#: Longest formula that is written out.
FORMULA = 18
#: Options that say nothing of the network.
UNTOLD = frozenset({"inplace", "device", "dtype"})
#: Roles of layers whose functions are shown with their options.
WINDOWED = frozenset({"pooling", "convolution", "upsampling"})
UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def graphs_of(program: Program) -> list[Graph]:
    """Of each model that is no part of another, its graph."""
    models = [model for model in program.each(Model) if model.ops]
    parts = {id(part) for model in models for part in known_parts(model)}
    whole = [model for model in models if id(model) not in parts]
    return [graph_of(model) for model in sorted(whole, key=lambda model: model.site)]


def known_parts(model: Model) -> Iterator[Any]:
    pending = list(model.children().values())
    while pending:
        module = pending.pop()
        if hasattr(type(module), "children"):
            yield module
            pending.extend(module.children().values())


def table(graph: Graph) -> Iterator[str]:
    """The lines of one table: headings, a row for each operation, totals."""
    rows = [HEADINGS, *rows_of(graph)]
    widths = [max(len(row[column]) for row in rows) for column in range(1, len(HEADINGS))]
    first = max(NARROWEST, WIDTH - 2 - sum(widths) - 2 * len(widths))
    first = min(first, max(len(row[0]) for row in rows))
    for row in rows:
        numbers = (text.rjust(width) for text, width in zip(row[2:], widths[1:], strict=True))
        cells = [cut(row[0], first).ljust(first), row[1].ljust(widths[0]), *numbers]
        yield ("  " + "  ".join(cells)).rstrip()
    yield ""
    yield from ("  " + line for line in totals(graph))


def rows_of(graph: Graph) -> Iterator[tuple[str, ...]]:
    """A row for each operation, and above those of a module one with its name and class."""
    digits = len(str(len(graph.nodes)))
    modules = {path: module for module, path in named_modules(graph)}
    opened: tuple[str, ...] = ()
    for node in graph.nodes:
        around = node.path[:-1] if node.operation.layer is not None else node.path
        shared = common(opened, around)
        for depth in range(shared, len(around)):
            inner = around[: depth + 1]
            title = f"{around[depth]} {class_of(modules[inner]) if inner in modules else ''}"
            yield (" " * (digits + 2 + 2 * depth) + clean(title).rstrip(), "", "", "", "")
        opened = around
        indent = " " * (2 + 2 * len(around))
        yield (
            f"{node.number:>{digits}}{indent}{clean(label(node))}{origins(node)}",
            axes_text(node.shape),
            "again" if node.shared and weighs(node) else count(node.parameters),
            ("" if node.certain else "maybe ") + work(node.multiply_adds),
            sees(node.sight.known),
        )


def class_of(module: Any) -> str:
    return str(getattr(module, "class_name", "") or type(module).__name__)


def weighs(node: Node) -> bool:
    """Its layer has something to learn."""
    layer = node.operation.layer
    return layer is not None and count(settled(layer.parameter_count)) != "-"


def named_modules(graph: Graph) -> Iterator[tuple[Any, tuple[str, ...]]]:
    for module in known_parts(graph.model):
        if id(module) in graph.names:
            yield module, graph.names[id(module)]


def common(first: tuple[str, ...], second: tuple[str, ...]) -> int:
    """How many names two paths begin with alike."""
    return next((at for at, pair in enumerate(zip(first, second, strict=False)) if len(set(pair)) > 1),
                min(len(first), len(second)))  # fmt: skip


def label(node: Node) -> str:
    """A layer by its name and class, a function as it is written, each with its options."""
    operation = node.operation
    if operation.layer is not None:
        name = node.path[-1] if node.path else operation.layer.name
        return f"{name} {signature(operation.layer)}".strip()
    if is_dataclass(operation.acts_as) and node.role in WINDOWED:
        return f"{operation.text or operation.name}({options(operation.acts_as)})"
    return operation.text or operation.name


def signature(layer: Any) -> str:
    """`Conv2d(3, 64, 7, stride=2)`: a layer's class, what it must be told and what is no default."""
    return f"{class_of(layer)}({options(layer)})"


def options(layer: Any) -> str:
    told = []
    for each in fields(layer) if is_dataclass(layer) else ():
        value = getattr(layer, each.name, None)
        default = each.default if each.default_factory is MISSING else MISSING
        if each.name in UNTOLD or not each.init or each.name == "items":
            continue
        if default is MISSING:
            told.append(option(value))
        elif isinstance(value, Unknown) or type(value) is not type(default) or value != default:
            told.append(f"{each.name}={option(value)}")
    return ", ".join(told)


def option(value: Any) -> str:
    """A value of an option; a layer by its class."""
    if isinstance(value, Unknown | Dim):
        return f"{value}"
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(option, value)) + ")"
    return repr(value) if isinstance(value, int | float | str | type(None)) else type(value).__name__


def origins(node: Node) -> str:
    """Where it takes its inputs from, unless that is the row above."""
    if node.inputs in ((node.number - 1,), ()):
        return ""
    return " from " + ", ".join(str(number) if number else "the input" for number in node.inputs)


def axes_text(shape: Any) -> str:
    """`[N, 64, H/4, W/4]`: a formula for a rounded part of a size as that part."""
    if not isinstance(shape, tuple):
        return "?"
    return f"[{', '.join('...' if axis is Ellipsis else size(axis) for axis in shape)}]"


def size(axis: Any) -> str:
    return formula(axis) if isinstance(axis, Dim) else f"{axis}"


def shortened(formula: str) -> str:
    """`(H + 3)//4`, which is H/4 rounded up, as `H/4`."""

    def part(found: re.Match[str]) -> str:
        less = int(found["added"]) < int(found["by"])
        return f"{found['size']}/{found['by']}" if less else found[0]

    formula = re.sub(r"\((?P<size>\w+) \+ (?P<added>\d+)\)//(?P<by>\d+)", part, formula)
    return formula.replace("//", "/")


def formula(value: Dim) -> str:
    """A formula if it is short, else what it depends on."""
    text = shortened(repr(value))
    return text if len(text) <= FORMULA else f"f({', '.join(names_in(value))})"


def names_in(value: Dim) -> list[str]:
    return list(dict.fromkeys(symbol.name for symbol in value.symbols))


def count(number: Any) -> str:
    """A number in full; nothing as a dash."""
    if isinstance(number, Dim):
        return formula(number)
    if not isinstance(number, int | float):
        return "?"
    return f"{number:,}" if number else "-"


def work(number: Any) -> str:
    """A large number with its unit."""
    if isinstance(number, int | float) and number:
        return rounded(number)
    return count(number)


def rounded(number: float) -> str:
    for unit, name in UNITS:
        if number >= unit:
            return f"{number / unit:.3g} {name}" if number < 999.5 * unit else f"{number / unit:.0f} {name}"
    return f"{number:g}"


def sees(field: Any) -> str:
    """A receptive field: `7`, `3 x 5`, `all`; a dash where the input is not seen at all."""
    if isinstance(field, Unknown):
        return "?"
    if isinstance(field, tuple):
        return " x ".join(map(sees, field))
    return "all" if field == inf else count(field)


def totals(graph: Graph) -> Iterator[str]:
    """What all of it learns, costs, keeps and sees."""
    yield f"{'parameters':<16}{learned(graph)}"
    yield f"{'multiply-adds':<16}{summed(graph.multiply_adds, rounded)}"
    yield f"{'activations':<16}{summed(graph.activation_bytes, megabytes)}"
    yield f"{'depth':<16}{graph.depth} layers with weights on the longest path"
    places = graph.input[2:] if isinstance(graph.input, tuple) else ()
    if places and not surely(graph.sight.field == 0):
        whole = " x ".join(map(size, places))
        seen = sees(graph.sight.known)
        yield f"{'receptive field':<16}{'all' if seen == 'all' else seen} of {whole}"
    if any(isinstance(axis, Dim) for axis in places) and len(places) == 2:
        channels = graph.input[1] if isinstance(graph.input[1], int) else 3
        example = f"# cnnlint: input=({channels}, 224, 224)"
        yield f"where sizes are formulas, `{example}` in the file gives numbers"


def learned(graph: Graph) -> str:
    number, trained = graph.parameters, graph.trainable_parameters
    if isinstance(number, Unknown):
        rows = [each.parameters for each in graph.nodes]
        known = sum(each for each in rows if isinstance(each, int))
        return f"at least {known:,}" if known else "?"
    if isinstance(number, int) and isinstance(trained, int):
        return f"{number:,}, " + ("all trainable" if trained == number else f"{trained:,} trainable")
    return count(number)


def summed(total: Total, words: Callable[[float], str]) -> str:
    """A total for one example, with `at least` where a part of it is not known."""
    if not total.complete and not isinstance(total.value, Dim) and not total.value:
        return "not known"
    text = formula(total.value) if isinstance(total.value, Dim) else words(total.value)
    return f"{text} for one example" if total.complete else f"at least {text} for one example"


def megabytes(number: float) -> str:
    text = f"{number / 1e6:,.3g}" if number < 1e9 else f"{number / 1e6:,.0f}"
    return f"{text} MB in float32"


def cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."
