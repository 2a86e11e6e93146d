"""Checks on the training loop: gradients are cleared, used and let go, schedules are stepped."""

from __future__ import annotations

from cnnlint.accumulation import rhythm_of_step
from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Accumulate, Backward, Optimizer, Scheduler, SchedulerStep, Step, ZeroGrad
from cnnlint.findings import Fix, Severity
from cnnlint.fixes import insert_after, insert_before, move_after, remove, replace, set_argument, together
from cnnlint.gradients import forgotten_by
from cnnlint.rounds import unused_before, used_up, wiped_before
from cnnlint.traces import (
    cleared_around,
    cleared_in,
    comes_from,
    descended_from,
    first_backward_of,
    parts,
    statement_in,
    steps_after,
)

GIVE_MEAN = "give it the mean loss over the validation set"
#: A name with one of these may be turned round.
TURNED = frozenset({"neg", "negative", "minus", "inv", "inverse", "no", "not", "one"})


def missing_zero_grad(step: Step) -> Flags:
    """The loop makes and uses gradients, and neither it nor a loop around it clears them."""
    if _never_cleared_in_loop(step) and not cleared_around(step):
        yield flag(step, fix=_clear_first(step), optimizer=step.owner or step.subject.name)


def zero_grad_outside_loop(step: Step) -> Flags:
    """The gradients are cleared, but outside the loop that steps with each batch."""
    if _never_cleared_in_loop(step) and (not step.maybe or any(rhythm_of_step(step))):
        for clear in cleared_around(step)[:1]:
            new = _clear_first(step)
            old = [] if step.maybe else [remove(clear, safe=True)]  # batches left over are cleared by it
            yield flag(
                clear,
                also=[(step, "this steps more often")],
                fix=together(*old, new, title="clear the gradients for every step") if new else None,
                optimizer=clear.owner or step.subject.name,
            )


def zero_grad_after_backward(step: Step) -> Flags:
    """Between the backward and the step that should use its gradients they are cleared."""
    for backward, clear in wiped_before(step):
        if used_up(backward, step) and (forgotten_by(step) or any(unused_before(step))):
            continue  # those of another optimizer's loss; its own come later, or never
        together_written = backward.functions == clear.functions and backward.loop == clear.loop
        yield flag(
            clear,
            also=[(backward, "makes the gradients"), (step, "should use them")],
            fix=_clear_elsewhere(clear, backward, step) if together_written and clear.owner else None,
            optimizer=clear.owner or step.subject.name,
        )


def _clear_elsewhere(clear: ZeroGrad, backward: Backward, step: Step) -> Fix:
    """Before the backward; behind the step where that comes only once in several batches."""
    if clear.maybe:
        return move_after(clear, step, safe=True, title="clear the gradients behind the step")
    return together(
        insert_before(backward, f"{clear.owner}.zero_grad()", safe=True),
        remove(clear, safe=True),
        title="clear the gradients before `backward()`",
    )


def missing_optimizer_step(optimizer: Optimizer) -> Flags:
    """Gradients for its parameters are made in a loop, and nothing ever steps."""
    if optimizer.steps or optimizer.escaped or optimizer.exposed:
        return
    used_otherwise = any(module.gradients_read for module in optimizer.modules)
    if used_otherwise or any(rival.steps or rival.escaped for rival in optimizer.rivals):
        return
    for backward in [each for each in optimizer.backwards if each.loop][-1:]:
        here = backward.functions == optimizer.functions and optimizer.name
        yield flag(
            optimizer,
            also=[(backward, "makes gradients that nobody uses")],
            fix=insert_after(backward, f"{optimizer.name}.step()", safe=True) if here else None,
            optimizer=optimizer.name or optimizer.kind,
        )


def missing_scheduler_step(scheduler: Scheduler) -> Flags:
    """Its optimizer steps in a loop, and nothing ever steps the scheduler."""
    if scheduler.steps or scheduler.escaped or scheduler.exposed or scheduler.optimizer.escaped:
        return
    for step in [each for each in scheduler.optimizer.steps if each.loop][-1:]:
        yield flag(
            scheduler,
            also=[(step, "the optimizer steps here")],
            fix=_step_scheduler(scheduler, step),
            scheduler=scheduler.name or scheduler.kind,
            kind=scheduler.kind,
        )


