"""Names that code reads and assigns: what a loop carries from round to round, what a file binds again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnlint.interpreter.mentions import nodes_in
from cnnlint.syntax import tree


def read_before_written(loop: tree.For | tree.While) -> tuple[str, ...]:
    """Names assigned in the body (or test) whose first use in an iteration is a read."""
    found = _CACHE.get(id(loop))
    if found is None or found[0] is not loop:
        reader = _Reader()
        if isinstance(loop, tree.For):
            reader.write(loop.target)
        else:
            reader.read(loop.test)
        reader.block(loop.body, certain=True)
        found = (loop, tuple(sorted(reader.read_first & reader.assigned)))
        if len(_CACHE) > 10_000:
            _CACHE.clear()
        _CACHE[id(loop)] = found
    return found[1]


def leaves(loop: tree.For | tree.While) -> bool:
    """Whether its body may leave it before its last iteration."""
    return any(_leaves(statement, in_loop=False) for statement in loop.body)


def _leaves(statement: Any, in_loop: bool) -> bool:
    if isinstance(statement, tree.FunctionDef | tree.ClassDef):
        return False
    if isinstance(statement, tree.Return) or isinstance(statement, tree.Break) and not in_loop:
        return True
    within = in_loop or isinstance(statement, tree.For | tree.While)
    blocks = [getattr(statement, name, ()) for name in ("body", "orelse", "final")]
    blocks += [part.body for name in ("handlers", "cases") for part in getattr(statement, name, ())]
    return any(_leaves(each, within) for block in blocks for each in block)


_CACHE: dict[int, tuple[Any, tuple[str, ...]]] = {}


class _Reader:
    """Walks a block in the order it runs; a name set on some paths only still counts as unset."""

    def __init__(self) -> None:
        self.read_first: set[str] = set()
        self.assigned: set[str] = set()
        self.certain: set[str] = set()

    def read(self, node: Any) -> None:
        if isinstance(node, tree.Name):
            if node.id not in self.certain:
                self.read_first.add(node.id)
        elif isinstance(node, tree.NamedExpression):
            self.read(node.value)
            self.write(node.target)
        elif isinstance(node, tuple):
            for child in node:
                self.read(child)

    def write(self, target: Any, certain: bool = True) -> None:
        if isinstance(target, tree.Name):
            self.assigned.add(target.id)
            if certain:
                self.certain.add(target.id)
        elif isinstance(target, tree.Tuple | tree.List):
            for item in target.items:
                self.write(item, certain)
        elif isinstance(target, tree.Starred):
            self.write(target.value, certain)
        else:
            self.read(target)

    def block(self, statements: tree.Block, certain: bool) -> None:
        for statement in statements:
            self.statement(statement, certain)

    def branches(self, *blocks: tree.Block) -> None:
        before = set(self.certain)
        after: list[set[str]] = []
        for block in blocks:
            self.certain = set(before)
            self.block(block, True)
            after.append(self.certain)
        self.certain = set.intersection(*after)

    def statement(self, node: Any, certain: bool) -> None:
        match node:
            case tree.Assign():
                self.read(node.value)
                for target in node.targets:
                    self.write(target, certain)
            case tree.AnnAssign():
                if node.value is not None:
                    self.read(node.value)
                    self.write(node.target, certain)
            case tree.AugAssign():
                self.read(node.target)
                self.read(node.value)
                self.write(node.target, certain)
            case tree.If():
                self.read(node.test)
                self.branches(node.body, node.orelse)
            case tree.For():
                self.read(node.iterable)
                self.write(node.target)
                self.branches(node.body, ())
                self.block(node.orelse, certain)
            case tree.While():
                self.read(node.test)
                self.branches(node.body, ())
            case tree.With():
                for item in node.items:
                    self.read(item.context)
                    if item.target is not None:
                        self.write(item.target, certain)
                self.block(node.body, certain)
            case tree.Try():
                self.block(node.body, certain)
                self.branches((), *(handler.body for handler in node.handlers))
                self.block(node.orelse, certain)
                self.block(node.final, certain)
            case tree.FunctionDef() | tree.ClassDef():
                self.assigned.add(node.name)
                self.certain.add(node.name)
            case _:
                self.read(node)


def added_up(block: tree.Block) -> frozenset[str]:
    """The names that statements add to, and that nothing among them sets."""
    added = {each.target.id for each in nodes_in(block, tree.AugAssign) if isinstance(each.target, tree.Name)}
    targets = [target for each in nodes_in(block, tree.Assign) for target in each.targets] if added else []
    for kind in (tree.AnnAssign, tree.For, tree.NamedExpression, tree.WithItem) if added else ():
        targets += [each.target for each in nodes_in(block, kind)]
    return frozenset(added - {each.id for target in targets for each in nodes_in(target, tree.Name)})


def counted_in(block: tree.Block) -> frozenset[str]:
    """The names to which statements add one in any case, and that nothing else among them changes."""
    added = [
        each for each in block if isinstance(each, tree.AugAssign) and isinstance(each.target, tree.Name)
    ]
    ones = [each for each in added if isinstance(each.value, tree.Constant) and each.value.value == 1]
    if not ones:
        return frozenset()
    changes = [getattr(each.target, "id", "") for each in nodes_in(block, tree.AugAssign)]
    names = {each.target.id for each in ones if each.operator == "+"} & added_up(block)
    return frozenset(name for name in names if changes.count(name) == 1)


def names_assigned(block: tree.Block) -> Iterator[str]:
    """The names that statements assign, each as often as it is, not those in functions and classes."""
    for statement in block:
        if isinstance(statement, tree.Assign):
            yield from (target.id for target in statement.targets if isinstance(target, tree.Name))
        if not isinstance(statement, tree.FunctionDef | tree.ClassDef):
            for inner in ("body", "orelse"):
                yield from names_assigned(getattr(statement, inner, None) or ())
