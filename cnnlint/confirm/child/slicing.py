"""The definitions of a file without its program: what may be executed to have its classes.

Imports, functions, classes and literals are kept, and those other top-level statements that a class, a
default, a decorator or a call that builds a class needs and that only compute. The program itself is left
out. Nothing is rewritten, so every line keeps its number; a name that was left out stays unbound, and
`Slice.explained` says of the NameError it leads to which line was not run, and why.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cnnlint.confirm.child.purity import Purity, dotted

__all__ = ["LOST", "Slice", "bound", "defines", "keeping", "loaded", "sliced"]

#: What a kept statement calls when it raises: `LOST(line, names)`, within the handler.
LOST = "__cnnlint_lost__"

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Import = ast.Import | ast.ImportFrom
Assignment = ast.Assign | ast.AnnAssign | ast.AugAssign


class Slice:
    """What is left of a file, and what was left out: `dropped` by line, `lost` by the name it bound."""

    def __init__(self, tree: ast.Module) -> None:
        self.purity = Purity(tree)
        self.tree = ast.Module(body=[], type_ignores=[])
        self.dropped: list[tuple[int, str]] = []
        self.lost: dict[str, tuple[int, str]] = {}

    def lose(self, line: int, names: Iterable[str], why: str) -> None:
        """A statement was not run, or not to its end."""
        self.dropped.append((line, why))
        for name in names:
            self.lost[name] = line, why

    def explained(self, error: BaseException) -> str:
        """The words of an exception; of a name that is missing because of us, why it is."""
        name = getattr(error, "name", None) or ""
        if isinstance(error, NameError | ImportError | AttributeError) and name in self.lost:
            line, why = self.lost[name]
            return f"top-level name `{name}` (line {line}) was not evaluated: {why}"
        return str(error)


class _Kept(NamedTuple):
    """Which statements of a body are to run, and why which others are not."""

    positions: set[int]
    refused: dict[int, str]


def sliced(tree: ast.Module, wanted: Iterable[str] | None = ()) -> Slice:
    """The slice of a parsed file. `wanted` are names that others ask of it; None if that may be any."""
    result = Slice(tree)
    purity = result.purity
    body = tree.body
    needed = set(wanted or ()) | _needed_by_definitions(body)
    if wanted is None:
        needed |= {name for statement in body if not is_main_guard(statement) for name in bound(statement)}
    kept = keeping(body, needed, purity)
    for position, statement in enumerate(body):
        if position in kept.positions:
            result.tree.body.append(_guarded(statement, purity))
            continue
        why = (
            "it is the program"
            if is_main_guard(statement)
            else kept.refused.get(position, "nothing needs it")
        )
        names = () if is_main_guard(statement) else bound(statement)
        result.lose(statement.lineno, names, why)
        for name in names:
            literal = _literal(name, statement) if name in needed else None
            result.tree.body.append(literal or _unbound(name, statement))
    ast.fix_missing_locations(result.tree)
    return result


def keeping(body: Sequence[ast.stmt], needed: set[str], purity: Purity) -> _Kept:
    """The statements of a body that define things or that bind, purely, what is needed."""
    needed = set(needed)
    kept: set[int] = set()
    refused: dict[int, str] = {}
    waiting = {
        position: names for position, each in enumerate(body) if (names := _touched(each, purity.aliases))
    }
    for position, each in enumerate(body):
        if _is_text(each) or defines(each):
            kept.add(position)
        elif isinstance(each, Assignment) and not any(isinstance(node, ast.Call) for node in ast.walk(each)):
            kept.add(position)
            needed |= loaded(each)
    for position in kept:
        waiting.pop(position, None)
    while found := [position for position, names in waiting.items() if names & needed]:
        for position in found:
            del waiting[position]
            if why := _refusal(body[position], purity):
                refused[position] = why
            else:
                kept.add(position)
                needed |= loaded(body[position])
    return _Kept(kept, refused)


def _literal(name: str, statement: ast.stmt) -> ast.stmt | None:
    """The first literal that a branch of a statement that is not run gives to a name."""
    for each in ast.walk(statement) if isinstance(statement, ast.If | ast.Try) else ():
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant):
            if any(isinstance(target, ast.Name) and target.id == name for target in each.targets):
                return each
    return None


def _refusal(statement: ast.stmt, purity: Purity) -> str:
    if is_main_guard(statement):
        return "it is the program"
    return purity.trouble(statement)


def _needed_by_definitions(body: Sequence[ast.stmt]) -> set[str]:
    """Names that the classes need, and the functions that they call, and what runs when any function is
    defined; and the arguments of calls that build a class."""
    defined = {each.name: each for each in body if isinstance(each, Definition)}
    needed: set[str] = set()
    waiting: list[Definition] = []
    for each in body:
        if isinstance(each, ast.ClassDef):
            waiting.append(each)
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = each.args
            parts = [*each.decorator_list, *arguments.defaults, *filter(None, arguments.kw_defaults)]
            annotations = [one.annotation for one in (*arguments.args, *arguments.kwonlyargs)]
            for part in [*parts, *filter(None, annotations), *filter(None, [each.returns])]:
                needed |= loaded(part)
    seen = {each.name for each in waiting}
    while waiting:
        names = loaded(waiting.pop())
        needed |= names
        further = (names & defined.keys()) - seen
        seen |= further
        waiting += [defined[name] for name in sorted(further)]
    classes = {name for name, each in defined.items() if isinstance(each, ast.ClassDef)}
    for each in body:
        for call in ast.walk(each):
            if isinstance(call, ast.Call) and dotted(call.func) in classes:
                needed |= loaded(call)
    return needed


def loaded(node: ast.AST) -> set[str]:
    """Names that are read in it."""
    return {
        each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
    }


def bound(statement: ast.AST) -> list[str]:
    """Names that a statement binds where it stands."""
    names: dict[str, None] = {}
    waiting: list[ast.AST] = [statement]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Definition):
            names[each.name] = None
        elif isinstance(each, Import):
            names.update(
                (one.asname or one.name.split(".")[0], None) for one in each.names if one.name != "*"
            )
        elif isinstance(each, ast.Name):
            if isinstance(each.ctx, ast.Store):
                names[each.id] = None
        elif not isinstance(each, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            waiting += ast.iter_child_nodes(each)
    return sorted(names)


def _touched(statement: ast.stmt, imported: dict[str, str]) -> set[str]:
    """Names that a statement binds, or whose values it changes: by an item, an attribute or a method."""
    names = set(bound(statement))
    for each in ast.walk(statement):
        owner: ast.AST | None = None
        if isinstance(each, ast.Subscript | ast.Attribute) and isinstance(each.ctx, ast.Store):
            owner = each.value
        elif isinstance(each, ast.Expr) and isinstance(each.value, ast.Call):
            owner = each.value.func.value if isinstance(each.value.func, ast.Attribute) else None
        while isinstance(owner, ast.Attribute | ast.Subscript | ast.Call):
            owner = owner.func if isinstance(owner, ast.Call) else owner.value
        if isinstance(owner, ast.Name) and owner.id not in imported:
            names.add(owner.id)
    return names


def is_main_guard(statement: ast.AST) -> bool:
    """`if __name__ == "__main__":`."""
    return (
        isinstance(statement, ast.If)
        and isinstance(statement.test, ast.Compare)
        and any(isinstance(each, ast.Name) and each.id == "__name__" for each in ast.walk(statement.test))
    )


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def defines(statement: ast.stmt) -> bool:
    """An import or definition, or an `if` or `try` around such."""
    if isinstance(statement, Import | Definition):
        return True
    if not isinstance(statement, ast.If | ast.Try) or is_main_guard(statement):
        return False
    inner = list(_branches(statement))
    plain = ast.Pass | ast.Raise | ast.Assign | ast.Expr
    return all(isinstance(each, plain) or defines(each) for each in inner) and any(map(defines, inner))


def _branches(statement: ast.If | ast.Try) -> Iterator[ast.stmt]:
    yield from statement.body
    yield from statement.orelse
    if isinstance(statement, ast.Try):
        yield from statement.finalbody
        for handler in statement.handlers:
            yield from handler.body


class _Quiet(ast.NodeTransformer):
    """Takes the impure expressions and assignments out of an `if` or `try` around imports."""

    def __init__(self, purity: Purity) -> None:
        self.purity = purity

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return ast.copy_location(ast.Pass(), node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        return ast.copy_location(ast.Pass(), node) if self.purity.trouble(node) else node


def _guarded(statement: ast.stmt, purity: Purity) -> ast.stmt:
    """The statement, so that its exception loses what it binds and nothing below it."""
    if _is_text(statement) or isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        return statement
    if isinstance(statement, ast.If | ast.Try) and defines(statement):
        statement = _Quiet(purity).visit(copy.deepcopy(statement))
    names = ast.List([ast.Constant(name) for name in bound(statement)], ast.Load())
    told = ast.Call(ast.Name(LOST, ast.Load()), [ast.Constant(statement.lineno), names], [])
    caught = ast.Tuple([ast.Name(name, ast.Load()) for name in ("Exception", "SystemExit")], ast.Load())
    handler = ast.ExceptHandler(type=caught, name=None, body=[ast.copy_location(ast.Expr(told), statement)])
    whole = ast.Try(body=[statement], handlers=[handler], orelse=[], finalbody=[])
    return ast.copy_location(whole, statement)


def _unbound(name: str, statement: ast.stmt) -> ast.stmt:
    """`del name` if there is one: an earlier value is not the one that the program would have."""
    gone = ast.Delete([ast.Name(name, ast.Del())])
    handler = ast.ExceptHandler(type=ast.Name("NameError", ast.Load()), name=None, body=[ast.Pass()])
    return ast.copy_location(ast.Try(body=[gone], handlers=[handler], orelse=[], finalbody=[]), statement)
