"""What dropouts do: the share they drop, how alike neighbours are, and what batch norms behind them see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor
from torch.overrides import TorchFunctionMode

from cnnlint.confirm.child.probes import Probe, Sample
from cnnlint.confirm.child.probes.asking import answer
from cnnlint.evidence import Dropping

if TYPE_CHECKING:
    from cnnlint.confirm.child.recording import Recorder

__all__ = ["PROBE"]

MOST = 8  # dropouts of a model that are looked at
ENOUGH = 100  # values, for a share of them to mean something
TINY = 1e-12


class PROBE(Probe):
    """Asks each model in training mode before it is trained, and once more without each dropout."""

    name = "dropping"
    asks = True

    def __init__(self) -> None:
        self.found: list[Dropping] = []

    def given(self, recorder: Recorder, number: int, sample: Sample) -> None:
        whole = _Watched(recorder)
        _answered(sample, whole)
        for index, dropping in enumerate(whole.found[:MOST]):
            spared = _Watched(recorder, index)
            _answered(sample, spared)
            pairs = [
                (dropped, kept)
                for (before, dropped), (_, kept) in zip(whole.variances, spared.variances, strict=False)
                if before > index and kept > TINY
            ]
            growth = max((dropped / kept for dropped, kept in pairs), default=None)
            self.found.append({**dropping, "model": number, "growth": growth})

    def result(self, recorder: Recorder) -> list[Dropping]:
        return self.found


class _Watched(TorchFunctionMode):
    """Notes what each dropout does, and the variance that each batch norm is given with the number of
    dropouts before it. The dropout numbered `spared` does nothing."""

    def __init__(self, recorder: Recorder, spared: int = -1) -> None:
        super().__init__()
        self.recorder, self.spared = recorder, spared
        self.found: list[Dropping] = []
        self.variances: list[tuple[int, float]] = []
        self.built = {
            id(module): place for module, place in recorder.built.items() if "ropout" in type(module).__name__
        }

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name = getattr(function, "__name__", "")
        if name == "batch_norm":
            self.variances.append((len(self.found), float(args[0].detach().float().var())))
        if "dropout" not in name or not isinstance(args[0], Tensor) or not args[0].is_floating_point():
            return function(*args, **(kwargs or {}))
        given = args[0].detach().clone()
        output = args[0] if len(self.found) == self.spared else function(*args, **(kwargs or {}))
        there = given != 0
        self.found.append({
            "model": -1,
            "place": self.recorder.users.place(),
            "built": self.built.get(self.recorder.asked()),
            "dropped": _share((output.detach() == 0) & there, there),
            "neighbours": _likeness(given),
            "growth": None,
        })  # fmt: skip
        return output


def _share(some: Tensor, of_all: Tensor) -> float | None:
    count = int(of_all.sum())
    return int(some.sum()) / count if count >= ENOUGH else None


def _answered(sample: Sample, watched: _Watched) -> None:
    with watched:
        answer(sample, training=True)


def _likeness(maps: Tensor) -> float | None:
    """How values correlate with their right neighbours, around the mean of each map."""
    if maps.dim() < 4 or maps.shape[-1] < 2:
        return None
    centred = maps.float() - maps.float().mean((-2, -1), keepdim=True)
    left, right = centred[..., :-1], centred[..., 1:]
    return float((left * right).sum() / (left.norm() * right.norm() + TINY))
