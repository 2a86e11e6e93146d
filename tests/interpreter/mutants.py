"""Odd programs made of ordinary ones: statements moved, lost, renamed and wrapped, and text cut up."""

from __future__ import annotations

import ast
import random
from copy import deepcopy
from functools import cache
from pathlib import Path

from tests.blocks import cases

ROOT = Path(__file__).resolve().parents[2]

#: What a statement may be put into; it takes the place of `...`.
WRAPPERS = (
    "def wrapped(x=None, *args, **kwargs):\n    ...",
    "async def wrapped(self, model, /, *, loader=None):\n    ...",
    "class Wrapped(Base, metaclass=Meta):\n    ...",
    "class Wrapped(nn.Module):\n    def __init__(self):\n        super().__init__()\n        ...",
    "class Wrapped(nn.Sequential):\n    def forward(self, *x):\n        ...\n        return super().forward(*x)",
    "if x:\n    ...\nelse:\n    y = 1",
    "for i in range(3):\n    ...",
    "for i, (x, y) in enumerate(loader):\n    ...\nelse:\n    z = x",
    "while True:\n    ...\n    if done: break",
    "while (n := len(x)) > 3:\n    ...",
    "try:\n    ...\nexcept ValueError as error:\n    raise\nelse:\n    x = 2\nfinally:\n    y = 3",
    "with torch.no_grad() as x, open('f') as (a, *b):\n    ...",
    "match x:\n    case {'a': 1, **rest} if x > 2:\n        ...\n    case [1, *_] | None:\n        x = rest",
    "@decorate(1)\n@functools.wraps(f)\ndef wrapped():\n    global x\n    ...\n    yield x",
    "def outer():\n    x = 0\n    def inner():\n        nonlocal x\n        ...\n        x += 1\n    return inner",
    "def again(n):\n    ...\n    return again(n - 1) + again(n)",
)

#: What an expression may be replaced with.
EXPRESSIONS = (
    "None", "0", "-1", "1e309", "10**30", "''", "b''", "()", "[]", "{}", "x", "self", "model", "(1, 2)",
    "[*x, 1]", "{**x, 'a': 1}", "{1, 2}", "lambda *a, b=1, **k: a", "x[1:2, ...]", "x[::0]", "not x",
    "x if y else z", "x and y or z", "-x", "~x", "(yield)", "await x", "f'{x!r:>{y}}'", "x @ y", "1 << x",
    "[i for i in range(10**9)]", "{k: v for k, v in x}", "{(): 1}[()]", "x.y.z", "x()()", "(x := 1)",
    "range(10**20)", "torch.zeros(2, 3)", "nn.Linear(-1, 0)", "nn.Conv2d(3, 8, kernel_size=0)", "torch",
    "nn.Sequential(*x)", "nn.ModuleList([nn.ReLU()])", "optim.SGD(x, lr='a')", "1 < x < 3 in y", "...",
    "DataLoader(None)", "float('nan')", "super()", "getattr(x, y)", "type(x)(x)", "print", "x.grad", "1j",
    "torch.cat([])", "x.view(-1, -1)", "x.permute(0, 0)", "nn.MaxPool2d(0)", "F.relu()", "'%d' % x", "iter(x)",
    "next(iter(x))", "dict(x)", "zip(*x)", "map(x, y)", "sum(x)", "sorted(x, key=x)", "slice(x)", "vars()",
)  # fmt: skip


@cache
def seeds() -> tuple[str, ...]:
    """The code of the rule book's pages, of the examples and of the test programs."""
    blocks = [part.text for case in cases("good", "bad") for part in case.block.parts]
    files = [*ROOT.glob("examples/**/*.py"), *ROOT.glob("tests/programs/**/*.py")]
    files += ROOT.glob("tests/interpreter/cases/*.py")
    return (*blocks, *(path.read_text(encoding="utf-8") for path in sorted(files)))


