"""What happens while a script runs, written down: events with the user's lines, and what they are of."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, MutableMapping
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.utils.weak import WeakIdKeyDictionary

from cnnlint.confirm.child.clock import Clock
from cnnlint.confirm.child.losses import Losses
from cnnlint.confirm.child.measures import (
    accuracy,
    evaluated,
    gradients,
    is_model,
    mode_of,
    parameters,
    versions,
    whole,
)
from cnnlint.confirm.child.places import Users
from cnnlint.confirm.child.probes import Probe, Sample
from cnnlint.confirm.child.probes.asking import FEW, few
from cnnlint.confirm.child.things import Things
from cnnlint.evidence import CurvePoint, Evaluated, Event, Place, line_of

__all__ = ["Recorder", "Stop"]

MOST_EVENTS = 4000
FORWARDS = 3  # passes forward that a step takes as long as
SOME = 3  # steps that a script which is slow is waited for


class Stop(BaseException):
    """Ends the user's script; no `except Exception` of theirs holds it up."""


class Recorder:
    """Is told of all that hooks see, keeps it, asks the probes, and ends the run by `Stop`.

    While `paused`, nothing is recorded: a probe is at work.
    """

    def __init__(
        self,
        users: Users,
        probes: Iterable[Callable[[], Probe]] = (),
        *,
        steps: int = 20,
        seconds: float = 8.0,
        patience: float = 0.0,
        evaluate: bool = False,
        seed: int = 0,
        aligned: bool = False,
        brief: bool = False,
        hurry: bool = False,
        first_call: Callable[[int, nn.Module], None] = lambda number, model: None,
    ) -> None:
        self.users, self.wanted_steps, self.seed, self.aligned = users, steps, seed, aligned
        self.evaluate, self.first_call = evaluate, first_call
        self.clock = Clock(seconds, patience)
        self.probes = {probe.name: probe for probe in (make() for make in probes)}
        self.paused = False
        self.ended, self.why = "", ""
        self.events: list[Event] = []
        self.more = self.steps = self.backwards = 0
        self.waiting = 0  # backward passes that an optimizer could step after
        self.models, self.loaders = Things[nn.Module](), Things[Any]()
        self.optimizers, self.schedulers = Things[Optimizer](), Things[Any]()
        self.stepped: dict[int, int] = {}  # optimizer to its steps
        self.rounds: dict[str, int] = {}  # the line that built it to the same
        self.losses = Losses()
        self.refused: list[int] = []  # the shape of a prediction that a loss would not take
        self.curve: list[CurvePoint] = []
        self.evaluated: Evaluated | None = None
        # By their identity: a module may compare and hash as it likes.
        self.built: MutableMapping[nn.Module, Place] = WeakIdKeyDictionary()
        self.parents: MutableMapping[nn.Module, nn.Module] = WeakIdKeyDictionary()
        self.called: set[int] = set()
        self.learning: set[int] = set()  # models that were called with gradients on
        self.samples: dict[int, Sample] = {}  # of each model the first call with gradients on
        self.unmeasured: dict[str, str] = {}  # why a probe was left out
        self.stack: list[nn.Module] = []
        self.failing: list[nn.Module] = []  # the modules an error passed through, innermost last
        self.trained_on: set[int] = set()  # loaders
        self.passes: dict[int, int] = {}
        self._loader = -1
        self._pass: Event = {"kind": "pass", "place": None, "subject": -1, "step": 0, "batches": 0}
        self.brief, self.hurry = brief, hurry
        self.fitting = 0  # examples of a batch that there is time for
        self._labels: Tensor | None = None
        self._classes: Counter[int] = Counter()  # of the examples evaluated
        self._accuracy: float | None = None
        self._loss = 0.0

    # Where and when.
    def note(self, kind: str, subject: int = -1, place: Place | None = None, **told: Any) -> Event:
        """Write an event down."""
        where = place or self.users.place()
        event: Event = {"kind": kind, "place": where, "subject": subject, "step": self.steps}
        event.update(told)  # type: ignore[typeddict-item]
        if len(self.events) < MOST_EVENTS:
            self.events.append(event)
        else:
            self.more += 1
        self.look_at_the_clock()
        return event

    def stop(self, ended: str, why: str) -> None:
        """End the run; the first reason stays."""
        if not self.ended:
            self.ended, self.why = ended, why
        raise Stop(why)

    def look_at_the_clock(self, frame: FrameType | None = None) -> None:
        """End the run if its time is over, and say where it was: perhaps in a loop that does not end. The
        first steps of a model are waited for."""
        if not self.clock.over(waited_for=bool(self.built) and self.steps < SOME):
            return
        place = self.users.place(frame)
        where = f", on {line_of(place)}" if place else ""
        self.stop("time", f"the time was over after {self.steps} optimizer steps{where}")

    # Models.
    def module_built(self, module: nn.Module) -> None:
        """A module's constructor begins."""
        place = self.users.built(module)
        if place:
            self.built[module] = place

    def root(self, module: nn.Module) -> nn.Module:
        """The outermost module that `module` is a part of."""
        if module not in self.parents:
            for each in [*self.built, *self.models]:
                for child in each.children():
                    self.parents[child] = each
        seen = {id(module)}
        while (parent := self.parents.get(module)) is not None and id(parent) not in seen:
            seen.add(id(parent))
            module = parent
        return module

    def entered(self, module: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        """A module is called."""
        outermost = not self.stack
        self.stack.append(module)
        self.failing.clear()
        self.called.add(id(module))
        if outermost and is_model(module):
            root = self.root(module)
            new = len(self.models)
            number = self.models.number(root, self.built.get(root))
            if number == new:
                if self.aligned and not number:
                    self.sow(0)
                self.first_call(number, root)
            examples = next((len(each) for each in inputs if isinstance(each, Tensor) and each.dim()), 0)
            self.note(
                "forward",
                number,
                mode=mode_of(root),
                gradients_on=torch.is_grad_enabled(),
                examples=examples,
            )
            if torch.is_grad_enabled() and number not in self.samples:
                self.paused = True
                try:
                    self._learns(number)
                    if whole(module, root):
                        self._met(number, Sample(module, inputs, named), examples)
                finally:
                    self.paused = False

    def _learns(self, number: int) -> None:
        """A model, or a part of it, is called with gradients on, perhaps for the first time."""
        if number not in self.learning:
            self.learning.add(number)
            self._tell(lambda probe: probe.begins(self, number))

    def _tell(self, told: Callable[[Probe], None]) -> None:
        """Tell each probe, and leave out those that cannot measure this script."""
        for name, probe in list(self.probes.items()):
            try:
                told(probe)
            except Exception as error:
                self.give_up(name, error)

    def _met(self, number: int, sample: Sample, examples: int) -> None:
        """A model is called for the first time with gradients on. At the pace it has for a few examples, the
        steps may take longer than there is time."""
        self.samples[number] = sample
        # Torch loads much in a first call, so that only a second one tells what is slow.
        paces = (self._pace(sample, examples) for _ in range(2))
        if self.hurry and all((pace := each) * self.wanted_steps > self.clock.left for each in paces):
            self.fitting = int(examples * self.clock.left / (pace * self.wanted_steps))
            self.stop("slow", f"a step would take {pace:.1f} s")
        self._tell(lambda probe: probe.given(self, number, sample))

    def _pace(self, sample: Sample, examples: int) -> float:
        """Seconds that a step takes, as a pass forward of a few examples says."""
        began = self.clock.spent
        few(sample)
        return (self.clock.spent - began) * examples / FEW * FORWARDS

    def give_up(self, name: str, error: BaseException) -> None:
        """Leave a probe out that cannot measure this script."""
        del self.probes[name]
        self.unmeasured[name] = f"{type(error).__name__}: {error}"[:200]

    def left(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """A module's call ended well."""
        self.stack.pop()
        for probe in self.probes.values():
            probe.called(module, inputs, output)
        if not self.stack and isinstance(output, Tensor) and is_model(module):
            if torch.is_grad_enabled():
                for probe in self.probes.values():
                    probe.answered(self, self.models.number(self.root(module)), output)
            right = accuracy(output, self._labels)
            if right is None:
                return
            if torch.is_grad_enabled() and mode_of(module) != "eval":
                self._accuracy = right
            elif self._loader not in self.trained_on:
                self._judged(right, len(output), mode_of(module))

    def failed(self, module: nn.Module) -> None:
        """An error came out of a module's call."""
        self.stack.pop()
        self.failing.insert(0, module)

    def asked(self) -> int:
        """The id of the module that is being called now, also while paused."""
        return id(self.stack[-1]) if self.stack else 0

    def failing_path(self) -> str:
        """The path, in the model, of the innermost module that an error came out of."""
        if not self.failing:
            return ""
        names = {id(each): name for name, each in self.root(self.failing[-1]).named_modules()}
        return str(names.get(id(self.failing[-1]), ""))

    def _judged(self, right: float, examples: int, mode: str) -> None:
        """A batch of an evaluation: together with those before it since the last step."""
        if self.brief and not self.done:
            return
        self.evaluated = evaluated(self.evaluated, right, examples, mode, self._labels, self._classes)

    def mode_set(self, module: nn.Module, training: bool) -> None:
        """`train()` or `eval()` was called on a module."""
        root = self.root(module)
        if is_model(module):
            known = id(root) in {id(each) for each in self.models}
            self.note("train" if training else "eval", self.models.number(root) if known else -1)

    # Losses, gradients and steps.
    def lost(self, name: str, prediction: Tensor, target: Tensor, loss: Tensor) -> None:
        """A loss function was called."""
        place = self.users.place()
        number = self.losses.called(name, place, prediction, target, loss)
        value = float(loss.detach()) if loss.numel() == 1 else float(loss.detach().mean())
        self.note("loss", number, place, loss=value)
        self._loss = value
        if prediction.requires_grad:
            right = accuracy(prediction, target)
            self._accuracy = self._accuracy if right is None else right

    def backward_begins(self, tensors: Any) -> Callable[[], None]:
        """A backward pass begins; what is to be called when it has ended."""
        first = tensors if isinstance(tensors, Tensor) else next(iter(tensors), None)
        before = [versions(optimizer) for optimizer in self.optimizers]
        kept = [
            number for number, each in enumerate(self.optimizers) if gradients(parameters(each)) == "some"
        ]
        value = float(first.detach().mean()) if first is not None and first.numel() else 0.0
        event = self.note("backward", loss=value, kept=kept)
        for probe in self.probes.values():
            probe.backward(self)

        def ended() -> None:
            event["reached"] = [
                number
                for number, (each, old) in enumerate(zip(self.optimizers, before, strict=False))
                if versions(each) != old
            ]
            self._point(value)
            self.backwards += 1
            self.waiting += bool(event["reached"] or not self.optimizers)  # else images may be what is learnt
            if not self.steps and self.waiting >= 2 * self.wanted_steps:
                self.stop("backwards", f"{self.backwards} backward passes went by without an optimizer step")

        return ended

    def _point(self, loss: float) -> None:
        """A loss has had its effect, or its step has passed it by."""
        self.trained_on.add(self._loader)
        self.curve.append({"step": self.steps, "loss": loss, "accuracy": self._accuracy})
        self._accuracy = None

    def optimizer_built(self, optimizer: Optimizer) -> None:
        """An optimizer's constructor begins."""
        self.optimizers.number(optimizer, self.users.built(optimizer))

    def zeroed(self, optimizer: Optimizer | None, module: nn.Module | None) -> None:
        """Gradients are cleared, by an optimizer or by a module that holds its parameters."""
        if optimizer is not None:
            self.note("zero_grad", self.optimizers.number(optimizer))
            return
        held = {id(each) for each in module.parameters()} if module is not None else set()
        for number, each in enumerate(self.optimizers):
            if any(id(parameter) in held for parameter in parameters(each)):
                self.note("zero_grad", number)

    def step_begins(self, optimizer: Optimizer) -> None:
        """An optimizer is about to step."""
        number = self.optimizers.number(optimizer)
        rates = [float(group.get("lr", 0.0)) for group in optimizer.param_groups[:8]]
        self.note("step", number, gradients=gradients(parameters(optimizer)), rates=rates)
        for probe in self.probes.values():
            probe.before_step(self, number, optimizer)

    def step_ended(self, optimizer: Optimizer) -> None:
        """An optimizer has stepped."""
        if self._accuracy is not None:  # of a loss that nothing went back from
            self._point(self._loss)
        number = self.optimizers.number(optimizer)
        self.stepped[number] = self.stepped.get(number, 0) + 1
        where = str(self.optimizers.places[number] or number)  # one that is built anew steps on
        self.rounds[where] = self.rounds.get(where, 0) + 1
        for probe in self.probes.values():
            probe.after_step(number, optimizer)
        self.steps = max(self.rounds.values())
        self.evaluated = None
        if self.done and not self.evaluate:
            self.stop("steps", f"{self.steps} optimizer steps were taken")
        if self.steps > self.wanted_steps:
            self.stop("steps", f"{self.wanted_steps} optimizer steps were taken")

    @property
    def done(self) -> bool:
        """Whether all steps were taken: only an evaluation may come."""
        return self.steps >= self.wanted_steps

    def scheduler_built(self, scheduler: Any) -> None:
        """A scheduler's constructor begins."""
        self.schedulers.number(scheduler, self.users.built(scheduler))

    def scheduler_stepped(self, scheduler: Any) -> None:
        """A scheduler's step was called by the user."""
        self.note("scheduler_step", self.schedulers.number(scheduler))

    # Data.
    def loader_built(self, loader: Any) -> None:
        """A loader's constructor begins."""
        self.loaders.number(loader, self.users.built(loader))

    def pass_begins(self, loader: Any) -> int:
        """Somebody goes over a loader; its number."""
        number = self.loaders.number(loader)
        self.passes[number] = self.passes.get(number, 0) + 1
        if self.aligned:
            self.sow(sum(self.passes.values()))
        self._pass = self.note("pass", number, batches=0)
        if self.done and self.evaluated and number in self.trained_on:
            self.stop("steps", f"{self.wanted_steps} optimizer steps were taken")
        return number

    def between(self, number: int) -> bool:
        """Whether a pass over a loader is an evaluation before the steps are done: little of it is wanted."""
        return self.brief and bool(self.backwards) and not self.done and number not in self.trained_on

    def batch(self, number: int, batch: Any) -> bool:
        """A loader gives a batch. False if it shall not, as only an evaluation shall come."""
        if self.done and number in self.trained_on:
            self.look_at_the_clock()
            return False
        self._loader = number
        self._pass["batches"] += 1
        tensors = (
            [each for each in batch if isinstance(each, Tensor)] if isinstance(batch, (list, tuple)) else []
        )
        self._labels = tensors[1] if len(tensors) > 1 else None
        for probe in self.probes.values():
            probe.drew(self, number, self._labels)
        return True

    def sow(self, number: int) -> None:
        """Set the random generators anew, so that two runs that differ before draw the same from here."""
        seed = (self.seed + 1) * 1000 + number
        torch.manual_seed(seed)
        random.seed(seed)
