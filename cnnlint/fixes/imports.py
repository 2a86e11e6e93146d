"""Imports that what a fix writes needs: made once, in the file's own style."""

from __future__ import annotations

import ast
import sys

from cnnlint.findings import TextEdit
from cnnlint.fixes.text import Text

__all__ = ["import_beside", "import_module"]


def import_beside(text: Text, beside: str, name: str) -> TextEdit | None:
    """Adds a name to the import that binds another; changes nothing if it does so already. None if there is
    no such import, or the name means something else in the text."""
    imports = [node for node in text.tree.body if isinstance(node, ast.ImportFrom)]
    for node in imports:
        bound = {alias.asname or alias.name: alias for alias in node.names}
        if beside in bound:
            last = node.names[-1]
            end = text.offset(last.end_lineno or node.lineno, last.end_col_offset or 0)
            if name in bound:
                return text.edit(end, end, "") if bound[name].name == name else None
            return None if name in _bound(text.tree) else text.edit(end, end, f", {name}")
    return None


def import_module(text: Text, module: str) -> TextEdit | None:
    """Imports a module, before what else is imported of it or else before all; changes nothing if the text
    does so already. None if it imports nothing, or the name means something else in it.

    One of Python's own modules stands apart from others.
    """
    imports = [node for node in text.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    imports = [node for node in imports if getattr(node, "module", "") != "__future__"]
    if not imports:
        return None
    of_it = [node for node in imports if module in map(_package, _modules(node))]
    first = (of_it or imports)[0]
    begin, _ = text.range_of(first)
    for node in of_it:
        if isinstance(node, ast.Import):
            bound = {alias.asname or _package(alias.name): alias.name for alias in node.names}
            if _package(bound.get(module, "")) == module:
                return text.edit(begin, begin, "")
    if module in _bound(text.tree):
        return None
    newline = text.newline(begin)
    own = sys.stdlib_module_names
    apart = module in own and not own & {*map(_package, _modules(first))}
    return text.edit(begin, begin, f"import {module}{newline * (1 + apart)}")


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]


def _package(module: str) -> str:
    return module.partition(".")[0]


def _bound(tree: ast.Module) -> set[str]:
    """All names that something in a text is bound to."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name)
    return found
