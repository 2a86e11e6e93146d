"""What drives a training: backward, optimizers, schedulers and loaders, as events and batches."""

from __future__ import annotations

import re
from typing import Any

from cnnlint.facts import (
    Dataset,
    EpochSet,
    Generator,
    Indices,
    Loader,
    ModeChange,
    Module,
    Number,
    Op,
    Optimizer,
    Parameters,
    Picture,
    Readout,
    Sampler,
    Scaler,
    Scheduler,
    SchedulerStep,
    StateDict,
    Step,
    Tensor,
    ZeroGrad,
)
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.counting import any_of, as_listed, counting
from cnnlint.interpreter.devices import Device
from cnnlint.interpreter.objects import (
    COUNTER,
    INSTANCES,
    Arguments,
    BoundMethod,
    Function,
    ListValue,
    OneOf,
    Partial,
    Stream,
    UserDataset,
    Value,
    make_list,
    opaque_tensor,
    plain,
)
from cnnlint.interpreter.owning import hold, say_what_learns
from cnnlint.interpreter.written import measure_text, source_text, written_as
from cnnlint.knowledge import load
from cnnlint.knowledge.loaders import example_of
from cnnlint.knowledge.torch_data import permuted
from cnnlint.syntax import tree
from cnnlint.values import Undecided, Unknown, is_unknown, why_unknown

#: Methods that give a tensor another shape and return it.
RESHAPED_IN_PLACE = frozenset(
    "resize_ resize_as_ squeeze_ unsqueeze_ t_ transpose_ swapaxes_ swapdims_ set_".split()
)
#: Methods that do to an array what they do to the tensor that it was read from.
OF_ARRAYS = ("argmax",)
#: Methods of tensors that wait for the device, and bring the numbers from there.
READING = ("item", "tolist", "cpu", "__float__")
#: Methods of unknown receivers by which code drives a training.
STEPPING = (
    "step",
    "zero_grad",
    "backward",
    "manual_backward",
    "train",
    "eval",
    "scale",
    "unscale_",
    "update",
)


