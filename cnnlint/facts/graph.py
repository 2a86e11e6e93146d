"""A model as a graph: its operations in forward order, and what each costs, makes and sees.

Sizes are those of one example. What is not known is Unknown, what depends on the input's size a Dim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from math import prod
from typing import Any, NamedTuple

from cnnlint.dims import Dim
from cnnlint.facts.base import RESHAPING
from cnnlint.facts.modules import Layer, Model, Module
from cnnlint.facts.sight import NOTHING, REDUCTIONS, Sight, joined, sight_of, window_of
from cnnlint.facts.tensors import Op, Shape, Tensor, is_ranked
from cnnlint.records import record
from cnnlint.values import Undecided, Unknown

__all__ = ["Graph", "Node", "Total", "graph_of", "input_shape"]

#: Roles of layers whose weights count for depth.
WEIGHTED = frozenset({"convolution", "linear", "recurrent", "attention"})
#: What stands for several paths, and is no work itself.
JOINTS = frozenset({"either", "carried"})
#: Bytes of a float32.
BYTES = 4


class Total(NamedTuple):
    """A sum; `complete` is False where some part is not known, and it is at least so much."""

    value: Any
    complete: bool = True

    @property
    def number(self) -> Any:
        """The sum as a plain number; Unknown if it is none, or not all of it is known."""
        plain = self.complete and isinstance(self.value, int)
        return self.value if plain else Unknown("not all of it is known")


@record
class Node:
    """One operation. `inputs` are the numbers of the nodes it takes from, 0 for the model's input.

    `path` leads to its layer by the names of modules, or to the module whose forward does it.
    `depth` counts layers with weights on the longest path to it, its own included. `certain` is False
    where it lies in an undecided branch, or in a loop of which the number of rounds is not known.
    """

    number: int
    operation: Op
    path: tuple[str, ...]
    inputs: tuple[int, ...]
    shape: Shape
    share: Callable[[Any], Any]  # of a number for the whole batch, that of one example
    before: Sight  # what its inputs together see
    sight: Sight
    depth: int
    certain: bool = True
    shared: bool = False  # an earlier node applies the same layer

    @property
    def layer(self) -> Layer | None:
        """The layer it applies, or that its function does the work of."""
        acting = self.operation.acts_as
        return self.operation.layer or (acting if isinstance(acting, Layer) else None)

    @property
    def role(self) -> str:
        return str(getattr(self.layer, "role", ""))  # of a module that is only known to be one, nothing

    @property
    def parameters(self) -> Any:
        """Those of its layer; 0 where an earlier node has counted them."""
        layer = self.operation.layer
        return 0 if layer is None or self.shared else settled(layer.parameter_count)

    @property
    def multiply_adds(self) -> Any:
        return self.share(work_of(self.operation))

    @property
    def elements(self) -> Any:
        """Of its output."""
        return self.share(settled(lambda: prod(known_axes(self.shape))))

    @property
    def places(self) -> Shape:
        """The sizes of the map it reads."""
        return self.operation.inputs[0].shape[2:]

    @property
    def window(self) -> Any:
        """The Window through which it reads, or Unknown."""
        return window_of(self.operation)

    @property
    def pools_all(self) -> bool:
        """It brings each whole map down to one number."""
        pooling = self.role == "pooling" or self.operation.name in REDUCTIONS
        return pooling and self.sight.all and not self.before.all

    @property
    def stores(self) -> bool:
        """Its output takes memory of its own: it is no view, and not written over its input."""
        in_place = self.operation.name in RESHAPING or getattr(self.layer, "inplace", False) is True
        return not in_place


@record
class Graph:
    """The operations of one model that lead to what it returns, in the order of its forward."""

    model: Model
    nodes: tuple[Node, ...]
    input: Shape
    output: Shape
    names: dict[int, tuple[str, ...]] = field(repr=False)  # the path of each module, by its identity

    @property
    def parameters(self) -> Any:
        return settled(self.model.parameter_count)

    @property
    def trainable_parameters(self) -> Any:
        """Those that are not frozen."""
        return settled(self.model.trained_parameter_count)

    @property
    def multiply_adds(self) -> Total:
        """For one example."""
        return total((node.multiply_adds, node.certain) for node in self.nodes)

    @property
    def activation_bytes(self) -> Total:
        """What the outputs of all operations take for one example in float32; views are free."""
        sizes = total((node.elements, node.certain) for node in self.nodes if node.stores)
        return Total(sizes.value * BYTES, sizes.complete)

    @property
    def depth(self) -> int:
        return max((node.depth for node in self.nodes), default=0)

    @property
    def sight(self) -> Sight:
        """What the last value on the longest path sees of the input."""
        return self.nodes[-1].sight if self.nodes else NOTHING


def graph_of(module: Module) -> Graph:
    """The graph of a model's latest forward; of a container, that of the model it acts as."""
    model = module if isinstance(module, Model) else module.view or Model()
    operations = leading_to(model)
    example = one_example(model, operations)
    names = paths_of(model)
    nodes: list[Node] = []
    made: dict[int, int] = {}  # the node of each operation, by its identity
    counted: set[int] = set()

    for operation in operations:
        sources = tuple(sorted(set(sources_of(operation, model, made))))
        earlier = [nodes[number - 1] for number in sources if number]
        sights = [nodes[number - 1].sight if number else Sight() for number in sources]
        layer = operation.layer
        shared = layer is not None and id(layer) in counted
        if layer is not None:
            counted.add(id(layer))
        output = operation.output.shape if operation.output is not None else Unknown("no output")
        node = Node(
            number=len(nodes) + 1,
            operation=operation,
            path=names.get(id(layer), names.get(id(operation.model), ())),
            inputs=sources,
            shape=output,
            share=example,
            before=(before := joined(sights)),
            sight=sight_of(operation, before),
            depth=max((each.depth for each in earlier), default=0),
            certain=operation.arms <= model.arms_at_call and operation.made_in is model.loop_at_call,
            shared=shared,
        )
        if node.role in WEIGHTED:
            node = Node(**{**vars(node), "depth": node.depth + 1})
        nodes.append(node)
        made[id(operation)] = node.number
    returned = model.output.shape if isinstance(model.output, Tensor) else Unknown("what it returns")
    return Graph(model, tuple(nodes), input_shape(model), returned, names)


