"""Checks on datasets and loaders."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Loader, LossCall
from cnnlint.findings import Confidence, Severity
from cnnlint.fixes import set_argument
from cnnlint.splits import held_out_by_name
from cnnlint.values import surely


def unshuffled_training_data(loader: Loader) -> Flags:
    """A training loop draws from a loader that neither shuffles nor samples."""
    trains = [loop for loop in loader.loops if loop.trains]
    if not trains or loader.shuffle or loader.sampler or loader.batch_sampler or loader.dataset.iterable:
        return
    if held_out_by_name(loader):  # what learns from it is at fault, or adapts to the test on purpose
        return
    losses = [call.subject for loop in trains for call in loop.events(LossCall)]
    unlabelled = bool(losses) and all(surely(loss.expects == "") for loss in losses)  # as MSELoss: no classes
    ordered = surely(loader.dataset.ordered) and not unlabelled
    if not ordered and not loader.dataset.settled:
        return
    yield flag(
        loader,
        also=[(loader.dataset, "in this order"), (trains[0], "trains on it")],
        fix=set_argument(loader, "shuffle", "True", safe=True),
        severity=None if ordered else Severity.INFO,
        confidence=None if ordered else Confidence.MEDIUM,
        loader=loader.name or "this loader",
        effect="each batch holds one class" if ordered else "every epoch repeats the same batches",
    )
