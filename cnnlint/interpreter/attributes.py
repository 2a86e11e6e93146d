"""Attributes of what the library made, and names below a library name."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Dataset, Loader, Module, Optimizer, Picture, Scheduler, Setting, Tensor, is_ranked
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.devices import Device
from cnnlint.interpreter.objects import (
    MISSING,
    Arguments,
    Function,
    Library,
    LibraryMethod,
    ParameterGroup,
    Partial,
    ProjectModule,
    Stream,
    UserScheduler,
    Value,
    make_dict,
    make_list,
    plain,
)
from cnnlint.interpreter.written import target_text
from cnnlint.knowledge.datasets import TableDataset
from cnnlint.syntax import tree

_CONSTANTS: dict[str, Any] = {
    "math.pi": 3.141592653589793,
    "math.inf": float("inf"),
    "numpy.pi": 3.141592653589793,
}

#: Attributes of datasets that list the targets of all examples.
LISTED = ("targets", "labels", "train_labels", "test_labels")


class LibraryAttributes(Core):
    """Attributes of values that are not of the user's classes."""

    def library_attribute(self, value: Value, name: str, node: Any) -> Value:
        if isinstance(value, Library):
            return self.library_member(value, name)
        if isinstance(value, ProjectModule):
            return self.module_member(value, name, node)
        if isinstance(value, Function) and name == "__name__":
            return value.name
        if isinstance(value, Partial) and name in ("func", "args", "keywords"):
            return {"func": value.function, "args": value.arguments, "keywords": make_dict(value.keywords)}[
                name
            ]
        if isinstance(value, Device):
            return self.unknown(f"`.{name}` of a device", node)
        if isinstance(value, Tensor):
            return self.tensor_attribute(value, name, node)
        if isinstance(value, Module):
            return self.module_attribute(value, name, node)
        if isinstance(value, Picture) and name in ("shape", "size"):
            return self.picture_attribute(value, name, node)
        if isinstance(value, Optimizer) and name == "param_groups":
            return Stream(ParameterGroup(value))
        if isinstance(value, Dataset) and name == "classes" and isinstance(value.classes, int):
            return make_list([self.unknown("the name of a class", node)] * value.classes)
        if isinstance(value, TableDataset) and name in ("data", "train_data", "test_data"):
            return value.stored
        if isinstance(value, TableDataset) and name in LISTED:
            return Tensor(graph=False, listed=value)
        if isinstance(value, Dataset) and name == "dataset" and isinstance(value.parent, Dataset):
            return value.parent
        if isinstance(value, UserScheduler | Scheduler | Optimizer | Loader | Dataset):
            fields = getattr(type(value), "__dataclass_fields__", {})
            if name in fields and not (isinstance(value, Optimizer) and name == "params"):
                return getattr(value, name)
            return LibraryMethod(value, name)
        return LibraryMethod(value, name)

    def set_of_library(self, library: Library, name: str, new: Value, node: Any) -> None:
        event = Setting(f"{library.name}.{name}", value=plain(new))
        targets: tuple[tree.Expression, ...] = getattr(node, "targets", ())
        event.text = target_text(targets[0]) if len(targets) == 1 else ""
        self.record(event, node)

    def library_member(self, value: Library, name: str) -> Value:
        if name == "__name__":
            return value.name.rpartition(".")[2]
        full = f"{value.name}.{name}"
        constant = _CONSTANTS.get(full)
        return self.of_library(full) if constant is None else constant

    def module_member(self, module: ProjectModule, name: str, node: Any) -> Value:
        found = self.name_in(module, name)
        return self.unknown(f"`{name}` is not in `{module.path}`", node) if found is MISSING else found

    def tensor_attribute(self, tensor: Tensor, name: str, node: Any) -> Value:
        if name == "shape":
            return tensor.shape if is_ranked(tensor.shape) else self.unknown("shape not known", node)
        if name == "data":
            return self.call_library("torch.Tensor.detach", Arguments([tensor], {}), node)
        if name in ("T", "mT"):
            return self.call_library(f"torch.Tensor.{name}", Arguments([tensor], {}), node)
        if name == "ndim":
            return (
                len(tensor.shape)
                if is_ranked(tensor.shape)
                else self.unknown("number of axes not known", node)
            )
        if name == "grad":
            self.gradient_read(tensor, node)
            gradient = Tensor(shape=tensor.shape, graph=False)
            gradient.gradient_of = tensor  # type: ignore[attr-defined]
            return gradient
        if name in (
            "device",
            "dtype",
            "is_cuda",
            "requires_grad",
            "grad_fn",
            "is_leaf",
            "layout",
            "itemsize",
        ):
            return self.unknown(f"`.{name}` of a tensor", node)
        return LibraryMethod(tensor, name)
