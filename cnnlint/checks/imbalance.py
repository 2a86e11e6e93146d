"""A check on classes of very different sizes."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Training


def class_imbalance_ignored(training: Training, *, ratio: float, weighing: list[str]) -> Flags:
    """One class has many times the examples of another, and neither loss nor sampler makes up for it."""
    loader, loss = training.loader, training.loss
    if loss.kind not in weighing or loss.reduced_by == "none" or loss.weight:
        return
    if loader.sampler or loader.batch_sampler:
        return
    fewest, most = training.dataset.extremes
    if most > ratio * max(fewest, 1):
        yield flag(
            training.dataset,
            also=[(loader, "draws without regard to the classes"), (loss, "weighs all examples alike")],
            dataset=training.dataset.name or training.dataset.kind,
            fewest=fewest,
            most=most,
        )
