"""The nouns a check may ask about. The interpreter fills them in; `knowledge` subclasses some.

Every field holds a concrete value, a `Dim` or an `Unknown`; asking an Unknown raises Undecided and
the engine keeps that check silent. `site` is where the thing was made, `name` what its author calls it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from cnnlint.source import Site
from cnnlint.values import Undecided, Unknown

NOWHERE = Site("", -1)

#: Operations that move values about without changing what they mean.
RESHAPING = frozenset({
    "view", "reshape", "flatten", "squeeze", "unsqueeze", "permute", "transpose", "contiguous", "to", "cuda",
    "cpu", "float", "double", "half", "type", "clone", "identity", "expand", "expand_as", "view_as",
    "reshape_as", "movedim", "unflatten",
})  # fmt: skip

#: Non-linearities of hidden layers, by torch's functional names.
ACTIVATIONS = frozenset({
    "relu", "relu6", "leaky_relu", "prelu", "rrelu", "elu", "selu", "celu", "gelu", "silu", "mish",
    "softplus", "softsign", "sigmoid", "tanh", "hardtanh", "hardswish", "hardsigmoid", "logsigmoid", "glu",
    "threshold", "tanhshrink", "softshrink", "hardshrink",
})  # fmt: skip


class Fact:
    """Something the program builds or does."""

    site: Site = NOWHERE
    name: str = ""
    assumed: bool = False  # rests on an argparse or parameter default
    escaped: bool = False  # handed to code we cannot see, which may do anything to it
    functions: tuple[str, ...] = ()  # user functions entered to get where it was made, outermost first
    exposed: bool = False  # visible to code outside what was analysed (a parameter, a returned value)
    callee: Site = NOWHERE  # of a fact made by a call: the expression called, `nn.Conv2d` ...
    written: str = ""  # ... and how its author wrote it

    @property
    def kind(self) -> str:
        return type(self).__name__


# --- tensors and operations --------------------------------------------------------------------
Shape = Any  # tuple of int | Dim | Unknown, perhaps led by `...` (any further axes), or Unknown


@dataclass(eq=False)
class Tensor(Fact):
    """`shape` [axes], `dtype` as torch spells it without 'torch.', `graph` whether autograd follows it."""

    shape: Shape = field(default_factory=lambda: Unknown("shape not known"))
    dtype: Any = field(default_factory=lambda: Unknown("dtype not known"))
    graph: Any = field(default_factory=lambda: Unknown("not known whether autograd follows it"))
    producer: Op | None = None
    index: int = 0  # which output of its producer

    def source(self, through: Iterable[str] = ()) -> Any:
        """The operation that made this value, looking back through the operations named."""
        operation = self.producer
        while operation is not None and operation.name in through and operation.inputs:
            operation = operation.inputs[0].producer
        return Unknown("where this value comes from is not known") if operation is None else operation

    @property
    def axes(self) -> str:
        """Its shape as a person reads it: `[N, 16, 5, 5]`; an axis that is not known is `?`."""
        if isinstance(self.shape, Unknown):
            return "?"
        return f"[{', '.join('...' if axis is Ellipsis else f'{axis}' for axis in self.shape)}]"

    def ancestors(self) -> Iterator[Op]:
        """Every operation this value was computed from, each once, nearest first."""
        seen: set[int] = set()
        pending = [self.producer]
        while pending:
            operation = pending.pop(0)
            if operation is None or id(operation) in seen:
                continue
            seen.add(id(operation))
            yield operation
            pending.extend(tensor.producer for tensor in operation.inputs)


@dataclass(eq=False)
class Number(Fact):
    """A plain number taken out of a tensor (`loss.item()`)."""

    source: Tensor | None = None
    exact: bool = False  # it is the tensor's one value, not a sum or mean with others


@dataclass(eq=False)
class Op(Fact):
    """One application of a layer, function or tensor method.

    `name` is torch's functional name ('conv2d', 'softmax', 'view', 'add'), whatever the spelling;
    `layer` the Layer applied, if any; `model` the innermost user Model whose forward ran it.
    """

    name: str = ""
    inputs: tuple[Tensor, ...] = ()
    output: Tensor | None = None
    options: dict[str, Any] = field(default_factory=dict)
    layer: Layer | None = None
    model: Model | None = None
    text: str = ""  # as the author wrote it: 'F.softmax', 'self.fc1'
    maybe: bool = False  # it lies in an undecided branch of its function
    argument: Site = NOWHERE  # the expression of its first tensor: `x` in `F.softmax(x)` and `x.softmax(1)`


@dataclass(eq=False)
class ShapeError(Fact):
    """What cannot run: `op` wanted `wants` on `axis` and got `got`; `trail` leads there, oldest first."""

    op: Op
    axis: str
    wants: Any
    got: Any
    layer: Any = None
    trail: tuple[Op, ...] = ()
    input_known: bool = False  # the sizes come from a dataset, a configuration or a literal tensor

    @property
    def settled(self) -> bool:
        """What it got is a plain number, not one that depends on the input's size."""
        return isinstance(self.got, int)


