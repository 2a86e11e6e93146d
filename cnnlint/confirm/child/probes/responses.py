"""How a model's output follows its input: not at all, as one linear map, or as it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cnnlint.confirm.child.probes import Probe, Sample
from cnnlint.confirm.child.probes.asking import answer, image, samples, with_image
from cnnlint.evidence import Responses

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]

TINY = 1e-12


class PROBE(Probe):
    """Asks each model before it is trained and at the end."""

    name = "responses"
    asks = True

    def __init__(self) -> None:
        self.first: dict[int, float | None] = {}
        self.last: dict[int, float | None] = {}

    def answered(self, recorder: Recorder, number: int, output: Tensor) -> None:
        self.last[number] = _spread(output)
        self.first.setdefault(number, self.last[number])

    def result(self, recorder: Recorder) -> list[Responses]:
        return [
            {
                "model": number,
                "affine": _bend(sample),
                "spread_first": self.first.get(number),
                "spread_last": self.last.get(number),
            }
            for number, sample in samples(recorder)
        ]


def _spread(output: Tensor | None) -> float | None:
    """The deviation over the inputs, relative to the size of the outputs."""
    if output is None or output.dim() < 2 or len(output) < 2:
        return None
    values = output.detach().float()
    return float(values.std(0).mean() / (values.abs().mean() + TINY))


def _bend(sample: Sample) -> float | None:
    """|f(a+b) - f(a) - f(b) + f(0)| relative to its terms: zero for one linear map and a constant."""
    given = image(sample)
    if given is None:
        return None
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.randn(given.shape, generator=generator).to(given) for _ in range(2))
    answers = [answer(with_image(sample, each), training=False)
               for each in (first + second, first, second, torch.zeros_like(first))]  # fmt: skip
    found = [each.double() for each in answers if each is not None and each.is_floating_point()]
    if len(found) < 4:
        return None
    both, one, other, none = found
    size = max(float((one - none).norm()), float((other - none).norm()))
    return float((both - one - other + none).norm()) / (size + TINY)
