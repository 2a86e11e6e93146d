"""Expressions of libcst to expressions of the slim tree."""

# ruff: noqa: N802 (A function is named after the libcst class that it lowers.)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnlint.syntax import tree
from cnnlint.syntax.handlers import HANDLERS, Origins, expression, intern, maybe

if TYPE_CHECKING:
    import libcst as cst

__all__ = ["OPERATORS", "parameters"]

OPERATORS = {
    "Add": "+", "Subtract": "-", "Multiply": "*", "Divide": "/", "FloorDivide": "//", "Modulo": "%",
    "Power": "**", "MatrixMultiply": "@", "LeftShift": "<<", "RightShift": ">>", "BitAnd": "&",
    "BitOr": "|", "BitXor": "^", "Plus": "+", "Minus": "-", "BitInvert": "~", "Not": "not",
    "And": "and", "Or": "or", "Equal": "==", "NotEqual": "!=", "LessThan": "<", "LessThanEqual": "<=",
    "GreaterThan": ">", "GreaterThanEqual": ">=", "In": "in", "NotIn": "not in", "Is": "is",
    "IsNot": "is not",
}  # fmt: skip
KEYWORD_CONSTANTS = {"True": True, "False": False, "None": None}


# Names, attributes, calls, subscripts.


def lower_Name(node: cst.Name, origins: Origins) -> tree.Name | tree.Constant:
    at = len(origins)
    origins.append(node)
    name = node.value
    if name in KEYWORD_CONSTANTS:
        return tree.Constant(KEYWORD_CONSTANTS[name], at)
    return tree.Name(intern(name), at)


def lower_Attribute(node: cst.Attribute, origins: Origins) -> tree.Attribute:
    at = len(origins)
    origins.append(node)
    value = node.value
    return tree.Attribute(HANDLERS[type(value)](value, origins), intern(node.attr.value), at)


def lower_Call(node: cst.Call, origins: Origins) -> tree.Call:
    at = len(origins)
    origins.append(node)
    called = node.func
    function = HANDLERS[type(called)](called, origins)
    arguments = node.args
    return tree.Call(function, tuple([lower_Arg(a, origins) for a in arguments]) if arguments else (), at)


def lower_Arg(node: cst.Arg, origins: Origins) -> tree.Argument:
    at = len(origins)
    origins.append(node)
    keyword, value = node.keyword, node.value
    name = intern(keyword.value) if keyword is not None else ""
    return tree.Argument(HANDLERS[type(value)](value, origins), name, node.star, at)


def lower_Subscript(node: cst.Subscript, origins: Origins) -> tree.Subscript:
    at = len(origins)
    origins.append(node)
    value = expression(node.value, origins)
    elements = node.slice
    first = elements[0]
    if len(elements) == 1 and not getattr(first.slice, "star", None) and not _has_comma(first):
        return tree.Subscript(value, expression(first.slice, origins), at)
    several = len(origins)
    origins.append((first, elements[-1]))
    items = tuple([expression(element.slice, origins) for element in elements])
    return tree.Subscript(value, tree.Tuple(items, several), at)


def lower_Index(node: cst.Index, origins: Origins) -> Any:
    if node.star is None:
        return expression(node.value, origins)
    at = len(origins)
    origins.append(node)
    return tree.Starred(expression(node.value, origins), at)


def lower_Slice(node: cst.Slice, origins: Origins) -> tree.Slice:
    at = len(origins)
    origins.append(node)
    lower, upper = maybe(node.lower, origins), maybe(node.upper, origins)
    return tree.Slice(lower, upper, maybe(node.step, origins), at)


# Displays and comprehensions.


def lower_Tuple(node: cst.Tuple, origins: Origins) -> tree.Tuple:
    at = len(origins)
    origins.append(node)
    return tree.Tuple(_elements(node.elements, origins), at)


def lower_List(node: cst.List, origins: Origins) -> tree.List:
    at = len(origins)
    origins.append(node)
    return tree.List(_elements(node.elements, origins), at)


def lower_Set(node: cst.Set, origins: Origins) -> tree.SetDisplay:
    at = len(origins)
    origins.append(node)
    return tree.SetDisplay(_elements(node.elements, origins), at)


def lower_Element(node: cst.Element, origins: Origins) -> Any:
    return expression(node.value, origins)


def lower_StarredElement(node: cst.StarredElement, origins: Origins) -> tree.Starred:
    at = len(origins)
    origins.append(node)
    return tree.Starred(expression(node.value, origins), at)


def lower_Dict(node: cst.Dict, origins: Origins) -> tree.Dictionary:
    at = len(origins)
    origins.append(node)
    items = []
    for element in node.elements:
        key = getattr(element, "key", None)
        items.append((maybe(key, origins), expression(element.value, origins)))
    return tree.Dictionary(tuple(items), at)


def lower_ListComp(node: cst.ListComp, origins: Origins) -> tree.Comprehension:
    return _comprehension("list", None, node.elt, node, origins)


def lower_SetComp(node: cst.SetComp, origins: Origins) -> tree.Comprehension:
    return _comprehension("set", None, node.elt, node, origins)


def lower_GeneratorExp(node: cst.GeneratorExp, origins: Origins) -> tree.Comprehension:
    return _comprehension("generator", None, node.elt, node, origins)


def lower_DictComp(node: cst.DictComp, origins: Origins) -> tree.Comprehension:
    return _comprehension("dict", node.key, node.value, node, origins)