# --- modules -----------------------------------------------------------------------------------
class Module(Fact):
    """Anything that is a torch.nn.Module."""

    #: Behaves differently in training and evaluation (Dropout, BatchNorm).
    modal: ClassVar[bool] = False
    pretrained: Any = False
    gradients_read: bool = False  # something reads `.grad` of its parameters, perhaps to update them
    optimizers: tuple[Optimizer, ...] = ()  # that may update some of its parameters (traces.link)
    trainable: Any = True  # False where it was frozen

    def children(self) -> dict[str, Any]:
        """The registered sub-modules by name."""
        return {}

    def modules(self) -> Iterator[Module]:
        """This module and all registered below it, each once; Undecided at the end if some are not known."""
        seen: set[int] = set()
        pending: list[Any] = [self]
        complete = True
        while pending:
            module = pending.pop(0)
            if not isinstance(module, Module):
                complete = False
            elif id(module) not in seen:
                seen.add(id(module))
                yield module
                pending[:0] = module.children().values()
        if not complete:
            raise Undecided("a sub-module is not known")

    def layers(self) -> Iterator[Layer]:
        """The library layers in it, in order of registration."""
        return (module for module in self.modules() if isinstance(module, Layer) and not module.children())

    def parameter_count(self) -> Any:
        """Learnable numbers in it. Undecided if some sub-module is not known."""
        return sum(layer.own_parameter_count() for layer in self.modules())

    def own_parameter_count(self) -> Any:
        """Learnable numbers it holds itself, outside its sub-modules."""
        return 0

    @property
    def has_modal_layers(self) -> bool:
        return any(module.modal for module in self.modules())

    @property
    def label(self) -> str:
        """What a message calls it: its class if the user wrote one, else its name."""
        return str(getattr(self, "class_name", "")) or self.name or self.kind


class Layer(Module):
    """A module of the library. Subclasses in `knowledge.layers` are dataclasses whose fields are
    torch's constructor arguments, by torch's names and in torch's order."""

    #: 'convolution' 'linear' 'normalization' 'activation' 'dropout' 'pooling' 'recurrent'
    #: 'embedding' 'container' 'shape' 'loss' 'attention' 'upsampling' 'network' or ''.
    role: ClassVar[str] = ""
    #: What an application of it is called: torch's functional name.
    operation: ClassVar[str] = ""
    #: Takes a shape of any rank, so also one led by `...`.
    any_rank: ClassVar[bool] = False

    def admits(self) -> Shape:
        """The shape an input must have, with fresh symbols for what is free; Unknown if any will do."""
        return Unknown("any shape will do")

    def output(self, *inputs: Shape) -> Shape:
        """Shape in, shape out; `knowledge.expect` in it says what an input must satisfy.

        A layer with several outputs returns a list of shapes.
        """
        return Unknown(f"what {self.kind} returns is not known")


@dataclass(eq=False)
class Model(Module):
    """An instance of a user's nn.Module class. `attributes` is everything set on self."""

    class_name: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    ops: list[Op] = field(default_factory=list)  # in forward order, of its latest forward
    forwards: list[Forward] = field(default_factory=list)
    own_parameters: Any = 0  # elements of nn.Parameter attributes
    input: Any = None
    output: Any = None
    #: Modules in plain lists, tuples or dicts: (attribute, site of the container, modules).
    unregistered: list[tuple[str, Site, tuple[Module, ...]]] = field(default_factory=list)
    unfollowed: Any = False  # Unknown where its __init__ could not be followed to the end

    def children(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            name: value for name, value in self.attributes.items() if isinstance(value, Module)
        }
        if isinstance(self.unfollowed, Unknown):
            found[""] = self.unfollowed
        return found

    def own_parameter_count(self) -> Any:
        return self.own_parameters


