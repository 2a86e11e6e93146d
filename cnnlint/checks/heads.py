"""Checks on models that come ready made, and on the head that is put on them."""

from __future__ import annotations

from typing import Any

from cnnlint.checks.flags import Flags, flag
from cnnlint.findings import Fix
from cnnlint.fixes import replace
from cnnlint.knowledge.pretrained import PretrainedModel
from cnnlint.values import surely


def head_not_replaced(model: PretrainedModel) -> Flags:
    """The new head is set under a name that the model does not use."""
    if model.watched or model.head != model.original:
        return
    way, last = model.last
    for name, layer in model.strays:
        place, written = model.places[name]
        if not layer.called:
            owner = written.removesuffix(f".{name}")
            yield flag(
                place,
                also=[(model, "made here")],
                fix=_renamed(place, f"{owner}.{way}", layer, last),
                model=model.label,
                name=name,
                place=f"{owner}.{way}",
            )


def _renamed(place: Any, path: str, layer: Any, last: Any) -> Fix | None:
    """Set it where the model has its last layer, if it takes what that one takes."""
    fits = layer.kind == last.kind == "Linear" and surely(layer.in_features == last.in_features)
    return replace(place, path, safe=False) if fits else None
