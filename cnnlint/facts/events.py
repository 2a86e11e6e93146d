"""What happens when the program runs: events, in loops and undecided branches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cnnlint.facts.base import NOWHERE, Fact
from cnnlint.facts.data import Loader
from cnnlint.facts.tensors import Op, Tensor
from cnnlint.records import record
from cnnlint.source import Site
from cnnlint.values import Unknown

if TYPE_CHECKING:
    from cnnlint.facts.modules import Module


@record
class Event(Fact):
    """Something that happens to `subject` when the program runs.

    `loop` is the innermost loop around it (calls entered), `arms` the undecided branches it lies in
    as (branch, arm) pairs, `functions` the names of the user functions entered to get here,
    outermost first, `grad_enabled` whether autograd records here, `order` grows along the program.
    """

    subject: Any
    loop: Loop | None = None
    arms: tuple[tuple[Branch, int], ...] = ()
    functions: tuple[str, ...] = ()
    grad_enabled: Any = True
    order: int = 0
    text: str = ""

    @property
    def owner(self) -> str:
        """What its method was called on, as written: `optimizer` of `optimizer.step`."""
        return self.text.rpartition(".")[0]

    @property
    def maybe(self) -> bool:
        """It may be passed over in an iteration of its loop."""
        return len(self.arms) > (len(self.loop.arms) if self.loop else 0)


class ZeroGrad(Event):
    """Gradients are cleared; `subject` is an Optimizer or a Module."""


@record
class Forward(Event):
    """A user Model (or a container of layers) is called outside any other model's forward.

    `modes` are the modes it may be in here: a set of 'train' and 'eval', or Unknown. `device` is 'moved'
    where it surely lies elsewhere than on the CPU, if there is another device, 'cpu' where it never does.
    """

    inputs: tuple[Any, ...] = ()
    output: Any = None
    modes: Any = field(default_factory=lambda: Unknown("mode not known"))
    device: Any = field(default_factory=lambda: Unknown("device not known"))
    argument: Site = NOWHERE  # the expression of its first input ...
    given: str = ""  # ... as written, if it is a name or attribute
    sampled: bool = False  # in a comprehension, for each of its elements

    @property
    def graph(self) -> Any:
        """Whether autograd follows what it makes, of several values the first."""
        made = self.output if isinstance(self.output, tuple) else (self.output,)
        tensors = [each for each in made if isinstance(each, Tensor)]
        return tensors[0].graph if tensors else Unknown("what the model returns is not known")

    @property
    def image(self) -> Any:
        """The first tensor it is given."""
        first = self.inputs[0] if self.inputs else None
        return first if isinstance(first, Tensor) else Unknown("what the model is given is no tensor")

    @property
    def callee_text(self) -> str:
        """The model as written there: `self.net`."""
        return self.text.removesuffix(".forward")

    @property
    def ancestors(self) -> list[Op]:
        """The operations that lead to what it returns, so far as that are tensors."""
        outputs = self.output if isinstance(self.output, tuple) else (self.output,)
        return [each for output in outputs if isinstance(output, Tensor) for each in output.ancestors()]


@record
class LossCall(Event):
    """A loss is computed; `subject` is the Loss (also for `F.cross_entropy`).

    `places` are the expressions given for the prediction and the target, where both are written;
    `numbered`, whether the target is elsewhere compared with the classes that are chosen (relations.link).
    """

    prediction: Any = None
    target: Any = None
    output: Tensor | None = None
    places: tuple[Site, ...] = ()
    numbered: bool = False


@record
class Backward(Event):
    """`subject` is the tensor; `modules` those whose layers it was computed with, or Unknown; `reached`
    those of them that its gradients come to, with one that may be any where that is not known of all.
    `scaler` is what multiplied the loss before (a Scaler, or Unknown); None for nothing. Told by
    relations.link: `traced`, whether `modules` are all; `learners`, those whose weights surely get
    gradients; `left_out`, those of them that no optimizer updates."""

    modules: Any = field(default_factory=lambda: Unknown("what this reaches is not known"))
    reached: Any = field(default_factory=lambda: Unknown("what this reaches is not known"))
    retain_graph: Any = False
    scaler: Any = None
    loss: str = ""  # as written, where backward is a method of it and that is a name
    traced: Any = field(default_factory=lambda: Unknown("not known whether this is all it reaches"))
    learners: tuple[Module, ...] = ()
    left_out: Any = field(default_factory=lambda: Unknown("not all optimizers are known"))


@record
class Step(Event):
    """An optimizer steps. `closure` is True if it was given a closure (which has then been run).
    `scaler` is what it steps through (`scaler.step(optimizer)`), or Unknown; None for nothing. `learns` is
    whether anything that it updates can learn then, `missed` the modules put in since it was built."""

    closure: bool = False
    scaler: Any = None
    learns: Any = field(default_factory=lambda: Unknown("what it updates is not known"))
    missed: Any = field(default_factory=lambda: Unknown("what it was built of is not known"))


@record
class Clip(Event):
    """Gradients are clipped; `subject` are the Parameters they belong to, or Unknown. `limit` is their
    largest norm or value, `used` whether the code reads the norm that this returns."""

    limit: Any = field(default_factory=lambda: Unknown("the limit is not known"))
    used: bool = False


@record
class Unscale(Event):
    """The Scaler `subject` divides the gradients of `optimizer` by its scale; None for code that reads the
    scale, perhaps to do so itself."""

    optimizer: Any = None


class ScalerUpdate(Event):
    """The Scaler `subject` adjusts its scale for the next iteration."""


class EpochSet(Event):
    """The sampler `subject` is told which epoch it is."""


@record
class Freeze(Event):
    """All parameters of the module `subject` are frozen, or made to learn if it `learns`."""

    learns: Any = False


@record
class Vain(Event):
    """An attribute of a module or tensor is set to `value` that torch never reads: `model.requires_grad`.
    `mend` is the statement that does what is meant, '' if it cannot be told."""

    value: Any = None
    mend: str = ""


@record
class SchedulerStep(Event):
    """A scheduler steps. `metric` is what it was given; None for nothing. `counts` is True if that is
    the number of the epoch or batch. `metric_name` is what its author calls it: `val_loss`."""

    metric: Any = None
    metric_name: str = ""
    counts: Any = False

    @property
    def bare(self) -> bool:
        """It was given nothing."""
        return self.metric is None


@record
class ModeChange(Event):
    """`module.train(training)`, `module.eval()`."""

    training: Any = True


@record
class Initialization(Event):
    """The weight or bias of the module `subject` is set, or all that it learns. `distribution` is
    'constant', 'normal', 'uniform', 'orthogonal' (of that `mean` and standard deviation `spread`) or
    'other'; `tensor` is what is set, as written: `self.fc.weight`; `parameter` which one of the
    module's that is, '' for all, and `before` what had set it before, None where it was as torch makes it."""

    distribution: str = "other"
    mean: Any = 0.0
    spread: Any = 0.0
    tensor: str = ""
    parameter: str = ""
    before: Any = None

    @property
    def size(self) -> Any:
        """The root mean square of the numbers."""
        if self.distribution == "other":
            return Unknown("how the weights are set is not known")
        return (self.mean * self.mean + self.spread * self.spread) ** 0.5