# --- data --------------------------------------------------------------------------------------
@dataclass(eq=False)
class Dataset(Fact):
    """`kind_name` is the class ('CIFAR10', a user's 'CatsDataset'); `shape` is one example's image
    after its transforms, [C, H, W]; `size` the number of examples in this split."""

    kind_name: str = ""
    train: Any = field(default_factory=lambda: Unknown("which split is not known"))
    size: Any = field(default_factory=lambda: Unknown("size of the dataset not known"))
    classes: Any = field(default_factory=lambda: Unknown("classes not known"))
    shape: Shape = field(default_factory=lambda: Unknown("shape of an example not known"))
    target_shape: Shape = field(default_factory=lambda: Unknown("shape of a target not known"))
    ordered: Any = field(default_factory=lambda: Unknown("order of the examples not known"))
    augmented: Any = field(default_factory=lambda: Unknown("transforms not known"))
    iterable: Any = False  # an IterableDataset: it decides its own order
    parent: Any = None  # of a Subset: the dataset it is cut from
    transform: Any = field(default_factory=lambda: Unknown("transforms not known"))  # a Transform or None
    element_shapes: Any = None  # of all that one example holds, where that is not (shape, target_shape)

    @property
    def kind(self) -> str:
        return self.kind_name


class Transform(Fact):
    """One step of an input pipeline; subclasses in `knowledge.transforms` map image shapes."""

    random: Any = False  # it draws at random, so one example is another each time

    def output(self, image: Shape) -> Shape:
        """[C, H, W] to [C, H, W]."""
        return Unknown(f"what {self.kind} returns is not known")


@dataclass(eq=False)
class Loader(Fact):
    """A DataLoader, or a stand-in for one that is a parameter (then all its options are Unknown)."""

    dataset: Any
    batch_size: Any = 1
    shuffle: Any = False
    sampler: Any = None
    batch_sampler: Any = None
    drop_last: Any = False
    num_workers: Any = 0
    options: dict[str, Any] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)

    @property
    def batches(self) -> Any:
        """Batches in one pass."""
        size, batch = self.dataset.size, self.batch_size
        return size // batch if self.drop_last else -(-size // batch)


# --- optimisation ------------------------------------------------------------------------------
@dataclass(eq=False)
class Parameters(Fact):
    """Some learnable parameters: those of `modules` (Unknown if not known whose)."""

    modules: Any = ()
    all: Any = True  # all parameters of those modules, or Unknown after a filter


class Optimizer(Fact):
    """Subclasses in `knowledge.optimizers` are dataclasses whose fields are torch's arguments
    (`params, lr, ...`); here is what every optimizer has. `params` is a Parameters or Unknown."""

    params: Any = Unknown("parameters not known")
    lr: Any = Unknown("learning rate not known")
    momentum: Any = 0
    weight_decay: Any = 0
    adjusted: Any = False  # code reaches into its param_groups: its rate may be set by hand
    family: ClassVar[str] = ""  # 'sgd', 'adam', 'adaptive', 'lbfgs', 'rprop' or ''

    def __init__(self) -> None:
        self._prepare()

    def _prepare(self) -> None:
        self.steps: list[Step] = []
        self.schedulers: list[Scheduler] = []
        # What traces.link fills in:
        self.clears: list[ZeroGrad] = []  # that surely clear its gradients
        self.backwards: list[Backward] = []  # that surely reach its parameters
        self.rivals: list[Optimizer] = []  # that may update the same parameters

    def __post_init__(self) -> None:
        self._prepare()

    @property
    def modules(self) -> Any:
        """The modules whose parameters it updates."""
        return self.params.modules


class Scheduler(Fact):
    """Subclasses in `knowledge.schedulers` are dataclasses whose fields are torch's arguments."""

    optimizer: Any = Unknown("optimizer not known")
    counts: ClassVar[str] = ""  # what a step means: 'epoch', 'batch', or '' for either
    warms_up: Any = False  # the given rate is a peak that is reached later
    inner: Any = ()  # the schedulers it takes over: they are stepped through it

    def __init__(self) -> None:
        self._prepare()

    def _prepare(self) -> None:
        self.steps: list[SchedulerStep] = []
        if isinstance(self.optimizer, Optimizer):
            self.optimizer.schedulers.append(self)

    def __post_init__(self) -> None:
        self._prepare()


class Loss(Layer):
    """Subclasses in `knowledge.losses` are dataclasses whose fields are torch's arguments.

    `expects` is what it wants of its prediction: 'logits', 'log-probabilities', 'probabilities'
    (in [0, 1]) or ''.
    """

    role = "loss"
    expects: ClassVar[str] = ""


