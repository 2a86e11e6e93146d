"""Expressions: one method per node kind, `eval_Call`, `eval_Name`, as torch.fx has one per op."""

from __future__ import annotations

import builtins
from typing import Any

from cnnlint.facts import Loader, Number, Tensor
from cnnlint.interpreter import limits
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.counting import name_by_key
from cnnlint.interpreter.objects import (
    MISSING,
    Arguments,
    Assumed,
    DictValue,
    Function,
    Instance,
    Library,
    ListValue,
    OneOf,
    Scope,
    Stream,
    UserModel,
    Value,
    items_in,
    make_dict,
    make_list,
    plain,
)
from cnnlint.interpreter.roles import role_of
from cnnlint.interpreter.state import LATER, PRIMITIVES
from cnnlint.syntax import tree
from cnnlint.values import Undecided, Unknown

#: What a fragment means by names it never binds.
CONVENTIONAL = {
    "torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional", "optim": "torch.optim",
    "transforms": "torchvision.transforms", "models": "torchvision.models",
    "datasets": "torchvision.datasets",
    "torchvision": "torchvision", "DataLoader": "torch.utils.data.DataLoader",
    "Dataset": "torch.utils.data.Dataset", "Variable": "torch.autograd.Variable", "np": "numpy",
    "plt": "matplotlib.pyplot", "lr_scheduler": "torch.optim.lr_scheduler", "tqdm": "tqdm.tqdm",
    "clip_grad_norm_": "torch.nn.utils.clip_grad_norm_", "GradScaler": "torch.amp.GradScaler",
    "autocast": "torch.autocast", "copy": "copy", "math": "math", "os": "os", "time": "time",
    "random": "random",
}  # fmt: skip


