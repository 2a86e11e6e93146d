"""What the parts of the interpreter offer one another, each implemented in one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from cnnlint.facts import (
    Dataset,
    Fact,
    Loader,
    Loop,
    Module,
    Op,
    Parameters,
    Picture,
    Scaler,
    ShapeError,
    StateDict,
    Tensor,
)
from cnnlint.interpreter.heap import Writes
from cnnlint.interpreter.objects import (
    Arguments,
    ClassObject,
    DictValue,
    Function,
    ListValue,
    ParameterTensor,
    ProjectModule,
    UserDataset,
    Value,
)
from cnnlint.interpreter.state import Completion, Deferred, Postponed
from cnnlint.knowledge.describe import Mismatch
from cnnlint.syntax import tree
from cnnlint.values import Unknown


class Parts:
    """Names only: the class that has the method is found by its name."""

    def evaluate(self, node: tree.Expression) -> Value:
        raise NotImplementedError

    def execute(self, block: tree.Block) -> Completion:
        raise NotImplementedError

    def call(self, callee: Value, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def finish_tensor(self, tensor: Tensor, node: Any) -> None:
        raise NotImplementedError

    def get_attribute(self, value: Value, name: str, node: Any) -> Value:
        raise NotImplementedError

    def set_attribute(self, value: Value, name: str, new: Value, node: Any) -> None:
        raise NotImplementedError

    def freeze(self, parameter: ParameterTensor, value: Value, node: Any) -> None:
        raise NotImplementedError

    def set_in_vain(self, value: Value, name: str, new: Value, node: Any) -> None:
        raise NotImplementedError

    def of_library(self, name: str) -> Value:
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

    def count_images(self, dataset: Dataset, root: str) -> None:
        raise NotImplementedError

    def unsay_forward(self, model: Module, event_count: int, facts: int) -> None:
        raise NotImplementedError

    def lose(self, target: ListValue | DictValue, why: str, node: Any) -> None:
        raise NotImplementedError

    def batch(self, loader: Loader, node: Any) -> Value:
        raise NotImplementedError

    def example(self, dataset: UserDataset, node: Any) -> Value:
        raise NotImplementedError

    def apply_transform(self, transform: Any, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def look_into(self, dataset: UserDataset, node: Any) -> None:
        raise NotImplementedError

    def derive_dataset(self, dataset: UserDataset, base: str, arguments: Arguments, node: Any) -> None:
        raise NotImplementedError

    def picture_method(self, picture: Picture, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def picture_attribute(self, picture: Picture, name: str, node: Any) -> Value:
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

    def copied(self, module: Any) -> Any:
        raise NotImplementedError

    def join_parameters(self, values: list[Value]) -> Value:
        raise NotImplementedError

    def rounds(self, iterable: Value) -> Any:
        raise NotImplementedError

    def as_parameters(self, value: Value) -> Parameters | None:
        raise NotImplementedError

    def call_library(self, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def call_method(self, receiver: Value, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def apply_layer(self, layer: Any, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def call_pretrained(self, model: Any, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def call_module(self, module: Module, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def unknown_method(self, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def library_attribute(self, value: Value, name: str, node: Any) -> Value:
        raise NotImplementedError

    def super_init(self, base: str, receiver: Value, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def fact_of_class(self, cls: ClassObject, arguments: Arguments) -> Value:
        raise NotImplementedError

    def set_child(self, module: Module, name: str, value: Value, node: Any) -> None:
        raise NotImplementedError

    def name_fact(self, value: Value, name: str) -> None:
        raise NotImplementedError

    def in_block_of_its_own(self, run: Any) -> str:
        raise NotImplementedError

    def look_up(self, name: str) -> Value:
        raise NotImplementedError

    def backward(self, tensor: Value, node: Any, retain_graph: Any = False, by: Value = None) -> None:
        raise NotImplementedError

    def scaler_method(self, scaler: Scaler, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def step_through(self, scaler: Value, optimizer: Value, node: Any) -> None:
        raise NotImplementedError

    def gradient_set(self, parameter: Value, node: Any) -> None:
        raise NotImplementedError

    def gradient_read(self, tensor: Tensor, node: Any) -> None:
        raise NotImplementedError

    def gradient_written(self, parameter: Value, node: Any) -> None:
        raise NotImplementedError

    def say_added(self, event: Any, added: tree.Expression) -> None:
        raise NotImplementedError

    def options_object(self, values: dict[str, Value]) -> Value:
        raise NotImplementedError

    def assign(self, target: tree.Expression, value: Value, node: Any) -> None:
        raise NotImplementedError

    def tensor_item(self, value: Tensor, index: Value, node: Any) -> Value:
        raise NotImplementedError

    def container_item(self, value: Module, index: Value, node: Any) -> Value:
        raise NotImplementedError

    def builtin(self, name: str) -> Any:
        raise NotImplementedError

    def bare(self, value: Value) -> Any:
        raise NotImplementedError

    def all_tensors(self, values: Iterable[Value]) -> tuple[Tensor, ...]:
        raise NotImplementedError

    def as_tensor(self, value: Value) -> Tensor:
        raise NotImplementedError

    def note_op(self, operation: Op, node: Any) -> None:
        raise NotImplementedError

    def shape_error(self, operation: Op, mismatch: Mismatch, node: Any) -> None:
        raise NotImplementedError

    def explain(self, errors: list[ShapeError], module: Module, arguments: Arguments, node: Any) -> None:
        raise NotImplementedError

    def try_batch_of_one(self, node: tree.For, loop: Loop, errors: list[ShapeError]) -> None:
        raise NotImplementedError

    def forget(self, facts: list[Fact]) -> None:
        raise NotImplementedError

    def pass_through(self, module: Module, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def compute_loss(
        self, loss: Any, prediction: Value, target: Value, arguments: Arguments, node: Any
    ) -> Value:
        raise NotImplementedError

    def unseen_call(self, arguments: Arguments, node: Any, name: str, otherwise: Unknown) -> Value:
        raise NotImplementedError

    def made_of(self, arguments: Arguments, otherwise: Unknown) -> Value:
        raise NotImplementedError

    def module_attribute(self, module: Any, name: str, node: Any) -> Value:
        raise NotImplementedError

    def tell_direct_forward(self, module: Any, node: Any) -> None:
        raise NotImplementedError

    def parameter_of(self, owner: Value, name: str = "") -> Any:
        raise NotImplementedError

    def state_method(self, state: StateDict, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def states_in(self, values: list[Value]) -> Iterator[StateDict]:
        raise NotImplementedError

    def require_gradient(self, tensor: Tensor, wanted: Value, node: Any) -> None:
        raise NotImplementedError

    def call_initializer(self, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def fill_in_place(self, tensor: Tensor, name: str, arguments: Arguments, node: Any) -> None:
        raise NotImplementedError

    def put_weight(self, target: Value, new: Value, node: Any) -> None:
        raise NotImplementedError

    def tensors(self, arguments: Arguments) -> tuple[Tensor, ...]:
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

    def module_method(self, module: Any, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def container_method(self, receiver: Value, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def fork(self, node: Any, arms: list[Callable[[], Value]]) -> Value:
        raise NotImplementedError

    def join_writes(self, written: list[Writes]) -> None:
        raise NotImplementedError

    def join(self, values: list[Value], node: Any = None) -> Value:
        raise NotImplementedError

    def _same(self, a: Value, b: Value) -> bool:
        raise NotImplementedError

    def _join_tensors(self, tensors: list[Tensor]) -> Tensor:
        raise NotImplementedError

    def escape(self, value: Value, why: str = "") -> tuple[Value, ...]:
        raise NotImplementedError

    def expose(self, value: Value) -> None:
        raise NotImplementedError

    def assumed(self, value: Value) -> Value:
        raise NotImplementedError

    def call_loss(self, loss: Any, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def first(self, arguments: Arguments) -> Value:
        raise NotImplementedError

    def _lost(self, node: Any) -> Unknown:
        raise NotImplementedError

    def escape_and_lose(self, arguments: Arguments, node: Any, why: str) -> Unknown:
        raise NotImplementedError

    def parameters_or_unknown(self, value: Value) -> Any:
        raise NotImplementedError

    def call_known(self, known: Any, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def construct(self, value: Any, constructor: Function, arguments: Arguments, node: Any) -> None:
        raise NotImplementedError

    def set_early(self, model: Any, name: str, new: Value, node: Any) -> None:
        raise NotImplementedError

    def instantiate(self, cls: ClassObject, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def call_base(self, model: Any, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def await_lookup(self, name: str, decorator: tree.Expression, register: Callable[[], object]) -> None:
        raise NotImplementedError

    def entries_for(self, registry: Value, key: Value) -> dict[Any, Value] | None:
        raise NotImplementedError

    def constant(self, value: Value) -> Any:
        raise NotImplementedError

    def attributes_of(self, value: Value) -> Value:
        raise NotImplementedError
