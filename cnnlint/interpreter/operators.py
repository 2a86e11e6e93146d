"""Operators: arithmetic, comparison, truth; on constants, tensors, lists and what is not known."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from cnnlint.facts import Number, Picture, Tensor
from cnnlint.interpreter import limits
from cnnlint.interpreter.averaging import Averaging
from cnnlint.interpreter.counting import is_lost, typed, why_reckoned
from cnnlint.interpreter.objects import (
    INSTANCES,
    Arguments,
    Assumed,
    ClassObject,
    DictValue,
    Function,
    Library,
    LibraryMethod,
    ListValue,
    OneOf,
    Stream,
    Value,
    make_list,
    plain,
)
from cnnlint.interpreter.state import PRIMITIVES
from cnnlint.knowledge.pictures import reckoned
from cnnlint.syntax import tree
from cnnlint.values import Undecided, Unknown

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow, "<<": operator.lshift,
    ">>": operator.rshift, "&": operator.and_, "|": operator.or_, "^": operator.xor, "@": operator.matmul,
}  # fmt: skip

#: The method of a user's class an operator stands for.
METHODS = {
    "+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__", "//": "__floordiv__", "%": "__mod__",
    "**": "__pow__", "<<": "__lshift__", ">>": "__rshift__", "&": "__and__", "|": "__or__", "^": "__xor__",
    "@": "__matmul__",
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


class Operators(Averaging):
    """What operators make of abstract values."""

    # --- operators -----------------------------------------------------------------------------
    def eval_BinaryOperation(self, node: tree.BinaryOperation) -> Value:
        return self.binary(node.operator, self.evaluate(node.left), self.evaluate(node.right), node)

    def binary(self, symbol: str, left: Value, right: Value, node: Any) -> Value:
        if type(left) is Assumed or type(right) is Assumed:
            return self.assumed(self.binary(symbol, plain(left), plain(right), node))
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            self.receiver = _operand(node, left, right)
            if symbol == "/" and isinstance(left, Tensor):
                self.note_average(left, False, right, node)
            return self.tensor_operator(symbol, left, right, node)
        if isinstance(left, Number) or isinstance(right, Number):
            return self.number(symbol, left, right, node)
        if isinstance(left, Picture) or isinstance(right, Picture):
            return reckoned(symbol, self.bare(left), self.bare(right))
        if isinstance(left, ListValue) or isinstance(right, ListValue):
            return self.list_operator(symbol, left, right, node)
        joined = self.join_parameters([left, right]) if symbol == "+" else None
        if joined is not None:
            return joined
        if isinstance(left, str) and symbol == "%":
            return self.formatted(left, right, node)
        if isinstance(left, INSTANCES):
            method = self.get_attribute(left, METHODS.get(symbol, ""), node)
            if not isinstance(method, Unknown | LibraryMethod):
                return self.call(method, Arguments([right], {}), node)
        if not isinstance(left, PRIMITIVES) or not isinstance(right, PRIMITIVES):
            self.escape((left, right))
        if is_lost(left) and isinstance(right, Unknown):
            return right
        try:
            if symbol == "**" and isinstance(right, int) and abs(right) > 64:
                return self.unknown("a large power", node)
            if symbol in ("<<", "*") and _huge(left, right):
                return self.unknown("too large a value", node)
            result = BINARY[symbol](left, right)
            another = typed(result) or id(result) in self.lengths
            return self.unknown(why_reckoned(symbol, left, right), node) if another else result
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
        operands = [self.as_tensor(each) if is_lost(each) else each for each in (left, right)]
        result = self.call(Library(name), Arguments(operands, {}, False, None), node)
        self.receiver = None
        return result

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
        if isinstance(plain(value), Number):
            return Number(source=plain(value).source, scaled=True, plus=self.unknown("it is negated", node))
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
        for index, each in enumerate(node.values):
            self.frame.tests += index > 0
            value = self.evaluate(each)
            self.frame.tests -= index > 0
            rests_on_default = rests_on_default or type(value) is Assumed
            truth = self.truth(value)
            if isinstance(truth, Unknown):
                uncertain.append(value)
            elif truth is stop_at:
                if uncertain and not (isinstance(plain(value), bool) and all(map(_answers, node.values))):
                    return self.join([*uncertain, value], node)
                return self.assumed(value) if rests_on_default and type(value) is not Assumed else value
        if uncertain:
            return self.join([*uncertain, value], node)
        return self.assumed(value) if rests_on_default and type(value) is not Assumed else value

    def test(self, node: tree.Expression) -> Value:
        """The value of an expression of which only the truth counts: `unknown or True` is true."""
        if isinstance(node, tree.UnaryOperation) and node.operator == "not":
            value = self.test(node.operand)
            truth = self.truth(value)
            if isinstance(truth, Unknown):
                return truth
            return self.assumed(not truth) if type(value) is Assumed else not truth
        if not isinstance(node, tree.BooleanOperation):
            return self.evaluate(node)
        self.spend()
        stop_at = node.operator == "or"
        lost: Value = None
        rests_on_default = False
        for each in node.values:
            value = self.test(each)
            truth = self.truth(value)
            if isinstance(truth, Unknown):
                lost = value if isinstance(value, Number | Tensor) else truth if lost is None else lost
                continue
            rests_on_default = rests_on_default or type(value) is Assumed
            if truth is stop_at:
                return self.assumed(stop_at) if rests_on_default else stop_at
        if lost is not None:
            return lost
        return self.assumed(not stop_at) if rests_on_default else not stop_at

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
            return Unknown("the truth of a number") if typed(value) else value
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
            if type(found) is Assumed:
                return Assumed(found.value == (symbol == "in"))
            return found if isinstance(found, Unknown) else found == (symbol == "in")
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            for number in (left, right):
                if isinstance(number, Number) and symbol not in ("==", "!="):
                    return Number(source=number.source)
            lost = left if isinstance(left, Unknown) else right
            return self.unknown("a comparison", node) if typed(lost) else lost
        if isinstance(_in_tensor(left), Tensor) or isinstance(_in_tensor(right), Tensor):
            self.receiver = _operand(node, left, right)
            return self.tensor_operator(symbol, _in_tensor(left), _in_tensor(right), node)
        try:
            if isinstance(left, PRIMITIVES + (tuple,)) and isinstance(right, PRIMITIVES + (tuple,)):
                return COMPARE[symbol](left, right)
            if hasattr(left, "key") or hasattr(right, "key"):  # a Dim
                return COMPARE[symbol](left, right)
        except Undecided:
            raise
        except Exception:
            return self.unknown("cannot compare", node)
        named = isinstance(left, Library | ClassObject | Function)
        if symbol in ("==", "!=") and (
            left is right or named and isinstance(right, Library | ClassObject | Function)
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
        if isinstance(container, Library) and isinstance(item, str):
            if container.name == "os.environ":
                return Assumed(False)  # as an option that nobody gives
            if container.name.endswith(".__dict__"):
                return self.has_attribute(Library(container.name.removesuffix(".__dict__")), item)
        self.entries_for(container, item)
        items = self.known_items(container)
        if items is None:
            return Unknown("not known what it contains")
        bare = [plain(each) for each in items]
        if any(each is item for each in bare):
            return True
        if all(self.hashable(each) or isinstance(each, ClassObject | Function) for each in (item, *bare)):
            return any(type(each) is type(item) and each == item for each in bare)
        return Unknown("not known what it contains")


def _operand(node: Any, left: Value, right: Value) -> Any:
    """The first tensor of the two that are combined, as written; None if it is none by itself."""
    operands: tuple[Any, ...] = ()
    if isinstance(node, tree.BinaryOperation):
        operands = (node.left, node.right)
    elif isinstance(node, tree.Compare) and len(node.operands) == 1:
        operands = (node.left, *node.operands)
    pairs = zip(operands, (left, right), strict=False)
    return next((written for written, value in pairs if isinstance(value, Tensor)), None)


def _in_tensor(value: Value) -> Value:
    """The tensor that a number or a numpy array was read from, which compares alike."""
    return value.source if isinstance(value, Number) and value.exact and value.source else value


def _answers(node: tree.Expression) -> bool:
    """It gives True or False and nothing else."""
    if isinstance(node, tree.BooleanOperation):
        return all(map(_answers, node.values))
    negated = isinstance(node, tree.UnaryOperation) and node.operator == "not"
    return (
        negated
        or isinstance(node, tree.Compare)
        or isinstance(node, tree.Constant)
        and isinstance(node.value, bool)
    )


def _huge(left: Value, right: Value) -> bool:
    """Would make a string, tuple or number too large to keep."""
    if isinstance(left, int) and isinstance(right, int):
        return left.bit_length() + right.bit_length() > 512 or right > 512 and left > 2**32
    sizes = [len(each) for each in (left, right) if isinstance(each, str | bytes | tuple)]
    times = [each for each in (left, right) if isinstance(each, int)]
    return bool(sizes and times and sizes[0] * times[0] > limits.ITEMS)
