"""What happens in one call of a model: every layer and function with its shapes, and what flows where.

Hooks on all modules see the layers, a mode sees the functions on tensors. Neither needs the model's consent,
so what torch.fx cannot follow is seen as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as modules
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakIdKeyDictionary

from cnnlint.confirm.child.places import Users
from cnnlint.confirm.child.repairs import RESHAPING, Asked, Failure
from cnnlint.evidence import Layer, Place

__all__ = ["Builds", "Recorder", "held", "own_parameters", "tensors"]

#: Functions that only ask something of a tensor.
ASKING = frozenset({"__get__", "__set__", "size", "dim", "detach", "clone", "contiguous", "to", "float"})


class Builds:
    """The user's line that built each module, taken down while it is `watched`."""

    def __init__(self, users: Users) -> None:
        self.users = users
        self.places: MutableMapping[nn.Module, Place | None] = WeakIdKeyDictionary()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Within it, the lines are taken down."""
        construct = nn.Module.__init__

        def constructed(module: nn.Module, *given: Any, **options: Any) -> None:
            construct(module, *given, **options)
            self.places[module] = self.users.built(module)

        nn.Module.__init__ = constructed
        try:
            yield
        finally:
            nn.Module.__init__ = construct


class Recorder(TorchFunctionMode):
    """Listens while it is entered. `layers` are the calls in the order they began."""

    def __init__(self, model: nn.Module, builds: Builds, inputs: Iterable[torch.Tensor]) -> None:
        super().__init__()
        self.users, self.builds = builds.users, builds
        self.layers: list[Layer] = []
        self.depths: list[int] = []  # how many calls each row is within
        self.edges: dict[tuple[int, int], None] = {}
        self.called: dict[int, nn.Module] = {}
        self.used: set[int] = set()  # parameters that a function was given
        self._paths = _named(model)
        self.hidden = _hidden(model, self._paths)
        self._stack: list[tuple[nn.Module, int]] = []
        self._made = WeakIdKeyDictionary()  # which row a tensor comes from
        self._sources = WeakIdKeyDictionary()  # and which of the inputs
        self._raw = WeakIdKeyDictionary()  # the input that a tensor is, but for its form
        self._last: tuple[nn.Module | None, tuple[Any, ...], list[torch.Tensor]] = (None, (), [])
        self._counts: dict[str, int] = {}
        self._hooks: list[Any] = []
        for number, tensor in enumerate(inputs):
            self._made[tensor] = -1
            self._sources[tensor] = frozenset({number})
            self._raw[tensor] = number

    def __enter__(self) -> Recorder:
        self._hooks = [
            modules.register_module_forward_pre_hook(self._enters),
            modules.register_module_forward_hook(self._leaves),
        ]
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        for hook in self._hooks:
            hook.remove()
        super().__exit__(*error)

    @property
    def running(self) -> str:
        """The path of the module that is running; where an exception came through, that in which it arose."""
        return self.layers[self._stack[-1][1]]["name"] if self._stack else ""

    def failure(self, message: str) -> Failure | None:
        """The call in which an exception arose that says so; None if it was in none."""
        if not self.layers or self.layers[-1]["output"] is not None:
            return None
        layer, given, asked = self._last
        return Failure(
            layer,
            self.layers[-1]["kind"],
            given,
            [Asked(list(each.shape), self._of(each), self._raw.get(each)) for each in asked],
            message,
        )

    def rows_of(self, output: Any) -> list[int]:
        """The rows that an output comes from."""
        return sorted({self._made[each] for each in tensors(output) if each in self._made})

    def __torch_function__(
        self, function: Any, types: Any, given: tuple[Any, ...] = (), options: dict[str, Any] | None = None
    ) -> Any:
        options = options or {}
        row = -1
        asked = list(tensors((given, options)))
        self.used.update(id(each) for each in asked if isinstance(each, nn.Parameter))
        name = getattr(function, "__name__", "")
        if name not in ASKING and self._stack and not _is_layer(self._stack[-1][0]):
            kind = name.strip("_")
            self._counts[kind] = self._counts.get(kind, 0) + 1
            row = self._row(f"{kind}_{self._counts[kind]}", kind, "function", asked)
            self._last = None, given, [each for each in asked if not isinstance(each, nn.Parameter)]
        output = function(*given, **options)
        made = given[:1] if name == "__setitem__" else output
        if row >= 0 and not self._finish(row, asked, made) and row == len(self.layers) - 1:
            del self.layers[row], self.depths[row]  # it made no tensor
        elif row < 0 and name in ASKING:
            self._pass_on(asked, output)
        return output

    def _enters(self, module: nn.Module, given: tuple[Any, ...]) -> None:
        self.called[id(module)] = module
        name, origin = self._paths.get(id(module)), "module"
        if name is None:
            known = self.hidden.get(id(module))
            name, origin = (known[0], "hidden") if known else ("", "made")
        row = self._row(name, type(module).__name__, origin, tensors(given), self.builds.places.get(module))
        self._stack.append((module, row))
        self._last = module, given, list(tensors(given))

    def _leaves(self, module: nn.Module, given: tuple[Any, ...], output: Any) -> None:
        while self._stack:
            entered, row = self._stack.pop()
            if entered is module:
                self.layers[row]["parameters"] = own_parameters(module)
                if _is_layer(module):
                    self._finish(row, list(tensors(given)), output)
                else:
                    self.layers[row]["output"] = next((list(each.shape) for each in tensors(output)), None)
                return

    def _row(
        self, name: str, kind: str, origin: str, given: Iterable[torch.Tensor], built: Place | None = None
    ) -> int:
        shapes = [list(each.shape) for each in given if not isinstance(each, nn.Parameter)]
        self.layers.append(
            {
                "name": name,
                "kind": kind,
                "place": self.users.place(),
                "built": built,
                "origin": origin,
                "inputs": shapes,
                "output": None,
                "parameters": 0,
            }
        )
        self.depths.append(len(self._stack))
        return len(self.layers) - 1

    def _finish(self, row: int, given: list[torch.Tensor], output: Any) -> bool:
        """A row has given its output. False if no tensor is in it."""
        made = list(tensors(output))
        for each in given:
            if each in self._made:
                self.edges[self._made[each], row] = None
        sources = frozenset().union(*map(self._of, given))
        same = self._raw.get(given[0]) if given and self.layers[row]["kind"] in RESHAPING else None
        for each in made:
            self._made[each], self._sources[each] = row, sources
            if same is not None:
                self._raw[each] = same
        if made:
            self.layers[row]["output"] = list(made[0].shape)
        return bool(made)

    def _pass_on(self, given: list[torch.Tensor], output: Any) -> None:
        """What comes out is what went in, as far as the graph is concerned."""
        source = next((each for each in given if each in self._made), None)
        for each in tensors(output):
            if source is not None and each not in self._made:
                self._made[each], self._sources[each] = self._made[source], self._of(source)
                if source in self._raw:
                    self._raw[each] = self._raw[source]

    def _of(self, tensor: torch.Tensor) -> frozenset[int]:
        """The inputs that a tensor was made of."""
        found: frozenset[int] = self._sources.get(tensor, frozenset())
        return found


def tensors(value: Any, depth: int = 4) -> Iterator[torch.Tensor]:
    """The tensors in what a call was given or gave."""
    if isinstance(value, torch.Tensor):
        yield value
    elif depth and isinstance(value, tuple | list):
        for each in value:
            yield from tensors(each, depth - 1)
    elif depth and isinstance(value, dict):
        for each in value.values():
            yield from tensors(each, depth - 1)
    elif depth and hasattr(value, "__dataclass_fields__"):
        yield from tensors(vars(value), depth - 1)


def _named(model: nn.Module) -> dict[int, str]:
    """The registered path of each module, by its identity."""
    return {id(module): name for name, module in model.named_modules()}


def own_parameters(module: nn.Module) -> int:
    """The numbers that a module holds itself; those of a lazy one are not there before it ran."""
    held = module.parameters(recurse=False)
    return sum(each.numel() for each in held if not nn.parameter.is_lazy(each))


def held(module: nn.Module) -> int:
    """The numbers that a module holds in all."""
    return sum(each.numel() for each in module.parameters() if not nn.parameter.is_lazy(each))


def _is_layer(module: nn.Module) -> bool:
    """One of torch's own, of which only the outside is shown."""
    return type(module).__module__.startswith("torch.nn.") and not module._modules


def _hidden(model: nn.Module, known: dict[int, str]) -> dict[int, tuple[str, nn.Module]]:
    """The modules that plain lists, tuples and dicts of the model hold, under the names one finds them by."""
    found: dict[int, tuple[str, nn.Module]] = {}
    for path, module in model.named_modules():
        for attribute, value in vars(module).items():
            if attribute.startswith("_") or not isinstance(value, list | tuple | dict):
                continue
            items = value.items() if isinstance(value, dict) else enumerate(value)
            for key, each in items:
                if isinstance(each, nn.Module):
                    for inner, part in each.named_modules():
                        name = ".".join(filter(None, [path, f"{attribute}[{key!r}]", inner]))
                        if id(part) not in known:
                            found.setdefault(id(part), (name, part))
    return found
