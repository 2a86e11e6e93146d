"""The losses of torch.nn, and the same losses as functions of torch.nn.functional."""

from cnnlint.knowledge.losses import classification, comparison, regression
from cnnlint.knowledge.losses.base import FunctionalLoss, LossUse, TorchLoss

__all__ = ["FunctionalLoss", "LossUse", "TorchLoss", "classification", "comparison", "regression"]
