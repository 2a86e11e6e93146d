"""Recurrent layers. Several outputs are a list of shapes, as torch returns a tuple of tensors."""

from __future__ import annotations

from typing import Any, ClassVar

from cnnlint.facts import EVERYTHING, Layer, Shape
from cnnlint.knowledge.describe import describes, ranked
from cnnlint.knowledge.shapes import elements, expect_rank, expect_size
from cnnlint.records import record


class Recurrent(Layer):
    """What all recurrent layers share: [L, N, features], [N, L, features] or [L, features] in,
    (the outputs, the last states) out. `gates` linear maps make each step."""

    role = "recurrent"
    gates: ClassVar[int]
    input_size: Any
    hidden_size: Any
    num_layers: Any
    bias: Any
    batch_first: Any
    bidirectional: Any
    proj_size: Any = 0

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def output_size(self) -> Any:
        """Features that one direction gives."""
        return self.proj_size or self.hidden_size

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        expect_rank(axes, 2, 3)
        expect_size("features", wants=self.input_size, got=axes[-1])
        sequence = (*axes[:-1], self.output_size * self.directions)
        batch = axes[1 - int(bool(self.batch_first)) : 2 - int(bool(self.batch_first))]
        return [sequence, self.states(batch if len(axes) == 3 else ())]

    def states(self, batch: tuple[Any, ...]) -> Shape:
        """The last states of all layers, or a list of them."""
        return (self.num_layers * self.directions, *batch, self.output_size)

    def own_parameter_count(self) -> Any:
        biases = 2 * self.gates * self.hidden_size if self.bias else 0
        return self.weights() + self.directions * self.num_layers * biases

    def multiply_adds(self, output: Shape, *inputs: Shape) -> Any:
        return elements(ranked(inputs[0])[:-1]) * self.weights()

    def window(self, output: Shape, *inputs: Shape) -> Any:
        return EVERYTHING

    def weights(self) -> Any:
        """All numbers learned but the biases."""
        first = self.layer_weights(self.input_size)
        later = self.layer_weights(self.output_size * self.directions)
        return self.directions * (first + (self.num_layers - 1) * later)

    def layer_weights(self, features: Any) -> Any:
        """Of one direction of one layer that takes so many features."""
        projection = self.proj_size * self.hidden_size
        return self.gates * self.hidden_size * (features + self.output_size) + projection


@describes("torch.nn.RNN")
@record
class RNN(Recurrent):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html"""

    operation = "rnn"
    gates = 1
    input_size: Any
    hidden_size: Any
    num_layers: Any = 1
    nonlinearity: Any = "tanh"
    bias: Any = True
    batch_first: Any = False
    dropout: Any = 0.0
    bidirectional: Any = False
    device: Any = None
    dtype: Any = None


@describes("torch.nn.LSTM")
@record
class LSTM(Recurrent):
    """Its states are two: [outputs, [hidden, cell]].

    https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
    """

    operation = "lstm"
    gates = 4
    input_size: Any
    hidden_size: Any
    num_layers: Any = 1
    bias: Any = True
    batch_first: Any = False
    dropout: Any = 0.0
    bidirectional: Any = False
    proj_size: Any = 0
    device: Any = None
    dtype: Any = None

    def states(self, batch: tuple[Any, ...]) -> Shape:
        layers = self.num_layers * self.directions
        return [(layers, *batch, self.output_size), (layers, *batch, self.hidden_size)]


@describes("torch.nn.GRU")
@record
class GRU(Recurrent):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html"""

    operation = "gru"
    gates = 3
    input_size: Any
    hidden_size: Any
    num_layers: Any = 1
    bias: Any = True
    batch_first: Any = False
    dropout: Any = 0.0
    bidirectional: Any = False
    device: Any = None
    dtype: Any = None


class Cell(Layer):
    """What all cells share: one step of a recurrent layer, [N, features] to [N, hidden]."""

    role = "recurrent"
    gates: ClassVar[int]
    input_size: Any
    hidden_size: Any
    bias: Any

    def output(self, x: Shape) -> Shape:
        axes = ranked(x)
        expect_rank(axes, 1, 2)
        expect_size("features", wants=self.input_size, got=axes[-1])
        return (*axes[:-1], self.hidden_size)

    def own_parameter_count(self) -> Any:
        rows = self.gates * self.hidden_size
        return rows * (self.input_size + self.hidden_size) + (2 * rows if self.bias else 0)

    def multiply_adds(self, output: Shape, *inputs: Shape) -> Any:
        weights = self.gates * self.hidden_size * (self.input_size + self.hidden_size)
        return elements(ranked(inputs[0])[:-1]) * weights

    def window(self, output: Shape, *inputs: Shape) -> Any:
        return EVERYTHING


@describes("torch.nn.RNNCell")
@record
class RNNCell(Cell):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html"""

    operation = "rnn_cell"
    gates = 1
    input_size: Any
    hidden_size: Any
    bias: Any = True
    nonlinearity: Any = "tanh"
    device: Any = None
    dtype: Any = None


@record
class GatedCell(Cell):
    """A cell without a choice of its non-linearity."""

    input_size: Any
    hidden_size: Any
    bias: Any = True
    device: Any = None
    dtype: Any = None


@describes("torch.nn.GRUCell")
class GRUCell(GatedCell):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.GRUCell.html"""

    operation = "gru_cell"
    gates = 3


@describes("torch.nn.LSTMCell")
class LSTMCell(GatedCell):
    """It gives [hidden, cell].

    https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html
    """

    operation = "lstm_cell"
    gates = 4

    def output(self, x: Shape) -> Shape:
        state = super().output(x)
        return [state, state]
