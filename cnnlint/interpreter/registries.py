"""Registries: what decorators put into a dict is put there when it is first looked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import DictValue, Value, plain
from cnnlint.syntax import tree


class Registries(Core):
    """A project may decorate a thousand models, of which a program looks for one: decorators are
    followed when a dict lacks the name of what they decorate, or one that they were given."""

    def await_lookup(self, name: str, decorator: tree.Expression, register: Callable[[], object]) -> None:
        """Something of this name was decorated: `register` follows the decorator."""
        given = decorator.arguments if isinstance(decorator, tree.Call) else ()
        texts = [each.value.value for each in given if isinstance(each.value, tree.Constant)]
        for key in {name, *(text for text in texts if isinstance(text, str))}:
            self.decorated.setdefault(key.lower(), []).append(register)

    def entries_for(self, registry: Value, key: Value) -> dict[Any, Value] | None:
        """What a dict holds, with what decorators would have put there under this key."""
        entries = self.known_entries(registry)
        missing = isinstance(plain(registry), DictValue) and isinstance(key, str)
        if not missing or entries is None or key in entries or key.lower() not in self.decorated:
            return entries
        for register in self.decorated.pop(key.lower()):
            register()
        return self.known_entries(registry)
