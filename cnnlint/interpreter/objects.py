"""Abstract values that only the interpreter handles: functions, classes, instances, containers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import Any

from cnnlint.facts import (
    Dataset,
    Fact,
    Loader,
    Loop,
    Model,
    Module,
    Op,
    Optimizer,
    Scheduler,
    Tensor,
    is_ranked,
)
from cnnlint.records import record
from cnnlint.source import Site
from cnnlint.syntax import tree
from cnnlint.values import Unknown

Value = Any  # a Python constant, tuple or range, a Fact, an Unknown, or one of the classes below


#: Why the variable of a loop over a range is Unknown.
COUNTER = "the counter of a loop"


class Missing:
    """A name or attribute that is not set on some path."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


@record
class Assumed:
    """A value that holds by default (an argparse default) and may be another."""

    value: Value


def plain(value: Value) -> Value:
    """The value itself, whether assumed or certain."""
    return value.value if type(value) is Assumed else value


@record
class OneOf:
    """Either of a few objects, after an undecided branch. Never nested, never primitive but None."""

    alternatives: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Library:
    """Something of a library, by its dotted name ('torch.nn.Conv2d')."""

    name: str


@record
class ProjectModule:
    """A module of the project; `names` are its globals."""

    path: str
    names: dict[str, Value] = field(default_factory=dict)
    complete: bool = False
    waiting: bool = False  # its code has not been run, since nothing in it was asked for
    story: bool = False  # it is not of the project but tells what a framework does


@record
class Scope:
    """Names of a function or module, and the scopes around it."""

    names: dict[str, Value]
    outer: Scope | None
    module: ProjectModule
    is_class: bool = False


@record
class Function:
    """A user's function with the scope it closes over; `owner` the class whose body defines it."""

    node: tree.FunctionDef | tree.Lambda
    name: str
    scope: Scope
    site: Site
    defaults: dict[str, Value]
    owner: ClassObject | None = None
    grad_enabled: Any = None  # set by @torch.no_grad() and the like
    binding: str = ""  # '' | 'property' | 'classmethod' | 'staticmethod' | 'unknown'
    decorators: tuple[Value, ...] = ()  # functions of the user's, innermost first
    form: Function | None = None  # what they make of it, once it has been called
    wraps: Function | None = None  # of what a decorator made: the function it was given
    decorated: bool = False  # by code we cannot see, which may do anything before and after it


@record
class ClassObject:
    """A user's class. `bases` are ClassObject, Library or Unknown; `attributes` its body's names."""

    name: str
    bases: tuple[Value, ...]
    attributes: dict[str, Value]
    site: Site
    module: ProjectModule
    fields: tuple[str, ...] | None = None  # of a dataclass or named tuple, in order

    def lineage(self) -> tuple[Value, ...]:
        """The class and its bases, nearest first, each once (close to Python's own order)."""
        found: list[Value] = [self]
        for base in self.bases:
            for ancestor in base.lineage() if isinstance(base, ClassObject) else (base,):
                found = [each for each in found if not same_class(each, ancestor)]
                found.append(ancestor)
        return tuple(found)

    def all_fields(self) -> tuple[str, ...] | None:
        """Its fields, those of its bases first; None if neither it nor a base has any."""
        own = [base.fields for base in self.lineage() if isinstance(base, ClassObject)]
        known = [fields for fields in reversed(own) if fields is not None]
        return tuple(dict.fromkeys(name for fields in known for name in fields)) if known else None

    def library_bases(self) -> tuple[str, ...]:
        return tuple(base.name for base in self.lineage() if isinstance(base, Library))

    @property
    def has_unknown_base(self) -> bool:
        return any(isinstance(base, Unknown) for base in self.lineage())


def same_class(a: Value, b: Value) -> bool:
    """Whether two bases are the same; an Unknown one is the same as itself only."""
    return a is b or isinstance(a, Library) and isinstance(b, Library) and a == b


@record
class BoundMethod:
    function: Function
    receiver: Value


@record
class LibraryMethod:
    """Method `name` of a value the library made (or of a user's class derived from one)."""

    receiver: Value
    name: str


@record
class Super:
    """`super()` in a method of `owner`, on `receiver`."""

    owner: ClassObject
    receiver: Value


@record
class Partial:
    function: Value
    arguments: tuple[Value, ...]
    keywords: dict[str, Value]


@record
class Builtin:
    """Something we do ourselves when called with (arguments, keywords)."""

    name: str
    action: Callable[[Arguments], Value]


@record
class Arguments:
    """Arguments of a call, evaluated. `open` is Unknown if *args or **kwargs of unknown content came too."""

    positional: list[Value]
    keywords: dict[str, Value]
    open: Any = False
    node: tree.Call | None = None
    starred: Value = None  # the iterable of unknown length that came as *args

    def every(self) -> list[Value]:
        return [*self.positional, *self.keywords.values()]


@record
class ListValue:
    """A list (or set, deque). `store['items']` is a tuple; or Unknown, and `store['length']` may be known,
    and `store['indices']` where it counts examples, `store['read_from']` the tensors that numbers in it
    were taken out of."""

    store: dict[str, Any]
    kind: str = "list"
    site: Site | None = None
    loop: Loop | None = None  # the innermost loop it was made in


@record
class DictValue:
    """A dict. `store['items']` is a dict that is replaced, never changed; or Unknown."""

    store: dict[str, Any]
    site: Site | None = None


@record
class Stream:
    """An iterable of which one representative element is known; of a range, the `indices` it counts."""

    element: Value
    loader: Loader | None = None
    length: Any = field(default_factory=lambda: Unknown("length not known"))
    steps: tuple[Any, ...] = ()  # what happens each time an element is taken (of a generator)
    parameters: Any = None  # the Parameters that its elements are, each once, if they are such
    indices: Any = None


