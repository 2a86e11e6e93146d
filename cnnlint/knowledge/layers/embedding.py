"""Embeddings: a learned vector for each index."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Layer, Shape
from cnnlint.knowledge.describe import describes, ranked
from cnnlint.knowledge.shapes import expect_rank
from cnnlint.records import record
from cnnlint.values import Undecided


@describes("torch.nn.Embedding")
@record
class Embedding(Layer):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html"""

    role = "embedding"
    operation = "embedding"
    any_rank = True
    num_embeddings: Any
    embedding_dim: Any
    padding_idx: Any = None
    max_norm: Any = None
    norm_type: Any = 2.0
    scale_grad_by_freq: Any = False
    sparse: Any = False
    _weight: Any = None
    _freeze: Any = False
    device: Any = None
    dtype: Any = None

    def output(self, x: Shape) -> Shape:
        return (*tuple(x), self.embedding_dim)

    def own_parameter_count(self) -> Any:
        return self.num_embeddings * self.embedding_dim


@describes("torch.nn.EmbeddingBag")
@record
class EmbeddingBag(Layer):
    """One vector for each row of indices, or for each bag that `offsets` cuts a vector of them into.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
    """

    role = "embedding"
    operation = "embedding_bag"
    num_embeddings: Any
    embedding_dim: Any
    max_norm: Any = None
    norm_type: Any = 2.0
    scale_grad_by_freq: Any = False
    mode: Any = "mean"
    sparse: Any = False
    _weight: Any = None
    include_last_offset: Any = False
    padding_idx: Any = None
    device: Any = None
    dtype: Any = None

    def output(self, x: Shape, offsets: Shape = None) -> Shape:
        axes = ranked(x)
        expect_rank(axes, 1, 2)
        if len(axes) == 2:
            return (axes[0], self.embedding_dim)
        if offsets is None:
            raise Undecided("the number of bags is not known")
        (bags,) = ranked(offsets)
        return (bags - 1 if self.include_last_offset else bags, self.embedding_dim)

    def own_parameter_count(self) -> Any:
        return self.num_embeddings * self.embedding_dim
