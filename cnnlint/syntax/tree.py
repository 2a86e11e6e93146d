"""The slim tree: what analyses need of Python syntax, as frozen, slotted, picklable nodes.

Every node's last field is `at`, its ordinal in the order of lowering. A `Site` (path, at) names a
node for as long as the text does not change; its span is looked up only if it is reported.
"""

from typing import Any, NamedTuple

__all__ = [
    "AnnAssign", "Argument", "Assert", "Assign", "Attribute", "AugAssign", "BinaryOperation",
    "Block", "BooleanOperation", "Break", "Call", "Case", "ClassDef", "Clause", "Compare", "Comprehension",
    "Conditional", "Constant", "Continue", "Delete", "Dictionary", "Expression", "ExpressionStatement",
    "For", "FormattedString", "FunctionDef", "Global", "Handler", "If", "Import", "ImportFrom",
    "Lambda", "List", "Match", "Module", "Name", "NamedExpression", "Node", "Opaque", "Parameter",
    "Parameters", "Pass", "Raise", "Return", "SetDisplay", "Slice", "Starred", "Statement", "Subscript",
    "Try", "Tuple", "UnaryOperation", "While", "With", "WithItem", "Yield",
]  # fmt: skip

# Unions of mutually recursive named tuples take mypy minutes; these aliases say what is meant.
Expression = Any  # Name, Constant, Attribute, Call, ...
Statement = Any  # Assign, If, For, FunctionDef, ...
Block = tuple[Statement, ...]
Node = Any  # any class of this module


class Name(NamedTuple):
    id: str
    at: int


class Constant(NamedTuple):
    """A number, string (implicit concatenation joined), bytes, True, False, None or `...`."""

    value: Any
    at: int


class Attribute(NamedTuple):
    value: Expression
    name: str
    at: int


class Argument(NamedTuple):
    """One argument of a call. `star` is '', '*' or '**'; `keyword` is '' for a positional one."""

    value: Expression
    keyword: str
    star: str
    at: int


class Call(NamedTuple):
    function: Expression
    arguments: tuple[Argument, ...]
    at: int


class Subscript(NamedTuple):
    """`value[index]`; several indices come as one Tuple, a range as Slice."""

    value: Expression
    index: Expression
    at: int


class Slice(NamedTuple):
    lower: Expression | None
    upper: Expression | None
    step: Expression | None
    at: int


class Tuple(NamedTuple):
    items: tuple[Expression, ...]
    at: int


class List(NamedTuple):
    items: tuple[Expression, ...]
    at: int


class SetDisplay(NamedTuple):
    items: tuple[Expression, ...]
    at: int


class Dictionary(NamedTuple):
    """`items` are (key, value) pairs; the key is None for `**value`."""

    items: tuple[tuple[Expression | None, Expression], ...]
    at: int


class Starred(NamedTuple):
    value: Expression
    at: int


class BinaryOperation(NamedTuple):
    """`operator` is as written: + - * / // % ** @ << >> & | ^."""

    operator: str
    left: Expression
    right: Expression
    at: int


class UnaryOperation(NamedTuple):
    """`operator` is one of: - + ~ not."""

    operator: str
    operand: Expression
    at: int


class BooleanOperation(NamedTuple):
    """`operator` is 'and' or 'or'; a chain of the same operator is one node."""

    operator: str
    values: tuple[Expression, ...]
    at: int


class Compare(NamedTuple):
    """`left operators[0] operands[0] operators[1] operands[1] ...`, operators as written ('not in')."""

    left: Expression
    operators: tuple[str, ...]
    operands: tuple[Expression, ...]
    at: int


class Conditional(NamedTuple):
    """`body if test else orelse`."""

    test: Expression
    body: Expression
    orelse: Expression
    at: int


class Clause(NamedTuple):
    """One `for target in iterable if ...` of a comprehension."""

    target: Expression
    iterable: Expression
    conditions: tuple[Expression, ...]
    at: int


class Comprehension(NamedTuple):
    """`kind` is 'list', 'set', 'dict' or 'generator'; `key` is None except for 'dict'."""

    kind: str
    key: Expression | None
    element: Expression
    clauses: tuple[Clause, ...]
    at: int


class Parameter(NamedTuple):
    name: str
    annotation: Expression | None
    default: Expression | None
    at: int


