"""Losses that compare two or three predictions with each other."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import Any

from cnnlint.facts import Shape
from cnnlint.knowledge.describe import ranked
from cnnlint.knowledge.losses.base import TorchLoss, broadcast, describes_loss
from cnnlint.records import record


@describes_loss("hinge_embedding_loss")
@record
class HingeEmbeddingLoss(TorchLoss):
    """Distances that shall be small where the target is 1, and beyond `margin` where it is -1.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html
    """

    operation = "hinge_embedding_loss"
    margin: Any = 1.0
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"

    def single_losses(self, input: Shape, target: Shape) -> Shape:
        return broadcast(input, target)


@describes_loss("cosine_embedding_loss")
@record
class CosineEmbeddingLoss(TorchLoss):
    """Two embeddings [N, D] that shall point alike where the target is 1.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html
    """

    takes = ("input1", "input2", "target")
    operation = "cosine_embedding_loss"
    margin: Any = 0.0
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"

    def single_losses(self, input1: Shape, input2: Shape, target: Shape) -> Shape:
        return ranked(target)


@describes_loss("margin_ranking_loss")
@record
class MarginRankingLoss(TorchLoss):
    """Two scores of which the first shall be higher where the target is 1.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html
    """

    takes = ("input1", "input2", "target")
    operation = "margin_ranking_loss"
    margin: Any = 0.0
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"

    def single_losses(self, input1: Shape, input2: Shape, target: Shape) -> Shape:
        return broadcast(broadcast(input1, input2), target)


@describes_loss("triplet_margin_loss")
@record
class TripletMarginLoss(TorchLoss):
    """An anchor [N, D] that shall be nearer to its positive than to its negative.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html
    """

    takes = ("anchor", "positive", "negative")
    operation = "triplet_margin_loss"
    margin: Any = 1.0
    p: Any = 2.0
    eps: Any = 1e-06
    swap: Any = False
    size_average: Any = None
    reduce: Any = None
    reduction: Any = "mean"

    def single_losses(self, anchor: Shape, positive: Shape, negative: Shape) -> Shape:
        return ranked(anchor)[:-1]


@describes_loss("triplet_margin_with_distance_loss")
@record
class TripletMarginWithDistanceLoss(TorchLoss):
    """The triplet loss with a distance of the author's own.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginWithDistanceLoss.html
    """

    takes = ("anchor", "positive", "negative")
    operation = "triplet_margin_with_distance_loss"
    _: KW_ONLY
    distance_function: Any = None
    margin: Any = 1.0
    swap: Any = False
    reduction: Any = "mean"
