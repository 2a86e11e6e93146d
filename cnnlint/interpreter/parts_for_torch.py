"""What the parts of the interpreter that know torch offer to the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from cnnlint.facts import (
    Dataset,
    Fact,
    Generator,
    Home,
    Loader,
    Loop,
    Model,
    Module,
    Op,
    Optimizer,
    Parameters,
    Picture,
    Scaler,
    ShapeError,
    StateDict,
    Tensor,
    Transform,
)
from cnnlint.interpreter.objects import (
    Arguments,
    Library,
    ListValue,
    ParameterTensor,
    UserDataset,
    Value,
)
from cnnlint.knowledge.describe import Mismatch
from cnnlint.syntax import tree


class PartsForTorch:
    """Names only, as in `Parts`."""

    def finish_tensor(self, tensor: Tensor, node: Any) -> None:
        raise NotImplementedError

    def freeze(self, parameter: ParameterTensor, value: Value, node: Any) -> None:
        raise NotImplementedError

    def set_in_vain(self, value: Value, name: str, new: Value, node: Any) -> None:
        raise NotImplementedError

    def of_library(self, name: str) -> Value:
        raise NotImplementedError

    def own(self, optimizer: Optimizer, node: Any) -> None:
        raise NotImplementedError

    def home_of(self, module: Module, node: Any) -> Home | None:
        raise NotImplementedError

    def count_images(self, dataset: Dataset, root: str) -> None:
        raise NotImplementedError

    def unsay_forward(self, model: Module, event_count: int, facts: int) -> None:
        raise NotImplementedError

    def batch(self, loader: Loader, node: Any) -> Value:
        raise NotImplementedError

    def place_tensor(self, tensor: Tensor) -> None:
        raise NotImplementedError

    def place_after(self, method: str, arguments: Arguments) -> Any:
        raise NotImplementedError

    def move_module(self, module: Module, method: str, arguments: Arguments, node: Any) -> None:
        raise NotImplementedError

    def module_device(self, module: Module) -> Any:
        raise NotImplementedError

    def wrapped(self, name: str, value: Value) -> Value:
        raise NotImplementedError

    def start_workers(self, loader: Loader, node: Any) -> None:
        raise NotImplementedError

    def generator_method(self, generator: Generator, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def under_construction(self, value: Value) -> bool:
        raise NotImplementedError

    def gather(self, target: ListValue, value: Value) -> None:
        raise NotImplementedError

    def in_order(self, name: str, arguments: Arguments, made: Value, node: Any) -> Value:
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

    def copied(self, module: Any) -> Any:
        raise NotImplementedError

    def join_parameters(self, values: list[Value]) -> Value:
        raise NotImplementedError

    def as_parameters(self, value: Value) -> Parameters | None:
        raise NotImplementedError

    def call_library(self, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def apply_layer(self, layer: Any, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def call_pretrained(self, model: Any, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def call_module(self, module: Module, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def library_attribute(self, value: Value, name: str, node: Any) -> Value:
        raise NotImplementedError

    def super_init(self, base: str, receiver: Value, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def set_child(self, module: Module, name: str, value: Value, node: Any) -> None:
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

    def tensor_item(self, value: Tensor, index: Value, node: Any) -> Value:
        raise NotImplementedError

    def container_item(self, value: Module, index: Value, node: Any) -> Value:
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

    def without_a_trace(
        self, models: Iterable[Model], around: list[Model]
    ) -> AbstractContextManager[list[Any]]:
        raise NotImplementedError

    def look_into_function(self, transform: Transform, node: Any) -> None:
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

    def module_method(self, module: Any, name: str, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def _join_tensors(self, tensors: list[Tensor]) -> Tensor:
        raise NotImplementedError

    def call_loss(self, loss: Any, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def parameters_or_unknown(self, value: Value) -> Any:
        raise NotImplementedError

    def set_early(self, model: Any, name: str, new: Value, node: Any) -> None:
        raise NotImplementedError

    def call_base(self, model: Any, arguments: Arguments, node: Any) -> Value:
        raise NotImplementedError

    def set_of_library(self, library: Library, name: str, new: Value, node: Any) -> None:
        raise NotImplementedError
