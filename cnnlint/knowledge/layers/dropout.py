"""The dropout family: the shape is kept, and only training is changed."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Layer, Shape
from cnnlint.knowledge.describe import describes, ranked
from cnnlint.knowledge.shapes import expect_rank
from cnnlint.records import record


@describes("torch.nn.Dropout")
@record
class Dropout(Layer):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html"""

    role = "dropout"
    operation = "dropout"
    modal = True
    any_rank = True
    p: Any = 0.5
    inplace: Any = False

    def output(self, x: Shape) -> Shape:
        return x


@describes("torch.nn.Dropout1d")
class Dropout1d(Dropout):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout1d.html"""

    operation = "dropout1d"
    any_rank = False

    def output(self, x: Shape) -> Shape:
        expect_rank(ranked(x), 2, 3)
        return x


@describes("torch.nn.Dropout2d")
class Dropout2d(Dropout):
    """It warns of another rank than [C, H, W] and [N, C, H, W], and goes on.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html
    """

    operation = "dropout2d"
    meant_for = (3, 4)


@describes("torch.nn.Dropout3d")
class Dropout3d(Dropout):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout3d.html"""

    operation = "dropout3d"
    meant_for = (4, 5)


@describes("torch.nn.AlphaDropout")
class AlphaDropout(Dropout):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html"""

    operation = "alpha_dropout"


@describes("torch.nn.FeatureAlphaDropout")
class FeatureAlphaDropout(Dropout):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.FeatureAlphaDropout.html"""

    operation = "feature_alpha_dropout"
