"""Checks on how a network looks at its input: resolution kept, pixels read, filters, receptive fields."""

from __future__ import annotations

from math import inf

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import ACTIVATIONS, RESHAPING, Graph, Model, Node, graph_of
from cnnlint.findings import Confidence

#: What may follow the pooling of whole maps in a head that looks at no place any more.
HEAD = ACTIVATIONS | RESHAPING | {
    "linear", "dropout", "batch_norm", "layer_norm", "softmax", "log_softmax", "normalize",
}  # fmt: skip


def excessive_pooling(model: Model, *, idle: int) -> Flags:
    """Convolutions on maps of one place, where all of a kernel but its middle meets padding."""
    if not model.forwards or not _wide(model):
        return
    graph = graph_of(model)
    spent = [node for node in graph.nodes if _convolves(node) and _on_one_place(node)]
    if len(spent) >= idle:
        first = spent[0].operation
        yield flag(
            first.place,
            also=[(node.operation.place, "also on 1 x 1") for node in spent[1:]],
            confidence=Confidence.MEDIUM,
            count=len(spent),
            layer=first.label,
            input=" x ".join(f"{size}" for size in graph.input[2:]),
        )


def inadequate_filters(model: Model, *, filters: int, classes: int) -> Flags:
    """Windows that step over pixels, or a first convolution with next to no filters."""
    if not (model.forwards or model.exposed):
        return
    graph = graph_of(model)
    for node in graph.nodes:
        if node.role in ("convolution", "pooling") and _steps_over(node):
            extent, stride = max(
                zip(node.window.extent, node.window.stride, strict=True), key=lambda step: step[1] - step[0]
            )
            yield flag(
                node.operation.place,
                confidence=Confidence.MEDIUM,
                layer=node.operation.label,
                trouble=f"looks at {extent} places and moves on by {stride}, so some are never read; "
                "let the stride be at most the kernel size",
            )
    yield from _few_filters(graph, filters, classes)


def receptive_field_too_small(model: Model, *, share: float) -> Flags:
    """Features that see a small part of the image are averaged and classified."""
    if not model.forwards or not _wide(model):
        return
    graph = graph_of(model)
    pooled = [node for node in graph.nodes if node.pools_all]
    if len(pooled) != 1:
        return
    last = pooled[0]
    head = [node.operation.name for node in graph.nodes[last.number :]]
    if "linear" in head and HEAD.issuperset(head) and last.before.share_of(graph.input[2:]) < share:
        yield flag(
            last.operation.place,
            confidence=Confidence.MEDIUM,
            pooling=last.operation.label,
            seen=" x ".join(f"{field}" for field in last.before.fields(len(graph.input) - 2)),
            input=" x ".join(f"{size}" for size in graph.input[2:]),
        )


def _few_filters(graph: Graph, filters: int, classes: int) -> Flags:
    """The only convolution that sees the image itself has next to no filters."""
    first = [node for node in graph.nodes if node.depth == 1 and node.role]
    weighted = [node for node in first if node.role in ("convolution", "linear")]
    if len(weighted) != 1 or not _convolves(weighted[0]) or len(graph.output) != 2:
        return
    (node,) = weighted
    activated = any(ACTIVATIONS & {each.operation.name} for each in graph.nodes if each.depth == 1)
    wide = any(extent > 1 for extent in node.window.extent)
    if wide and activated and node.shape[1] < filters and graph.output[1] >= classes:
        yield flag(
            node.operation.place,
            confidence=Confidence.MEDIUM,
            layer=node.operation.label,
            trouble=f"has {node.shape[1]} filters, through which all of the image has to pass to tell "
            f"{graph.output[1]} classes apart; give it 16 or more",
        )


def _wide(model: Model) -> bool:
    """Its input is known to have places to look at."""
    places = model.input.shape[2:]
    return len(places) > 0 and all(1 < size < inf for size in places)


def _convolves(node: Node) -> bool:
    return (
        node.role == "convolution" and not node.operation.name.startswith("conv_transpose") and node.certain
    )


def _on_one_place(node: Node) -> bool:
    return all(size == 1 for size in node.places) and any(extent > 1 for extent in node.window.extent)


def _steps_over(node: Node) -> bool:
    """Between two of its windows lie places that neither reads; a kernel of 1 is meant to."""
    return _plain(node) and any(
        1 < extent < stride for extent, stride in zip(node.window.extent, node.window.stride, strict=True)
    )


def _plain(node: Node) -> bool:
    """Its windows have a size of their own, and lie as far apart as its stride says."""
    return not node.operation.name.startswith(("adaptive", "conv_transpose", "fractional", "max_unpool"))
