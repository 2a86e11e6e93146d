"""State dicts: the tensors of a module by name, which are the module's own until someone copies them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from cnnlint.facts import Backward, Module, Pickling, StateDict, StateUse
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import Arguments, DictValue, OneOf, Value, plain
from cnnlint.interpreter.written import source_text, target_text
from cnnlint.syntax import tree
from cnnlint.values import Undecided, is_unknown

#: Methods of a dict that give another with the same tensors, and those that put others in their place.
SHALLOW = frozenset({"copy"})
REPLACING = frozenset({"update", "pop", "popitem", "clear", "setdefault", "__setitem__"})


class States(Core):
    """What becomes of the state of a module that is taken from it."""

    def method_state_dict(self, module: Any, arguments: Arguments, node: Any) -> Value:
        if arguments.every():
            return self.unknown("what state_dict() returns", node)
        state = StateDict(subject=module)
        state.text = source_text(node)
        self.record(state, node)
        return state

    def state_method(self, state: StateDict, name: str, arguments: Arguments, node: Any) -> Value:
        if name in SHALLOW:
            return state
        state.altered = state.altered or name in REPLACING
        return self.unknown(f"what {name}() of a state dict returns", node)

    def method_load_state_dict(self, module: Any, arguments: Arguments, node: Any) -> Value:
        self.use_states(arguments, node)
        below = {module: None}
        with suppress(Undecided):
            below.update(dict.fromkeys(module.modules()))
        if not self.has_learnt(below):  # else those it has begun with are not these
            for each in below:
                each.pretrained = self.unknown("weights are loaded", node)
        return self.unknown("what load_state_dict() returns", node)

    def has_learnt(self, modules: dict[Module, None]) -> bool:
        """Gradients were made for some of these before."""
        made = (fact.modules for fact in self.program.facts if isinstance(fact, Backward))
        return any(each in modules for found in made if not is_unknown(found) for each in found)

    def do_save(self, arguments: Arguments, node: Any) -> Value:
        """`torch.save`: of states, and of modules, all of which is saved."""
        self.use_states(arguments, node)
        given = plain(arguments.every()[0]) if arguments.every() else None
        entries = self.known_entries(given) if isinstance(given, DictValue) else None
        for value in [given] if entries is None else entries.values():
            if isinstance(plain(value), Module) and isinstance(node, tree.Call) and node.arguments:
                event = Pickling(subject=plain(value), argument=self.site(node.arguments[0].value))
                event.given = target_text(node.arguments[0].value) if entries is None else ""
                event.text = source_text(node)
                self.record(event, node)
        return None

    def use_states(self, arguments: Arguments, node: Any) -> None:
        for state in self.states_in(arguments.every()[:1]):
            use = StateUse(subject=state)
            use.text = source_text(node)
            self.record(use, node)
            state.uses.append(use)

    def states_in(self, values: list[Value]) -> Iterator[StateDict]:
        """The state dicts given, also those in dicts and lists."""
        for value in map(plain, values):
            if isinstance(value, StateDict):
                yield value
            elif isinstance(value, OneOf):
                yield from self.states_in(list(value.alternatives))
            else:
                entries = self.known_entries(value)
                yield from self.states_in(list(entries.values()) if entries else [])
