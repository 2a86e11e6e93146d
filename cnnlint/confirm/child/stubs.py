"""Stand-ins for packages that are not installed: whatever is asked of one is there, and does nothing.

They let a file be defined that imports what its models do not need. A stand-in can be subclassed; a class
that has a `forward` then becomes a torch Module, as what Lightning and the like offer is one. While a model
is called (`strict`), calling a stand-in raises NotInstalled, as nothing true could come of it.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

from torch import nn
from torch.optim import Optimizer
from torch.utils.data import Dataset

from cnnlint.confirm.child.lightning import LightningDataModule, LightningModule

__all__ = ["NotInstalled", "Stub", "StubFinder", "StubModule", "strict"]

#: Classes of packages that are often missing, by what of torch they are, and what is asked of many processes
#: where there is one.
MEANT: dict[str, Any] = {
    "LightningModule": LightningModule,
    "LightningDataModule": LightningDataModule,
    "Dataset": Dataset,
    **dict.fromkeys(("rank", "local_rank", "Get_rank"), lambda: 0),
    **dict.fromkeys(("world_size", "local_size", "Get_size", "horovod.size"), lambda: 1),
}

_strict = [False]


class NotInstalled(RuntimeError):
    """Something that a model computes with comes from a package that is not installed."""


class strict:  # noqa: N801 (a context manager)
    """Within it, calling a stand-in is an error."""

    def __enter__(self) -> None:
        _strict.append(True)

    def __exit__(self, *_: object) -> None:
        _strict.pop()


class StubType(type):
    """The class of stand-in classes: any attribute of one is one, too."""

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any], **options: Any) -> Any:
        stubs = [base for base in bases if isinstance(base, StubType)]
        if stubs and "forward" in body and "__stub__" not in body:
            rest = tuple(base for base in bases if not isinstance(base, StubType))
            known = any(issubclass(base, nn.Module) for base in rest)
            return type(nn.Module)(name, rest if known else (*rest, nn.Module), body)
        return super().__new__(mcs, name, bases, body)

    def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any], **options: Any) -> None:
        super().__init__(name, bases, body)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return stub(f"{cls.__module__}.{cls.__qualname__}", name)

    def __iter__(cls) -> Iterator[Any]:
        return iter([cls] * _unpacked())

    def __getitem__(cls, _: Any) -> Any:
        return cls

    def __setitem__(cls, _: Any, __: Any) -> None:
        pass

    def __delitem__(cls, _: Any) -> None:
        pass

    def __or__(cls, _: Any) -> Any:
        return cls

    __ror__ = __or__


class Stub(metaclass=StubType):
    """What stands in for a class or function, and for what it gives."""

    __stub__ = True

    def __new__(cls, *given: Any, **options: Any) -> Any:
        if "__stub__" in vars(cls):
            if _strict[-1]:
                _refuse(cls)
            if (same := _passed_on(cls, given, options)) is not None:
                return same
        return super().__new__(cls)

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return stub(f"{type(self).__module__}.{type(self).__qualname__}", name)

    def __call__(self, *given: Any, **options: Any) -> Any:
        if _strict[-1]:
            _refuse(type(self))
        same = _passed_on(type(self), given, options)
        return self if same is None else same

    def __iter__(self) -> Iterator[Any]:
        return iter([self] * _unpacked())

    def __len__(self) -> int:
        return 0

    def __getitem__(self, _: Any) -> Any:
        return self

    def __setitem__(self, _: Any, __: Any) -> None:
        pass

    def __delitem__(self, _: Any) -> None:
        pass

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __mro_entries__(self, _: tuple[Any, ...]) -> tuple[type, ...]:
        return (type(self),)


def stub(owner: str, name: str) -> Any:
    """A stand-in for what a package offers by this name."""
    for known in (name, f"{owner.partition('.')[0]}.{name}"):
        if known in MEANT:
            return MEANT[known]
    made = StubType(name, (Stub,), {"__stub__": True, "__module__": owner})
    made.__qualname__ = name
    return made


def _passed_on(cls: type, given: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """What a call gives back as it was: what it decorates, or wraps for training; None if nothing."""
    if len(given) == 1 and (_is_code(given[0]) and not options or isinstance(given[0], Optimizer)):
        return given[0]
    trained = [each for each in given if isinstance(each, nn.Module | Optimizer)]
    if len(trained) > 1:  # `model, optimizer = amp.initialize(model, optimizer)`
        return given
    return given[0] if trained and trained[0] is given[0] and cls.__name__[:1].isupper() else None


def _unpacked() -> int:
    """Into how many names the line that asks for the parts of something takes it apart; 0 where it goes
    through them one by one."""
    code, at = sys._getframe(2).f_code, sys._getframe(2).f_lasti
    asking = next((each for each in dis.get_instructions(code) if each.offset == at), None)
    return int(asking.arg or 0) if asking and asking.opname == "UNPACK_SEQUENCE" else 0


def _is_code(value: Any) -> bool:
    return callable(value) and hasattr(value, "__name__") and not isinstance(value, StubType)


def _refuse(cls: type) -> NoReturn:
    package = cls.__module__.partition(".")[0]
    raise NotInstalled(
        f"the model calls `{cls.__module__}.{cls.__qualname__}`, and `{package}` is not installed"
    )


class StubModule(ModuleType):
    """A package that is not installed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = stub(self.__name__, name)
        setattr(self, name, value)  # asked twice, it is the same class
        return value


class StubFinder(MetaPathFinder, Loader):
    """Asked last of all finders: gives a stand-in where `allowed(name)` says so, and for what is in one.

    `stubs` are the packages it stood in for. For packages that are replaced even if they are installed, an
    instance of it is asked first.
    """

    def __init__(self, allowed: Callable[[str], bool]) -> None:
        self.allowed = allowed
        self.stubs: dict[str, None] = {}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        parent, _, _ = name.rpartition(".")
        inner = isinstance(sys.modules.get(parent), StubModule)
        if not inner and not self.allowed(name):
            return None
        if not inner:
            self.stubs[name] = None
        return ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return StubModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass
