"""Each model layer by layer: a picture and a table in one, a row for each call in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cnnlint.evidence import Layer, ModelTrace, ShapesResult
from cnnlint.report.html import words
from cnnlint.report.html.funnel import funnel
from cnnlint.report.html.lanes import Row, laid_out
from cnnlint.report.html.layers import KINDS, height, kind_of, width
from cnnlint.report.html.markup import Markup, el, identifier, joined
from cnnlint.report.html.sources import Sources
from cnnlint.report.html.tables import YOURS, terms

__all__ = ["articles"]

#: Pixels: between lanes, of the column that the boxes are in, and of a round corner.
PITCH, BOXES, CORNER = 11, 108, 5
#: Pixels that all lanes together may take; more lanes than fit are drawn closer.
ROOMS = (0, 22, 44, 88, 132)
#: Taller than any row; what is outside of a row is cut off.
FAR = 400
#: Rows that are shown without a scroll bar of their own.
SHORT = 24


class Node(NamedTuple):
    """A row of the table: a call, the input, or a heading above the calls of a module of the user's."""

    layer: Layer
    heading: bool
    broken: bool
    depth: int


def articles(result: ShapesResult, sources: Sources, name: str) -> Markup:
    """The models of one file; those that are parts of another are folded."""
    parts = {layer["kind"] for model in result["models"] for layer in model["layers"][1:]}
    shown = []
    for number, model in enumerate(result["models"], start=1):
        drawn = article(model, sources, f"{name}-{number}")
        shown.append(folded(model, drawn) if model["name"] in parts and not model["broken"] else drawn)
    return joined(shown)


def folded(model: ModelTrace, drawn: Markup) -> Markup:
    inputs = " and ".join(map(words.shape, model["inputs"]))
    told = f" a part of another, on {inputs}" if inputs else " a part of another"
    summary = el("summary", el("code", model["name"]), el("span", told, class_="quiet"))
    return el("details", summary, drawn, class_="folded")


def article(model: ModelTrace, sources: Sources, name: str) -> Markup:
    """One model: what it is, its shape at a glance, its layers."""
    title = f"{name}-title"
    return el(
        "article",
        el("h3", el("code", model["name"]), id=title),
        el("p", el("span", sources.quoted(model["place"]).name, class_="where"), class_="quiet"),
        facts(model),
        trouble(model, sources),
        funnel(model, name),
        kinds(model),
        table(model, sources, name) if model["layers"] else None,
        class_="model",
        id=name,
        aria_labelledby=title,
    )


def facts(model: ModelTrace) -> Markup | None:
    """What is known of the whole."""
    if model["why"]:
        return None
    inputs = " and ".join(map(words.shape, model["inputs"]))
    guess = " (a size that fits)" if model["searched"] else ""
    return terms(
        {
            "input": f"{inputs}{guess}" if inputs else None,
            "parameters": f"{model['parameters']:,}",
            "layers": f"{len(nodes_of(model)):,}",
            "built by": model["how"],
            "followed by": model["graph"],
        }
    )


def trouble(model: ModelTrace, sources: Sources) -> Iterator[Markup]:
    """Why it could not be built, where it broke, and what was odd."""
    if model["why"]:
        yield el("p", el("b", "Not built. "), words.sentence(model["why"]), class_="callout")
    if broken := model["broken"]:
        yield el(
            "div",
            el(
                "p",
                el("span", "✕", class_="sign", aria_hidden="true"),
                el("b", f"It breaks in {broken['module'] or 'its own forward'}. "),
                f"{broken['kind']}: {broken['message']}",
            ),
            el("p", sources.marked(broken["place"])),
            el(
                "p",
                f"None of {words.count(model['tried'], 'size')} of the input gets further.",
                class_="quiet",
            )
            if model["tried"] > 1
            else None,
            class_="callout bad",
        )
    if model["remarks"]:
        yield el("ul", [el("li", words.sentence(remark)) for remark in model["remarks"]], class_="quiet")


def kinds(model: ModelTrace) -> Markup | None:
    """What the colours of boxes stand for."""
    found = {kind_of(layer) for layer in nodes_of(model)}
    shown = [kind for kind in (*KINDS, "other") if kind in found]
    signs = (
        el(
            "svg",
            el("rect", width=12, height=9, y=1, rx=1, class_=f"box {kind}"),
            width=12,
            height=11,
            aria_hidden="true",
        )
        for kind in shown
    )
    entries = [el("li", sign, kind) for sign, kind in zip(signs, shown, strict=True)]
    return el("ul", entries, class_="kinds", aria_label="Colours") if entries else None


