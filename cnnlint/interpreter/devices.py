"""Devices: which one the code means, and what it moves to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnnlint.facts import Module, Tensor
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import Arguments, Library, Value, plain
from cnnlint.values import Undecided, Unknown, is_unknown, surely

#: Types of devices that are not the CPU. https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.device
ACCELERATORS = frozenset({"cuda", "mps", "xpu", "hpu", "npu", "mtia"})
#: Operations after which a tensor may lie elsewhere.
MOVES = frozenset({"to", "cuda", "cpu", "xpu", "type", "type_as", "either", "carried"})
#: Roles of layers that have no weights.
WEIGHTLESS = frozenset({"activation", "dropout", "pooling", "shape", "upsampling"})
#: With these, tensors are made elsewhere than on the CPU without a word.
DEFAULTS = ("set_default_device", "set_default_tensor_type", "set_default_torch_device")


@dataclass(frozen=True)
class Device:
    """What `torch.device` gives: `types` are those it may be, as the machine decides."""

    types: frozenset[str]


class Devices(Core):
    """Where tensors and modules lie."""

    def do_torch_device(self, arguments: Arguments, node: Any) -> Value:
        types = types_of(arguments.every()[0]) if arguments.every() else frozenset()
        return Device(types) if types else self.unknown("which device this is", node)

    def move_module(self, module: Module, method: str, arguments: Arguments, node: Any) -> None:
        """`module.to(...)` and its like, for the module and all below it."""
        if method == "to":
            place = place_of(arguments)
        elif method in ("cuda", "xpu", "cpu", "to_empty"):
            place = {"cpu": "cpu", "to_empty": Unknown("it is laid out anew")}.get(method, "moved")
        else:
            return
        try:
            for each in module.modules() if place else ():
                self.heap.set(each.__dict__, "placed", place)
                each.moved_at = self.site(node)
        except Undecided:
            return

    def module_device(self, module: Module) -> Any:
        """Where a module and all below it lie: 'moved' for elsewhere than on the CPU where there is
        another device, 'cpu'; Unknown if it, or what feeds it, may move what it is given."""
        try:
            every = list(module.modules())
        except Undecided:
            every = []
        known = every and not any(map(self.mentions, DEFAULTS))
        if known and not any(each.watched or each.scattering for each in every):
            if all(surely(each.placed == "moved") for each in every):
                return "moved"
            if all(map(_as_made, every)) and not any(frame.told for frame in self.frames):
                return "cpu"
        return Unknown("on which device it lies is not known")

    def place_after(self, method: str, arguments: Arguments) -> Any:
        """Where a method of a tensor moves it; None for nowhere."""
        if method in ("cuda", "xpu", "cpu"):
            return "cpu" if method == "cpu" else "moved"
        return place_of(arguments) if method == "to" else None

    def wrapped(self, name: str, value: Value) -> Value:
        """What acts as the model it is given; one that is spread over devices moves its inputs itself."""
        if "Parallel" in name and isinstance(plain(value), Module):
            plain(value).scattering = True
        return value

    def place_tensor(self, tensor: Tensor) -> None:
        """What is computed from tensors that lie on one device is there too, what is read from NumPy on the
        CPU."""
        operation = tensor.producer
        if operation is None or operation.name in MOVES or _weighs(operation.layer):
            return
        read = operation.inputs or operation.name == "from_numpy"
        if read and all(surely(each.device == "cpu") for each in operation.inputs):
            tensor.device = "cpu"
        elif operation.inputs and all(surely(each.device == "moved") for each in operation.inputs):
            tensor.device = "moved"


def _as_made(module: Module) -> bool:
    """It lies where it was made, on the CPU: no code that is not seen has got it, and none was told where."""
    told = getattr(module, "device", None) is not None or module.escaped or module.exposed
    return not told and (module.placed is None or surely(module.placed == "cpu"))


def _weighs(layer: Any) -> bool:
    """It may have weights or buffers, which lie somewhere."""
    return layer is not None and getattr(layer, "role", "") not in WEIGHTLESS


def types_of(value: Value) -> frozenset[str]:
    """The types of device that a value may name; none if it may be anything else."""
    value = plain(value)
    if isinstance(value, Device):
        return value.types
    if isinstance(value, str) and (kind := value.partition(":")[0]) in ACCELERATORS | {"cpu"}:
        return frozenset({kind})
    return frozenset()


def either(values: list[Value]) -> Device | None:
    """A device that is one of several, if these all are; None if they are not."""
    types = [types_of(value) for value in values]
    return Device(frozenset().union(*types)) if all(types) else None


def place_of(arguments: Arguments) -> Any:
    """Where `module.to(...)` moves it: 'cpu', 'moved' or Unknown; None for nowhere, to a dtype only."""
    given = [*arguments.positional, *(each for name, each in arguments.keywords.items() if name == "device")]
    if is_unknown(arguments.open):
        return Unknown("to where it is moved is not known")
    if not given or isinstance(given[0], Library):
        return None
    types = types_of(given[0])
    if not types:
        return Unknown("to where it is moved is not known")
    return "moved" if types & ACCELERATORS else "cpu"
