"""Two trees of one text made comparable: Python's own `ast` and ours, both as nested tuples.

Each node becomes (kind, ...) without positions; what the slim tree leaves out on purpose (the cause
of a `raise`, annotations of starred parameters, patterns) is left out of both.
"""

# ruff: noqa: N816 (A function is named after the class whose shape it gives.)

from __future__ import annotations

import ast
from typing import Any

OPERATORS = {
    "Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**",
    "MatMult": "@", "LShift": "<<", "RShift": ">>", "BitAnd": "&", "BitOr": "|", "BitXor": "^",
    "UAdd": "+", "USub": "-", "Invert": "~", "Not": "not", "And": "and", "Or": "or", "Eq": "==",
    "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Is": "is", "IsNot": "is not",
    "In": "in", "NotIn": "not in",
}  # fmt: skip
COMPREHENSIONS = {"ListComp": "list", "SetComp": "set", "DictComp": "dict", "GeneratorExp": "generator"}


def slim_shape(node: Any) -> Any:
    """The shape of a slim node: its fields without `at` and `count`."""
    if not hasattr(node, "_fields"):
        return tuple(map(slim_shape, node)) if isinstance(node, tuple) else node
    kind, fields = type(node).__name__, {name: getattr(node, name) for name in node._fields if name != "at"}
    if kind == "Constant":
        return kind, repr(node.value)
    if kind == "FormattedString":
        return kind, joined(map(slim_shape, node.parts))
    if kind == "Case":
        return kind, frozenset(node.bound), slim_shape(node.guard), slim_shape(node.body)
    if kind == "Module":
        return kind, slim_shape(node.body)
    return kind, *map(slim_shape, fields.values())


def joined(parts: Any) -> tuple[Any, ...]:
    """The parts of an f-string with neighbouring texts as one."""
    whole: list[Any] = []
    for part in parts:
        if whole and part[0] == whole[-1][0] == "Constant":
            part = ("Constant", repr(ast.literal_eval(whole.pop()[1]) + ast.literal_eval(part[1])))
        whole.append(part)
    return tuple(whole)


def ast_shape(node: Any) -> Any:
    """The shape of the slim node that an `ast` node should have become."""
    if isinstance(node, list):
        return tuple(map(ast_shape, node))
    if not isinstance(node, ast.AST):
        return node
    return globals()[f"of_{type(node).__name__}"](node)


# The functions below are named after the class of `ast` whose shape they give.


def of_Module(node: Any) -> Any:
    return "Module", ast_shape(node.body)


def of_Name(node: Any) -> Any:
    return "Name", node.id


def of_Constant(node: Any) -> Any:
    return "Constant", repr(node.value)


def of_JoinedStr(node: Any) -> Any:
    return "FormattedString", joined(map(ast_shape, node.values))


def of_FormattedValue(node: Any) -> Any:
    value = ast_shape(node.value)
    if node.conversion == -1 and node.format_spec is None:
        return value
    spec = node.format_spec.values if node.format_spec else ()
    nested = [ast_shape(part) for part in spec if isinstance(part, ast.FormattedValue)]
    return "Opaque", (value, *nested)


def of_Attribute(node: Any) -> Any:
    return "Attribute", ast_shape(node.value), node.attr


def of_Call(node: Any) -> Any:
    return "Call", ast_shape(node.func), arguments(node.args, node.keywords)


def arguments(positional: Any, keywords: Any) -> Any:
    """Arguments as written: `ast` keeps those with a keyword apart."""
    lowered = []
    for value in positional:
        star, inner = ("*", value.value) if isinstance(value, ast.Starred) else ("", value)
        lowered.append((value.lineno, value.col_offset, ("Argument", ast_shape(inner), "", star)))
    for each in keywords:
        star = "" if each.arg else "**"
        shape = ("Argument", ast_shape(each.value), each.arg or "", star)
        lowered.append((each.lineno, each.col_offset, shape))
    return tuple(shape for _, _, shape in sorted(lowered, key=lambda each: each[:2]))


def of_Subscript(node: Any) -> Any:
    return "Subscript", ast_shape(node.value), ast_shape(node.slice)


def of_Slice(node: Any) -> Any:
    return "Slice", ast_shape(node.lower), ast_shape(node.upper), ast_shape(node.step)


def of_Tuple(node: Any) -> Any:
    return "Tuple", ast_shape(node.elts)


def of_List(node: Any) -> Any:
    return "List", ast_shape(node.elts)


def of_Set(node: Any) -> Any:
    return "SetDisplay", ast_shape(node.elts)


def of_Dict(node: Any) -> Any:
    return "Dictionary", tuple(zip(ast_shape(node.keys), ast_shape(node.values), strict=True))


def of_Starred(node: Any) -> Any:
    return "Starred", ast_shape(node.value)


def of_BinOp(node: Any) -> Any:
    return "BinaryOperation", operator(node.op), ast_shape(node.left), ast_shape(node.right)


def of_UnaryOp(node: Any) -> Any:
    return "UnaryOperation", operator(node.op), ast_shape(node.operand)


def of_BoolOp(node: Any) -> Any:
    return "BooleanOperation", operator(node.op), ast_shape(node.values)


def of_Compare(node: Any) -> Any:
    return "Compare", ast_shape(node.left), tuple(map(operator, node.ops)), ast_shape(node.comparators)


def operator(node: Any) -> str:
    return OPERATORS[type(node).__name__]


def of_IfExp(node: Any) -> Any:
    return "Conditional", ast_shape(node.test), ast_shape(node.body), ast_shape(node.orelse)


