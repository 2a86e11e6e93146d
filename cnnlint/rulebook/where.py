"""Conditions in pages: a `where` expression, checked against a short list and then asked of facts.

The language is a small part of Python: names, attributes that do not begin with an underscore,
constants, tuples and lists, comparisons (`== != < <= > >= in`, `not in`), `and`, `or`, `not`, and
`+ - * / // %` on numbers. No calls, no subscripts, no powers. A name is a parameter of the page or
something a fact of that class knows, whatever its kind; a question a fact answers without arguments
reads as a name too (`parameter_count`). An expression is walked, never compiled, so a page from
anywhere is only data.
"""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Mapping
from inspect import get_annotations
from numbers import Number
from types import MethodType
from typing import Any

from cnnlint import facts, knowledge
from cnnlint.config import nearest
from cnnlint.facts import Fact
from cnnlint.values import Undecided, Unknown

__all__ = ["Condition", "ConditionError", "ask", "condition", "fact_class", "known_names", "unknown_name"]

LONGEST = 1_000  # characters of an expression
DEEPEST = 30  # levels of nesting

Condition = Callable[[Fact, Mapping[str, Any]], Any]
_Part = Callable[[Fact, Mapping[str, Any]], Any]

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


class ConditionError(Exception):
    """What is wrong with `each` or `where` (`key` says which of them), and at which column."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def condition(each: str, where: str, parameters: Mapping[str, Any]) -> Condition:
    """The question `where` asks of one fact of class `each`, given the parameters' values.

    The answer may be Unknown. Asking raises Undecided where the fact, being of another kind, does
    not know a name. ConditionError if the expression steps outside the language.
    """
    kind = fact_class(each)
    if len(where) > LONGEST:
        raise ConditionError("where", f"`where` is longer than {LONGEST} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(where.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "it cannot be read"
        raise ConditionError("where", f"`where` is no expression: {reason}") from None
    return _Reader(kind, parameters).read(tree.body, 0)


def fact_class(each: str) -> type[Fact]:
    """The class of facts called `each`. ConditionError, with the nearest name, if there is none."""
    kinds = _fact_classes()
    if each not in kinds:
        raise ConditionError("each", f"`each` names no fact: `{each}`{nearest(each, kinds)}")
    return kinds[each]


def known_names(kind: type[Fact]) -> frozenset[str]:
    """Everything a fact of this class may know, being of any kind that `knowledge` describes."""
    knowledge.load()
    names: set[str] = set()
    for cls in (kind, *_below(kind)):
        names.update(name for name in dir(cls) if not name.startswith("_"))
        for base in cls.__mro__:
            names.update(name for name in get_annotations(base) if not name.startswith("_"))
    return frozenset(names)


def unknown_name(name: str, kind: type[Fact], parameters: Mapping[str, Any]) -> str:
    """What is wrong with a name that is neither a parameter nor something such a fact knows."""
    near = nearest(name, [*parameters, *sorted(known_names(kind))])
    return f"`{name}` is no parameter and nothing a {kind.__name__} knows{near}"


class _Reader:
    """Reads one expression into a function, part by part."""

    def __init__(self, kind: type[Fact], parameters: Mapping[str, Any]) -> None:
        self.parameters = parameters
        self.kind = kind

    def read(self, node: ast.expr, depth: int) -> _Part:
        if depth > DEEPEST:
            raise self.refusal(node, f"nested deeper than {DEEPEST} levels")
        depth += 1
        match node:
            case ast.Constant(value=bool() | int() | float() | str() | None as value):
                return lambda fact, parameters: value
            case ast.Name(id=name):
                return self.name(node, name)
            case ast.Attribute(value=value, attr=name):
                if name.startswith("_"):
                    raise self.refusal(node, f"the private attribute `{name}`")
                known = known_names(Fact)
                if name not in known:
                    raise ConditionError("where", f"no fact knows `{name}`{nearest(name, sorted(known))}")
                part = self.read(value, depth)
                return lambda fact, parameters: ask(part(fact, parameters), name)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                parts = tuple(self.read(item, depth) for item in items)
                return lambda fact, parameters: tuple(part(fact, parameters) for part in parts)
            case ast.BoolOp(op=op, values=values):
                return _joined(isinstance(op, ast.And), tuple(self.read(value, depth) for value in values))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                part = self.read(operand, depth)
                return lambda fact, parameters: not part(fact, parameters)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                part = self.read(operand, depth)
                return _arithmetic(operator.sub, lambda fact, parameters: 0, part)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return _arithmetic(_ARITHMETIC[type(op)], self.read(left, depth), self.read(right, depth))
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                for comparison in ops:
                    if type(comparison) not in _COMPARISONS:
                        raise self.refusal(node, "`is`; write `== None`")
                compared = tuple(self.read(item, depth) for item in (left, *comparators))
                return _comparison(tuple(_COMPARISONS[type(comparison)] for comparison in ops), compared)
        raise self.refusal(node, _construct(node))

    def name(self, node: ast.expr, name: str) -> _Part:
        if name in self.parameters:
            return lambda fact, parameters: parameters[name]
        if name.startswith("_"):
            raise self.refusal(node, f"the private name `{name}`")
        if name not in known_names(self.kind):
            raise ConditionError("where", unknown_name(name, self.kind, self.parameters))
        return lambda fact, parameters: ask(fact, name)

    def refusal(self, node: ast.expr, construct: str) -> ConditionError:
        return ConditionError("where", f"`where` may not use {construct} (column {node.col_offset + 1})")


def ask(thing: Any, name: str) -> Any:
    """What a fact knows under a name: only facts are asked. Undecided if it does not know the name."""
    if isinstance(thing, Unknown):
        return thing
    if not isinstance(thing, Fact):
        raise Undecided(f"`{name}` is asked of something that is no fact")
    try:
        answer = getattr(thing, name)
        return answer() if isinstance(answer, MethodType) else answer
    except (AttributeError, TypeError):
        raise Undecided(f"a {thing.kind} does not know `{name}`", thing.site) from None


def _joined(every: bool, parts: tuple[_Part, ...]) -> _Part:
    """`and` (every) or `or`, which answer with the part that decided, as Python's do."""

    def ask(fact: Fact, parameters: Mapping[str, Any]) -> Any:
        for part in parts:
            answer = part(fact, parameters)
            if bool(answer) != every:
                break
        return answer

    return ask


