"""Linear layers: they change the last axis, whatever stands before it."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from cnnlint.facts import EVERYTHING, Layer, Shape, Window
from cnnlint.knowledge.describe import describes, expect, ranked
from cnnlint.knowledge.layers.conv import from_first_input, taken
from cnnlint.knowledge.shapes import elements, expect_size
from cnnlint.records import record


@describes("torch.nn.Linear")
@record
class Linear(Layer):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html"""

    role = "linear"
    operation = "linear"
    any_rank = True
    in_features: Any
    out_features: Any
    bias: Any = True
    device: Any = None
    dtype: Any = None

    @property
    def fan_in(self) -> Any:
        return self.in_features

    @property
    def weight_shape(self) -> Shape:
        return (self.out_features, self.in_features)

    def admits(self) -> Shape:
        return (..., self.in_features)

    def output(self, x: Shape) -> Shape:
        axes = tuple(x)
        expect(len(axes) >= 1, "axes", wants=2, got=len(axes))
        *others, features = axes
        if features is Ellipsis:
            return (..., self.out_features)
        expect_size("features", wants=self.in_features, got=features)
        return (*others, self.out_features)

    def own_parameter_count(self) -> Any:
        return self.out_features * self.in_features + (self.out_features if self.bias else 0)

    def multiply_adds(self, output: Shape, *inputs: Shape) -> Any:
        return elements(ranked(output)) * self.in_features

    def window(self, output: Shape, *inputs: Shape) -> Any:
        """Of vectors all; in a sequence of them, each on its own."""
        return EVERYTHING if len(ranked(output)) < 3 else Window()


@describes("torch.nn.LazyLinear")
@record
class LazyLinear(Linear):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyLinear.html"""

    in_features: Any = field(init=False, default_factory=from_first_input)

    def taken_from(self, x: Shape) -> dict[str, Any]:
        return taken(self, "in_features", x, -1)


@describes("torch.nn.Bilinear")
@record
class Bilinear(Layer):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Bilinear.html"""

    role = "linear"
    operation = "bilinear"
    in1_features: Any
    in2_features: Any
    out_features: Any
    bias: Any = True
    device: Any = None
    dtype: Any = None

    def output(self, input1: Shape, input2: Shape) -> Shape:
        (*others, first), (*_, second) = tuple(input1), tuple(input2)
        expect_size("features", wants=self.in1_features, got=first)
        expect_size("features", wants=self.in2_features, got=second)
        return (*others, self.out_features)

    def own_parameter_count(self) -> Any:
        weights = self.out_features * self.in1_features * self.in2_features
        return weights + (self.out_features if self.bias else 0)

    def multiply_adds(self, output: Shape, *inputs: Shape) -> Any:
        return elements(ranked(output)) * self.in1_features * self.in2_features


@describes("torch.nn.Identity")
class Identity(Layer):
    """Takes any arguments and returns its input.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.Identity.html
    """

    role = "shape"
    operation = "identity"
    any_rank = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args, self.kwargs = args, kwargs

    def output(self, x: Shape) -> Shape:
        return x

    def window(self, output: Shape, *inputs: Shape) -> Any:
        return Window()