class Expressions(Core):
    """Evaluation of expressions to abstract values."""

    def evaluate(self, node: tree.Expression) -> Value:
        self.spend()
        try:
            return self.evaluators[type(node)](self, node)
        except Undecided as undecided:
            return Unknown(undecided.why, undecided.site)

    def eval_Constant(self, node: tree.Constant) -> Value:
        return node.value

    def eval_Name(self, node: tree.Name) -> Value:
        found = self.look_up(node.id)
        return self.unbound(node) if found is _ABSENT else found

    def look_up(self, name: str) -> Value:
        frame = self.frame
        scope: Scope | None = frame.scope
        if name in frame.global_names:
            scope = self.module_scope()
        first = scope
        while scope is not None:
            if name in scope.names and (scope is first or not scope.is_class):
                found = scope.names[name]
                if type(found) in LATER:
                    found = scope.names[name] = self.fetched(found)
                return found
            scope = scope.outer
        return _ABSENT

    def module_scope(self) -> Scope:
        scope = self.frame.scope
        while scope.outer is not None:
            scope = scope.outer
        return scope

    def unbound(self, node: tree.Name) -> Value:
        """A name nobody binds: a builtin, a conventional import, or an object known by its use."""
        name = node.id
        if name in _BUILTIN_NAMES:
            return Library(f"builtins.{name}")
        if name in CONVENTIONAL:
            return Library(CONVENTIONAL[name])
        if name in ("__name__", "__file__"):
            return "__main__" if name == "__name__" else self.frame.scope.module.path
        value = self.role(name, self.frame, node)
        if value is None:
            value = self.unknown(f"`{name}` is not defined in what was read", node)
        self.module_scope().names.setdefault(name, value)  # not undone: the same object at each use
        return value

    def role(self, name: str, frame: Any, node: Any) -> Value:
        """The object that a name must stand for by the way it is used, or None."""
        body = frame.function.node.body if frame.function else self.body_of(frame.scope.module)
        fact = role_of(name, body)
        if fact is None:
            return None
        fact.exposed = True
        fact.assumed = True
        self.note(fact, node, name)
        return fact

    def body_of(self, module: Any) -> Any:
        parsed = self.project.module(module.path)
        return parsed.body if parsed else ()

    def eval_Attribute(self, node: tree.Attribute) -> Value:
        return self.get_attribute(self.evaluate(node.value), node.name, node)

    def eval_Call(self, node: tree.Call) -> Value:
        callee = self.evaluate(node.function)
        return self.call(callee, self.arguments(node, callee), node)

    def arguments(self, node: tree.Call, callee: Value = None) -> Arguments:
        positional: list[Value] = []
        keywords: dict[str, Value] = {}
        unknown: Any = False
        starred: Value = None
        for argument in node.arguments:
            value = self.evaluate(argument.value)
            if argument.star == "*":
                items = self.known_items(value)
                if items is None:
                    unknown, starred = self.unknown("arguments of unknown number", argument), plain(value)
                elif starred is not None:
                    self.escape(value)
                else:
                    positional.extend(items)
            elif argument.star == "**":
                known_name = isinstance(plain(callee), Library)
                entries = self.options_of(value, argument) if known_name else self.known_entries(value)
                if entries is None:
                    unknown = self.unknown("keyword arguments not known", argument)
                else:
                    keywords.update((str(key), each) for key, each in entries.items())
            elif argument.keyword:
                keywords[argument.keyword] = value
            elif starred is not None:  # which parameter it goes to is not known
                self.escape(value)
            else:
                positional.append(value)
        return Arguments(positional, keywords, unknown, node, starred)

    def options_of(self, value: Value, node: Any) -> dict[Any, Value] | None:
        """The entries of one dict or of one of several; what only some of them have is not known."""
        value = plain(value)
        choices = value.alternatives if type(value) is OneOf else (value,)
        rows = [self.known_entries(each) for each in choices]
        known = [row for row in rows if row is not None]
        if len(known) < len(rows):
            return None
        somewhere = self.unknown("given on some paths only", node)
        return {
            name: self.join([row.get(name, somewhere) for row in known], node)
            for row in known
            for name in row
        }

    def known_items(self, value: Value) -> list[Value] | None:
        """The items of an iterable, if all are known."""
        value = plain(value)
        if isinstance(value, ListValue):
            self.lists_read.add(id(value.store))
            items = value.store["items"]
            return None if isinstance(items, Unknown) else list(items)
        if isinstance(value, tuple | range | str | bytes):
            return list(value[: limits.ITEMS]) if len(value) <= limits.ITEMS else None
        if isinstance(value, DictValue):
            entries = self.known_entries(value)
            return None if entries is None else list(entries)
        if isinstance(value, Instance) and "typing.NamedTuple" in value.cls.library_bases():
            return [value.attributes.get(name, MISSING) for name in value.cls.all_fields() or ()]
        items = items_in(value)
        if items is not None:
            container: Any = value.base_layer if isinstance(value, UserModel) else value
            return list(items) if container.kind == "ModuleDict" else list(items.values())
        if isinstance(value, Stream) and isinstance(value.element, list):
            return value.element
        if isinstance(value, Tensor) and value.numbers and not value.overwritten and value.rank == 1:
            each = (Tensor(shape=(), dtype=value.dtype, graph=False, numbers=(one,)) for one in value.numbers)
            return list(each)
        return None

    def known_entries(self, value: Value) -> dict[Any, Value] | None:
        value = plain(value)
        if isinstance(value, DictValue):
            self.lists_read.add(id(value.store))
            items = value.store["items"]
            return None if isinstance(items, Unknown) else dict(items)
        return None

    def eval_Tuple(self, node: tree.Tuple) -> Value:
        items = self.display(node.items)
        return self.unknown("a tuple of unknown length", node) if items is None else tuple(items)

    def eval_List(self, node: tree.List) -> Value:
        values = [self.evaluate(each) for each in node.items]
        items = self.spread(node.items, values)
        parameters = self.join_parameters(values) if items is None else None
        if parameters is not None:  # as list(...) of them
            return parameters
        return make_list(self._lost(node) if items is None else items, "list", self.site(node), self.loop)

    def eval_SetDisplay(self, node: tree.SetDisplay) -> Value:
        items = self.display(node.items)
        return make_list(self._lost(node) if items is None else items, "set", self.site(node))

    def _lost(self, node: Any) -> Unknown:
        return self.unknown("a list of unknown length", node)

    def display(self, nodes: tuple[tree.Expression, ...]) -> list[Value] | None:
        return self.spread(nodes, [self.evaluate(node) for node in nodes])

    def spread(self, nodes: tuple[tree.Expression, ...], values: list[Value]) -> list[Value] | None:
        """The items of a display; None if it is not known how many a starred value gives."""
        items: list[Value] = []
        for node, value in zip(nodes, values, strict=True):
            more = self.known_items(value) if isinstance(node, tree.Starred) else [value]
            if more is None:
                return None
            items.extend(more)
        return items

    def eval_Starred(self, node: tree.Starred) -> Value:
        return self.evaluate(node.value)

    def eval_Dictionary(self, node: tree.Dictionary) -> Value:
        items: dict[Any, Value] = {}
        lost = False
        for key_node, value_node in node.items:
            value = self.evaluate(value_node)
            if key_node is None:
                entries = self.known_entries(value)
                lost = lost or entries is None
                items.update(entries or {})
                continue
            key = plain(self.evaluate(key_node))
            if self.hashable(key):
                items[key] = value
                name_by_key(value, key)
            else:
                self.escape(value)
                lost = True
        if lost:
            self.escape(items)
        return make_dict(self.unknown("keys not known", node) if lost else items, self.site(node))

    def hashable(self, key: Value) -> bool:
        if isinstance(key, tuple):
            return all(self.hashable(each) for each in key)
        return isinstance(key, PRIMITIVES) and not isinstance(key, slice) or isinstance(key, Library)

    def eval_Conditional(self, node: tree.Conditional) -> Value:
        test = self.test(node.test)
        truth = self.truth(test)
        if isinstance(truth, Unknown):
            arms = [lambda: self.evaluate(node.body), lambda: self.evaluate(node.orelse)]
            return self.fork(node, arms, self.deciding([test]))
        self.frame.tests += 1
        value = self.evaluate(node.body if truth else node.orelse)
        self.frame.tests -= 1
        return self.assumed(value) if type(test) is Assumed and type(value) is not Assumed else value

    def eval_NamedExpression(self, node: tree.NamedExpression) -> Value:
        value = self.evaluate(node.value)
        self.assign(node.target, value, node)
        return value

    def eval_Yield(self, node: tree.Yield) -> Value:
        value = None if node.value is None else plain(self.evaluate(node.value))
        if node.kind == "await":
            return value
        if node.kind == "yield from":
            self.frame.drawn.append(value if isinstance(value, Loader) else getattr(value, "loader", None))
            value = self.element(value, node)
        else:
            within = self.loop if self.loop is not self.frame.loop_at_entry else None
            self.frame.drawn.append(within.loader or within.draws if within else None)
        self.frame.yields.append(value)
        return self.unknown("what is sent to a generator", node)

    def eval_FormattedString(self, node: tree.FormattedString) -> Value:
        parts = [self.evaluate(part) for part in node.parts]
        texts = [plain(part) for part in parts]
        if all(isinstance(text, str | int | float) for text in texts):
            text = "".join(map(str, texts))
            return self.assumed(text) if any(type(part) is Assumed for part in parts) else text
        if len(texts) == 1 and isinstance(texts[0], Number | Tensor):
            return self.call(Library("builtins.str"), Arguments([texts[0]], {}), node)
        return self.unknown("a formatted string", node)

    def eval_Opaque(self, node: tree.Opaque) -> Value:
        for child in node.children:
            if type(child) in self.evaluators:
                self.evaluate(child)
        return self.unknown("cannot follow this expression", node)

    def eval_Lambda(self, node: tree.Lambda) -> Value:
        return self.make_function(node, "<lambda>")

    def make_function(self, node: Any, name: str) -> Function:
        parameters = node.parameters
        every = (*parameters.positional_only, *parameters.positional, *parameters.keyword_only)
        defaults = {p.name: self.evaluate(p.default) for p in every if p.default is not None}
        scope = self.frame.scope
        function = Function(
            node, name, scope.outer if scope.is_class and scope.outer else scope, self.site(node), defaults
        )
        self.functions.setdefault(function.site, function)
        return function


class _Absent:
    """No such name."""


_ABSENT = _Absent()
_BUILTIN_NAMES = frozenset(dir(builtins)) - {"__name__", "__file__"}