def nodes_of(model: ModelTrace) -> list[Layer]:
    return [node.layer for node in rows_of(model)[1:] if not node.heading]


def rows_of(model: ModelTrace) -> list[Node]:
    """The input, then all calls. A call that others were made in, and that nothing flowed from as such, is
    the heading of those."""
    layers = model["layers"]
    touched = {row for edge in model["edges"] for row in edge}
    broken_at = broken_row(model)
    given: Layer = {
        "name": "input",
        "kind": "",
        "place": None,
        "built": None,
        "origin": "function",
        "inputs": [],
        "output": model["inputs"][0] if model["inputs"] else None,
        "parameters": 0,
    }
    rows = [Node(given, False, False, 0)]
    depth = 0
    for number, layer in enumerate(layers):
        is_call = number in touched or number == broken_at or layer["origin"] == "function"
        inner = number + 1 < len(layers) and is_inside(layers[number + 1], layer)
        heading = inner or not is_call
        if layer["origin"] != "function":
            depth = layer["name"].count(".") + 1 if layer["name"] else 0
        rows.append(Node(layer, heading, number == broken_at, depth))
    return rows


def is_inside(inner: Layer, outer: Layer) -> bool:
    """Whether a call is surely one that another, of a module of the user's, made."""
    if inner["origin"] == "function":
        return False
    return not outer["name"] or inner["name"].startswith(f"{outer['name']}.")


def broken_row(model: ModelTrace) -> int:
    """The innermost call that never ended; -1 where all did."""
    if not model["broken"]:
        return -1
    open_calls = [number for number, layer in enumerate(model["layers"]) if layer["output"] is None]
    return open_calls[-1] if open_calls else -1


def table(model: ModelTrace, sources: Sources, name: str) -> Markup:
    """All rows, with what is never called below."""
    nodes = rows_of(model)
    calls = [number for number, node in enumerate(nodes) if not node.heading]
    edges = [(source + 1, target + 1) for source, target in model["edges"]]
    if nodes and any(node.broken for node in nodes):
        edges += missing_edge(nodes, edges)
    drawn, lanes = laid_out(len(nodes), calls, edges)
    room = room_for(lanes)
    most = max((node.layer["parameters"] for node in nodes), default=0)
    note = (
        el("span", " not reached", class_="kind")
        if model["broken"]
        else el("span", " never called", class_="odd")
    )
    heads = ("flow", "layer", "output", "parameters", YOURS)
    body = el(
        "table",
        el("caption", f"The layers of {model['name']}, in the order they are called", class_="unseen"),
        el(
            "thead",
            el(
                "tr",
                [el("th", head, scope="col", class_=identifier(head), role="columnheader") for head in heads],
                role="row",
            ),
            role="rowgroup",
        ),
        el(
            "tbody",
            [
                table_row(node, picture(node, row, lanes, room), sources, most, f"{name}-{number}")
                for number, (node, row) in enumerate(zip(nodes, drawn, strict=True))
            ],
            [unused_row(layer, room, sources, note) for layer in model["unused"]],
            role="rowgroup",
        ),
        class_="layers",
        role="table",
    )
    return el(
        "div",
        body,
        class_=f"scroll{' tall' if len(nodes) > SHORT else ''} lanes-{room}",
        tabindex="0",
        role="group",
        aria_label=f"Layers of {model['name']}",
    )


