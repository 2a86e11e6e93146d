"""Modules: the layers of the library and the models of users."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from math import inf, sqrt
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from cnnlint.facts.base import NOWHERE, Fact
from cnnlint.facts.tensors import Op, Shape, Tensor
from cnnlint.records import record
from cnnlint.source import Site
from cnnlint.values import Undecided, Unknown, is_unknown

if TYPE_CHECKING:
    from cnnlint.facts.events import Forward, Freeze, LossCall, ModeChange
    from cnnlint.facts.optimisation import Optimizer


class Home(NamedTuple):
    """Where the constructor of a model could make what its forward makes: behind the statement `last`, as
    the `attribute` of its own; `set_here` if the forward sets that attribute itself."""

    last: Site
    attribute: str
    set_here: bool


class Module(Fact):
    """Anything that is a torch.nn.Module."""

    #: Behaves differently in training and evaluation (Dropout, BatchNorm).
    modal: ClassVar[bool] = False
    pretrained: Any = False
    gradients_read: bool = False  # something reads `.grad` of its parameters, perhaps to update them
    mode_changes: tuple[ModeChange, ...] = ()  # every train() and eval() of it (relations.link)
    optimizers: tuple[Optimizer, ...] = ()  # that may update some of its parameters (relations.link)
    losses: tuple[LossCall, ...] = ()  # that are computed on what it returns (relations.link)
    trainable: Any = True  # False where it was frozen
    freezes: tuple[Freeze, ...] = ()  # all that froze it, or made it learn
    initial: Any = None  # the latest Initialization of its weight; None if it is as torch draws it
    initial_bias: Any = None  # the same of its bias
    called: bool = False  # something calls it, on some path
    placed: Any = None  # 'moved' to an accelerator, or to one if there is one, 'cpu', None for as it was made
    moved_at: Site = NOWHERE  # where it was moved last
    scattering: bool = False  # DataParallel or its like, perhaps, which moves its inputs itself
    per_call: Any = False  # the forward of a user's model makes it, each time anew ...
    home: Home | None = None  # ... and its constructor could
    view: Model | None = None  # of a container that the program calls: the model it acts as
    training: Any = Unknown("the mode a module is in")  # what train() or eval() set last, at this point

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
        """Learnable numbers in it. Unknown or Undecided if some sub-module or size is not known."""
        count: Any = 0
        seen: set[int] = set()
        pending: list[Any] = [self]
        while pending:
            module = pending.pop(0)
            if not isinstance(module, Module):
                return module if isinstance(module, Unknown) else Unknown("a sub-module is not known")
            if id(module) not in seen:
                seen.add(id(module))
                count += module.own_count()
                pending[:0] = module.counted()
        if not isinstance(count, int | Unknown) and not hasattr(count, "key"):
            raise Undecided("a size of some layer is no number")
        return count

    def counted(self) -> Iterable[Any]:
        """The sub-modules whose parameters are its own too."""
        return self.children().values()

    def trained_parameter_count(self) -> Any:
        """Learnable numbers in it that are not frozen. Unknown or Undecided as `parameter_count` is."""
        if is_unknown(count := self.parameter_count()):
            return count
        return sum(each.own_count() for each in self.modules() if each.trainable)

    def own_count(self) -> Any:
        """As `own_parameter_count`; Undecided where a size is something that cannot be reckoned with."""
        try:
            return 0 + self.own_parameter_count()
        except TypeError:
            raise Undecided("a size of some layer is no number") from None

    def own_parameter_count(self) -> Any:
        """Learnable numbers it holds itself, outside its sub-modules."""
        return 0

    @property
    def has_modal_layers(self) -> bool:
        return any(module.modal for module in self.modules())

    @property
    def definition(self) -> Site:
        """Where its architecture is written: its class if the user wrote one."""
        return self.site

    @property
    def label(self) -> str:
        """What a message calls it: its class if the user wrote one, else its name, but no bare number."""
        name = "" if self.name.isdigit() else self.name
        return str(getattr(self, "class_name", "")) or name or self.written or self.kind


class Window(NamedTuple):
    """What of its input one value of an output sees, along each axis (one number means all axes):
    `extent` places (inf for all there are), those of neighbours lying `stride` places apart."""

    extent: Any = 1
    stride: Any = 1


#: Roles of layers whose output at a place is read from that place alone. Normalisation is counted
#: among them: it looks at a whole map only for its scale.
POINTWISE = frozenset({"activation", "dropout", "normalization", "embedding"})
#: All of the input is seen.
EVERYTHING = Window(inf, 1)


class Stray(NamedTuple):
    """A module that is set on a ready-made model, at `site`, under the head's name of another; `place` is
    where the model has the layer `last` that gives its scores, written like the assignment; `read` is
    whether the program uses such a name anywhere."""

    name: str
    layer: Any
    site: Site
    place: str
    last: Any
    read: bool


class Layer(Module):
    """A module of the library. Subclasses in `knowledge.layers` are dataclasses whose fields are
    torch's constructor arguments, by torch's names and in torch's order."""

    #: 'convolution' 'linear' 'normalization' 'activation' 'dropout' 'pooling' 'recurrent'
    #: 'embedding' 'container' 'shape' 'loss' 'attention' 'upsampling' 'network' or ''.
    role: ClassVar[str] = ""
    #: What an application of it is called: torch's functional name.
    operation: ClassVar[str] = ""
    #: The numbers of axes it is made for, where torch warns of any other and goes on.
    meant_for: ClassVar[tuple[int, ...]] = ()
    #: What is set on it under a name that its forward does not know.
    strays: Any = ()
    #: The bounds of the images its weights were trained on, after their normalisation; None without weights.
    wants: Any = None
    #: Takes a shape of any rank, so also one led by `...`.
    any_rank: ClassVar[bool] = False

    @property
    def fan_in(self) -> Any:
        """The number of inputs that one unit weighs."""
        return Unknown("how many inputs a unit has is not known")

    @property
    def gain(self) -> Any:
        """By how much its weights multiply the size of a signal before any training; as torch draws them,
        by 1/√3. Unknown or Undecided where that is not known."""
        if self.initial is None:
            return 1 / sqrt(3)
        return self.initial.size * sqrt(self.fan_in)

    @property
    def drawn(self) -> Any:
        """Its weights are drawn at random: by torch, or by the program in a way that is known."""
        return self.initial is None or self.initial.spread > 0

    @property
    def highest_bias(self) -> Any:
        """What nearly all of its biases start below; 0 where torch draws them, about zero."""
        bias = self.initial_bias
        return 0 if bias is None else bias.mean + 2 * bias.spread

    @property
    def weight_shape(self) -> Shape:
        """The shape of its weight."""
        return Unknown("the shape of its weight is not known")

    def taken_from(self, x: Shape) -> dict[str, Any]:
        """What a lazy layer takes from the shape of its first input: its options by name."""
        return {}

    def admits(self) -> Shape:
        """The shape an input must have, with fresh symbols for what is free; Unknown if any will do."""
        return Unknown("any shape will do")

    def output(self, *inputs: Shape) -> Shape:
        """Shape in, shape out; `knowledge.expect` in it says what an input must satisfy.

        A layer with several outputs returns a list of shapes.
        """
        return Unknown(f"what {self.kind} returns is not known")

    def multiply_adds(self, output: Shape, *inputs: Shape) -> Any:
        """Multiply-adds of one application, counted as torch.utils.flop_counter does: those of
        convolutions and of products of matrices. All else, biases and normalisation too, is free."""
        return 0

    def window(self, output: Shape, *inputs: Shape) -> Any:
        """The Window through which its output sees its input; Unknown where there is no such thing."""
        return Window() if self.role in POINTWISE else Unknown(f"what {self.kind} looks at is not known")


