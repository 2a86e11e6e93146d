"""What the parts of the interpreter offer one another, each implemented in one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cnnlint.facts import Tensor
from cnnlint.interpreter.heap import Writes
from cnnlint.interpreter.objects import (
    Arguments,
    ClassObject,
    DictValue,
    Function,
    ListValue,
    ProjectModule,
    Value,
)
from cnnlint.interpreter.parts_for_torch import PartsForTorch
from cnnlint.interpreter.state import Completion, Deferred, Postponed
from cnnlint.syntax import tree
from cnnlint.values import Unknown


class Parts(PartsForTorch):
    """Names only: the class that has the method is found by its name."""

    def evaluate(self, node: tree.Expression) -> Value:
        raise NotImplementedError

    def execute(self, block: tree.Block) -> Completion:
        raise NotImplementedError

    def call(self, callee: Value, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def get_attribute(self, value: Value, name: str, node: Any) -> Value:
        raise NotImplementedError

    def set_attribute(self, value: Value, name: str, new: Value, node: Any) -> None:
        raise NotImplementedError

    def import_module(self, name: str) -> Value:
        raise NotImplementedError

    def name_in(self, module: ProjectModule, name: str) -> Value:
        raise NotImplementedError

    def fetched(self, later: Deferred | Postponed) -> Value:
        raise NotImplementedError

    def known_items(self, value: Value) -> list[Value] | None:
        raise NotImplementedError

    def known_entries(self, value: Value) -> dict[Any, Value] | None:
        raise NotImplementedError

    def hashable(self, key: Value) -> bool:
        raise NotImplementedError

    def element(self, iterable: Value, node: Any) -> Value:
        raise NotImplementedError

    def lose(self, target: ListValue | DictValue, why: str, node: Any) -> None:
        raise NotImplementedError

    def binary(self, symbol: str, left: Value, right: Value, node: Any) -> Value:
        raise NotImplementedError

    def has_attribute(self, value: Value, name: str) -> Any:
        raise NotImplementedError

    def is_kind(self, value: Value, kinds: Value) -> Any:
        raise NotImplementedError

    def test(self, node: tree.Expression) -> Value:
        raise NotImplementedError

    def truth(self, value: Value) -> Any:
        raise NotImplementedError

    def class_attribute(self, cls: Any, name: str, after: Any = None) -> Value:
        raise NotImplementedError

    def length_of(self, value: Value) -> Value:
        raise NotImplementedError

    def rounds(self, iterable: Value) -> Any:
        raise NotImplementedError

    def call_method(self, receiver: Value, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def unknown_method(self, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def fact_of_class(self, cls: ClassObject, arguments: Arguments) -> Value:
        raise NotImplementedError

    def name_fact(self, value: Value, name: str) -> None:
        raise NotImplementedError

    def in_block_of_its_own(self, run: Any) -> str:
        raise NotImplementedError

    def look_up(self, name: str) -> Value:
        raise NotImplementedError

    def say_added(self, event: Any, added: tree.Expression) -> None:
        raise NotImplementedError

    def options_object(self, values: dict[str, Value]) -> Value:
        raise NotImplementedError

    def assign(self, target: tree.Expression, value: Value, node: Any) -> None:
        raise NotImplementedError

    def builtin(self, name: str) -> Any:
        raise NotImplementedError

    def bare(self, value: Value) -> Any:
        raise NotImplementedError

    def unseen_call(self, arguments: Arguments, node: Any, name: str, otherwise: Unknown) -> Value:
        raise NotImplementedError

    def made_of(self, arguments: Arguments, otherwise: Unknown) -> Value:
        raise NotImplementedError

    def bind(self, name: str, value: Value, node: Any) -> None:
        raise NotImplementedError

    def call_function(
        self, function: Function, arguments: Arguments, node: Any, receiver: Value = None
    ) -> Value:
        raise NotImplementedError

    def extend_list(self, target: ListValue, value: Value) -> None:
        raise NotImplementedError

    def make_function(self, node: Any, name: str) -> Function:
        raise NotImplementedError

    def decorate(self, function: Value, decorator: tree.Expression) -> Value:
        raise NotImplementedError

    def set_item(self, value: Value, index: Value, new: Value, node: Any) -> None:
        raise NotImplementedError

    def delete_item(self, value: Value, index: Value, node: Any) -> None:
        raise NotImplementedError

    def import_from(self, node: tree.ImportFrom) -> None:
        raise NotImplementedError

    def import_names(self, node: tree.Import) -> None:
        raise NotImplementedError

    def define_class(self, node: tree.ClassDef) -> ClassObject:
        raise NotImplementedError

    def container_method(self, receiver: Value, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def fork(self, node: Any, arms: list[Callable[[], Value]], tests: tuple[Any, ...] = ()) -> Value:
        raise NotImplementedError

    def sources_in(self, values: Iterable[Value]) -> list[Tensor]:
        raise NotImplementedError

    def chosen(self, values: list[Value], tests: tuple[Any, ...], node: Any = None) -> Value:
        raise NotImplementedError

    def deciding(self, values: list[Value]) -> tuple[Any, ...]:
        raise NotImplementedError

    def join_writes(self, written: list[Writes], tests: tuple[Any, ...] = ()) -> None:
        raise NotImplementedError

    def join(self, values: list[Value], node: Any = None) -> Value:
        raise NotImplementedError

    def _same(self, a: Value, b: Value) -> bool:
        raise NotImplementedError

    def escape(self, value: Value, why: str = "") -> tuple[Value, ...]:
        raise NotImplementedError

    def expose(self, value: Value) -> None:
        raise NotImplementedError

    def assumed(self, value: Value) -> Value:
        raise NotImplementedError

    def first(self, arguments: Arguments) -> Value:
        raise NotImplementedError

    def _lost(self, node: Any) -> Unknown:
        raise NotImplementedError

    def escape_and_lose(self, arguments: Arguments, node: Any, why: str) -> Unknown:
        raise NotImplementedError

    def call_known(self, known: Any, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def construct(self, value: Any, constructor: Function, arguments: Arguments, node: Any) -> None:
        raise NotImplementedError

    def instantiate(self, cls: ClassObject, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def await_lookup(self, name: str, decorator: tree.Expression, register: Callable[[], object]) -> None:
        raise NotImplementedError

    def entries_for(self, registry: Value, key: Value) -> dict[Any, Value] | None:
        raise NotImplementedError

    def constant(self, value: Value) -> Any:
        raise NotImplementedError

    def attributes_of(self, value: Value) -> Value:
        raise NotImplementedError
