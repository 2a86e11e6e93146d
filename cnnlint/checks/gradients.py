"""Checks on the way of the gradient from a loss back to the weights."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Backward
from cnnlint.findings import Severity
from cnnlint.fixes import set_argument
from cnnlint.gradients import cut_before, dead_terms, goes_back_again

#: Operations by which an author takes a value, or the numbers in it, off the graph.
DETACHING = frozenset({"detach", "tensor", "from_numpy", "item"})
#: Comparisons as they are written.
WRITTEN = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def detached_loss(backward: Backward) -> Flags:
    """Between the model and the loss a value is taken off the graph."""
    for cut in cut_before(backward):
        if cut.operation.name in DETACHING and not cut.unrecorded:
            starved = cut.left[-1:] or filter(None, [cut.starved])
            yield flag(
                cut.operation,
                also=[
                    (backward, "its gradient ends there"),
                    *((each, "gets no gradient") for each in starved),
                ],
                severity=Severity.WARNING if cut.left else None,
                cut=cut.operation.label,
            )


def non_differentiable_loss(backward: Backward) -> Flags:
    """Between the model and the loss stands a step, a comparison, a choice or whole numbers."""
    whole = [cut for cut in cut_before(backward) if cut.flat]
    for cut in whole or dead_terms(backward):
        yield flag(
            cut.operation,
            also=[(backward, "its gradient ends there")],
            severity=None if whole else Severity.WARNING,
            cut=WRITTEN.get(cut.operation.label, cut.operation.label),
        )


def grad_disabled_in_training(backward: Backward) -> Flags:
    """What the loss was computed with ran while gradients were off."""
    for cut in cut_before(backward):
        if cut.unrecorded and cut.left:
            yield flag(
                cut.operation,
                also=[(backward, "its gradient ends there"), (cut.left[-1], "gets no gradient")],
                severity=Severity.WARNING,
                cut=cut.operation.text,
                effect="it stays as it was drawn though an optimizer has it",
            )
        elif cut.unrecorded and not cut.starved:
            yield flag(
                backward,
                also=[(cut.operation, "runs while gradients are off")],
                cut=cut.operation.label,
                effect="this `backward()` has no graph to follow and nothing is learnt",
            )


def retain_graph_in_loop(backward: Backward) -> Flags:
    """The graph is kept, and nothing goes back through it again."""
    if backward.retain_graph and backward.loop and backward.loop.trains and not goes_back_again(backward):
        yield flag(
            backward,
            fix=set_argument(backward, "retain_graph", False, position=1, safe=False),
            loss="the loss" if backward.text == "backward" else f"`{backward.text}`",
        )