def scheduler_before_optimizer_step(step: SchedulerStep) -> Flags:
    """In its loop the scheduler steps before the optimizer has ever done so."""
    if step.maybe or not step.bare or step.subject.kind == "ReduceLROnPlateau":
        return
    for first in steps_after(step):
        written = f"{step.owner}.step()"
        place = statement_in(step.loop, first)
        same_function = place.functions == step.functions
        moved = [insert_after(place, written, safe=True), remove(step, safe=True)]
        yield flag(
            step,
            also=[(first, "the optimizer's first step")],
            fix=together(*moved, title=f"move `{written}` behind the training") if same_function else None,
            scheduler=step.owner or step.subject.name,
        )


def plateau_without_metric(step: SchedulerStep, *, falling: list[str], rising: list[str]) -> Flags:
    """ReduceLROnPlateau watches a metric: it is given none, a counter, one batch's training loss, or one
    that gets better the other way."""
    if step.subject.kind != "ReduceLROnPlateau":
        return
    name = step.owner or step.subject.name
    if step.bare:
        yield flag(step, scheduler=name, given="nothing, so this raises TypeError", mend=GIVE_MEAN)
    elif step.counts:
        given = "the number of the epoch, which never improves"
        yield flag(step, scheduler=name, given=given, mend=GIVE_MEAN)
    elif _the_other_way(step, set(falling), set(rising)):
        mode = "max" if step.subject.mode == "min" else "min"
        yield flag(
            step,
            also=[(step.subject, "built here")],
            fix=set_argument(step.subject, "mode", f'"{mode}"', safe=False),
            severity=Severity.WARNING,
            scheduler=name,
            given=f"`{step.metric_name}`, which its mode takes for worse the better it gets",
            mend=f'set `mode="{mode}"`',
        )
    else:
        for backward in descended_from(step):
            which = "a single" if backward.loop == step.loop else "the last"
            yield flag(
                step,
                also=[(backward, "this batch's loss")],
                severity=Severity.WARNING,
                scheduler=name,
                given=f"the training loss of {which} batch, which is mostly noise",
                mend=GIVE_MEAN,
            )


def _the_other_way(step: SchedulerStep, falling: set[str], rising: set[str]) -> bool:
    """The name of the metric says that it gets better the other way than the scheduler is told."""
    words = parts(step.metric_name) | parts(step.metric_name.lower())
    down, up = bool(words & falling), bool(words & rising)
    return down != up and not words & TURNED and bool((step.subject.mode == "min") != down)


def graph_kept_by_loss_sum(kept: Accumulate) -> Flags:
    """A tensor with its graph is summed or collected over the batches, and no backward needs it."""
    loop = kept.loop
    if not loop or not (loop.per_batch or loop.trains) or not kept.value.graph or kept.needed:
        return
    used_before = [event for event in loop.events(Backward) if comes_from(kept.value, event.subject)]
    freed = any(event.order < kept.order and not event.retain_graph for event in used_before)
    yield flag(
        kept,
        fix=replace(kept.argument, f"{kept.added}.detach()", safe=True) if kept.added else None,
        severity=Severity.INFO if freed else Severity.WARNING,
        kept=kept.subject,
        value=f"`{kept.added}`" if kept.added else "a tensor",
        rounds="batches" if loop.per_batch else "epochs",
        cost="a chain of graph nodes stays" if freed else "the activations of each stay",
    )


def _never_cleared_in_loop(step: Step) -> bool:
    loop, optimizer = step.loop, step.subject
    if not loop or (optimizer.made_in == loop and not optimizer.exposed):  # built anew in each round
        return False
    return any(loop.events(Backward)) and not cleared_in(loop, optimizer)


def _clear_first(step: Step) -> Fix | None:
    """Clear the gradients before the backward of this step; right behind the step if that is elsewhere, or
    comes only once in several batches."""
    clear = f"{step.owner}.zero_grad()"
    for backward in () if step.maybe else first_backward_of(step):
        return insert_before(backward, clear, safe=True) if step.owner else None
    return insert_after(step, clear, safe=True) if step.owner else None


def _step_scheduler(scheduler: Scheduler, step: Step) -> Fix | None:
    """Step it behind each epoch, or with each batch if that is what it counts."""
    by_batch = scheduler.counts == "batch" or not (step.loop and step.loop.per_batch)
    place = step if by_batch else step.loop or step
    reachable = place.functions == scheduler.functions and scheduler.name
    if not reachable or scheduler.kind == "ReduceLROnPlateau":
        return None
    return insert_after(place, f"{scheduler.name}.step()", safe=False)