def _comparison(operations: tuple[Callable[[Any, Any], Any], ...], parts: tuple[_Part, ...]) -> _Part:
    def ask(fact: Fact, parameters: Mapping[str, Any]) -> Any:
        left = parts[0](fact, parameters)
        answer: Any = True
        for compare, part in zip(operations, parts[1:], strict=True):
            right = part(fact, parameters)
            try:
                answer = compare(left, right)
            except TypeError:
                raise Undecided("two values of different kinds cannot be compared", fact.site) from None
            if len(operations) > 1 and not answer:
                return False
            left = right
        return answer

    return ask


def _arithmetic(operation: Callable[[Any, Any], Any], left: _Part, right: _Part) -> _Part:
    def ask(fact: Fact, parameters: Mapping[str, Any]) -> Any:
        try:
            return operation(_number(left(fact, parameters)), _number(right(fact, parameters)))
        except (TypeError, ArithmeticError):
            raise Undecided("these numbers cannot be reckoned with", fact.site) from None

    return ask


def _number(value: Any) -> Any:
    """The value, if it may be reckoned with: text and sequences could grow without bound."""
    if isinstance(value, (str, bytes, tuple, list, dict)):
        raise Undecided("arithmetic is for numbers")
    if isinstance(value, Number) and isinstance(value, int) and value.bit_length() > 512:
        raise Undecided("the number is too large")
    return value


def _construct(node: ast.expr) -> str:
    match node:
        case ast.BinOp(op=ast.Pow()):
            return "a power"
        case ast.BinOp():
            return f"the operator {type(node.op).__name__}"
        case ast.UnaryOp():
            return f"the operator {type(node.op).__name__}"
        case ast.Call():
            return "a call"
        case ast.Subscript():
            return "a subscript"
        case ast.Constant(value=value):
            return f"the constant {value!r}"
    return f"a {type(node).__name__}"


def _fact_classes() -> dict[str, type[Fact]]:
    return {
        name: value
        for name, value in vars(facts).items()
        if isinstance(value, type) and issubclass(value, Fact) and value is not Fact
    }


def _below(kind: type[Fact]) -> list[type[Fact]]:
    return [cls for child in kind.__subclasses__() for cls in (child, *_below(child))]