@record
class ParameterGroup:
    """A dict of `optimizer.param_groups`: setting an item adjusts the optimizer by hand."""

    optimizer: Optimizer


@record
class GradMode:
    """`torch.no_grad()` and its kin: a context manager and decorator."""

    enabled: Any


@record
class Parser:
    """An argparse parser; `options` the defaults by destination."""

    options: dict[str, Value] = field(default_factory=dict)


@record
class FieldFactory:
    """`dataclasses.field(default_factory=...)`: what makes the default of each instance."""

    function: Value


class ParameterTensor(Tensor):
    """A learnable parameter of a module: `parameter` of `owner` ('' and Unknown where not known which)."""

    owner: Any = Unknown("owner not known")
    parameter: str = ""

    @property
    def elements(self) -> Any:
        """How many numbers it holds."""
        return prod(self.shape) if is_ranked(self.shape) else Unknown("the shape of a parameter is not known")


class ScaledTensor(Tensor):
    """A `loss` times the scale of a gradient scaler."""

    scaler: Any = None
    loss: Any = None


@record
class Instance(Fact):
    """An instance of a user's class that is none of the kinds below."""

    cls: ClassObject
    attributes: dict[str, Value] = field(default_factory=dict)


@record
class UserModel(Model):
    """An instance of a user's nn.Module class."""

    cls: Any = None
    base_layer: Any = None  # the library layer it derives from (a subclass of nn.Conv2d)
    ready: bool = True  # False from the start of its constructor until nn.Module's own has run
    constructed: bool = False  # its constructor was followed to the end
    premature: tuple[str, Site, Function] | None = None  # the sub-module it sets before it is ready
    uncertain: set[str] = field(default_factory=set)  # attributes set on some paths only
    put: set[str] = field(default_factory=set)  # attributes set by others than its own methods

    @property
    def kind(self) -> str:
        return "Model"

    @property
    def definition(self) -> Site:
        return self.site if self.cls is None else self.cls.site

    def children(self) -> dict[str, Any]:
        undecided = {
            name: Unknown("one of several modules")
            for name, value in self.attributes.items()
            if isinstance(value, OneOf) and any(isinstance(each, Module) for each in value.alternatives)
        }
        inherited = {} if self.base_layer is None else self.base_layer.children()
        return {**inherited, **super().children(), **undecided}

    def counted(self) -> list[Any]:
        """Of several modules one, where all have as many parameters."""
        choices = {name: value for name, value in self.attributes.items() if isinstance(value, OneOf)}
        return [
            _one_for_all(choices[name].alternatives) or child if name in choices else child
            for name, child in self.children().items()
        ]

    def own_parameter_count(self) -> Any:
        """Of its own nn.Parameter attributes. Not known where an attribute may be one, or a module."""
        count = 0 if self.base_layer is None else self.base_layer.own_parameter_count()
        for name, value in self.attributes.items():
            if isinstance(value, ParameterTensor):  # one that has an owner is counted there
                count += value.elements if isinstance(value.owner, Unknown) else 0
            elif isinstance(value, Unknown) and name not in self.put:
                return value
            elif name in self.uncertain and isinstance(value, Module | OneOf):
                return Unknown(f"`{name}` is set on some paths only")
        return count


@record
class UserDataset(Dataset):
    """An instance of a user's dataset class. `example` is what its `__getitem__` gives, once followed."""

    cls: Any = None
    attributes: dict[str, Value] = field(default_factory=dict)
    example: Any = None
    inherited: Any = None  # (image, target) of the library's dataset it derives from, if it does


class UserScheduler(Scheduler):
    """An instance of a user's scheduler class."""

    def __init__(self, cls: ClassObject) -> None:
        self.cls = cls
        self.warms_up = Unknown("its class decides")
        self.attributes: dict[str, Value] = {}
        super().__init__()

    @property
    def kind(self) -> str:
        return str(self.cls.name)


def _one_for_all(alternatives: tuple[Value, ...]) -> Module | None:
    """A module to count for any of these; None if their numbers of parameters differ or are not known."""
    modules = [each for each in alternatives if isinstance(each, Module)]
    counts = {count if isinstance(count := each.parameter_count(), int) else -1 for each in modules}
    empty = counts == {0} or len(modules) == len(alternatives)
    return modules[0] if len(counts) == 1 and -1 not in counts and empty else None


class AnyModule(Module):
    """A module of which we know only that it is one (a parameter of a function nobody calls)."""

    def children(self) -> dict[str, Any]:
        return {"": Unknown("the layers of this module are not known")}


INSTANCES = (Instance, UserModel, UserDataset, UserScheduler)


def items_in(value: Value) -> dict[str, Any] | None:
    """What a container of modules holds by name, also one of a class that a user derived from it."""
    container = value.base_layer if isinstance(value, UserModel) else value
    items = getattr(container, "items", None)
    return items if isinstance(container, Module) and isinstance(items, dict) else None


def make_list(
    items: Any, kind: str = "list", site: Site | None = None, loop: Loop | None = None
) -> ListValue:
    return ListValue({"items": items if isinstance(items, Unknown) else tuple(items)}, kind, site, loop)


def make_dict(items: Any, site: Site | None = None) -> DictValue:
    return DictValue({"items": items}, site)


def opaque_tensor(inputs: tuple[Tensor, ...], name: str = "call") -> Tensor:
    """What code we cannot see made of some tensors: anything, but made of them."""
    tensor = Tensor(supposed=True)
    tensor.producer = Op(name=name, inputs=inputs, output=tensor)
    return tensor