def missing_edge(nodes: Sequence[Node], edges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What flowed into the call that broke was never taken down: most likely the output before it."""
    broken = next(number for number, node in enumerate(nodes) if node.broken)
    before = [number for number in range(broken) if not nodes[number].heading]
    known = any(target == broken for _, target in edges)
    return [] if known or not before else [(before[-1], broken)]


def room_for(lanes: int) -> int:
    """Pixels for all lanes; the style sheet knows these widths."""
    return next((room for room in ROOMS if lanes * PITCH <= room), ROOMS[-1])


def table_row(node: Node, drawn: Markup, sources: Sources, most: int, name: str) -> Markup:
    """One call."""
    layer = node.layer
    title = layer["name"] or layer["kind"]
    states = ("heading" if node.heading else "", "broken" if node.broken else "", layer["origin"])
    shown = "" if node.heading else words.shape(layer["output"])
    wanted = (
        f"given {' and '.join(map(words.shape, layer['inputs']))}"
        if node.broken and layer["inputs"]
        else None
    )
    notes = {"hidden": "not registered", "made": "made anew in each call"}
    return el(
        "tr",
        el("td", drawn, class_="flow", role="cell"),
        el(
            "th",
            el("span", title, class_="name"),
            el("span", f" {layer['kind']}", class_="kind") if layer["kind"] not in ("", title) else None,
            el("span", f" {notes[layer['origin']]}", class_="odd") if layer["origin"] in notes else None,
            el("span", " breaks here", class_="odd") if node.broken else None,
            scope="row",
            class_=f"layer depth-{min(node.depth, 6)}",
            role="rowheader",
        ),
        el("td", wanted if node.broken else shown, class_="output", role="cell"),
        el("td", weight(layer["parameters"], most), class_="parameters", role="cell"),
        el("td", sources.marked(layer["place"]), class_="in-your-code", role="cell"),
        class_=" ".join(filter(None, states)),
        id=name,
        role="row",
    )


def weight(parameters: int, most: int) -> list[Markup]:
    """A number of parameters, and how it compares with that of the heaviest layer."""
    if not parameters:
        return []
    share = f"{100 * parameters / most:.1f}%"
    bar = el("svg", el("rect", width=share, height="100%"), class_="weight", aria_hidden="true")
    return [el("span", f"{parameters:,}"), bar]


def unused_row(layer: Layer, room: int, sources: Sources, note: Markup) -> Markup:
    box = el("rect", x=room + BOXES / 2 - 16, y=-7, width=32, height=14, rx=2, class_="box unused")
    drawn = el("svg", el("svg", box, y="50%", overflow="visible"), class_="cell", aria_hidden="true")
    return el(
        "tr",
        el("td", drawn, class_="flow", role="cell"),
        el(
            "th",
            el("span", layer["name"], class_="name"),
            el("span", f" {layer['kind']}", class_="kind"),
            note,
            scope="row",
            class_="layer depth-0",
            role="rowheader",
        ),
        el("td", "–", class_="output", role="cell"),
        el("td", f"{layer['parameters']:,}" if layer["parameters"] else "", class_="parameters", role="cell"),
        el("td", sources.marked(layer["built"]), class_="in-your-code", role="cell"),
        class_="unused",
        role="row",
    )


def picture(node: Node, row: Row, lanes: int, room: int) -> Markup:
    """The box of a layer, as wide as its picture is large and as high as it has channels, and what flows."""
    middle = room + BOXES / 2
    wide = 0.0 if node.heading else width(node.layer["output"], BOXES - 12)
    high = 0.0 if node.heading else height(node.layer["output"])
    pitch = min(PITCH, room / lanes) if lanes else 0
    edge = middle - wide / 2

    def at(lane: int) -> float:
        return room - 2 - pitch * (lane + 0.5)

    ends = [
        path(f"M{at(lane):g} {-FAR}V{-CORNER}Q{at(lane):g} 0 {at(lane) + CORNER:g} 0H{edge:g}")
        for lane in row.ends
    ]
    begins = [
        path(f"M{edge:g} 0H{at(lane) + CORNER:g}Q{at(lane):g} 0 {at(lane):g} {CORNER}V{FAR}")
        for lane in row.begins
    ]
    taken = [path(f"M{at(lane):g} {-FAR}V{FAR}M{at(lane):g} 0H{edge:g}") for lane in row.taken]
    passes = [path(f"M{at(lane):g} {-FAR}V{FAR}") for lane in row.passes]
    trunk = (f"M{middle:g} {-FAR}V0" if row.from_above else "") + (
        f"M{middle:g} 0V{FAR}" if row.goes_on else ""
    )
    arrows = [arrow(edge) for _ in row.ends[:1] or row.taken[:1]]
    box = None
    if not node.heading:
        classes = f"box {'broken' if node.broken else kind_of(node.layer)}"
        box = el("rect", x=edge, y=-high / 2, width=wide, height=high, rx=2, class_=classes)
    cross = path(f"M{middle - 5:g} -5l10 10m0 -10l-10 10", "cross") if node.broken else None
    drawn = (passes, begins, taken, ends, path(trunk, "trunk") if trunk else None, arrows, box, cross)
    return el("svg", el("svg", drawn, y="50%", overflow="visible"), class_="cell", aria_hidden="true")


def arrow(edge: float) -> Markup:
    return el("path", d=f"M{edge:g} 0l-5 -3.5v7z", class_="arrow")


def path(line: str, classes: str = "lane") -> Markup:
    return el("path", d=line, class_=classes)
