"""Containers: they hold other modules by name and learn nothing themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from cnnlint.facts import Layer, Module, Shape
from cnnlint.knowledge.describe import describes
from cnnlint.values import Undecided, Unknown, is_unknown

Self = TypeVar("Self", bound="Listed")


class Container(Layer):
    """What all containers share: `items`, the modules by their registered names.

    An item whose name begins with '?' is Unknown: modules that are there but not known.
    """

    role = "container"

    def __init__(self) -> None:
        self.items: dict[str, Any] = {}

    def children(self) -> dict[str, Any]:
        return self.items

    def values(self) -> list[Any]:
        """The modules in order."""
        return list(self.items.values())

    def add_module(self, name: str, module: Any) -> None:
        self.items[str(name)] = module

    def get(self, key: Any) -> Any:
        """The module of that name. KeyError if there is none, Undecided if that is not known."""
        if not isinstance(key, str):
            raise Undecided("which module is meant is not known")
        if key not in self.items and any(is_unknown(module) for module in self.items.values()):
            raise Undecided("not all modules are known")
        return self.items[key]


class Listed(Container):
    """A container whose modules are numbered."""

    def append(self, module: Any) -> None:
        self.items[str(len(self.items))] = module

    def extend(self, modules: Any) -> None:
        if is_unknown(modules):
            self.items[f"?{len(self.items)}"] = modules
            return
        for module in modules:
            self.append(module)

    def insert(self, index: int, module: Any) -> None:
        modules = self.values()
        modules.insert(index, module)
        self.items = numbered(modules)

    def get(self: Self, key: Any) -> Any:
        """By name, by number (also from the end), or a container of the same kind for a slice."""
        if isinstance(key, str):
            return super().get(key)
        if any(name.startswith("?") for name in self.items):
            raise Undecided("not all modules are known")
        if isinstance(key, slice):
            part = type(self)()
            part.items = dict(list(self.items.items())[key])
            return part
        return self.values()[key]


def numbered(modules: Iterable[Any]) -> dict[str, Any]:
    """Modules by their numbers."""
    return {str(index): module for index, module in enumerate(modules)}


@describes("torch.nn.Sequential")
class Sequential(Listed):
    """Modules one after the other, given one by one or as an OrderedDict.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], dict):
            self.items = {str(name): module for name, module in args[0].items()}
        elif len(args) == 1 and is_unknown(args[0]):
            self.items = {"?": args[0]}
        else:
            self.items = numbered(args)

    def output(self, x: Shape) -> Shape:
        for module in self.items.values():
            if not isinstance(module, Layer):
                raise Undecided("not all modules are known")
            x = module.output(x)
        return x


@describes("torch.nn.ModuleList")
class ModuleList(Listed):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html"""

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        if isinstance(modules, Container):
            modules = modules.values()
        self.extend(() if modules is None else modules)


@describes("torch.nn.ModuleDict")
class ModuleDict(Container):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html"""

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        self.update({} if modules is None else modules)

    def update(self, modules: Any) -> None:
        if is_unknown(modules):
            self.items[f"?{len(self.items)}"] = modules
            return
        pairs = modules.items() if isinstance(modules, dict) else modules
        self.items.update((str(name), module) for name, module in pairs)


@describes("torch.nn.ParameterList")
class ParameterList(Module):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterList.html"""

    def __init__(self, values: Any = None) -> None:
        self.given = values

    def own_parameter_count(self) -> Any:
        return Unknown("what is in a list of parameters is not known")


@describes("torch.nn.ParameterDict")
class ParameterDict(Module):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterDict.html"""

    def __init__(self, parameters: Any = None) -> None:
        self.given = parameters

    def own_parameter_count(self) -> Any:
        return Unknown("what is in a dict of parameters is not known")