class Hidden(NamedTuple):
    """Modules in a plain list, tuple or dict on an attribute of a model, which does not see them.

    `site` is that of the container, `wrapper` the container of torch.nn that would hold the same,
    '' if none would.
    """

    attribute: str
    site: Site
    modules: tuple[Module, ...]
    wrapper: str = ""


class Unready(NamedTuple):
    """The constructor of a user's module, where nn.Module's own does not run before it is needed.

    `setting` is the statement that sets the sub-module `attribute` too early (NOWHERE and '' if none
    does), `late` the call of a constructor that comes behind it or goes past nn.Module (NOWHERE if
    there is none), `first` the first statement, `bare` whether nn.Module's is the next constructor.
    """

    constructor: Site
    first: Site
    setting: Site
    attribute: str
    late: Site
    bare: bool


class Idle(NamedTuple):
    """A layer on an attribute of a model that no code mentions again; or, if `dropped`, whose output is
    given a name at `site` that no code mentions."""

    attribute: str
    layer: Module
    site: Site
    dropped: bool


class Slip(NamedTuple):
    """A method that nobody calls, one slip from `meant`, which its class lacks and torch or Python calls."""

    written: str
    meant: str
    site: Site


@record
class Model(Module):
    """An instance of a user's nn.Module class. `attributes` is everything set on self."""

    class_name: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    ops: list[Op] = field(default_factory=list)  # in forward order, of its latest forward
    forwards: list[Forward] = field(default_factory=list)
    summaries: list[Tensor] = field(default_factory=list)  # what it is given to be summed up
    input: Any = None
    output: Any = None
    unregistered: list[Hidden] = field(default_factory=list)
    breaks: bool = False  # something in it does not fit (relations.link)
    unfollowed: Any = False  # Unknown where its __init__ could not be followed to the end
    unready: Unready | None = None
    slips: tuple[Slip, ...] = ()
    idle: tuple[Idle, ...] = ()
    arms_at_call: int = 0  # undecided branches its latest forward lies in
    loop_at_call: Any = None  # the innermost Loop it lies in

    def children(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            name: value for name, value in self.attributes.items() if isinstance(value, Module)
        }
        if isinstance(self.unfollowed, Unknown):
            found[""] = self.unfollowed
        return found


class Loss(Layer):
    """Subclasses in `knowledge.losses` are dataclasses whose fields are torch's arguments.

    `expects` is what it wants of its prediction: 'logits', 'log-probabilities', 'probabilities'
    (in [0, 1]) or ''. `broadcasts` is True where shapes that differ are made to fit in silence.
    """

    role = "loss"
    expects: ClassVar[str] = ""
    broadcasts: ClassVar[bool] = False

    @property
    def given_tensors(self) -> bool:
        """Its first two options are tensors: it was called as if it were the function that computes it.

        A first one that is learnt from is no option, whatever the second.
        """
        given: list[Any] = [getattr(self, name) for name in self.options]
        first, second = given[:2] if len(given) > 1 else (None, None)
        if not isinstance(first, Tensor):
            return False
        return isinstance(second, Tensor) or isinstance(second, Unknown) and first.graph is True

    @property
    def given_more(self) -> bool:
        """It was built with more than its first two options."""
        return any(getattr(self, name) is not default for name, default in [*self.options.items()][2:])

    @property
    def options(self) -> dict[str, Any]:
        """The defaults of torch's arguments, in their order."""
        known = getattr(self, "__dataclass_fields__", {})
        return {name: each.default for name, each in known.items()}
