"""What functions of the program make of the learning rate: they are followed for the steps of the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnlint.facts import Scheduler
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import Arguments, BoundMethod, Function, Partial, plain
from cnnlint.schedules import looks, run_of
from cnnlint.source import Site


class Rates(Core):
    """`LambdaLR` and `MultiplicativeLR`, once it is known how often they are stepped."""

    def follow_schedules(self, entry: Callable[[Callable[[], object], Site], None]) -> None:
        """Follow the functions that schedulers ask, each as an entry of its own."""
        kinds = Function | BoundMethod | Partial
        for scheduler in list(self.program.each(Scheduler)):
            if isinstance(getattr(scheduler, "lr_lambda", None), kinds):
                entry(lambda scheduler=scheduler: self.follow_schedule(scheduler), scheduler.site)  # type: ignore[misc]

    def follow_schedule(self, scheduler: Any) -> None:
        """Ask its function at the steps that are looked at. Undecided if these are not known."""
        noted = len(self.program.facts)
        said: dict[int, float] = {}
        for step in looks(run_of(scheduler)):
            value = plain(self.call(scheduler.lr_lambda, Arguments([step], {}), scheduler.site))
            if not isinstance(value, int | float):
                break
            said[step] = value
        else:
            scheduler.said = said
        del self.program.facts[noted:]