class Parameters(NamedTuple):
    """`star` is the name after `*` ('' for none), `double_star` the name after `**`."""

    positional_only: tuple[Parameter, ...]
    positional: tuple[Parameter, ...]
    star: str
    keyword_only: tuple[Parameter, ...]
    double_star: str
    at: int


class Lambda(NamedTuple):
    parameters: Parameters
    body: Expression
    at: int


class FormattedString(NamedTuple):
    """An f-string; literal parts are Constant, `{...}` parts are their expressions."""

    parts: tuple[Expression, ...]
    at: int


class NamedExpression(NamedTuple):
    target: Expression
    value: Expression
    at: int


class Yield(NamedTuple):
    """`kind` is 'yield', 'yield from' or 'await'."""

    kind: str
    value: Expression | None
    at: int


class Opaque(NamedTuple):
    """A construct with no meaning to us; its children are still visited."""

    children: tuple[Node, ...]
    at: int


class FunctionDef(NamedTuple):
    name: str
    parameters: Parameters
    returns: Expression | None
    decorators: tuple[Expression, ...]
    body: Block
    is_async: bool
    at: int


class ClassDef(NamedTuple):
    name: str
    bases: tuple[Argument, ...]
    decorators: tuple[Expression, ...]
    body: Block
    at: int


class ExpressionStatement(NamedTuple):
    value: Expression
    at: int


class Assign(NamedTuple):
    targets: tuple[Expression, ...]
    value: Expression
    at: int


class AugAssign(NamedTuple):
    """`operator` without the equals sign: '+' for `+=`."""

    target: Expression
    operator: str
    value: Expression
    at: int


class AnnAssign(NamedTuple):
    target: Expression
    annotation: Expression
    value: Expression | None
    at: int


class If(NamedTuple):
    """`elif` is an If alone in `orelse`."""

    test: Expression
    body: Block
    orelse: Block
    at: int


class For(NamedTuple):
    target: Expression
    iterable: Expression
    body: Block
    orelse: Block
    is_async: bool
    at: int


class While(NamedTuple):
    test: Expression
    body: Block
    orelse: Block
    at: int


class WithItem(NamedTuple):
    context: Expression
    target: Expression | None
    at: int


class With(NamedTuple):
    items: tuple[WithItem, ...]
    body: Block
    at: int


class Handler(NamedTuple):
    """`except exception as name:`."""

    exception: Expression | None
    name: str
    body: Block
    at: int


class Try(NamedTuple):
    body: Block
    handlers: tuple[Handler, ...]
    orelse: Block
    final: Block
    at: int


class Case(NamedTuple):
    """One `case`: names its pattern binds, and the constants it compares with if it is only that.

    `constants` is None where the pattern is more than a constant or an alternative of constants;
    `catches_all` is True for `_` and for a bare name without a guard.
    """

    bound: tuple[str, ...]
    constants: tuple[Any, ...] | None
    catches_all: bool
    guard: Expression | None
    body: Block
    at: int


class Match(NamedTuple):
    subject: Expression
    cases: tuple[Case, ...]
    at: int


class Return(NamedTuple):
    value: Expression | None
    at: int


class Raise(NamedTuple):
    exception: Expression | None
    at: int


class Assert(NamedTuple):
    test: Expression
    message: Expression | None
    at: int


class Delete(NamedTuple):
    targets: tuple[Expression, ...]
    at: int


class Import(NamedTuple):
    """`import a.b as c`: (('a.b', 'c'),); without `as` the second is ''."""

    names: tuple[tuple[str, str], ...]
    at: int


class ImportFrom(NamedTuple):
    """`from ..a import b as c`: module 'a', level 2, names (('b', 'c'),); `*` is (('*', ''),)."""

    module: str
    level: int
    names: tuple[tuple[str, str], ...]
    at: int


class Global(NamedTuple):
    """`global` or, with kind 'nonlocal', `nonlocal`."""

    kind: str
    names: tuple[str, ...]
    at: int


class Pass(NamedTuple):
    at: int


class Break(NamedTuple):
    at: int


class Continue(NamedTuple):
    at: int


class Module(NamedTuple):
    """A whole file. `count` is the number of nodes in it."""

    body: Block
    count: int  # type: ignore[assignment]
    at: int