# --- events and loops --------------------------------------------------------------------------
@dataclass(eq=False)
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


@dataclass(eq=False)
class Forward(Event):
    """A user Model (or a container of layers) is called outside any other model's forward.

    `modes` are the modes it may be in here: a set of 'train' and 'eval', or Unknown.
    """

    inputs: tuple[Any, ...] = ()
    output: Any = None
    modes: Any = field(default_factory=lambda: Unknown("mode not known"))

    @property
    def callee_text(self) -> str:
        """The model as written there: `self.net`."""
        return self.text.removesuffix(".forward")


@dataclass(eq=False)
class LossCall(Event):
    """A loss is computed; `subject` is the Loss (also for `F.cross_entropy`)."""

    prediction: Any = None
    target: Any = None
    output: Tensor | None = None


@dataclass(eq=False)
class Backward(Event):
    """`subject` is the tensor; `modules` those whose layers it was computed with, or Unknown."""

    modules: Any = field(default_factory=lambda: Unknown("what this reaches is not known"))
    retain_graph: Any = False


@dataclass(eq=False)
class Step(Event):
    """An optimizer steps. `closure` is True if it was given a closure (which has then been run)."""

    closure: bool = False


@dataclass(eq=False)
class SchedulerStep(Event):
    """A scheduler steps. `metric` is what it was given; None for nothing. `counts` is True if that is
    the number of the epoch or batch."""

    metric: Any = None
    counts: Any = False

    @property
    def bare(self) -> bool:
        """It was given nothing."""
        return self.metric is None


@dataclass(eq=False)
class ModeChange(Event):
    """`module.train(training)`, `module.eval()`."""

    training: Any = True


@dataclass(eq=False)
class Accumulate(Event):
    """`subject += value` or `subject.append(value)`, in a loop, of a tensor that lives outside it."""

    value: Any = None
    how: str = "+="
    result: Any = None
    needed: Any = False  # a backward runs through what is kept, or may (traces.link)
    argument: Site = NOWHERE  # the expression added or appended ...
    added: str = ""  # ... as written, if it is a name or attribute


class OpaqueCall(Event):
    """A call of code we cannot see, which may do anything to what escaped before."""


@dataclass(eq=False)
class Branch(Fact):
    """An undecided choice: one of `arms` happens."""

    arms: list[list[Event | Loop | Branch]] = field(default_factory=list)


@dataclass(eq=False)
class Loop(Fact):
    """A loop whose body was followed once. `iterable` is what it runs over (a Loader, ...);
    `steps` what happens in one iteration, in order, with branches and inner loops."""

    iterable: Any = None
    loader: Any = None  # the Loader it draws from, also through enumerate, tqdm, zip
    parent: Loop | None = None
    functions: tuple[str, ...] = ()
    arms: tuple[tuple[Branch, int], ...] = ()
    times: Any = field(default_factory=lambda: Unknown("number of iterations not known"))
    order: int = 0
    steps: list[Event | Loop | Branch] = field(default_factory=list)

    def events(self, *kinds: type[Event]) -> Iterator[Any]:
        """Everything that may happen in it, inner loops and all branches included, in order."""
        return events_of(self.steps, *kinds)

    def inner_loops(self) -> Iterator[Loop]:
        """The loops inside it, at any depth."""
        return loops_of(self.steps)

    def around(self) -> Iterator[Loop]:
        """The loops that enclose it, innermost first."""
        loop = self.parent
        while loop is not None:
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


@dataclass(eq=False)
class Training(Fact):
    """One model learning from one dataset."""

    model: Any
    optimizer: Any
    loop: Loop
    loss: Any = None
    loader: Any = None
    dataset: Any = None
    schedulers: tuple[Scheduler, ...] = ()

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


@dataclass(eq=False)
class Program:
    """Everything the interpreter saw of one file and what it imports.

    `limits` are (site, what was not analysed and why); `files` every path that was looked at,
    with whether it was there, so that a cached answer knows what it rests on.
    """

    path: str
    facts: list[Fact] = field(default_factory=list)
    limits: list[tuple[Site, str]] = field(default_factory=list)
    files: dict[str, bool] = field(default_factory=dict)

    def each(self, kind: type[Fact]) -> Iterator[Any]:
        """The facts of one kind, in the order the program made them."""
        return (fact for fact in self.facts if isinstance(fact, kind))
