"""Checks on how examples are drawn and put into batches."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.checks.loss_arguments import CLASSIFYING
from cnnlint.facts import MOVING, RESHAPING, Forward, Loader, LossCall, Op
from cnnlint.findings import Confidence, Severity
from cnnlint.fixes import insert_before, set_argument, together
from cnnlint.stacks import starts_trained
from cnnlint.traces import comes_from
from cnnlint.values import surely

#: Where arguments of DataLoader stand if given without their names.
POSITIONS = {"batch_size": 1, "shuffle": 2, "sampler": 3, "batch_sampler": 4, "drop_last": 8}


def sampler_with_shuffle(loader: Loader) -> Flags:
    """A loader is given arguments that exclude each other."""
    clashes = list(loader.clashes)
    if clashes:
        fixes = [
            set_argument(loader, each.other, f"{each.without}", safe=True, position=POSITIONS.get(each.other))
            for each in clashes
        ]
        others = " and ".join(f"`{each.other}`" for each in clashes)
        yield flag(
            loader,
            fix=together(*filter(None, fixes), title=f"leave out {others.replace('`', '')}"),
            loader=loader.name or "DataLoader",
            chosen=clashes[0].chosen,
            others=others,
        )


def batchnorm_single_sample(forward: Forward) -> Flags:
    """In training, batch normalisation gets one number for each channel, of which there is no variance."""
    if forward.modes != {"train"}:
        return
    loader = forward.image.origin(RESHAPING | MOVING).loader
    alone = forward.image.rank > 0 and surely(forward.image.shape[0] == 1)
    last = not alone and loader and loader.last_batch == 1
    if not (alone or last):
        return
    for norm in _single(forward):
        if last:
            fix = set_argument(loader, "drop_last", "True", safe=False, position=POSITIONS["drop_last"])
            batch, mend = f"the last batch of `{loader.name or 'this loader'}` has one example", "drop it"
        else:
            trains = forward.loop and forward.loop.trains
            fix = None if trains else insert_before(forward, f"{forward.callee_text}.eval()", safe=False)
            batch = f"`{forward.callee_text}` is called with one example in training mode"
            mend = "give it more" if trains else "give it more, or set evaluation mode"
        yield flag(
            loader if last else forward,
            also=[(norm.place, f"`{norm.label}`"), *([(forward, "called here")] if last else [])],
            fix=fix,
            batch=batch,
            effect=f"`{norm.label}` has no variance to divide by and raises",
            mend=mend,
        )
        return
    for norm in _by_itself(forward) if alone and loader and loader.batch_size == 1 else ():
        yield flag(
            forward,
            also=[(loader, "batches of one"), (norm.place, f"`{norm.label}`")],
            severity=Severity.WARNING,
            confidence=Confidence.MEDIUM,
            batch=f"`{forward.callee_text}` is trained with one example at a time",
            effect=f"`{norm.label}` normalises each by itself, which evaluation does not",
            mend="use larger batches or group norm",
        )
        return


def _by_itself(forward: Forward) -> Iterator[Op]:
    """The batch normalisations of maps in a classifier that starts from scratch, where it is trained with
    single images: what tells these apart, the size of each channel, is normalised away."""
    model, output = forward.subject.view or forward.subject, forward.output
    if not forward.loop or not forward.loop.trains or starts_trained(model.modules()):
        return
    scored = [loss for loss in forward.loop.events(LossCall) if loss.subject.kind in CLASSIFYING]
    if not any(loss.prediction.rank == 2 and comes_from(loss.prediction, output) for loss in scored):
        return
    if any(inner.mode_changes for inner in model.modules() if inner != model):
        return
    for operation in getattr(model, "ops", ()):
        if operation.name == "batch_norm" and operation.layer:
            maps = operation.inputs[0].shape
            if len(maps) > 3 and surely(maps[0] == model.input.shape[0]) and prod(maps[2:]) > 1:
                yield operation


def _single(forward: Forward) -> Iterator[Op]:
    """The batch normalisations in a model that get one number a channel of each example."""
    model = forward.subject.view or forward.subject
    if any(inner.mode_changes for inner in model.modules() if inner != model):
        return
    given, latest = forward.image.shape, getattr(getattr(model, "input", ()), "shape", ())
    for operation in getattr(model, "ops", ()):
        if operation.name == "batch_norm" and operation.layer:
            places: Any = operation.inputs[0].shape[2:]
            flat = not places or given[1:] == latest[1:]
            if flat and all(size == 1 for size in places):
                yield operation