@record
class Accumulate(Event):
    """`subject += value` or `subject.append(value)`, in a loop, of a tensor that lives outside it."""

    value: Any = None
    how: str = "+="
    result: Any = None
    needed: Any = False  # a backward runs through what is kept, or may (relations.link)
    argument: Site = NOWHERE  # the expression added or appended ...
    added: str = ""  # ... as written, if it is a name or attribute


@record
class StateDict(Event):
    """`module.state_dict()` of `subject`: a dict of the module's own tensors, which change as it learns.

    `altered` where others were put in their place; `uses` are where it is loaded or saved, `changes` the
    steps that surely change those tensors (relations.link).
    """

    altered: bool = False
    uses: list[StateUse] = field(default_factory=list)
    changes: list[Step] = field(default_factory=list)


@record
class StateUse(Event):
    """The StateDict `subject` is loaded into a module, or saved to a file."""


@record
class Discard(Event):
    """A call that gives a new tensor is a statement of its own; `subject` is its Op. `target` is the tensor
    as written, where its name could be given the result: `x` of `x.to(device)`; '' for none."""

    target: str = ""


@record
class DirectForward(Event):
    """`net.forward(x)` is called where `net(x)` could be, by other code than its own class's; `subject` is
    the module, `receiver` the expression it is, `method` the one of its forward."""

    receiver: Site = NOWHERE
    method: Site = NOWHERE
    own_call: bool = False  # its class says itself what calling it does


