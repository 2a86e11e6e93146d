"""Checks on how a network looks at its input: resolution kept, pixels read, filters, receptive fields."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import ACTIVATIONS, RESHAPING, Graph, Model, Node, graph_of, input_shape
from cnnlint.findings import Confidence, Flag, Severity
from cnnlint.stacks import known_to, skips
from cnnlint.values import surely

#: More channels than a picture has.
COLOURS = 4
#: What may follow the pooling of whole maps in a head that looks at no place any more.
HEAD = ACTIVATIONS | RESHAPING | {
    "linear", "dropout", "batch_norm", "layer_norm", "softmax", "log_softmax", "normalize",
}  # fmt: skip


def excessive_pooling(model: Model, *, idle: int, factor: int, small: int) -> Flags:
    """Windows on maps of one place, where all but their middle meets padding; or a small image that one
    convolution has looked at when most of its places are thrown away."""
    if model.breaks or not model.forwards or not _wide(model):
        return
    graph = graph_of(model)
    size = " x ".join(f"{places}" for places in graph.input[2:])
    spent = list(known_to(_idles, graph.nodes))
    if len({id(node.operation.inputs[0]) for node in spent}) >= idle:
        first = spent[0].operation
        yield flag(
            first.place,
            also=[(node.operation.place, "also on 1 x 1") for node in spent[1:]],
            confidence=Confidence.MEDIUM,
            layer=first.label,
            trouble=f"is one of {len(spent)} layers on maps of 1 x 1, where its window sees little but "
            f"padding; shrink an input of {size} less before it",
        )
        return
    if max(graph.input[2:]) > small or graph.input[1] > COLOURS:
        return
    for node in list(known_to(lambda node: _throws_away(node, graph, factor), graph.nodes))[:1]:
        left = " x ".join(f"{places}" for places in node.shape[2:])
        yield flag(
            node.operation.place,
            severity=None if _leaves_one(node) else Severity.INFO,
            confidence=Confidence.MEDIUM,
            layer=node.operation.label,
            trouble=f"leaves {left} of {size} places when one convolution has seen them; "
            "shrink a small image later, between further convolutions",
        )


def inadequate_filters(model: Model, *, filters: int, classes: int) -> Flags:
    """Windows that step over pixels or reach beyond their map, next to no filters, fewer with depth."""
    if model.breaks or not (model.forwards or model.exposed):
        return
    graph = graph_of(model)
    for node in known_to(_steps_over, graph.nodes):
        extent, stride = max(
            zip(node.window.extent, node.window.stride, strict=True), key=lambda step: step[1] - step[0]
        )
        yield _trouble(
            node,
            f"looks at {extent} places and moves on by {stride}, so some are never read; "
            "let the stride be at most the kernel size",
        )
    fixed = model.forwards and surely(len(graph.output) == 2)  # others take images of any size
    for node in known_to(_outgrows, graph.nodes) if fixed else ():
        extent, size = max(
            zip(node.window.extent, node.places, strict=True), key=lambda side: side[0] - side[1]
        )
        yield _trouble(
            node,
            f"has a kernel of {extent} on a map of {size}, so its outer weights meet padding alone; "
            f"{2 * size - 1} sees all there is",
        )
    yield from _few_filters(graph, filters, classes)
    yield from _fewer_filters(graph)


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
        yield _trouble(
            node,
            f"has {node.shape[1]} filters, through which all of the image has to pass to tell "
            f"{graph.output[1]} classes apart; give it 16 or more",
        )


def _fewer_filters(graph: Graph) -> Flags:
    """A plain classifier whose convolutions have fewer filters from one to the next, on smaller maps."""
    operations = [node.operation for node in graph.nodes]
    if len(graph.output) != 2 or skips(operations) or not _classifies(graph):
        return
    looking = [node for node in graph.nodes if node.role == "convolution" and max(node.window.extent) > 1]
    if len(looking) < 3 or not all(map(_convolves, looking)):
        return
    if looking[-1].shape[1] == graph.output[1]:
        looking.pop()
    widths = [node.shape[1] for node in looking]
    falls = all(later <= earlier for earlier, later in pairwise(widths))
    shrinks = max(looking[-1].before.jumps(1)) > 1
    if falls and shrinks and 2 * widths[-1] <= widths[0]:
        fewer = next(node for node in looking if node.shape[1] < widths[0])
        yield _trouble(
            fewer,
            f"has {fewer.shape[1]} filters after {widths[0]} in the first layer, and the last has "
            f"{widths[-1]}: as maps shrink, let filters grow",
        )


def _trouble(node: Node, trouble: str) -> Flag:
    return flag(
        node.operation.place, confidence=Confidence.MEDIUM, layer=node.operation.label, trouble=trouble
    )


def _classifies(graph: Graph) -> bool:
    """Its outputs are scores of classes, by the loss they are given or the softmax they come from."""
    if not graph.nodes:
        return False
    last = graph.nodes[-1].operation
    losses = last.layer.losses if last.layer else ()
    return last.name in ("softmax", "log_softmax") or any(
        surely(loss.subject.expects in ("logits", "log-probabilities")) for loss in losses
    )


def _wide(model: Model) -> bool:
    """Its input is known to have places to look at."""
    places = input_shape(model)[2:]
    return len(places) > 0 and all(size > 1 for size in places)


def _convolves(node: Node) -> bool:
    return (
        node.role == "convolution" and not node.operation.name.startswith("conv_transpose") and node.certain
    )


def _idles(node: Node) -> bool:
    """It looks at a map of one place through a window of more."""
    return (
        _looks(node)
        and node.certain
        and all(size == 1 for size in node.places)
        and any(extent > 1 for extent in node.window.extent)
    )


def _throws_away(node: Node, graph: Graph, factor: int) -> bool:
    """With it a map becomes `factor` times smaller behind a single convolution, and two more follow or
    nothing is left to follow on; what reads each place once, as patches do, throws nothing away."""
    if not _looks(node) or not node.certain or node.depth != 1:
        return False
    jumps = node.sight.jumps(len(node.places))
    if min(jumps) < factor or node.window.extent == jumps and not _leaves_one(node):
        return False
    later = [each for each in graph.nodes[node.number :] if _convolves(each) and max(each.window.extent) > 1]
    return len(later) >= 2 or _leaves_one(node)


def _leaves_one(node: Node) -> bool:
    """It pools all places of a map into one."""
    wide = len(node.places) > 1 and all(size > 1 for size in node.places)
    return node.role == "pooling" and wide and all(size == 1 for size in node.shape[2:])


def _outgrows(node: Node) -> bool:
    """Some weights of its kernel, which is not spread out, meet nothing but padding in all its steps of 1."""
    layer: Any = node.layer
    return (
        _convolves(node)
        and max(node.window.stride) == 1
        and bool(node.window.extent == layer.kernel)
        and len(node.places) == len(layer.kernel)
        and all(
            1 < 2 * size - 1 < extent for size, extent in zip(node.places, node.window.extent, strict=True)
        )
    )


def _steps_over(node: Node) -> bool:
    """Between two of its windows lie places that neither reads; a kernel of 1 is meant to."""
    return _looks(node) and any(
        1 < extent < stride for extent, stride in zip(node.window.extent, node.window.stride, strict=True)
    )


def _looks(node: Node) -> bool:
    """It reads through windows that have a size of their own and lie as far apart as its stride says."""
    return node.role in ("convolution", "pooling") and not node.operation.name.startswith(
        ("adaptive", "conv_transpose", "fractional", "max_unpool")
    )
