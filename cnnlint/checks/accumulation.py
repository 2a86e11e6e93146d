"""Checks on gradient accumulation: one step for the gradients of several batches."""

from __future__ import annotations

from cnnlint.accumulation import (
    accumulated_by,
    batches_left_over,
    cleared_each_round,
    means_not_divided,
    rhythm_of_step,
)
from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Backward, Rhythm, Step
from cnnlint.findings import Severity
from cnnlint.fixes import replace


def accumulation_not_scaled(step: Step) -> Flags:
    """The step comes once in several batches, and what they add up is too much, or not all of it."""
    for _, arm, rhythm in rhythm_of_step(step):
        for backward in accumulated_by(step):
            if arm != rhythm.due:
                yield from _inverted(step, backward, rhythm)
            elif any(cleared_each_round(step, backward)):
                yield from _cleared_between(step, backward, rhythm)
            else:
                yield from _not_divided(step, backward, rhythm)
                yield from _left_over(step, rhythm)


def _inverted(step: Step, backward: Backward, rhythm: Rhythm) -> Flags:
    if not rhythm.ends and rhythm.period != "2":  # all but every second are every second
        yield flag(
            step,
            also=[(backward, "adds up the gradients of each batch")],
            severity=Severity.ERROR,
            fault=f"`{step.text}()` runs in all batches but every `{rhythm.period}`th",
            effect="that one's gradients are added to the next",
            mend="turn the condition round",
        )


def _cleared_between(step: Step, backward: Backward, rhythm: Rhythm) -> Flags:
    for clear in cleared_each_round(step, backward):
        yield flag(
            clear,
            also=[(backward, "makes gradients with every batch"), (step, "uses only those of the last")],
            severity=Severity.ERROR,
            fault=f"gradients are cleared with every batch and used after `{rhythm.period}`",
            effect="all but the last are lost",
            mend="clear them after the step",
        )
        return


def _not_divided(step: Step, backward: Backward, rhythm: Rhythm) -> Flags:
    for loss in means_not_divided(step, backward):
        named = not backward.scaler and not backward.retain_graph and backward.loss
        divided = f"({backward.loss} / {rhythm.period}).backward()"
        yield flag(
            backward,
            also=[(loss, "the mean over a batch"), (step, f"after `{rhythm.period}` batches")],
            fix=replace(backward, divided, safe=False) if named else None,
            severity=Severity.WARNING if step.subject.family == "sgd" else Severity.INFO,
            fault=f"the mean losses of `{rhythm.period}` batches are added up",
            effect="each step is that many times too long",
            mend=f"divide the loss by `{rhythm.period}`",
        )


def _left_over(step: Step, rhythm: Rhythm) -> Flags:
    for batches, left, clear in batches_left_over(step, rhythm):
        yield flag(
            step,
            also=[(clear, "clears what is left of the epoch before")],
            severity=Severity.INFO,
            fault=f"an epoch has {batches} batches, of which the last {left} are not followed by a step",
            effect="they are computed for nothing",
            mend="step after the last batch too",
        )
