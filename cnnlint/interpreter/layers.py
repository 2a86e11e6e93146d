"""Layers and losses applied to tensors: shapes in, shapes out, and what surely does not fit."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import (
    NOWHERE,
    Layer,
    LossCall,
    Op,
    ShapeError,
    Tensor,
    is_ranked,
)
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import (
    Arguments,
    Value,
    plain,
)
from cnnlint.interpreter.written import source_text
from cnnlint.knowledge.describe import Mismatch, joined_graph
from cnnlint.knowledge.layers.conv import TransposedConvolution
from cnnlint.source import Site
from cnnlint.syntax import tree
from cnnlint.values import Undecided, Unknown, is_unknown

#: Layers of these roles learn something, so autograd follows what they return.
LEARNING_ROLES = (
    "convolution",
    "linear",
    "normalization",
    "recurrent",
    "embedding",
    "attention",
    "network",
)


class Layers(Core):
    """What applying a layer or a loss makes."""

    def apply_layer(self, layer: Any, arguments: Arguments, node: Any) -> Value:
        given = [*arguments.positional, *arguments.keywords.values()]
        tensors = [self.as_tensor(value) for value in given[:1]]
        tensors += [plain(value) for value in given[1:] if isinstance(plain(value), Tensor)]
        if not tensors:
            return self.unknown("called without a tensor", node)
        self.refine(layer, tensors[0])
        name = getattr(layer, "operation", "") or layer.kind.lower()
        operation = Op(name=name, inputs=tuple(tensors), layer=layer)
        operation.text = source_text(node)
        try:
            shape = self.output_shape(layer, tensors)
            if isinstance(layer, TransposedConvolution):
                shape = layer.resized(shape, self.asked_size(arguments))
            self.expect_meant(layer, operation, node)
        except Mismatch as mismatch:
            self.shape_error(operation, mismatch, node)
            shape = self.shape_if_it_fitted(layer, tensors, mismatch)
        graph = joined_graph(tensors)
        if graph is not True and self.learns(layer):
            graph = layer.trainable
        result = self.outputs(operation, shape, self.recorded(graph))
        self.note_op(operation, node)
        return result

    def expect_meant(self, layer: Any, operation: Op, node: Any) -> None:
        """Note where a layer is applied to what torch only warns of."""
        shape = operation.inputs[0].shape
        meant = getattr(layer, "meant_for", ())
        if meant and is_ranked(shape) and len(shape) not in meant:
            self.shape_error(operation, Mismatch("axes", meant[-1], len(shape)), node)

    def asked_size(self, arguments: Arguments) -> Any:
        """The `output_size` a transposed convolution is called with, if it is."""
        others = [*arguments.positional[1:], arguments.keywords.get("output_size")]
        return self.bare(others[0])

    def shape_if_it_fitted(self, layer: Any, tensors: list[Tensor], mismatch: Mismatch) -> Any:
        """What comes after a layer that does not fit, so that one mistake does not hide the next."""
        axis = {"channels": 1, "features": -1}.get(mismatch.axis)
        shape = tensors[0].shape
        if getattr(layer, "role", "") == "normalization" and mismatch.axis in (
            "axes",
            "channels",
            "features",
        ):
            return shape
        if layer.kind == "Linear" and tensors[0].is_map:  # which was not flattened
            return shape[0], layer.out_features
        if axis is not None and isinstance(shape, tuple) and len(shape) > 1:
            fitting = list(shape)
            fitting[axis] = mismatch.wants
            try:
                return self.settled(layer, [tuple(fitting)])
            except Mismatch:
                pass
        return Unknown(f"`{layer.name or layer.kind}` does not fit what reaches it")

    def learns(self, layer: Any) -> bool:
        learner = not isinstance(layer, Layer) or layer.role in LEARNING_ROLES
        return learner and layer.trainable is not False

    def refine(self, layer: Any, tensor: Tensor) -> None:
        """An input of unknown shape takes the shape the layer admits, with fresh symbols; a lazy layer takes
        its sizes from its first input."""
        if is_unknown(tensor.shape):
            try:
                self.heap.set(tensor.__dict__, "shape", layer.admits())
            except (Undecided, AttributeError):
                return
        if isinstance(layer, Layer):
            for option, size in layer.taken_from(tensor.shape).items():
                self.heap.set(vars(layer), option, size)

    def output_shape(self, layer: Any, tensors: list[Tensor]) -> Any:
        shapes = [tensor.shape for tensor in tensors]
        if not hasattr(layer, "output"):
            return Unknown("what this module returns is not known")
        if any(is_unknown(shape) for shape in shapes[:1]):
            return shapes[0] if getattr(layer, "any_rank", False) is False else self.settled(layer, shapes)
        if any(isinstance(shape, tuple) and shape and shape[0] is Ellipsis for shape in shapes):
            if not layer.any_rank:
                return Unknown("the number of axes is not known")
        return self.settled(layer, shapes)

    def settled(self, layer: Any, shapes: list[Any]) -> Any:
        try:
            return layer.output(*shapes[: self.input_count(layer)])
        except Undecided as undecided:
            return Unknown(undecided.why, undecided.site)
        except Mismatch:
            raise
        except (TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError):
            return Unknown(f"cannot tell what {layer.kind} returns")

    def input_count(self, layer: Any) -> int | None:
        code = type(layer).output.__code__
        return None if code.co_flags & 0x04 else code.co_argcount - 1

    def outputs(self, operation: Op, shape: Any, graph: Any) -> Value:
        """The tensor (or nested tensors) an operation gives for a shape (or list of shapes)."""
        if isinstance(shape, list):
            return tuple(self.outputs(operation, each, graph) for each in shape)
        dtype = operation.inputs[0].dtype if operation.inputs else None
        if not isinstance(dtype, str) or "float" not in dtype:
            dtype = Unknown("dtype not known")
        tensor = Tensor(shape=shape, dtype=dtype, graph=graph, producer=operation)
        if operation.output is None:
            operation.output = tensor
        self.place_tensor(tensor)
        return tensor

    def note_op(self, operation: Op, node: Any) -> None:
        operation.model = self.models[-1] if self.models else None
        operation.pretrained = operation.layer is not None and operation.layer.pretrained
        operation.maybe = len(self.arms) > self.frame.arms_at_entry
        operation.grad_enabled = self.grad_enabled
        receiver, self.receiver = self.receiver, None
        first = receiver
        if isinstance(node, tree.Call):
            first = receiver or (node.arguments[0].value if node.arguments else None)
            operation.method = receiver is not None
        operation.argument = NOWHERE if first is None else self.site(first)
        operation.arms = len(self.arms)
        for model in () if self.speculation else self.models:
            model.ops.append(operation)
        self.note(operation, node)

    def shape_error(self, operation: Op, mismatch: Mismatch, node: Any) -> None:
        if self.speculation or self.expected or any(map(is_empty, operation.inputs)):
            return
        operation.site, operation.arms = self.site(node), len(self.arms)
        operation.model = self.models[-1] if self.models else None
        error = ShapeError(operation, mismatch.axis, mismatch.wants, mismatch.got, operation.layer)
        if operation.inputs:
            error.input_known = sizes_known(operation.inputs[0].shape)
        self.note(error, node)
        self.shape_errors.append(error)

    # --- losses --------------------------------------------------------------------------------
    def call_loss(self, loss: Any, arguments: Arguments, node: Any) -> Value:
        keywords = arguments.keywords
        positional = list(arguments.positional)
        prediction = positional.pop(0) if positional else keywords.get("input")
        target = positional.pop(0) if positional else keywords.get("target")
        return self.compute_loss(loss, prediction, target, arguments, node)

    def compute_loss(
        self, loss: Any, prediction: Value, target: Value, arguments: Arguments, node: Any
    ) -> Value:
        inputs = [self.as_tensor(prediction)]
        if target is not None:
            inputs.append(self.as_tensor(target))
        operation = Op(name=loss.operation or loss.kind.lower(), inputs=tuple(inputs), layer=loss)
        operation.text = source_text(node)
        try:
            shape = self.settled(loss, [tensor.shape for tensor in inputs])
        except Mismatch as mismatch:
            self.shape_error(operation, mismatch, node)
            shape = Unknown("the loss does not fit what reaches it")
        output = self.outputs(operation, shape, self.recorded(joined_graph(inputs)))
        self.note_op(operation, node)
        event = LossCall(
            subject=loss, prediction=inputs[0], target=inputs[1] if len(inputs) > 1 else None, output=output
        )
        event.text = source_text(node)
        event.places = self.loss_places(node)
        self.record(event, node)
        return output

    def loss_places(self, node: Any) -> tuple[Site, ...]:
        """Where the prediction and the target of a loss are written; () if that cannot be told."""
        arguments = node.arguments if isinstance(node, tree.Call) else ()
        named = {each.keyword: each.value for each in arguments if each.keyword}
        positional = [each.value for each in arguments if not each.keyword and not each.star]
        given = [*positional, *(named[name] for name in ("input", "target") if name in named)]
        starred = any(each.star for each in arguments)
        return () if starred or len(given) < 2 else (self.site(given[0]), self.site(given[1]))


def sizes_known(shape: Any) -> bool:
    """All but the number of examples are numbers."""
    return isinstance(shape, tuple) and all(isinstance(axis, int) for axis in shape[1:])


def is_empty(tensor: Tensor) -> bool:
    """It holds no number: a list that was not filled where we look, more likely than what is meant."""
    return isinstance(tensor.shape, tuple) and any(type(axis) is int and axis == 0 for axis in tensor.shape)
