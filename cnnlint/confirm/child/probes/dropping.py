"""What dropouts do: the share they drop, how alike neighbours are, and what batch norms behind them see."""

from __future__ import annotations

from collections.abc import Callable
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


#: The variance that each batch norm was given, with the number of dropouts before it.
Variances = list[tuple[int, float]]
#: Told the number of a dropout, what it is given and how it drops, for what it gives.
Dropped = Callable[[int, Tensor, Callable[[], Any]], Any]


class PROBE(Probe):
    """Asks each model in training mode before it is trained, and once more without each dropout that a batch
    norm follows on."""

    name = "dropping"

    def __init__(self) -> None:
        self.found: list[Dropping] = []

    def given(self, recorder: Recorder, number: int, sample: Sample) -> None:
        found: list[Dropping] = []
        built = {id(each): place for each, place in recorder.built.items() if "ropout" in type(each).__name__}

        def note(index: int, given: Tensor, drop: Callable[[], Any]) -> Any:
            before = given.detach().clone()
            output = drop()
            there = before != 0
            found.append({
                "model": number,
                "place": recorder.users.place(),
                "built": built.get(recorder.asked()),
                "dropped": _share((output.detach() == 0) & there, there),
                "neighbours": _likeness(before),
                "growth": None,
            })  # fmt: skip
            return output

        variances = _variances(sample, note)
        for index, dropping in enumerate(found[:MOST]):
            if any(before > index for before, _ in variances):
                dropping["growth"] = _growth(sample, index, variances)
        self.found += found[:MOST]

    def result(self, recorder: Recorder) -> list[Dropping]:
        return self.found


class _Watching(TorchFunctionMode):
    """Lets `dropped` answer for each dropout, and notes what batch norms are given."""

    def __init__(self, dropped: Dropped) -> None:
        super().__init__()
        self.dropped = dropped
        self.dropouts = 0
        self.variances: Variances = []

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name = getattr(function, "__name__", "")
        if name == "batch_norm":
            self.variances.append((self.dropouts, float(args[0].detach().float().var())))
        if "dropout" not in name or not isinstance(args[0], Tensor) or not args[0].is_floating_point():
            return function(*args, **(kwargs or {}))
        self.dropouts += 1
        return self.dropped(self.dropouts - 1, args[0], lambda: function(*args, **(kwargs or {})))


def _variances(sample: Sample, dropped: Dropped) -> Variances:
    """What batch norms are given when the model is asked in training mode."""
    watching = _Watching(dropped)
    with watching:
        answer(sample, training=True)
    return watching.variances


def _growth(sample: Sample, spared: int, variances: Variances) -> float | None:
    """How many times larger a dropout makes the variance that batch norms behind it are given."""
    without = _variances(sample, lambda index, given, drop: given if index == spared else drop())
    pairs = zip(variances, without, strict=False)
    grown = [dropped / kept for (before, dropped), (_, kept) in pairs if before > spared and kept > TINY]
    return max(grown, default=None)


def _share(some: Tensor, of_all: Tensor) -> float | None:
    count = int(of_all.sum())
    return int(some.sum()) / count if count >= ENOUGH else None


def _likeness(maps: Tensor) -> float | None:
    """How values correlate with their right neighbours, around the mean of each map."""
    if maps.dim() < 4 or maps.shape[-1] < 2:
        return None
    centred = maps.float() - maps.float().mean((-2, -1), keepdim=True)
    left, right = centred[..., :-1], centred[..., 1:]
    return float((left * right).sum() / (left.norm() * right.norm() + TINY))
