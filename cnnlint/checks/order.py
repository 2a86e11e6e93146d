"""Checks on the order of things in a training loop: backward, clip, step."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Backward, Clip, Forward, Step
from cnnlint.fixes import move_after, move_before
from cnnlint.gradients import cut_before, forgotten_by
from cnnlint.rounds import (
    makes_gradients,
    outermost,
    step_that_should_follow,
    unused_before,
    wiped_each_time,
)
from cnnlint.traces import reaches, within


def missing_backward(step: Step) -> Flags:
    """A loop runs a model and steps its optimizer, and nothing in it makes gradients."""
    optimizer = step.subject
    if not step.loop or makes_gradients(step.loop, step):
        return
    meant = [each for each in step.loop.events(Backward) if reaches(each, optimizer)]
    if any(any(cut_before(each)) for each in meant):  # CNN113 and its like say so
        return
    backwards = outermost(step.loop).events(Backward)
    if any(not module.optimizers for backward in backwards for module in backward.learners):
        return  # gradients there are, but of a model that no optimizer has
    for made in (forgotten_by(step) or forgotten_by(step, Forward))[:1]:
        returned = (
            step.site.within and "training_step" in made.functions
        )  # a trainer steps, and propagates back
        yield flag(
            made if returned else step,
            also=[(step, "runs the steps") if returned else (made, "nothing is propagated back from here")],
            optimizer=step.owner or optimizer.name or optimizer.kind,
            mend="return the loss from `training_step`" if returned else "call `backward()` before it",
        )


def step_before_backward(step: Step) -> Flags:
    """The first thing that a round does with gradients is to step, and only then it makes them."""
    for backward in () if step.closure else unused_before(step):
        if step.maybe and not within(step, backward):
            continue  # what other rounds have added up is there
        together = step.functions == backward.functions and step.loop == backward.loop
        yield flag(
            step,
            also=[(backward, "makes the gradients")],
            fix=move_after(step, backward, safe=False, title=f"move `{step.text}()` behind `backward()`")
            if together and not step.scaler
            else None,
            step=step.text,
            effect="never finds any, since they are cleared before"
            if wiped_each_time(step, backward)
            else "uses those of the batch before",
        )


def misplaced_gradient_clipping(clip: Clip, *, measuring: float) -> Flags:
    """Clipping that finds no gradients, or those that a step has used already."""
    if clip.used and clip.limit >= measuring:  # it only measures the norm
        return
    for step, gone in step_that_should_follow(clip):
        together = step.functions == clip.functions and step.loop == clip.loop
        yield flag(
            clip,
            also=[(gone, "leaves no gradients to clip"), (step, "what it should come before")],
            fix=move_before(clip, step, safe=False, title="clip before the step")
            if together and not step.scaler
            else None,
            clip=clip.text.rpartition(".")[2] or "clip_grad_norm_",
            place=f"after `{step.text}()`" if step.order < clip.order else "before `backward()`",
        )
