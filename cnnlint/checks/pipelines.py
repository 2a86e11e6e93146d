"""Checks on pipelines of transforms: what each step is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Refusal, Transform, any_image
from cnnlint.findings import Fix, Severity
from cnnlint.fixes import set_argument, swap
from cnnlint.values import surely


def transform_order_or_channels(pipeline: Transform) -> Flags:
    """A step is given an image that it cannot take, or that its numbers are not meant for."""
    for image in pipeline.images or (any_image(),):
        for step, refusal in list(_refused(pipeline, image))[:1]:
            other, mend, fix = _mended(pipeline, image, step, refusal)
            yield flag(
                step,
                also=other,
                fix=fix,
                severity=None if refusal.raises else Severity.WARNING,
                step=step.kind,
                wants=refusal.wants,
                got=f"{refusal.got}, which raises" if refusal.raises else refusal.got,
                mend=mend,
            )


def _refused(pipeline: Transform, image: Any) -> Iterator[tuple[Transform, Refusal]]:
    """The steps that are given what they cannot take. Where a step before made a tensor of what it took for
    one, that step is to blame."""
    stages = list(pipeline.stages(image))
    for at, (step, given) in enumerate(stages):
        refusal = step.refuses(given)
        if refusal:
            blamed = [earlier for earlier, _ in stages[:at] if earlier.takes and not step.takes]
            if blamed and refusal.raises:
                yield blamed[0], Refusal(blamed[0].takes, f"what `{step.kind}` is to convert")
            else:
                yield step, refusal


def _mended(
    pipeline: Transform, image: Any, step: Transform, refusal: Refusal
) -> tuple[list[Transform], str, Fix | None]:
    """What has to do with it, how it is mended in words, and as a fix, if it can be."""
    for other in _exchangeable(pipeline, image, step):
        # What raises cannot be broken by that.
        return [other], f"let it change places with `{other.kind}`", swap(step, other, safe=refusal.raises)
    for earlier, _ in pipeline.stages(image):
        if not refusal.raises and surely(getattr(earlier, "scale", True) == False):  # noqa: E712 - may be Unknown
            fix = set_argument(earlier, "scale", True, safe=False)
            return [earlier], f"set `scale=True` in `{earlier.kind}`", fix
    if refusal.wants.endswith("channels"):
        return [], "give one mean and std for each channel", None
    return [], "leave it out" if refusal.raises and not step.takes else f"give it {refusal.wants}", None


def _exchangeable(pipeline: Transform, image: Any, step: Transform) -> Iterator[Transform]:
    """The other steps of the pipeline, the nearest first, that may change places with this one so that
    nothing is refused."""
    steps = list(pipeline.steps)
    places = [index for index, each in enumerate(steps) if each == step]
    for other in sorted(steps, key=lambda each: abs(steps.index(each) - places[0]) if places else 0):
        order = [step if each == other else other if each == step else each for each in steps]
        if places and other != step and not any(_refused(pipeline.reordered(order), image)):
            yield other
