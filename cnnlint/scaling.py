"""Questions on gradient scalers: which of the calls that belong together is missing in a round.

An answer is the events asked for; where it is not known, Undecided is raised.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnlint.facts import Backward, Clip, Event, Loop, Scaler, ScalerUpdate, Step, Unscale
from cnnlint.rounds import belongs
from cnnlint.traces import exclusive, within

__all__ = [
    "clipped_while_scaled",
    "never_updated",
    "of_unscaled_loss",
    "stepped_past",
    "unscaled_too_often",
]


def never_updated(scaler: Scaler) -> Iterator[Step]:
    """A step in a loop that propagates back, where nothing updates the scale."""
    for step in scaler.steps:
        loop = _round_of(step)
        if loop is not None and not any(update.subject == scaler for update in loop.events(ScalerUpdate)):
            yield step
            return


def clipped_while_scaled(scaler: Scaler) -> Iterator[tuple[Clip, Backward, Step]]:
    """Clipping between a scaled backward and the step, where nothing has unscaled the gradients."""
    clips = {id(clip): clip for each in scaler.backwards if each.loop for clip in each.loop.events(Clip)}
    for clip in clips.values():
        before = [each for each in scaler.backwards if each.order < clip.order and _together(each, clip)]
        after = [step for step in scaler.steps if step.order > clip.order and not exclusive(step, clip)]
        for backward in before[-1:] if after else ():
            if not any(backward.order < each.order < clip.order for each in scaler.unscales):
                yield clip, backward, after[0]


def stepped_past(scaler: Scaler) -> Iterator[tuple[Step, Backward, list[Unscale]]]:
    """A step with gradients of a scaled loss that does not go through the scaler, and where that has unscaled
    them; none where code reads the scale itself."""
    for backward in scaler.backwards:
        for step in backward.loop.events(Step) if backward.loop else ():
            later = step.order > backward.order and _always(step, backward) and not step.scaler
            unscaled = [each for each in scaler.unscales if backward.order < each.order < step.order]
            read = any(not each.optimizer for each in unscaled)
            if later and not read and belongs(backward, step.loop, step.subject):
                yield step, backward, unscaled
                return


def of_unscaled_loss(scaler: Scaler) -> Iterator[tuple[Step, Backward]]:
    """A step through a scaler that never scales anything, and what is propagated back before it."""
    for step in scaler.steps if not scaler.backwards else ():
        loop = _round_of(step)
        backwards = [each for each in loop.events(Backward) if not exclusive(each, step)] if loop else []
        if backwards and not any(each.scaler for each in backwards):
            yield step, backwards[0]
            return


def unscaled_too_often(scaler: Scaler) -> Iterator[tuple[Unscale, ScalerUpdate]]:
    """Gradients are unscaled in every round, and the scale is updated only in every so many."""
    for unscale in scaler.unscales:
        updates = [each for each in scaler.updates if each.loop is unscale.loop]
        counted = [each for each in updates if any(branch.rhythm for branch, _ in each.arms)]
        if unscale.loop and unscale.optimizer and not unscale.maybe and updates and updates == counted:
            yield unscale, updates[0]
            return


def _round_of(step: Step) -> Loop | None:
    """The innermost loop around a step in which something is propagated back."""
    loops = (step.loop, *step.loop.around()) if step.loop else ()
    return next((loop for loop in loops if any(loop.events(Backward))), None)


def _together(first: Event, second: Event) -> bool:
    """In a round in which one of the two happens the other does too, if it happens at all."""
    return within(first, second) or within(second, first)


def _always(step: Step, backward: Backward) -> bool:
    """The step follows that backward, in each round or in every so many of them."""
    arms = {(id(branch), arm) for branch, arm in backward.arms}
    return step.loop is backward.loop and all(
        branch.rhythm or (id(branch), arm) in arms for branch, arm in step.arms
    )