class TrainingCalls(Core):
    """Methods of tensors, optimizers, schedulers and loaders, known and unknown."""

    def call_method(self, receiver: Value, name: str, arguments: Arguments, node: Any) -> Value:
        receiver = plain(receiver)
        if isinstance(receiver, Number) and receiver.exact and name in OF_ARRAYS:
            receiver = receiver.source
        if isinstance(receiver, Tensor):
            return self.tensor_method(receiver, name, arguments, node)
        if isinstance(receiver, Module):
            return self.module_method(receiver, name, arguments, node)
        if isinstance(receiver, Optimizer):
            return self.optimizer_method(receiver, name, arguments, node)
        if isinstance(receiver, Scheduler):
            return self.scheduler_method(receiver, name, arguments, node)
        if isinstance(receiver, StateDict):
            return self.state_method(receiver, name, arguments, node)
        if isinstance(receiver, Scaler):
            return self.scaler_method(receiver, name, arguments, node)
        if isinstance(receiver, Sampler):
            return self.sampler_method(receiver, name, arguments, node)
        if isinstance(receiver, Generator):
            return self.generator_method(receiver, name, arguments, node)
        if isinstance(receiver, Picture):
            return self.picture_method(receiver, name, arguments, node)
        if isinstance(receiver, (Loader, Dataset, *INSTANCES)):
            if name == "__len__":
                return self.length_of(receiver)
            if name == "__iter__":
                return receiver
            if name == "__getitem__" and isinstance(receiver, UserDataset) and receiver.inherited:
                return receiver.inherited
            self.opaque_call(arguments, node, name)
            return self.unknown(f"what {name}() returns", node)
        if name == "backward":  # what we took for something else must be a tensor
            lost = self.unknown("a loss that could not be followed", node)
            self.backward(taken_out(receiver) if isinstance(receiver, Number) else lost, node)
            return None
        return self.container_method(receiver, name, arguments, node)

    def length_of(self, value: Value) -> Value:
        try:
            return value.batches if isinstance(value, Loader) else value.size
        except Undecided as undecided:
            return Unknown(undecided.why, undecided.site)

    def rounds(self, iterable: Value) -> Any:
        """How many elements an iterable gives."""
        if isinstance(iterable, range | tuple):
            return len(iterable)
        if isinstance(iterable, Stream):
            return iterable.length
        known = isinstance(iterable, Loader | Dataset)
        return self.length_of(iterable) if known else Unknown("number of iterations not known")

    def tell_readout(self, tensor: Tensor, node: Any) -> None:
        event = Readout(subject=tensor)
        event.text = source_text(node)
        self.record(event, node)

    # --- tensors -------------------------------------------------------------------------------
    def tensor_method(self, tensor: Tensor, name: str, arguments: Arguments, node: Any) -> Value:
        if name == "backward":
            named: dict[Any, Value] = {**dict(enumerate(arguments.positional)), **arguments.keywords}
            kept = [named[key] for key in ("retain_graph", "retain_variables", 1) if key in named]
            keep = plain(kept[0]) if kept else False
            self.backward(tensor, node, keep)
            return None
        if name in READING:
            self.tell_readout(tensor, node)
        if name in ("item", "tolist") and tensor.numbers and not tensor.overwritten:
            return tensor.numbers[0] if tensor.rank == 0 else make_list(list(tensor.numbers))
        if name in ("tolist", "numpy") and isinstance(counted := permuted(tensor), Indices):
            return counting(counted, "list", self.site(node))
        if name in ("item", "tolist", "numpy", "__float__"):
            number = Number(source=tensor, exact=True)
            number.site = self.site(node)
            self.place(number, node)
            return number
        gradient_of = getattr(tensor, "gradient_of", None)
        if gradient_of is not None and name in ("zero_", "fill_", "detach_"):
            self.gradient_set(gradient_of, node)
            return tensor
        if name == "requires_grad_":
            wanted = plain(arguments.every()[0]) if arguments.every() else True
            self.require_gradient(tensor, wanted, node)
            return tensor
        if name == "detach_":
            self.require_gradient(tensor, False, node)
            return tensor
        if name.endswith("_"):
            self.fill_in_place(tensor, name, arguments, node)
        place = self.place_after(name, arguments)
        if name == "to":
            arguments = without_devices(arguments, node)
        full = f"torch.Tensor.{name}"
        if name in RESHAPED_IN_PLACE:
            tensor.shape = self.unknown(f"changed in place by {name}()", node)
            return tensor
        if full in load():
            if isinstance(node, tree.Call) and isinstance(node.function, tree.Attribute):
                self.receiver = node.function.value
            given = [tensor, *arguments.positional]
            merged = Arguments(given, arguments.keywords, arguments.open, arguments.node)
            result = self.call_library(full, merged, node)
            self.receiver = None
            if isinstance(result, Tensor) and result is not tensor and place is not None:
                result.device = place
            return result
        made = opaque_tensor((tensor,), name.rstrip("_"))
        made.graph = tensor.graph
        return made

    # --- optimizers and schedulers ---------------------------------------------------------------
    def optimizer_method(self, optimizer: Optimizer, name: str, arguments: Arguments, node: Any) -> Value:
        if optimizer.watched:
            self.opaque_call(Arguments([], {}), node, name)
        if name.startswith("register_"):
            optimizer.watched = True
            self.escape((optimizer, *arguments.every()))
        if name == "step":
            closure = plain(arguments.every()[0]) if arguments.every() else None
            returned: Value = None
            if closure is not None:
                if not isinstance(closure, Function | BoundMethod | Partial):
                    self.escape(optimizer)
                returned = self.call(closure, Arguments([], {}), node)
            event = Step(subject=optimizer, closure=closure is not None, scaler=self.stepping)
            direct = arguments.node is node
            event.text = source_text(node) if direct else f"{written_as(optimizer, node)}.step"
            say_what_learns(event, optimizer)
            self.record(event, node)
            return returned
        if name == "zero_grad":
            self.zero_grad(optimizer, node)
            return None
        if name == "add_param_group":
            joined = self.join_parameters([optimizer.params, *arguments.every()])
            self.heap.set(optimizer.__dict__, "params", joined or Unknown("parameters not known"))
            hold(
                self.heap, optimizer, self.as_parameters(self.first(arguments)) if arguments.every() else None
            )
            return None
        return self.unknown(f"what {name}() returns", node)

    def zero_grad(self, subject: Value, node: Any) -> None:
        event = ZeroGrad(subject=subject)
        event.text = source_text(node)
        self.record(event, node)

    def sampler_method(self, sampler: Sampler, name: str, arguments: Arguments, node: Any) -> Value:
        if name == "set_epoch":
            self.record(EpochSet(subject=sampler), node)
            return None
        return self.unknown(f"what {name}() returns", node)

    def scheduler_method(self, scheduler: Scheduler, name: str, arguments: Arguments, node: Any) -> Value:
        if name == "step":
            self.step_scheduler(scheduler, arguments, node)
            return None
        return self.unknown(f"what {name}() returns", node)

    def step_scheduler(self, scheduler: Scheduler, arguments: Arguments, node: Any) -> None:
        metric: Any = plain(arguments.every()[0]) if arguments.every() else None
        event = SchedulerStep(subject=scheduler, metric=metric)
        lost = isinstance(metric, Unknown)
        event.counts = isinstance(metric, int) or lost and why_unknown(metric)[0] == COUNTER
        event.text = source_text(node)
        if isinstance(node, tree.Call) and node.arguments:
            event.metric_name = measure_text(node.arguments[0].value)
        self.record(event, node)
        if isinstance(scheduler.inner, tuple):
            for inner in scheduler.inner:
                inner.steps.append(event)

    def unknown_method(self, name: str, arguments: Arguments, node: Any) -> Value:
        """A method of something unknown whose name says that it drives a training. None if it does not."""
        if name == "parameters" and not arguments.every():
            return Parameters(modules=self.unknown("whose parameters", node))
        if name not in STEPPING or isinstance(arguments.open, Unknown):
            return None
        if name == "step" and node is self.unpacked:
            return None  # an environment's: what an optimizer or scheduler returns is no tuple
        given = [plain(value) for value in arguments.every()]
        lost = self.unknown(f"the object whose {name}() is called", node)
        if name in ("backward", "manual_backward"):
            self.backward(given[0] if given and isinstance(given[0], Tensor) else lost, node, by=lost)
        elif name == "step":
            optimizers = [value for value in given if isinstance(value, Optimizer | OneOf)]
            if optimizers:
                self.step_through(lost, optimizers[0], node)
            else:
                self.run_closures(given, node)
                event = Step(subject=lost)
                event.text = source_text(node)
                self.record(event, node)
        elif name == "zero_grad":
            self.zero_grad(lost, node)
        elif name in ("train", "eval") and len(given) <= 1:
            mode = given[0] if given else True
            known = isinstance(mode, bool) and name == "train"
            event_mode = False if name == "eval" else mode if known else self.unknown("mode not known", node)
            self.record(ModeChange(subject=lost, training=event_mode), node)
        elif name == "scale" and len(given) == 1 and isinstance(given[0], Tensor):
            return given[0]
        elif name in ("unscale_", "update") and all(isinstance(value, Optimizer | Number) for value in given):
            return self.unknown("what a gradient scaler returns", node)
        else:
            return None
        return self.unknown(f"what {name}() returns", node)

    def run_closures(self, given: list[Value], node: Any) -> None:
        for value in given:
            if isinstance(value, Function):
                self.call(value, Arguments([], {}), node)

    # --- what iteration gives ----------------------------------------------------------------------
    def element(self, iterable: Value, node: Any) -> Value:
        """One representative element of an iterable."""
        iterable = plain(iterable)
        if isinstance(iterable, Stream):
            self.trace.extend(iterable.steps)
            return iterable.element
        if isinstance(iterable, Loader):
            return self.batch(iterable, node)
        if isinstance(iterable, Parameters):
            modules = iterable.modules
            owner = (
                modules[0] if isinstance(modules, tuple) and len(modules) == 1 else Unknown("whose parameter")
            )
            return self.parameter_of(owner)
        if isinstance(iterable, UserDataset):
            return self.example(iterable, node)
        if isinstance(iterable, Dataset):
            return example_of(iterable)
        if isinstance(iterable, Tensor):
            return self.tensor_item(iterable, 0, node)
        if isinstance(iterable, INSTANCES):
            return self.element_of_instance(iterable, node)
        if isinstance(iterable, range):
            return self.unknown(COUNTER, node)
        items = self.known_items(iterable)
        if items:
            return (
                self.join(items[:16], node) if len(items) <= 16 else self.unknown("one of many items", node)
            )
        if isinstance(iterable, ListValue):
            each = iterable.store["items"] if as_listed(iterable) else any_of(iterable)
            return self.unknown("an item of a list", node) if each is None else each
        return iterable if isinstance(iterable, Unknown) else self.unknown("an element", node)

    def element_of_instance(self, value: Any, node: Any) -> Value:
        iterate = self.class_attribute(value.cls, "__iter__")
        if isinstance(iterate, Function):
            made = plain(self.call(self.get_attribute(value, "__iter__", node), Arguments([], {}), node))
            if isinstance(made, INSTANCES):
                further = self.get_attribute(made, "__next__", node)
                if isinstance(further, BoundMethod):
                    return self.call(further, Arguments([], {}), node)
            return made.element if isinstance(made, Stream) else self.unknown("an element", node)
        return self.unknown("an element", node)


def taken_out(number: Number) -> Tensor:
    """A number that is treated as if it were the tensor it was read from: it has no graph."""
    made = Tensor(shape=(), graph=False)
    source = () if number.source is None else (number.source,)
    made.producer = Op(name="item", inputs=source, output=made, text=number.written)
    made.producer.site = number.site
    return made


def without_devices(arguments: Arguments, node: Any) -> Arguments:
    """The arguments of `to()` without the devices, and without those of unknown value that are called one:
    only a dtype would change the tensor."""
    written = node.arguments if isinstance(node, tree.Call) else ()
    if len(written) != len(arguments.every()):
        return arguments
    named = [bool(_DEVICE.search(source_text(each.value))) for each in written]
    kept = [
        value
        for value, device in zip(arguments.positional, named, strict=False)
        if not (isinstance(plain(value), Device) or device and is_unknown(plain(value)))
    ]
    return Arguments(kept, arguments.keywords, arguments.open, arguments.node)


_DEVICE = re.compile(r"(?:dev|device|cuda|gpu|rank)(?:_?ids?|\d)?(?:\[\.\.\.\])?$", re.IGNORECASE)
