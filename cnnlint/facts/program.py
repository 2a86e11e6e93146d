"""A training, and everything the interpreter saw of one file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Any

from cnnlint.facts.base import Fact
from cnnlint.facts.data import Loader
from cnnlint.facts.events import Event, Forward, LibraryCall, Loop
from cnnlint.facts.handling import Setting
from cnnlint.facts.optimisation import Scheduler
from cnnlint.facts.tensors import Tensor
from cnnlint.records import record
from cnnlint.source import Site
from cnnlint.values import Undecided, Unknown


@record
class Training(Fact):
    """One model learning from one dataset. `words` are all names and strings in the files that were read,
    `settings` the options of libraries that the program sets."""

    model: Any
    optimizer: Any
    loop: Loop
    loss: Any = None
    loader: Any = None
    dataset: Any = None
    schedulers: tuple[Scheduler, ...] = ()
    words: Any = field(default_factory=lambda: Unknown("not known what else the program does"))
    settings: tuple[Setting, ...] = ()

    @property
    def classes(self) -> Any:
        """Kinds of examples: as the dataset says, else as many as the model has outputs."""
        if isinstance(self.dataset.classes, int):
            return self.dataset.classes
        output = getattr(self.model, "output", None)
        shape = output.shape if isinstance(output, Tensor) else Unknown("the model's output is not known")
        return shape[1] if isinstance(shape, tuple) and len(shape) == 2 else Unknown("classes not known")

    @property
    def unregularised(self) -> Any:
        """Nothing holds the model back: no augmentation, weight decay, dropout or frozen layer."""
        try:
            dropout = any(getattr(module, "role", "") == "dropout" for module in self.model.modules())
            frozen = self.optimizer.params.all != True  # noqa: E712 - may be Unknown
            return not (dropout or frozen or self.optimizer.weight_decay or self.dataset.augmented)
        except Undecided as undecided:
            return Unknown(undecided.why, undecided.site)


@record
class Evaluation(Fact):
    """One model called on batches of one loader where nothing trains it.

    `scored` says whether what it makes of them is compared with what they hold besides its input, or
    goes into a loss; `learnt_from` are the loaders whose batches the same model is trained on, `idle` those
    of the program that nothing draws from; `selects` are the steps of schedulers that are given what comes
    of it, and the places where weights are kept or the training ends because of it; `others` all that the
    program evaluates."""

    model: Any
    forward: Forward
    loader: Loader
    loop: Any = None  # that draws the batches; None in a comprehension
    scored: Any = False
    learnt_from: tuple[Loader, ...] = ()
    idle: tuple[Loader, ...] = ()
    selects: tuple[Event, ...] = ()
    others: tuple[Evaluation, ...] = ()

    @property
    def last(self) -> bool:
        """No training goes on around it."""
        loop = self.forward.loop
        return loop is None or not any(around.trains for around in (loop, *loop.around()))

    @property
    def dataset(self) -> Any:
        return self.loader.dataset


@record
class Timing(Fact):
    """Forward passes between two readings of a clock, and nothing else; `words` as those of a Training."""

    start: LibraryCall
    passes: tuple[Forward, ...]
    words: Any


@record
class Program:
    """Everything the interpreter saw of one file and what it imports.

    `limits` are (site, what was not analysed and why); `files` every path that was looked at,
    with whether it was there, so that a cached answer knows what it rests on.
    """

    path: str
    facts: list[Fact] = field(default_factory=list)
    limits: list[tuple[Site, str]] = field(default_factory=list)
    files: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._count = 0  # of the facts, when they were sorted by kind
        self._sorted: dict[type[Fact], list[Fact]] = {}

    def each(self, kind: type[Fact]) -> Iterator[Any]:
        """The facts of one kind, in the order the program made them."""
        if self._count != len(self.facts):
            self._count, self._sorted = len(self.facts), {}
        if kind not in self._sorted:
            self._sorted[kind] = [fact for fact in self.facts if isinstance(fact, kind)]
        return iter(self._sorted[kind])

    def events(self, kind: type[Event]) -> list[Any]:
        """All events of a kind, also those in branches that are not taken by default."""
        found = {id(event): event for event in self.each(kind)}
        for loop in self.each(Loop):
            if loop.parent is None:
                found.update((id(event), event) for event in loop.events(kind))
        return list(found.values())
