"""A libcst module to the slim tree, in one walk that touches only what has meaning."""

# ruff: noqa: N802, N816 (A function is named after the libcst class that it lowers.)

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from cnnlint.syntax import lower_expressions, lower_literals, patterns, tree
from cnnlint.syntax.handlers import HANDLERS, Origins, expression, intern, maybe, register
from cnnlint.syntax.lower_expressions import OPERATORS, parameters

if TYPE_CHECKING:
    import libcst as cst

__all__ = ["lower"]


def lower(module: cst.Module, origins: Origins | None = None) -> tree.Module:
    """The slim tree of a libcst module.

    Every node gets the next ordinal, parents before children. With `origins`, an empty list, the
    libcst node that each ordinal came from is put at that index (a pair of nodes, first and last,
    where libcst has no one node). Raises RecursionError on code nested beyond Python's own limit.
    """
    if not HANDLERS:
        register(vars(lower_expressions), vars(lower_literals), globals())
    if origins is None:
        origins = []
    origins.append(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        body = _statements(module.body, origins)
    return tree.Module(body, len(origins), 0)


def _statements(nodes: Any, origins: Origins) -> tree.Block:
    """The statements of a block, with `a; b` on one line as two."""
    lowered = []
    for node in nodes:
        if type(node).__name__ == "SimpleStatementLine":
            for small in node.body:
                lowered.append(HANDLERS[type(small)](small, origins))
        else:
            lowered.append(HANDLERS[type(node)](node, origins))
    return tuple(lowered)


def _block(suite: Any, origins: Origins) -> tree.Block:
    """The statements of an indented block, or of one on the line of its header."""
    return _statements(suite.body, origins)


def _branch(clause: Any, origins: Origins) -> tree.Block:
    """The statements of an `else` or `finally`; none if there is no such clause."""
    return () if clause is None else _block(clause.body, origins)


# Simple statements.


def lower_Expr(node: cst.Expr, origins: Origins) -> tree.ExpressionStatement:
    at = len(origins)
    origins.append(node)
    return tree.ExpressionStatement(expression(node.value, origins), at)


def lower_Assign(node: cst.Assign, origins: Origins) -> tree.Assign:
    at = len(origins)
    origins.append(node)
    targets = tuple([expression(each.target, origins) for each in node.targets])
    return tree.Assign(targets, expression(node.value, origins), at)


def lower_AugAssign(node: cst.AugAssign, origins: Origins) -> tree.AugAssign:
    at = len(origins)
    origins.append(node)
    operator = OPERATORS[type(node.operator).__name__.removesuffix("Assign")]
    target = expression(node.target, origins)
    return tree.AugAssign(target, operator, expression(node.value, origins), at)


def lower_AnnAssign(node: cst.AnnAssign, origins: Origins) -> tree.AnnAssign:
    at = len(origins)
    origins.append(node)
    target, annotation = expression(node.target, origins), expression(node.annotation.annotation, origins)
    return tree.AnnAssign(target, annotation, maybe(node.value, origins), at)


def lower_TypeAlias(node: cst.TypeAlias, origins: Origins) -> tree.Assign:
    """`type X = ...` binds X to a value that only type checkers read."""
    at = len(origins)
    origins.append(node)
    name = expression(node.name, origins)
    opaque = len(origins)
    origins.append(node.value)
    return tree.Assign((name,), tree.Opaque((expression(node.value, origins),), opaque), at)


def lower_Return(node: cst.Return, origins: Origins) -> tree.Return:
    at = len(origins)
    origins.append(node)
    return tree.Return(maybe(node.value, origins), at)


def lower_Raise(node: cst.Raise, origins: Origins) -> tree.Raise:
    at = len(origins)
    origins.append(node)
    return tree.Raise(maybe(node.exc, origins), at)


def lower_Assert(node: cst.Assert, origins: Origins) -> tree.Assert:
    at = len(origins)
    origins.append(node)
    return tree.Assert(expression(node.test, origins), maybe(node.msg, origins), at)


def lower_Del(node: cst.Del, origins: Origins) -> tree.Delete:
    at = len(origins)
    origins.append(node)
    target: Any = node.target
    if type(target).__name__ == "Tuple" and not target.lpar:
        return tree.Delete(tuple([expression(element, origins) for element in target.elements]), at)
    return tree.Delete((expression(target, origins),), at)


def lower_Import(node: cst.Import, origins: Origins) -> tree.Import:
    origins.append(node)
    return tree.Import(_imported(node.names), len(origins) - 1)


def lower_ImportFrom(node: cst.ImportFrom, origins: Origins) -> tree.ImportFrom:
    origins.append(node)
    module = "" if node.module is None else _dotted(node.module)
    names: Any = node.names
    imported = _imported(names) if isinstance(names, (list, tuple)) else (("*", ""),)
    return tree.ImportFrom(module, len(node.relative), imported, len(origins) - 1)


lower_LazyImport, lower_LazyImportFrom = lower_Import, lower_ImportFrom


def lower_Global(node: cst.Global, origins: Origins) -> tree.Global:
    origins.append(node)
    return tree.Global("global", tuple([intern(each.name.value) for each in node.names]), len(origins) - 1)


def lower_Nonlocal(node: cst.Nonlocal, origins: Origins) -> tree.Global:
    origins.append(node)
    return tree.Global("nonlocal", tuple([intern(each.name.value) for each in node.names]), len(origins) - 1)


def lower_Pass(node: cst.Pass, origins: Origins) -> tree.Pass:
    origins.append(node)
    return tree.Pass(len(origins) - 1)


def lower_Break(node: cst.Break, origins: Origins) -> tree.Break:
    origins.append(node)
    return tree.Break(len(origins) - 1)


def lower_Continue(node: cst.Continue, origins: Origins) -> tree.Continue:
    origins.append(node)
    return tree.Continue(len(origins) - 1)


def _imported(aliases: Any) -> tuple[tuple[str, str], ...]:
    return tuple([(_dotted(alias.name), _alias(alias.asname)) for alias in aliases])


def _dotted(node: Any) -> str:
    parts = []
    while hasattr(node, "attr"):
        parts.append(node.attr.value)
        node = node.value
    return intern(".".join([node.value, *reversed(parts)]))


def _alias(node: Any) -> str:
    """The name after `as`; '' without one."""
    return "" if node is None else intern(node.name.value)


# Compound statements.


def lower_If(node: cst.If, origins: Origins) -> tree.If:
    """An `elif` chain nests to the right, so it is walked in a loop."""
    heads = []
    current: Any = node
    while hasattr(current, "test"):
        at = len(origins)
        origins.append(current)
        heads.append((expression(current.test, origins), _block(current.body, origins), at))
        current = current.orelse
    orelse = _branch(current, origins)
    test, body, at = heads.pop()
    branch = tree.If(test, body, orelse, at)
    for test, body, at in reversed(heads):
        branch = tree.If(test, body, (branch,), at)
    return branch


def lower_For(node: cst.For, origins: Origins) -> tree.For:
    at = len(origins)
    origins.append(node)
    target, iterable = expression(node.target, origins), expression(node.iter, origins)
    body, orelse = _block(node.body, origins), _branch(node.orelse, origins)
    return tree.For(target, iterable, body, orelse, node.asynchronous is not None, at)


def lower_While(node: cst.While, origins: Origins) -> tree.While:
    at = len(origins)
    origins.append(node)
    test, body = expression(node.test, origins), _block(node.body, origins)
    return tree.While(test, body, _branch(node.orelse, origins), at)


def lower_With(node: cst.With, origins: Origins) -> tree.With:
    at = len(origins)
    origins.append(node)
    items = tuple([_with_item(item, origins) for item in node.items])
    return tree.With(items, _block(node.body, origins), at)


def _with_item(node: cst.WithItem, origins: Origins) -> tree.WithItem:
    at = len(origins)
    origins.append(node)
    context = expression(node.item, origins)
    return tree.WithItem(context, maybe(node.asname and node.asname.name, origins), at)


def lower_Try(node: cst.Try, origins: Origins) -> tree.Try:
    at = len(origins)
    origins.append(node)
    body = _block(node.body, origins)
    handlers = tuple([_handler(handler, origins) for handler in node.handlers])
    orelse = _branch(node.orelse, origins)
    return tree.Try(body, handlers, orelse, _branch(node.finalbody, origins), at)


lower_TryStar = lower_Try


def _handler(node: cst.ExceptHandler, origins: Origins) -> tree.Handler:
    at = len(origins)
    origins.append(node)
    return tree.Handler(maybe(node.type, origins), _alias(node.name), _block(node.body, origins), at)


def lower_FunctionDef(node: cst.FunctionDef, origins: Origins) -> tree.FunctionDef:
    at = len(origins)
    origins.append(node)
    decorators = tuple([expression(each.decorator, origins) for each in node.decorators])
    accepted = parameters(node.params, origins)
    returns = maybe(node.returns and node.returns.annotation, origins)
    body = _block(node.body, origins)
    is_async = node.asynchronous is not None
    return tree.FunctionDef(intern(node.name.value), accepted, returns, decorators, body, is_async, at)


def lower_ClassDef(node: cst.ClassDef, origins: Origins) -> tree.ClassDef:
    at = len(origins)
    origins.append(node)
    decorators = tuple([expression(each.decorator, origins) for each in node.decorators])
    bases = tuple([expression(each, origins) for each in (*node.bases, *node.keywords)])
    return tree.ClassDef(intern(node.name.value), bases, decorators, _block(node.body, origins), at)


def lower_Match(node: cst.Match, origins: Origins) -> tree.Match:
    at = len(origins)
    origins.append(node)
    subject = expression(node.subject, origins)
    return tree.Match(subject, tuple([_case(case, origins) for case in node.cases]), at)


def _case(node: cst.MatchCase, origins: Origins) -> tree.Case:
    at = len(origins)
    origins.append(node)
    pattern = node.pattern
    catches_all = node.guard is None and patterns.is_irrefutable(pattern)
    guard = maybe(node.guard, origins)
    body = _block(node.body, origins)
    return tree.Case(patterns.bound_names(pattern), patterns.constants(pattern), catches_all, guard, body, at)
