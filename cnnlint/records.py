"""Records: the classes of named fields, of which hundreds are described and a program needs a few."""

from __future__ import annotations

from dataclasses import dataclass
from types import MethodType
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["record"]

T = TypeVar("T")

#: What `dataclass` adds to a class.
ADDED = ("__init__", "__dataclass_fields__")


class Awaited:
    """An attribute that a class has once it is a dataclass: asking for it makes it one."""

    def __init__(self, owner: type, name: str) -> None:
        self.owner = owner
        self.name = name

    def __get__(self, instance: object, asked: type) -> Any:
        for name in ADDED:
            delattr(self.owner, name)
        dataclass(eq=False, repr=False)(self.owner)
        value = getattr(self.owner, self.name)
        return MethodType(value, instance) if callable(value) and instance is not None else value


if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:

    def record(described: type[T]) -> type[T]:
        """As `dataclass(eq=False, repr=False)`, but when it is first used: that takes long."""
        for name in ADDED:
            setattr(described, name, Awaited(described, name))
        return described
