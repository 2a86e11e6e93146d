"""Where an argument is a parameter of the function around it: what gives the parameter its value."""

from __future__ import annotations

import ast
from collections.abc import Iterator

__all__ = ["feeding", "owner_of"]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def owner_of(tree: ast.Module, line: int, name: str) -> Function | None:
    """The innermost function around a line that has a parameter of this name."""
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, Function) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    having = (node for node in reversed(around) if any(name == each.arg for each in _parameters(node)))
    return next(having, None)


def feeding(tree: ast.Module, function: Function, name: str) -> ast.expr | None:
    """The number that this parameter is given and nothing else uses: in the one call that gives it, or as its
    default where no call does. None where it is not that simple."""
    uses = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name]
    called = _called(tree, function)
    if len(uses) != 1 or not called:
        return None
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node.func) == called]
    bases = [base for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases]
    open_ended = any(
        isinstance(each, ast.Starred) or getattr(each, "arg", "") is None
        for call in calls
        for each in (*call.args, *call.keywords)
    )
    if not calls or open_ended or called in map(_name, bases):
        return None
    given = [value for call in calls if (value := _given(call, function, name)) is not None]
    source = given[0] if len(calls) == len(given) == 1 else None if given else _default(function, name)
    return source if isinstance(source, ast.Constant) else None


def _parameters(function: Function) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _called(tree: ast.Module, function: Function) -> str:
    """The name by which a function is called: that of its class, if it is an `__init__`; '' for a method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and function in node.body:
            return node.name if function.name == "__init__" else ""
    return function.name


def _name(callee: ast.expr) -> str:
    return callee.id if isinstance(callee, ast.Name) else getattr(callee, "attr", "")


def _given(call: ast.Call, function: Function, name: str) -> ast.expr | None:
    """What a call gives for the parameter, if it does."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    ordered = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    ordered = ordered[1:] if function.name == "__init__" else ordered
    at = ordered.index(name) if name in ordered else len(call.args)
    return call.args[at] if at < len(call.args) else None


def _default(function: Function, name: str) -> ast.expr | None:
    return dict(_defaults(function)).get(name)


def _defaults(function: Function) -> Iterator[tuple[str, ast.expr | None]]:
    ordered = [*function.args.posonlyargs, *function.args.args]
    given = function.args.defaults
    yield from (
        (each.arg, value) for each, value in zip(ordered[len(ordered) - len(given) :], given, strict=True)
    )
    yield from zip((each.arg for each in function.args.kwonlyargs), function.args.kw_defaults, strict=True)
