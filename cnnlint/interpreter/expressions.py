"""Expressions: one method per node kind, `eval_Call`, `eval_Name`, as torch.fx has one per op."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable
from typing import Any

from cnnlint.facts import Module, Number, Tensor
from cnnlint.interpreter import limits
from cnnlint.interpreter.core import PRIMITIVES, Core
from cnnlint.interpreter.objects import (
    INSTANCES,
    Arguments,
    Assumed,
    DictValue,
    Function,
    Library,
    ListValue,
    OneOf,
    Scope,
    Stream,
    Value,
    make_dict,
    make_list,
    plain,
)
from cnnlint.interpreter.roles import role_of
from cnnlint.syntax import tree
from cnnlint.values import Undecided, Unknown

#: What a fragment means by names it never binds.
CONVENTIONAL = {
    "torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional", "optim": "torch.optim",
    "transforms": "torchvision.transforms", "models": "torchvision.models", "datasets": "torchvision.datasets",
    "torchvision": "torchvision", "DataLoader": "torch.utils.data.DataLoader",
    "Dataset": "torch.utils.data.Dataset", "Variable": "torch.autograd.Variable", "np": "numpy",
    "plt": "matplotlib.pyplot", "lr_scheduler": "torch.optim.lr_scheduler", "tqdm": "tqdm.tqdm",
    "copy": "copy", "math": "math", "os": "os", "time": "time", "random": "random",
}  # fmt: skip

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow, "<<": operator.lshift,
    ">>": operator.rshift, "&": operator.and_, "|": operator.or_, "^": operator.xor, "@": operator.matmul,
}  # fmt: skip
UNARY: dict[str, Callable[[Any], Any]] = {"-": operator.neg, "+": operator.pos, "~": operator.invert}
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
#: The tensor function an operator stands for.
TENSOR_OPERATOR = {
    "+": "torch.add", "-": "torch.sub", "*": "torch.mul", "/": "torch.div", "//": "torch.floor_divide",
    "%": "torch.remainder", "**": "torch.pow", "@": "torch.matmul", "&": "torch.bitwise_and",
    "|": "torch.bitwise_or", "^": "torch.bitwise_xor", "==": "torch.eq", "!=": "torch.ne",
    "<": "torch.lt", "<=": "torch.le", ">": "torch.gt", ">=": "torch.ge",
}  # fmt: skip


class Expressions(Core):
    """Evaluation of expressions to abstract values."""

    def evaluate(self, node: tree.Expression) -> Value:
        self.spend()
        try:
            return _EVALUATORS[type(node)](self, node)
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
                return scope.names[name]
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
        return self.call(callee, self.arguments(node), node)

    def arguments(self, node: tree.Call) -> Arguments:
        positional: list[Value] = []
        keywords: dict[str, Value] = {}
        unknown: Any = False
        for argument in node.arguments:
            value = self.evaluate(argument.value)
            if argument.star == "*":
                items = self.known_items(value)
                if items is None:
                    unknown = self.unknown("arguments of unknown number", argument)
                else:
                    positional.extend(items)
            elif argument.star == "**":
                entries = self.known_entries(value)
                if entries is None:
                    unknown = self.unknown("keyword arguments not known", argument)
                else:
                    keywords.update((str(key), each) for key, each in entries.items())
            elif argument.keyword:
                keywords[argument.keyword] = value
            else:
                positional.append(value)
        return Arguments(positional, keywords, unknown, node)

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
        items = getattr(value, "items", None)
        if isinstance(value, Module) and isinstance(items, dict):  # a container of modules
            return list(items) if value.kind == "ModuleDict" else list(items.values())
        if isinstance(value, Stream) and isinstance(value.element, list):
            return value.element
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
        items = self.display(node.items)
        return make_list(self._lost(node) if items is None else items, "list", self.site(node), self.loop)

    def eval_SetDisplay(self, node: tree.SetDisplay) -> Value:
        items = self.display(node.items)
        return make_list(self._lost(node) if items is None else items, "set", self.site(node))

    def _lost(self, node: Any) -> Unknown:
        return self.unknown("a list of unknown length", node)

    def display(self, nodes: tuple[tree.Expression, ...]) -> list[Value] | None:
        items: list[Value] = []
        for node in nodes:
            if isinstance(node, tree.Starred):
                more = self.known_items(self.evaluate(node.value))
                if more is None:
                    return None
                items.extend(more)
            else:
                items.append(self.evaluate(node))
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
            else:
                self.escape(value)
                lost = True
        return make_dict(self.unknown("keys not known", node) if lost else items, self.site(node))

    def hashable(self, key: Value) -> bool:
        if isinstance(key, tuple):
            return all(self.hashable(each) for each in key)
        return isinstance(key, PRIMITIVES) and not isinstance(key, slice) or isinstance(key, Library)

    # --- operators -----------------------------------------------------------------------------
    def eval_BinaryOperation(self, node: tree.BinaryOperation) -> Value:
        return self.binary(node.operator, self.evaluate(node.left), self.evaluate(node.right), node)

    def binary(self, symbol: str, left: Value, right: Value, node: Any) -> Value:
        if type(left) is Assumed or type(right) is Assumed:
            return self.assumed(self.binary(symbol, plain(left), plain(right), node))
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            return self.tensor_operator(symbol, left, right, node)
        if isinstance(left, Number) or isinstance(right, Number):
            return Number(source=next(each.source for each in (left, right) if isinstance(each, Number)))
        if isinstance(left, ListValue) or isinstance(right, ListValue):
            return self.list_operator(symbol, left, right, node)
        joined = self.join_parameters([left, right]) if symbol == "+" else None
        if joined is not None:
            return joined
        if isinstance(left, str) and symbol == "%":
            return self.formatted(left, right, node)
        try:
            if symbol == "**" and isinstance(right, int) and abs(right) > 64:
                return self.unknown("a large power", node)
            if symbol in ("<<", "*") and _huge(left, right):
                return self.unknown("too large a value", node)
            return BINARY[symbol](left, right)
        except Undecided:
            raise
        except Exception:  # the user's own TypeError, ZeroDivisionError ...
            return self.unknown(f"cannot compute `{symbol}`", node)

    def formatted(self, template: str, values: Value, node: Any) -> Value:
        """`template % values`, where the values are constants."""
        given = values if isinstance(values, tuple) else (values,)
        if not all(isinstance(plain(each), str | int | float) for each in given):
            return self.unknown("a formatted string", node)
        try:
            return template % tuple(map(plain, given))
        except (TypeError, ValueError):
            return self.unknown("a formatted string", node)

    def assumed(self, value: Value) -> Value:
        """Mark what follows from an assumption."""
        return Assumed(value) if isinstance(value, PRIMITIVES + (tuple,)) else value

    def tensor_operator(self, symbol: str, left: Value, right: Value, node: Any) -> Value:
        name = TENSOR_OPERATOR.get(symbol)
        if name is None:
            return self.unknown(f"`{symbol}` on tensors", node)
        if not isinstance(left, Tensor) and symbol in "+*":
            left, right = right, left
        return self.call(Library(name), Arguments([left, right], {}, False, None), node)

    def list_operator(self, symbol: str, left: Value, right: Value, node: Any) -> Value:
        if symbol == "+":
            a, b = self.known_items(left), self.known_items(right)
            parameters = self.join_parameters([left, right])
            if parameters is not None:
                return parameters
            if a is not None and b is not None:
                return make_list([*a, *b], "list", self.site(node))
        if symbol == "*":
            items, times = (left, right) if isinstance(left, ListValue) else (right, left)
            known = self.known_items(items)
            if known is not None and isinstance(times, int) and len(known) * times <= limits.ITEMS:
                return make_list(known * times, "list", self.site(node))
        for value in (left, right):
            self.escape(value)
        return make_list(self._lost(node), "list", self.site(node))

    def eval_UnaryOperation(self, node: tree.UnaryOperation) -> Value:
        value = self.evaluate(node.operand)
        if node.operator == "not":
            truth = self.truth(value)
            if isinstance(truth, Unknown):
                return truth
            return self.assumed(not truth) if type(value) is Assumed else not truth
        if isinstance(plain(value), Tensor):
            return self.call(Library("torch.neg"), Arguments([plain(value)], {}, False, None), node)
        try:
            result = UNARY[node.operator](plain(value))
        except TypeError:
            return self.unknown(f"cannot compute `{node.operator}`", node)
        return self.assumed(result) if type(value) is Assumed else result

    def eval_BooleanOperation(self, node: tree.BooleanOperation) -> Value:
        stop_at = node.operator == "or"
        value: Value = None
        uncertain: list[Value] = []
        rests_on_default = False
        for each in node.values:
            value = self.evaluate(each)
            rests_on_default = rests_on_default or type(value) is Assumed
            truth = self.truth(value)
            if isinstance(truth, Unknown):
                uncertain.append(value)
            elif truth is stop_at:
                if uncertain:
                    return self.join([*uncertain, value], node)
                return self.assumed(value) if rests_on_default and type(value) is not Assumed else value
        if uncertain:
            return self.join([*uncertain, value], node)
        return self.assumed(value) if rests_on_default and type(value) is not Assumed else value

    def truth(self, value: Value) -> Any:
        """Whether a value is true: True, False or Unknown."""
        value = plain(value)
        if isinstance(value, OneOf):
            answers = [self.truth(each) for each in value.alternatives]
            same = all(isinstance(each, bool) and each is answers[0] for each in answers)
            return answers[0] if same else Unknown("differs between branches")
        if isinstance(value, ListValue | DictValue):
            self.lists_read.add(id(value.store))
            items = value.store["items"]
            return items if isinstance(items, Unknown) else bool(items)
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Tensor | Number | Stream):
            return Unknown("the truth of a tensor is not known")
        if isinstance(value, PRIMITIVES + (tuple,)):
            return bool(value)
        try:
            return bool(value) if hasattr(type(value), "__bool__") else True
        except Undecided as undecided:
            return Unknown(undecided.why, undecided.site)

    def eval_Compare(self, node: tree.Compare) -> Value:
        left = self.evaluate(node.left)
        result: Value = True
        for symbol, operand in zip(node.operators, node.operands, strict=True):
            right = self.evaluate(operand)
            result = self.compare(symbol, left, right, node)
            if plain(result) is not True:
                return result
            left = right
        return result

    def compare(self, symbol: str, left: Value, right: Value, node: Any) -> Value:
        if type(left) is Assumed or type(right) is Assumed:
            return self.assumed(self.compare(symbol, plain(left), plain(right), node))
        if symbol in ("is", "is not"):
            same = self.identical(left, right)
            return same if isinstance(same, Unknown) else same == (symbol == "is")
        if symbol in ("in", "not in"):
            found = self.contains(right, left)
            return found if isinstance(found, Unknown) else found == (symbol == "in")
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return left if isinstance(left, Unknown) else right
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            return self.tensor_operator(symbol, left, right, node)
        try:
            if isinstance(left, PRIMITIVES + (tuple,)) and isinstance(right, PRIMITIVES + (tuple,)):
                return COMPARE[symbol](left, right)
            if hasattr(left, "key") or hasattr(right, "key"):  # a Dim
                return COMPARE[symbol](left, right)
        except Undecided:
            raise
        except Exception:
            return self.unknown("cannot compare", node)
        if symbol in ("==", "!=") and (
            left is right or isinstance(left, Library) and isinstance(right, Library)
        ):
            return (left == right) == (symbol == "==")
        if symbol in ("==", "!=") and (left is None or right is None) and not isinstance(left, OneOf):
            if not isinstance(right, OneOf):
                return symbol == "!="
        return self.unknown("cannot compare", node)

    def identical(self, left: Value, right: Value) -> Any:
        for value in (left, right):
            if isinstance(value, Unknown):
                return value
            if isinstance(value, OneOf):
                if any(each is left or each is right for each in value.alternatives):
                    return Unknown("differs between branches")
        if isinstance(left, PRIMITIVES) and isinstance(right, PRIMITIVES):
            return left is right or (type(left) is type(right) and left == right)
        return left is right or left == right if isinstance(left, Library) else left is right

    def contains(self, container: Value, item: Value) -> Any:
        if isinstance(item, Unknown):
            return item
        if isinstance(container, str) and isinstance(item, str):
            return item in container
        items = self.known_items(container)
        if items is None:
            return Unknown("not known what it contains")
        bare = [plain(each) for each in items]
        if any(each is item for each in bare):
            return True
        if self.hashable(item) and all(self.hashable(each) for each in bare):
            return any(type(each) is type(item) and each == item for each in bare)
        return Unknown("not known what it contains")

    def eval_Conditional(self, node: tree.Conditional) -> Value:
        test = self.evaluate(node.test)
        truth = self.truth(test)
        if isinstance(truth, Unknown):
            return self.fork(node, [lambda: self.evaluate(node.body), lambda: self.evaluate(node.orelse)])
        value = self.evaluate(node.body if truth else node.orelse)
        return self.assumed(value) if type(test) is Assumed and type(value) is not Assumed else value

    def eval_NamedExpression(self, node: tree.NamedExpression) -> Value:
        value = self.evaluate(node.value)
        self.assign(node.target, value, node)
        return value

    def eval_Yield(self, node: tree.Yield) -> Value:
        value = None if node.value is None else self.evaluate(node.value)
        if node.kind == "await":
            return value
        self.frame.yields.append(value)
        return self.unknown("what is sent to a generator", node)

    def eval_FormattedString(self, node: tree.FormattedString) -> Value:
        parts = [self.evaluate(part) for part in node.parts]
        texts = [plain(part) for part in parts]
        if all(isinstance(text, str | int | float) for text in texts):
            text = "".join(map(str, texts))
            return self.assumed(text) if any(type(part) is Assumed for part in parts) else text
        return self.unknown("a formatted string", node)

    def eval_Opaque(self, node: tree.Opaque) -> Value:
        for child in node.children:
            if type(child) in _EVALUATORS:
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

    # --- subscripts ----------------------------------------------------------------------------
    def eval_Slice(self, node: tree.Slice) -> Value:
        bounds = [None if each is None else plain(self.evaluate(each)) for each in node[:3]]
        return slice(*bounds)

    def eval_Subscript(self, node: tree.Subscript) -> Value:
        return self.item(self.evaluate(node.value), self.evaluate(node.index), node)

    def item(self, value: Value, index: Value, node: Any) -> Value:
        if type(value) is Assumed or type(index) is Assumed:
            return self.assumed(self.item(plain(value), plain(index), node))
        if isinstance(value, Unknown):
            return value
        if isinstance(value, OneOf):
            return self.join(
                [self.item(each, index, node) for each in value.alternatives if each is not None], node
            )
        if isinstance(value, Tensor):
            return self.tensor_item(value, index, node)
        if isinstance(value, DictValue):
            entries = self.known_entries(value)
            if entries is None or not self.hashable(index):
                return self.unknown("which entry is not known", node)
            return entries.get(index, self.unknown("no such entry is known", node))
        if isinstance(value, Module):
            return self.container_item(value, index, node)
        if isinstance(value, INSTANCES):
            return self.call(self.get_attribute(value, "__getitem__", node), Arguments([index], {}), node)
        items = self.known_items(value)
        if items is None or _uncertain(index):
            if isinstance(value, Stream):
                return value.element if isinstance(index, int) else value
            return self.any_item(value, node) if items else self.unknown("which item is not known", node)
        try:
            found = items[index]
        except (IndexError, TypeError, ValueError):
            return self.unknown("no such item", node)
        if not isinstance(index, slice):
            return found
        if isinstance(value, str | bytes | tuple | range):
            return value[index]
        return make_list(found, "list", self.site(node))

    def any_item(self, value: Value, node: Any) -> Value:
        items = self.known_items(value)
        return self.join(items, node) if items else self.unknown("which item is not known", node)

    # --- comprehensions ------------------------------------------------------------------------
    def eval_Comprehension(self, node: tree.Comprehension) -> Value:
        scope = self.frame.scope
        self.frame.scope = Scope({}, scope, scope.module)
        items: list[Value] = []
        try:
            exact = self.comprehend(node, 0, items)
        finally:
            self.frame.scope = scope
        site = self.site(node)
        if node.kind == "dict":
            keys = [key for key, _ in items]
            if exact and all(self.hashable(plain(key)) for key in keys):
                return make_dict({plain(key): value for key, value in items}, site)
            return make_dict(self.unknown("keys not known", node), site)
        if exact:
            return make_list(items, "set" if node.kind == "set" else "list", site)
        parameters = self.join_parameters(items)
        if parameters is not None:
            return parameters
        return Stream(items[0] if len(items) == 1 else self.join(items, node))

    def comprehend(self, node: tree.Comprehension, depth: int, items: list[Value]) -> bool:
        """Add what the clauses from `depth` on yield; False if only a sample of it is known."""
        if depth == len(node.clauses):
            element = self.evaluate(node.element)
            items.append(element if node.key is None else (self.evaluate(node.key), element))
            return len(items) <= limits.ITEMS
        clause = node.clauses[depth]
        iterable = self.evaluate(clause.iterable)
        known = self.known_items(iterable)
        exact = known is not None and len(known) <= limits.UNROLLED
        elements = known if exact and known is not None else [self.element(iterable, clause)]
        for element in elements:
            self.assign(clause.target, element, clause)
            truths = [self.truth(self.evaluate(condition)) for condition in clause.conditions]
            if any(truth is False for truth in truths):
                continue
            exact = exact and not any(isinstance(truth, Unknown) for truth in truths)
            exact = self.comprehend(node, depth + 1, items) and exact
        return exact


def _huge(left: Value, right: Value) -> bool:
    """Would make a string, tuple or number too large to keep."""
    if isinstance(left, int) and isinstance(right, int):
        return left.bit_length() + right.bit_length() > 512 or right > 512 and left > 2**32
    sizes = [len(each) for each in (left, right) if isinstance(each, str | bytes | tuple)]
    times = [each for each in (left, right) if isinstance(each, int)]
    return bool(sizes and times and sizes[0] * times[0] > limits.ITEMS)


def _uncertain(index: Value) -> bool:
    if isinstance(index, slice):
        return any(not isinstance(each, int) and each is not None for each in (index.start, index.stop, index.step))
    return not isinstance(index, int)


class _Absent:
    """No such name."""


_ABSENT = _Absent()
_BUILTIN_NAMES = frozenset(dir(builtins)) - {"__name__", "__file__"}
_EVALUATORS: dict[type, Callable[[Any, Any], Value]] = {
    getattr(tree, name.removeprefix("eval_")): method
    for name, method in vars(Expressions).items()
    if name.startswith("eval_")
}
