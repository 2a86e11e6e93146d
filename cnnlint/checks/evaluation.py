"""Checks on evaluation: the mode a model is in, whether autograd follows, what the optimizer learns from."""

from __future__ import annotations

from collections.abc import Iterator

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Evaluation, Forward, Initialization, Loop, ModeChange, OpaqueCall, Pickling, Step
from cnnlint.findings import Fix, Severity
from cnnlint.fixes import call_method, insert_after, insert_before, put_under, together
from cnnlint.rounds import learns_whole, wanted
from cnnlint.scoring import drawing
from cnnlint.splits import held_out_by_name
from cnnlint.stacks import starts_trained
from cnnlint.traces import evaluates, mode_left_by


def missing_eval_mode(forward: Forward, *, evaluating: list[str], sampling: list[str]) -> Flags:
    """An evaluation pass over a model that is still in training mode, and behaves otherwise there."""
    if any(word in name.lower() for name in forward.functions for word in sampling):
        return
    passes = evaluates(forward, evaluating) or _teaches(forward)
    if passes and forward.modes == {"train"} and forward.subject.has_modal_layers:
        yield flag(
            forward,
            fix=_switch_around(forward),
            model=forward.callee_text,
            layers=_modal(forward),
        )


def _teaches(forward: Forward) -> bool:
    """A model that was trained elsewhere tells another one what to learn, and learns nothing itself."""
    model, loop = forward.subject, forward.loop
    if not loop or not loop.trains or forward.grad_enabled or model.optimizers or model.mode_changes:
        return False
    set_here = any(change.subject in model.modules() for change in loop.events(Initialization))
    return bool(model.pretrained) and not set_here


def train_mode_not_restored(forward: Forward) -> Flags:
    """Training goes on in evaluation mode, which an earlier round of the loop has set, or is done in it
    from the beginning."""
    if not forward.subject.has_modal_layers:
        return
    ever = forward.modes == {"train", "eval"}
    for change in mode_left_by(forward) if ever else _mode_throughout(forward):
        again = forward.loop and change in forward.loop.events(ModeChange)
        place = (None if again else forward.loop) or forward
        yield flag(
            forward,
            also=[(change, "sets evaluation mode" + (", and the next round finds it so" if ever else ""))],
            severity=None if ever else Severity.WARNING,
            fix=insert_before(place, f"{forward.callee_text}.train()", safe=ever)
            if place.functions == forward.functions
            else None,
            model=forward.callee_text,
            state="still is in evaluation mode here after the first round, since `eval()` is never undone"
            if ever
            else f"is trained in evaluation mode, where its {_modal(forward)} do nothing",
        )


def _mode_throughout(forward: Forward) -> Iterator[ModeChange]:
    """The eval() before all training of a network that starts from scratch, which nothing ever undoes."""
    model = forward.subject
    if forward.modes != {"eval"} or not learns_whole(forward) or not wanted(model):
        return
    changes = [change for change in model.mode_changes if change.order < forward.order]
    if not any(change.training for change in model.mode_changes) and not starts_trained(model.modules()):
        yield from changes[-1:]


def _switch_around(forward: Forward) -> Fix | None:
    """eval() before the pass, and train() after it where training goes on."""
    place = forward.loop or forward
    if place.functions != forward.functions:
        return None
    ahead = insert_before(place, f"{forward.callee_text}.eval()", safe=True)
    around = forward.loop.around() if forward.loop and not _teaches(forward) else ()
    if not any(loop.trains for loop in around):
        return ahead
    behind = insert_after(place, f"{forward.callee_text}.train()", safe=True)
    return together(ahead, behind, title=f"evaluate `{forward.callee_text}` in evaluation mode")


def _modal(forward: Forward) -> str:
    """The kinds of its layers that behave otherwise in evaluation, `BatchNorm2d and Dropout`."""
    kinds = sorted({module.kind for module in forward.subject.modules() if module.modal})
    return " and ".join(kinds[:2])


def missing_no_grad(evaluation: Evaluation, *, evaluating: list[str], needing: list[str]) -> Flags:
    """An evaluation keeps the graph of each batch, which nobody uses."""
    forward, loop = evaluation.forward, evaluation.loop
    if any(word in name.lower() for name in forward.functions for word in needing):
        return
    judged = evaluates(forward, evaluating) or evaluation.scored and held_out_by_name(evaluation.loader)
    if not judged or not forward.grad_enabled or not forward.graph:
        return
    if not loop and not forward.sampled:
        return
    calls = loop.events(OpaqueCall) if loop else ()
    if not any(_may_differentiate(call, forward) for call in calls):
        whole = loop and loop.functions == forward.functions
        yield flag(
            forward,
            also=[(loop, "evaluates batch after batch")] if loop else [],
            fix=put_under(loop, "with torch.no_grad():", safe=True) if whole else None,
            model=forward.callee_text,
        )


def _may_differentiate(call: OpaqueCall, forward: Forward) -> bool:
    """Code that is not seen may ask for gradients of the model: an attack, a map of what counts."""
    return forward.subject in call.given or call.text.startswith("torch.autograd")


def optimizing_on_evaluation_data(step: Step) -> Flags:
    """An optimizer steps on batches that are held out, beside those it is meant to learn from."""
    loop, optimizer = drawing(step), step.subject
    if step.maybe or not loop or not held_out_by_name(loop.loader):
        return
    for other in filter(None, map(drawing, optimizer.steps)):
        if not held_out_by_name(other.loader) and _go_together(other, loop):
            yield flag(
                loop,
                also=[(step, "the step"), (other, f"is where `{optimizer.name}` is meant to learn")],
                optimizer=optimizer.name,
                loader=loop.loader.name or loop.loader.dataset.name,
            )
            return


def _go_together(first: Loop, second: Loop) -> bool:
    """Both run in every epoch."""
    return any(around in second.around() for around in first.around())


def whole_model_saved(pickling: Pickling) -> Flags:
    """All of a model is pickled, with the names and places of its code."""
    given = pickling.given
    fix = call_method(pickling.argument, "state_dict()", safe=False) if given else None
    yield flag(pickling, fix=fix, model=given or pickling.subject.name or "model")
