"""Where the user's code builds an instance of a class, and that call made again.

Of a call within a function, or in the program itself, the statements before it are made again as well, as
far as its arguments need them and they only compute.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from cnnlint.confirm.child.importing import Script
from cnnlint.confirm.child.purity import dotted
from cnnlint.confirm.child.slicing import bound, defines, keeping, loaded

__all__ = ["Site", "called_at", "mentions", "sites"]

Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Site(NamedTuple):
    """A call, the scopes it is in from the outermost inwards, and the statements that precede it in them."""

    script: Script
    call: ast.Call
    scopes: tuple[Scope, ...]
    before: tuple[tuple[ast.stmt, ...], ...]

    @property
    def inside(self) -> set[str]:
        """Names of the classes it is in."""
        return {scope.name for scope in self.scopes if isinstance(scope, ast.ClassDef)}

    def value(self, guess: Callable[[str], Any] | None = None) -> Any:
        """What the call gives; `guess` is asked for arguments of the functions it is in that have no default.
        Whatever the user's code raises is raised."""
        names = dict(vars(self.script.module))
        purity = self.script.slice.purity
        needed = loaded(self.call)
        for scope, before in zip(reversed(self.scopes), reversed(self.before), strict=True):
            if isinstance(scope, Function):
                kept = keeping(before, needed, purity).positions
                needed = needed.union(*(loaded(before[position]) for position in kept))
        for scope, before in zip(self.scopes, self.before, strict=True):
            if isinstance(scope, Function):
                names.update(_guessed(scope, guess) if guess else {})
                names.update(_defaults(scope, names))
            if isinstance(scope, Function | ast.Module):
                self._execute(before, needed, names)
        return eval(compile(ast.Expression(self.call), self.script.path, "eval", dont_inherit=True), names)

    def _execute(self, before: Sequence[ast.stmt], needed: set[str], names: dict[str, Any]) -> None:
        """Make the statements again that bind what is needed; what the others bind is not known."""
        kept = keeping(before, needed, self.script.slice.purity).positions
        done = {id(each) for each in self.script.tree.body if defines(each)}
        for position, statement in enumerate(before):
            if id(statement) in done:
                continue
            try:
                if position not in kept:
                    raise NameError
                tree = ast.Module(body=[statement], type_ignores=[])
                exec(compile(tree, self.script.path, "exec", dont_inherit=True), names)
            except (Exception, SystemExit):
                for name in bound(statement):
                    names.pop(name, None)  # whatever needs it says so by a NameError


def sites(script: Script, name: str) -> Iterator[Site]:
    """The calls of something of this name in a file, in order, but not those within the class itself."""
    for site in _calls(script):
        if dotted(site.call.func).rpartition(".")[2] == name and name not in site.inside:
            yield site


def mentions(script: Script, name: str) -> Iterator[Site]:
    """The calls in a file that are given something of this name, in order."""
    for site in _calls(script):
        given = [*site.call.args, *(each.value for each in site.call.keywords)]
        if name in set().union(*map(loaded, given)) and name not in site.inside:
            yield site


def called_at(script: Script, line: int, name: str) -> Iterator[Site]:
    """The calls that a line begins, that of something of this name first, then the outermost first."""
    here = [site for site in _calls(script) if site.call.lineno == line]
    yield from sorted(here, key=lambda site: dotted(site.call.func).rpartition(".")[2] != name)


def _calls(script: Script) -> Iterator[Site]:
    yield from _within(script, script.tree.body, (script.tree,), ((),))


def _within(
    script: Script,
    body: Sequence[ast.stmt],
    scopes: tuple[Scope, ...],
    before: tuple[tuple[ast.stmt, ...], ...],
) -> Iterator[Site]:
    """The calls in a body, each with what comes before it in the scopes that it is in."""
    for position, statement in enumerate(body):
        here = (*before[:-1], (*before[-1], *body[:position]))
        if isinstance(statement, Function | ast.ClassDef):
            yield from _within(script, statement.body, (*scopes, statement), (*here, ()))
            continue
        inner = [part for part in _bodies(statement) if part]
        for node in _shallow(statement):
            if isinstance(node, ast.Call):
                yield Site(script, node, scopes, here)
        for part in inner:
            yield from _within(script, part, scopes, here)


def _bodies(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The bodies of a compound statement."""
    found = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    handlers: list[Any] = getattr(statement, "handlers", []) + getattr(statement, "cases", [])
    return [*found, *(each.body for each in handlers)]


def _shallow(statement: ast.stmt) -> Iterator[ast.AST]:
    """The expressions of a statement, outermost first, without its bodies."""
    waiting: list[ast.AST] = [
        each for each in ast.iter_child_nodes(statement) if not isinstance(each, ast.stmt | ast.ExceptHandler)
    ]
    while waiting:
        node = waiting.pop(0)
        yield node
        waiting += ast.iter_child_nodes(node)


def _guessed(function: Function, guess: Callable[[str], Any]) -> dict[str, Any]:
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return {name: value for name in names if (value := guess(name)) is not None}


def _defaults(function: Function, names: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a function that have defaults."""
    arguments = function.args
    pairs = [
        *zip(reversed([*arguments.posonlyargs, *arguments.args]), reversed(arguments.defaults), strict=False),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    found = {}
    for argument, default in pairs:
        if default is not None:
            try:
                found[argument.arg] = eval(compile(ast.Expression(default), "<default>", "eval"), dict(names))
            except Exception:
                continue
    return found