@record
class LibraryCall(Event):
    """A function of a library is called that is of interest in itself; `subject` is what it does ('clock',
    'seed': see knowledge.calls). `given` is the one argument without a name, `argument` that expression and
    `given_text` as written, if it is a name or attribute; `options` are those with a name."""

    given: Any = None
    argument: Site = NOWHERE
    given_text: str = ""
    options: dict[str, Any] = field(default_factory=dict)


class Leave(Event):
    """The Loop `subject` is left before its end, where tests decide that rest on tensors."""


class Readout(Event):
    """The numbers of the tensor `subject` are brought to the host, which waits for them: `loss.item()`."""


@record
class OpaqueCall(Event):
    """A call of code we cannot see, which may do anything to what escaped before. `given` are the
    modules that can be reached from its arguments, `given_graph` whether a tensor is that autograd
    follows, or may; `result` what it returns, where that was made of tensors."""

    given: tuple[Module, ...] = ()
    given_graph: bool = False
    result: Tensor | None = None


@dataclass(frozen=True)
class Rhythm:
    """A test that holds once in every so many iterations, `(i + 1) % 4 == 0`: `times` is that number and
    `period` as it is written, `due` the arm taken then. `ends` if it holds in the last iteration as well,
    or may; `counts_from_one` if the first time is when so many iterations are over."""

    period: str
    times: Any
    due: int
    ends: bool = False
    counts_from_one: bool = False


@record
class Branch(Fact):
    """An undecided choice: one of `arms` happens. `rhythm` is how its test counts iterations, if it does;
    `tests` decide, as far as they are numbers or tensors."""

    arms: list[list[Event | Loop | Branch]] = field(default_factory=list)
    rhythm: Rhythm | None = None
    tests: tuple[Any, ...] = ()


@record
class Loop(Fact):
    """A loop whose body was followed once. `iterable` is what it runs over (a Loader, ...);
    `steps` what happens in one iteration, in order, with branches and inner loops; `times` how many
    iterations there are, unless it is `left_early` by a break or return."""

    iterable: Any = None
    loader: Any = None  # the Loader it draws from, also through enumerate, tqdm, zip, and `next` if it learns
    parent: Loop | None = None
    functions: tuple[str, ...] = ()
    arms: tuple[tuple[Branch, int], ...] = ()
    times: Any = field(default_factory=lambda: Unknown("number of iterations not known"))
    left_early: Any = False
    order: int = 0
    steps: list[Event | Loop | Branch] = field(default_factory=list)
    beside: list[Event | Loop | Branch] = field(default_factory=list)  # what happens before and after it
    draws: Loader | None = None  # the Loader of which `next` takes a batch in each round
    counter: str = ""  # the variable that counts its iterations, as written
    counts: frozenset[str] = frozenset()  # the variables to which each iteration adds one, and nothing else
    leaving: Site | None = None  # the `break` or `return` that surely ends its first iteration ...
    returns: bool = False  # ... if that is a `return`
    carries: bool = False  # the iterations, which are not to be, add to something (that is returned)

    def events(self, *kinds: type[Event]) -> Iterator[Any]:
        """Everything that may happen in it, inner loops and all branches included, in order."""
        return events_of(self.steps, *kinds)

    def inner_loops(self) -> Iterator[Loop]:
        """The loops inside it, at any depth."""
        return loops_of(self.steps)

    def around(self) -> Iterator[Loop]:
        """The loops that enclose it, innermost first."""
        loop = self.parent
        while loop:
            yield loop
            loop = loop.parent

    @property
    def trains(self) -> bool:
        """Gradients are made and used in it."""
        return any(self.events(Backward)) and any(self.events(Step))

    @property
    def per_batch(self) -> bool:
        """It draws batches from a loader."""
        return isinstance(self.loader, Loader)


def events_of(steps: Iterable[Event | Loop | Branch], *kinds: type[Event]) -> Iterator[Any]:
    """The events in a trace, all branches and inner loops included, in order."""
    for step in steps:
        if isinstance(step, Event):
            if not kinds or isinstance(step, kinds):
                yield step
        elif isinstance(step, Loop):
            yield from events_of(step.steps, *kinds)
        else:
            for arm in step.arms:
                yield from events_of(arm, *kinds)


def loops_of(steps: Iterable[Event | Loop | Branch]) -> Iterator[Loop]:
    """The loops in a trace, outermost first, all branches included."""
    for step in steps:
        if isinstance(step, Loop):
            yield step
            yield from loops_of(step.steps)
        elif isinstance(step, Branch):
            for arm in step.arms:
                yield from loops_of(arm)