def total(parts: Iterable[tuple[Any, bool]]) -> Total:
    """The sum of what is known and certain."""
    value: Any = 0
    complete = True
    for part, certain in parts:
        if isinstance(part, Unknown) or not (certain or nothing(part)):
            complete = False
        else:
            value = value + part
    return Total(value, complete)


def nothing(part: Any) -> bool:
    return isinstance(part, int) and part == 0


def settled(question: Callable[[], Any]) -> Any:
    """What a question answers; Unknown if it cannot be decided."""
    try:
        return question()
    except Undecided as undecided:
        return Unknown(undecided.why, undecided.site)
    except (TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError):
        return Unknown("cannot be reckoned")


def work_of(operation: Op) -> Any:
    """Multiply-adds of one operation, for all examples at once."""
    acting = operation.layer or operation.acts_as
    if operation.site.at < 0:
        return Unknown("what it does is not seen")
    if acting is None:
        return 0
    shapes = [tensor.shape for tensor in operation.inputs]
    shape = operation.output.shape if operation.output is not None else Unknown("no output")
    return settled(lambda: acting.multiply_adds(shape, *shapes))


def known_axes(shape: Shape) -> tuple[Any, ...]:
    if is_ranked(shape):
        return tuple(shape)
    raise Undecided("the shape is not known")


# --- which operations, in which order --------------------------------------------------------------
def leading_to(model: Model) -> list[Op]:
    """The operations between a model's input and what it returns, in the order of its forward."""
    position = {id(operation): at for at, operation in enumerate(model.ops)}
    found: dict[int, tuple[float, Op]] = {}
    for tensor in tensors_in(model.output):
        follow(tensor, model, position, found)
    ordered = sorted(found.values(), key=lambda each: each[0])
    return [operation for _, operation in ordered if operation.name not in JOINTS] or list(model.ops)


