"""Whether the examples of a batch reach each other's outputs in evaluation mode, and on which line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from cnnlint.confirm.child.probes import Probe, Sample
from cnnlint.confirm.child.probes.asking import Watching, answer, image, samples, with_image
from cnnlint.evidence import Mixing, Place

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]

CHOSEN = 1  # the example that is looked at
REACHES = 1e-4  # the share of a gradient from which on it is no rounding
TINY = 1e-20


class PROBE(Probe):
    """Asks each model at the end."""

    name = "mixing"
    asks = True

    def result(self, recorder: Recorder) -> list[Mixing]:
        found: list[Mixing] = []
        for number, sample in samples(recorder):
            given = image(sample)
            crossing = _crossing(sample) if given is not None and len(given) > CHOSEN else None
            if crossing is not None:
                place = _line(recorder, sample) if crossing > REACHES else None
                found.append({"model": number, "crossing": crossing, "place": place})
        return found


def _crossing(sample: Sample) -> float | None:
    """The gradient of one example's output that reaches the others, over what reaches itself."""
    given = image(sample)
    assert given is not None
    values = given.clone().requires_grad_(True)
    output = answer(with_image(sample, values), training=False, gradients=True)
    if output is None or not output.dim() or len(output) != len(given) or not output.requires_grad:
        return None
    (gradient,) = torch.autograd.grad(output[CHOSEN].pow(2).sum(), values, allow_unused=True)
    if gradient is None:
        return None
    reach = gradient.abs().flatten(1).sum(1)
    own = float(reach[CHOSEN])
    return (float(reach.sum()) - own) / (own + TINY)


def _line(recorder: Recorder, sample: Sample) -> Place | None:
    """The first line whose result changes for others when one example is changed."""
    given = image(sample)
    assert given is not None
    other = given.clone()
    other[CHOSEN] = -given[CHOSEN] + 0.5
    place: Place | None
    runs: list[list[tuple[Place | None, Tensor]]] = []
    for tensor in (given, other):
        results: list[tuple[Place | None, Tensor]] = []

        def seen(name: str, inputs: Any, options: Any, output: Any, results: Any = results) -> None:
            if isinstance(output, Tensor) and output.is_floating_point() and output.dim():
                results.append((recorder.users.place(), output.detach()))

        with Watching(seen):
            answer(with_image(sample, tensor), training=False)
        runs.append(results)
    for (place, first), (_, second) in zip(*runs, strict=False):
        if first.shape != second.shape:
            return place
        changed = (first != second).flatten(1).any(1) if first.dim() > 1 else first != second
        if len(first) == len(given):
            others = changed.clone()
            others[CHOSEN] = False
            if bool(others.any()):
                return place
        elif _scattered(changed):
            return place
    return None


def _scattered(changed: Tensor) -> bool:
    """Whether rows that belong to one example do not lie together."""
    rows = changed.nonzero().flatten()
    return len(rows) > 1 and int(rows[-1] - rows[0]) + 1 > len(rows)
