"""Checks on models that come ready made, and on the head that is put on them."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Layer, Stray
from cnnlint.findings import Fix
from cnnlint.fixes import replace
from cnnlint.values import surely


def head_not_replaced(model: Layer) -> Flags:
    """The new head is set under a name that the model does not use."""
    for stray in model.strays:
        if not stray.layer.called:
            yield flag(
                stray.site,
                also=[(model, "made here")],
                fix=_in_its_place(stray),
                model=model.label,
                name=stray.name,
                place=stray.place,
            )


def _in_its_place(stray: Stray) -> Fix | None:
    """Set it where the model has its last layer, if it takes what that one takes and is used by no name."""
    new, old = stray.layer, stray.last
    fits = new.kind == old.kind == "Linear" and surely(new.in_features == old.in_features)
    return replace(stray.site, stray.place, safe=False) if fits and not stray.read else None