def of_ListComp(node: Any) -> Any:
    key, element = getattr(node, "key", None), getattr(node, "elt", None) or node.value
    clauses = tuple(
        ("Clause", ast_shape(each.target), ast_shape(each.iter), ast_shape(each.ifs))
        for each in node.generators
    )
    return "Comprehension", COMPREHENSIONS[type(node).__name__], ast_shape(key), ast_shape(element), clauses


of_SetComp = of_DictComp = of_GeneratorExp = of_ListComp


def of_Lambda(node: Any) -> Any:
    return "Lambda", ast_shape(node.args), ast_shape(node.body)


def of_NamedExpr(node: Any) -> Any:
    return "NamedExpression", ast_shape(node.target), ast_shape(node.value)


def of_Await(node: Any) -> Any:
    return "Yield", "await", ast_shape(node.value)


def of_Yield(node: Any) -> Any:
    return "Yield", "yield", ast_shape(node.value)


def of_YieldFrom(node: Any) -> Any:
    return "Yield", "yield from", ast_shape(node.value)


def of_arguments(node: Any) -> Any:
    names = [*node.posonlyargs, *node.args]
    defaults = [None] * (len(names) - len(node.defaults)) + node.defaults
    positional = tuple(map(parameter, names, defaults))
    only = len(node.posonlyargs)
    keyword_only = tuple(map(parameter, node.kwonlyargs, node.kw_defaults))
    star, double_star = (each.arg if each else "" for each in (node.vararg, node.kwarg))
    return "Parameters", positional[:only], positional[only:], star, keyword_only, double_star


def parameter(node: Any, default: Any) -> Any:
    return "Parameter", node.arg, ast_shape(node.annotation), ast_shape(default)


def of_FunctionDef(node: Any) -> Any:
    is_async = isinstance(node, ast.AsyncFunctionDef)
    decorators, body = ast_shape(node.decorator_list), ast_shape(node.body)
    return "FunctionDef", node.name, ast_shape(node.args), ast_shape(node.returns), decorators, body, is_async


of_AsyncFunctionDef = of_FunctionDef


def of_ClassDef(node: Any) -> Any:
    # The slim tree has plain bases before those with a keyword, as libcst does.
    bases = arguments(node.bases, node.keywords)
    return "ClassDef", node.name, bases, ast_shape(node.decorator_list), ast_shape(node.body)


def of_Expr(node: Any) -> Any:
    return "ExpressionStatement", ast_shape(node.value)


def of_Assign(node: Any) -> Any:
    return "Assign", ast_shape(node.targets), ast_shape(node.value)


def of_AugAssign(node: Any) -> Any:
    return "AugAssign", ast_shape(node.target), operator(node.op), ast_shape(node.value)


def of_AnnAssign(node: Any) -> Any:
    return "AnnAssign", ast_shape(node.target), ast_shape(node.annotation), ast_shape(node.value)


def of_TypeAlias(node: Any) -> Any:
    return "Assign", (ast_shape(node.name),), ("Opaque", (ast_shape(node.value),))


def of_If(node: Any) -> Any:
    return "If", ast_shape(node.test), ast_shape(node.body), ast_shape(node.orelse)


def of_While(node: Any) -> Any:
    return "While", ast_shape(node.test), ast_shape(node.body), ast_shape(node.orelse)


def of_For(node: Any) -> Any:
    parts = map(ast_shape, (node.target, node.iter, node.body, node.orelse))
    return "For", *parts, isinstance(node, ast.AsyncFor)


of_AsyncFor = of_For


def of_With(node: Any) -> Any:
    items = tuple(("WithItem", ast_shape(i.context_expr), ast_shape(i.optional_vars)) for i in node.items)
    return "With", items, ast_shape(node.body)


of_AsyncWith = of_With


def of_Try(node: Any) -> Any:
    return "Try", *map(ast_shape, (node.body, node.handlers, node.orelse, node.finalbody))


of_TryStar = of_Try


def of_ExceptHandler(node: Any) -> Any:
    return "Handler", ast_shape(node.type), node.name or "", ast_shape(node.body)


def of_Match(node: Any) -> Any:
    return "Match", ast_shape(node.subject), ast_shape(node.cases)


def of_match_case(node: Any) -> Any:
    bound = [
        getattr(each, "name", None) or getattr(each, "rest", None)
        for each in ast.walk(node.pattern)
        if isinstance(each, (ast.MatchAs, ast.MatchStar, ast.MatchMapping))
    ]
    return "Case", frozenset(filter(None, bound)), ast_shape(node.guard), ast_shape(node.body)


def of_Return(node: Any) -> Any:
    return "Return", ast_shape(node.value)


def of_Raise(node: Any) -> Any:
    return "Raise", ast_shape(node.exc)


def of_Assert(node: Any) -> Any:
    return "Assert", ast_shape(node.test), ast_shape(node.msg)


def of_Delete(node: Any) -> Any:
    return "Delete", ast_shape(node.targets)


def of_Import(node: Any) -> Any:
    return "Import", tuple((each.name, each.asname or "") for each in node.names)


def of_ImportFrom(node: Any) -> Any:
    names = tuple((each.name, each.asname or "") for each in node.names)
    return "ImportFrom", node.module or "", node.level, names


def of_Global(node: Any) -> Any:
    return "Global", type(node).__name__.lower(), tuple(node.names)


of_Nonlocal = of_Global


def of_Pass(node: Any) -> Any:
    return (type(node).__name__,)


of_Break = of_Continue = of_Pass
