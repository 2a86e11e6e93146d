"""Numbers of classes that are looked up in lists and dicts of names."""

from __future__ import annotations

from typing import Any

from cnnlint.facts import Naming, Number, Tensor
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.counting import as_listed
from cnnlint.interpreter.objects import DictValue, ListValue, Stream, Value
from cnnlint.interpreter.written import target_text
from cnnlint.syntax import tree
from cnnlint.values import Unknown


class Names(Core):
    """What is looked up by a number that was read from a tensor."""

    def note_naming(self, names: Value, index: Number | Tensor, node: Any) -> None:
        """An item is taken out of what may be names of classes."""
        number = index if isinstance(index, Number) else Number(source=index)
        if number.source is None or number.scaled:
            return
        event = Naming(number.source, plus=number.plus, spelt=number.text)
        if not number.text:
            event.listed = as_listed(names)
            known = self.names_in(names)
            if known:
                event.names = tuple(known)
            elif not event.listed:
                return
        elif not isinstance(names, DictValue | Unknown):
            return
        if isinstance(names, ListValue | DictValue) and names.site is not None:
            event.listing = names.site
        self.record(event, node)
        if isinstance(node, tree.Subscript):
            event.text = target_text(node.value)

    def names_in(self, names: Value) -> list[str] | None:
        """The names in a sequence, or in a dict that counts them from 0 on; None if they are no names."""
        if isinstance(names, DictValue):
            entries = self.known_entries(names)
            if entries is None or list(entries) != list(range(len(entries))):
                return None
            known: Any = list(entries.values())
        else:
            known = self.constant(names) if isinstance(names, ListValue | tuple | Stream) else None
        strings = isinstance(known, list) and all(isinstance(each, str) for each in known)
        return known if strings else None