def follow(
    tensor: Tensor, model: Model, position: dict[int, int], found: dict[int, tuple[float, Op]]
) -> None:
    """Add what a tensor was made by, with its place in the order; unseen code comes after its inputs."""
    pending = [tensor]
    while pending:
        operation = pending[-1].producer
        if operation is None or pending[-1] is model.input or id(operation) in found:
            pending.pop()
            continue
        if id(operation) not in position and operation.site.at >= 0:  # it was made outside
            pending.pop()
            continue
        inputs = [each for each in operation.inputs if each is not model.input]
        producers = [each.producer for each in inputs if each.producer is not None]
        waiting = [
            each
            for each in inputs
            if each.producer is not None
            and id(each.producer) not in found
            and (id(each.producer) in position or each.producer.site.at < 0)
            and all(each is not other for other in pending)
        ]
        if waiting:
            pending.extend(waiting)
            continue
        latest = max((found[id(each)][0] for each in producers if id(each) in found), default=-1.0)
        found[id(operation)] = (float(position.get(id(operation), latest + 0.5)), operation)
        pending.pop()


def tensors_in(value: Any) -> Iterator[Tensor]:
    """The tensors in what a model returns: one, or several in containers."""
    if isinstance(value, Tensor):
        yield value
        return
    store = getattr(value, "store", None) if not isinstance(value, Unknown) else None
    inner = store.get("items") if isinstance(store, dict) else getattr(value, "alternatives", value)
    if isinstance(inner, dict):
        inner = tuple(inner.values())
    for each in inner if isinstance(inner, tuple | list) else ():
        yield from tensors_in(each)


def sources_of(operation: Op, model: Model, made: dict[int, int]) -> Iterator[int]:
    """The numbers of the nodes whose outputs an operation takes, 0 for the model's input."""
    pending = list(operation.inputs)
    seen: set[int] = set()
    while pending:
        tensor = pending.pop(0)
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        if tensor is model.input:
            yield 0
        elif tensor.producer is not None and id(tensor.producer) in made:
            yield made[id(tensor.producer)]
        elif tensor.producer is not None and tensor.producer.name in JOINTS:
            pending.extend(tensor.producer.inputs)


def paths_of(model: Module) -> dict[int, tuple[str, ...]]:
    """The names that lead from a model to each module in it."""
    found: dict[int, tuple[str, ...]] = {id(model): ()}
    pending: list[tuple[Any, tuple[str, ...]]] = [(model, ())]
    while pending:
        module, path = pending.pop(0)
        for name, child in module.children().items():
            if hasattr(type(child), "children") and id(child) not in found:
                found[id(child)] = (*path, name)
                pending.append((child, (*path, name)))
    return found


# --- one example of a batch ------------------------------------------------------------------------
def input_shape(model: Model) -> Shape:
    """That of its input; Unknown where it takes none, or several."""
    return model.input.shape if isinstance(model.input, Tensor) else Unknown("its input is not known")


def one_example(model: Model, operations: list[Op]) -> Callable[[Any], Any]:
    """A function from numbers for a whole batch to those for one example of it."""
    shape = input_shape(model)
    if not is_ranked(shape):
        return lambda number: number
    axis = batch_axis(model, operations, len(shape))
    size = shape[axis] if axis is not None and axis < len(shape) else 1

    def share(number: Any) -> Any:
        if isinstance(size, Dim) and isinstance(number, Dim):
            return number.at(dict.fromkeys(size.symbols, 1))
        if isinstance(size, Unknown | Dim) or isinstance(number, Unknown) or size == 1:
            return number
        exact = settled(lambda: number % size == 0)
        return number // size if exact is True else Unknown("not a multiple of the batch")

    return share


def batch_axis(model: Model, operations: list[Op], rank: int) -> int | None:
    """The axis of its input that counts examples; None if there is none."""
    for operation in operations:
        layer = operation.layer
        first = operation.inputs[0] if operation.inputs else None
        if layer is None or first is None or not isinstance(first.shape, tuple):
            continue
        if first is model.input and len(first.shape) == getattr(layer, "dimensions", rank) + 1:
            return None if layer.role in ("convolution", "pooling") else 0
        if getattr(layer, "batch_first", True) is False and len(first.shape) == 3:
            between = [op.name for op in first.ancestors() if op is not operation]
            if not {"permute", "transpose"} & set(between):
                return 1
    return 0 if rank > 1 else None
