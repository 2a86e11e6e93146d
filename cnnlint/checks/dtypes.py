"""Checks on number types: whether the target of a loss is of one that the loss takes."""

from __future__ import annotations

from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import LossCall
from cnnlint.fixes import call_method
from cnnlint.values import surely

INTEGERS = ("uint8", "int8", "int16", "int32", "int64", "bool")
FLOATS = ("float16", "bfloat16", "float32", "float64")
#: Losses on class numbers that take int64, and with one axis fewer than the logits also bytes.
ON_CLASSES = ("CrossEntropyLoss", "NLLLoss")
#: Losses that compare numbers with numbers of the same type.
STRICT = ("BCELoss", "HuberLoss")
#: What gives a tensor another number type.
METHODS = {"int64": "long()", "float32": "float()"}


def label_dtype(loss: LossCall) -> Flags:
    """The target has a number type for which the loss raises."""
    if not loss.target:
        return
    wants = _wanted(loss)
    if wants:
        yield flag(
            loss,
            fix=call_method(loss.places[1], METHODS[wants], safe=True) if loss.places else None,
            loss=loss.subject.kind,
            wants=wants,
            what=_meaning(loss, wants),
            got=loss.target.dtype,
            method=METHODS[wants],
        )


def _wanted(loss: LossCall) -> str:
    """The type that the target must be made; '' where the loss takes what it is."""
    kind, dtype = loss.subject.kind, getattr(loss.target, "dtype", "")
    whole, floating = dtype in INTEGERS, dtype in FLOATS
    if not whole and not floating:
        return ""
    if kind in ON_CLASSES:
        numbered = kind == "NLLLoss" or loss.numbered or loss.target.rank < loss.prediction.rank
        if numbered:
            return "int64" if floating or (whole and dtype not in ("int64", "uint8")) else ""
        return "float32" if whole and _spread_out(loss) else ""
    if kind == "MultiMarginLoss":
        return "int64" if dtype != "int64" else ""
    if kind == "BCEWithLogitsLoss" or kind in STRICT:
        double = kind in STRICT and dtype == "float64" and surely(loss.prediction.dtype == "float32")
        return "float32" if whole or double else ""
    return ""


def _spread_out(loss: LossCall) -> Any:
    """The target has the axes of the logits: one number for each class."""
    logits, target = loss.prediction.shape, loss.target.shape
    return len(logits) == len(target) and all(
        size == other for size, other in zip(logits, target, strict=True)
    )


def _meaning(loss: LossCall, wants: str) -> str:
    """What the target is to this loss."""
    if wants == "int64":
        return "class numbers"
    return "class probabilities" if loss.subject.kind in ON_CLASSES else "targets"
