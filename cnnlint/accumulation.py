"""Questions on gradient accumulation: gradients of several batches that one step uses.

An answer is True or False, or the events asked for; where it is not known, Undecided is raised.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnlint.facts import Backward, Branch, Forward, LossCall, Rhythm, Step, Tensor, ZeroGrad
from cnnlint.rounds import after_loop, belongs, between
from cnnlint.traces import clears, comes_from

__all__ = [
    "accumulated_by",
    "batches_left_over",
    "cleared_each_round",
    "means_not_divided",
    "rhythm_of_step",
]


def rhythm_of_step(step: Step) -> Iterator[tuple[Branch, int, Rhythm]]:
    """The test that lets a step happen only in some rounds, with the arm that it lies in."""
    outside = step.loop.arms if step.loop else step.arms
    for branch, arm in step.arms[len(outside) :]:
        if branch.rhythm:
            yield branch, arm, branch.rhythm
            return


def accumulated_by(step: Step) -> Iterator[Backward]:
    """The backward of each round whose gradients add up until the step."""
    loop = step.loop
    if loop is None:
        return
    inside = {(id(branch), arm) for branch, arm in step.arms if branch.rhythm}
    own = [event for event in loop.events(Backward) if belongs(event, loop, step.subject)]
    if not any((id(branch), arm) in inside for event in own for branch, arm in event.arms):
        yield from [event for event in own if event.loop is loop][:1]


def cleared_each_round(step: Step, backward: Backward) -> Iterator[ZeroGrad]:
    """Where the gradients of a step are surely cleared in each round, and not only when it comes, for
    those of that round."""
    for clear in step.loop.events(ZeroGrad) if step.loop else ():
        wipes = backward.order < clear.order < step.order
        if clear.loop is step.loop and not clear.maybe and not wipes and clears(clear, step.subject):
            yield clear


def means_not_divided(step: Step, backward: Backward) -> Iterator[LossCall]:
    """The mean loss of a batch that reaches backward as it is, where nothing divides its gradients."""
    loop = step.loop
    if loop is None or any(forward.subject.gradients_read for forward in loop.events(Forward)):
        return
    losses = [call for call in loop.events(LossCall) if comes_from(backward.subject, call.output)]
    means = [call for call in losses if call.subject.reduced_by == "mean"]
    if means and means == losses and not any(scaled_by_hand(backward.subject, each.output) for each in means):
        yield means[0]


def batches_left_over(step: Step, rhythm: Rhythm) -> Iterator[tuple[int, int, ZeroGrad]]:
    """How many batches an epoch has, how many of them come after its last step, and where what they leave
    is cleared."""
    loop = step.loop
    if loop is None or loop.parent is None or rhythm.ends or not rhythm.counts_from_one:
        return
    if not loop.per_batch or any(after_loop(loop, Step)):
        return
    batches = loop.loader.batches
    left = batches % rhythm.times
    for clear in loop.parent.events(ZeroGrad):
        if clear.loop is loop.parent and not clear.maybe and left and clears(clear, step.subject):
            yield batches, left, clear
            return


def scaled_by_hand(subject: Tensor, loss: Tensor) -> bool:
    """Between a loss and what is propagated back something is multiplied or divided."""
    kept = loss.overwritten or subject.overwritten
    return kept or any(operation.name not in _KEEPING_SCALE for operation in between(loss, subject))


_KEEPING_SCALE = frozenset({"add", "mean", "sum", "to", "float", "squeeze", "view", "reshape"})
