"""Distances between two tensors along one axis, which goes away."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Layer, Shape
from cnnlint.knowledge.describe import describes
from cnnlint.knowledge.shapes import axis_index, broadcast
from cnnlint.records import record


@describes("torch.nn.CosineSimilarity")
@record
class CosineSimilarity(Layer):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineSimilarity.html"""

    operation = "cosine_similarity"
    dim: Any = 1
    eps: Any = 1e-08

    def output(self, x1: Shape, x2: Shape) -> Shape:
        axes = broadcast(x1, x2)
        at = axis_index(self.dim, len(axes))
        return (*axes[:at], *axes[at + 1 :])


@describes("torch.nn.PairwiseDistance")
@record
class PairwiseDistance(Layer):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.PairwiseDistance.html"""

    operation = "pairwise_distance"
    p: Any = 2.0
    eps: Any = 1e-06
    keepdim: Any = False

    def output(self, x1: Shape, x2: Shape) -> Shape:
        axes = broadcast(x1, x2)
        return (*axes[:-1], 1) if axes and self.keepdim else axes[:-1]