@cache
def readable() -> tuple[str, ...]:
    """Those of the seeds that are Python and hold a statement."""
    return tuple(text for text in seeds() if parses(text) and ast.parse(text).body)


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def cut_up(chance: random.Random) -> str:
    """Text of a program with lines or characters lost, doubled, swapped or from another program."""
    text = chance.choice(seeds())
    for _ in range(chance.randint(1, 4)):
        lines = text.split("\n")
        here, there = chance.randrange(len(lines)), chance.randrange(len(lines))
        at = chance.randrange(len(text) + 1)
        match chance.randrange(7):
            case 0:
                text = text[:at]
            case 1:
                del lines[here]
                text = "\n".join(lines)
            case 2:
                lines[here], lines[there] = lines[there], lines[here]
                text = "\n".join(lines)
            case 3:
                other = chance.choice(seeds()).split("\n")
                text = "\n".join([*lines[:here], *other[chance.randrange(len(other)) :]])
            case 4:
                text = text[:at] + chance.choice("()[]{}:,=.\t \r\n\0\f\\'\"#@*é\ud800") + text[at:]
            case 5:
                lines.insert(there, lines[here])
                text = "\n".join(lines)
            case 6:
                chance.shuffle(lines)
                text = "\n".join(lines)
    return text


def reassembled(chance: random.Random) -> str:
    """A program Python can parse, of statements and expressions that do not belong together."""
    trees = [ast.parse(chance.choice(readable())) for _ in range(chance.randint(1, 2))]
    program = trees[0]
    for _ in range(chance.randint(1, 6)):
        change(program, trees[-1], chance)
    return ast.unparse(ast.fix_missing_locations(program))


def change(program: ast.Module, other: ast.Module, chance: random.Random) -> None:
    """Make one change anywhere in a program, perhaps with a statement of the other."""
    block = chance.choice(blocks_in(program))
    at = chance.randrange(len(block))
    match chance.randrange(8):
        case 0 if len(block) > 1:
            del block[at]
        case 1:
            block.insert(at, deepcopy(chance.choice(chance.choice(blocks_in(other)))))
        case 2:
            block[at] = wrapped(block[at], chance)
        case 3:
            chance.shuffle(block)
        case 4:
            rename(program, chance)
        case 5:
            block.insert(at, ast.parse(f"x = {chance.choice(EXPRESSIONS)}").body[0])
        case _:
            replace_expression(program, chance)


def blocks_in(program: ast.Module) -> list[list[ast.stmt]]:
    bodies = [getattr(node, name, None) for node in ast.walk(program) for name in ("body", "orelse")]
    return [body for body in bodies if isinstance(body, list) and body]


def wrapped(statement: ast.stmt, chance: random.Random) -> ast.stmt:
    wrapper = ast.parse(chance.choice(WRAPPERS)).body[0]
    for body in blocks_in(ast.Module([wrapper], [])):
        for index, inside in enumerate(body):
            if isinstance(inside, ast.Expr) and getattr(inside.value, "value", None) is ...:
                body[index] = statement
                return wrapper
    match_case = getattr(wrapper, "cases", [None])[0]
    if match_case is not None:
        match_case.body = [statement]
    return wrapper


def rename(program: ast.Module, chance: random.Random) -> None:
    names = [node for node in ast.walk(program) if isinstance(node, ast.Name)]
    if names:
        old, new = chance.choice(names).id, chance.choice(names).id
        for node in names:
            if node.id == old and chance.random() < 0.7:
                node.id = new


def replace_expression(program: ast.Module, chance: random.Random) -> None:
    places = [
        (node, name, index)
        for node in ast.walk(program)
        for name, value in ast.iter_fields(node)
        for index, each in enumerate(value if isinstance(value, list) else [value])
        if isinstance(each, ast.expr)
        and not (isinstance(getattr(each, "ctx", None), ast.Store | ast.Del) or name == "target")
        and not isinstance(node, ast.JoinedStr | ast.FormattedValue | ast.MatchValue | ast.MatchClass)
    ]
    if places:
        node, name, index = chance.choice(places)
        new = ast.parse(chance.choice(EXPRESSIONS), mode="eval").body
        value = getattr(node, name)
        if isinstance(value, list):
            value[index] = new
        else:
            setattr(node, name, new)