def _elements(elements: Any, origins: Origins) -> tuple[Any, ...]:
    return tuple([HANDLERS[type(element)](element, origins) for element in elements])


def _comprehension(kind: str, key: Any, element: Any, node: Any, origins: Origins) -> tree.Comprehension:
    at = len(origins)
    origins.append(node)
    lowered_key = maybe(key, origins)
    lowered_element = expression(element, origins)
    clauses = []
    clause = node.for_in
    while clause is not None:
        clauses.append(_clause(clause, origins))
        clause = clause.inner_for_in
    return tree.Comprehension(kind, lowered_key, lowered_element, tuple(clauses), at)


def _clause(node: cst.CompFor, origins: Origins) -> tree.Clause:
    at = len(origins)
    origins.append(node)
    target, iterable = expression(node.target, origins), expression(node.iter, origins)
    return tree.Clause(target, iterable, tuple([expression(each.test, origins) for each in node.ifs]), at)


# Operators.


def lower_BinaryOperation(node: cst.BinaryOperation, origins: Origins) -> Any:
    """A chain such as `a + b + c` nests to the left, so it is walked in a loop."""
    at = len(origins)
    chain: list[Any] = []
    inner: Any = node
    kind = type(node)
    while type(inner) is kind:
        chain.append(inner)
        origins.append(inner)
        inner = inner.left
    result = expression(inner, origins)
    for depth in reversed(range(len(chain))):
        link = chain[depth]
        operator = OPERATORS[type(link.operator).__name__]
        result = tree.BinaryOperation(operator, result, expression(link.right, origins), at + depth)
    return result


def lower_UnaryOperation(node: cst.UnaryOperation, origins: Origins) -> tree.UnaryOperation:
    at = len(origins)
    origins.append(node)
    operator = OPERATORS[type(node.operator).__name__]
    return tree.UnaryOperation(operator, expression(node.expression, origins), at)


def lower_BooleanOperation(node: cst.BooleanOperation, origins: Origins) -> tree.BooleanOperation:
    """`a or b or c`, which libcst nests, is one node unless the author set parentheses."""
    at = len(origins)
    origins.append(node)
    kind, operator = type(node), type(node.operator)
    rights = [node.right]
    inner: Any = node.left
    while type(inner) is kind and type(inner.operator) is operator and not inner.lpar:
        rights.append(inner.right)
        inner = inner.left
    values = tuple([expression(value, origins) for value in (inner, *reversed(rights))])
    return tree.BooleanOperation(OPERATORS[operator.__name__], values, at)


def lower_Comparison(node: cst.Comparison, origins: Origins) -> tree.Compare:
    at = len(origins)
    origins.append(node)
    left = expression(node.left, origins)
    operators = tuple([OPERATORS[type(each.operator).__name__] for each in node.comparisons])
    operands = tuple([expression(each.comparator, origins) for each in node.comparisons])
    return tree.Compare(left, operators, operands, at)


def lower_IfExp(node: cst.IfExp, origins: Origins) -> tree.Conditional:
    at = len(origins)
    origins.append(node)
    body = expression(node.body, origins)
    test = expression(node.test, origins)
    return tree.Conditional(test, body, expression(node.orelse, origins), at)


def lower_NamedExpr(node: cst.NamedExpr, origins: Origins) -> tree.NamedExpression:
    at = len(origins)
    origins.append(node)
    return tree.NamedExpression(expression(node.target, origins), expression(node.value, origins), at)


def lower_Await(node: cst.Await, origins: Origins) -> tree.Yield:
    at = len(origins)
    origins.append(node)
    return tree.Yield("await", expression(node.expression, origins), at)


def lower_Yield(node: cst.Yield, origins: Origins) -> tree.Yield:
    at = len(origins)
    origins.append(node)
    source = getattr(node.value, "item", None)
    if source is not None:
        return tree.Yield("yield from", expression(source, origins), at)
    return tree.Yield("yield", maybe(node.value, origins), at)


# Parameters.


def lower_Lambda(node: cst.Lambda, origins: Origins) -> tree.Lambda:
    at = len(origins)
    origins.append(node)
    return tree.Lambda(parameters(node.params, origins), expression(node.body, origins), at)


def parameters(node: cst.Parameters, origins: Origins) -> tree.Parameters:
    """The parameters of a function or lambda."""
    at = len(origins)
    origins.append(node)
    positional_only = tuple([_parameter(each, origins) for each in node.posonly_params])
    positional = tuple([_parameter(each, origins) for each in node.params])
    keyword_only = tuple([_parameter(each, origins) for each in node.kwonly_params])
    star, double_star = _name_of(node.star_arg), _name_of(node.star_kwarg)
    return tree.Parameters(positional_only, positional, star, keyword_only, double_star, at)


def _parameter(node: cst.Param, origins: Origins) -> tree.Parameter:
    at = len(origins)
    origins.append(node)
    annotation = maybe(node.annotation and node.annotation.annotation, origins)
    return tree.Parameter(intern(node.name.value), annotation, maybe(node.default, origins), at)


def _name_of(parameter: Any) -> str:
    """The name of a starred parameter; '' for a bare `*` or none at all."""
    return intern(getattr(getattr(parameter, "name", None), "value", ""))


def _has_comma(element: Any) -> bool:
    return hasattr(element.comma, "whitespace_after")
