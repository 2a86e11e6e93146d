"""Python that is hard to read for a parser: one text for each oddity, for the tests beside this."""

from __future__ import annotations

TEXTS = {
    "names": r"""
x = y
model.layers[0].weight.data += alpha * grad  # comment
""",
    "calls": r"""
f()
f(a, *b, c=d, **e)
nn.Sequential(
    nn.Conv2d(3, 64, 3),  # first
    nn.ReLU(),
)(x)
""",
    "parentheses": r"""
x = ((a))
y = (a, (b, c))
z = ()
w = (
    a
    + b
)
(q) = 1
""",
    "subscripts": r"""
x[1]
x[1, 2]
x[1,]
x[a:b, ::c, ...]
x[:]
x[(1, 2)]
x[None, :, -1]
""",
    "strings": r"""
a = 'x' "y"
b = r'\d' '\n'
c = b'\xff' b'z'
d = '''one
two'''
e = '\N{BULLET}' u'\u00e9'
""",
    "formatted": r"""
f'{a}{{b}} {c!r:>{width}} {d:.2f}'
rf'{a}\d' 'tail'
'head' f'{x}'
f'''{
x
}'''
f''
""",
    "numbers": r"""
a = 0x_ff + 0o17 + 0b1 + 1_000 + 1e-3 + .5 + 2j + 10_0.0e1
b = -1
c = 1 .real
""",
    "operators": r"""
a + b * c - d ** -e @ f // g % h << i >> j & k | l ^ m
not a
~a
a < b <= c != d is not e not in f
""",
    "booleans": r"""
a and b and c or d or (e or f) and not g
(a and b) and c
""",
    "conditional": r"""
x = a if b else c if d else e
y = lambda: (yield)
""",
    "lambdas": r"""
f = lambda: 0
g = lambda a, b=1, *c, d, e=2, **f: a
h = lambda a, /, b, *, c: lambda: c
""",
    "comprehensions": r"""
[a for a in b if c if d for e in f]
{a: b for a, b in c}
{a for a in b}
sum(a for a in b)
(a for a in b)
""",
    "displays": r"""
[1, *a]
{1, *a}
{1: 2, **a, 'k': [3]}
[]
{}
*a, b = c
x = *a, *b
""",
    "assignments": r"""
a = b = c
a, b = b, a
a: int = 1
b: float
a.b: int
a[0], *b.c = d
x = yield_ = 1
""",
    "augmented": r"""
a += 1; b -= 1; c *= 1; d /= 1; e //= 1; f %= 1; g @= 1
h **= 1; i <<= 1; j >>= 1; k &= 1; l |= 1; m ^= 1
""",
    "semicolons": r"""
a = 1; b = 2; c
if a: b; c = d
for a in b: pass; break
""",
    "functions": r"""
def f(a, /, b: int = 1, *args: int, c, d: str = 's', **kwargs: int) -> 'r':
    'doc'
    return a


async def g(*, a): await b; return
""",
    "decorators": r"""
# before
@a
@b.c(d)
# between
def f():
    # inside
    pass
    # after


@dataclass(frozen=True)
class C(A, B, *bases, metaclass=M, **options):
    x: int = 0

    def m(self): ...
""",
    "if_chain": r"""
if a:
    b
elif c:
    d
elif e: f
else:
    # empty
    g
""",
    "loops": r"""
for a, b in c:
    continue
else:
    d
while a: b
else: c
for (a, b), c in d: pass
""",
    "asynchronous": r"""
async def f():
    async for a in b:
        await c
    async with d as e: pass
    return [x async for x in y]
""",
    "with": r"""
with a: pass
with a as b, c as (d, e):
    pass
with (open(a) as b, c):
    pass
with (a): pass
""",
    "try": r"""
try:
    a
except B: c
except (D, E) as f:
    raise G from h
except:
    raise
else:
    i
finally:
    j
""",
    "match": r"""
match a, b:
    case 1 | 'x' | None | -2.5: pass
    case [c, *d] if e: f
    case {'k': g, **h}: i
    case C(j, k=l) as m: n
    case A.B: o
    case (p) | (_ as p): q
    case _: r
""",
    "imports": r"""
import a, b.c as d
from . import e
from ..f.g import h as i, j
from k import *
from l import (m, n,)
from .... import o
""",
    "small": r"""
del a, b[0], c.d
del (e, f)
assert a, b
assert c
global x, y
pass
raise
""",
    "scopes": r"""
def f():
    x = 1
    def g():
        nonlocal x
        yield
        y = yield x
        yield from z
        return (yield)
""",
    "walrus": r"""
while chunk := read(): pass
if (n := len(a)) > 1: pass
[y := 1, y ** 2]
""",
    "tabs": "def f():\n\tif a:\n\t\treturn b\n\treturn   c   +   d\n",
    "continued": r"""
x = a + \
    b
assert x, \
  'y'
""",
    "windows": "def f(a):\r\n    # note\r\n    return a\r\n\r\nx = f(1)\r\n",
    "other_scripts": r"""
größe = 'ä€😀'; naïve = größe  # ünïcode
x = ('日本', größe)
模型.訓練(größe)
""",
    "no_newline_at_the_end": "x = 1\nif x: y",
    "only_comments": r"""
# nothing

# here
""",
    "empty": "",
    "blank": "\n\n",
}

# Syntax that the oldest Python this runs on does not know.
NEWER_TEXTS = {
    "try_star": r"""
try:
    a
except* B as c:
    d
""",
    "starred_index": r"""
x[*a]
x[*a, 1]
""",
    "type_alias": "type X[T: int, *Ts, **P] = list[T]\n",
    "type_parameters": r"""
def f[T: int = str](a: T) -> T: ...
class C[T](B): ...
""",
    "same_quotes": "f'{a['b']}'\n",
}
