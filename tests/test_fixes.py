"""Fixes: edits asked for in terms of nodes become edits of the text that leave all else as it was."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnlint import fixes
from cnnlint.facts import Layer
from cnnlint.findings import Fix, TextEdit
from cnnlint.fixes.apply import Applied, apply_fixes
from cnnlint.fixes.resolve import resolve
from cnnlint.source import Site, Span
from cnnlint.values import Undecided, Unknown


class Found:
    """The places of pieces of a text, each by the ordinal of its place in `pieces`."""

    def __init__(self, text: str, pieces: tuple[str, ...]) -> None:
        self.text, self.pieces = text, pieces

    def span(self, at: int) -> Span | None:
        start = self.text.find(self.pieces[at])
        return Span(*self.place(start), *self.place(start + len(self.pieces[at]))) if start >= 0 else None

    def place(self, offset: int) -> tuple[int, int]:
        before = self.text[:offset].replace("\r\n", "\n").split("\n")
        return len(before), len(before[-1]) + 1


HERE = Site("train.py", 0)
INNER = Site("train.py", 1)


def mended(text: str, fix: Fix | None, *pieces: str) -> str | None:
    """The text after a fix whose sites are the first occurrences of `pieces`; None if it is not made."""
    assert fix is not None
    edits = [resolve(edit, Found(text, pieces), text) for edit in fix.edits]
    if None in edits:
        return None
    return apply_fixes(text, [Fix(fix.title, tuple(edits), fix.safe)]).text


LOOP = """\
for x, y in loader:
    loss = criterion(model(x), y)  # the loss
    loss.backward()
    optimizer.step()
"""


def before(text: str, piece: str, new: str = "clear()") -> str | None:
    return mended(text, fixes.insert_before(HERE, new, safe=True), piece)


def after(text: str, piece: str, new: str = "tick()") -> str | None:
    return mended(text, fixes.insert_after(HERE, new, safe=True), piece)


def removed(text: str, piece: str) -> str | None:
    return mended(text, fixes.remove(HERE, safe=True), piece)


@pytest.mark.parametrize(
    ("change", "piece", "old", "new"),
    [
        (before, "loss.backward()", "    loss.backward()", "    clear()\n    loss.backward()"),
        (before, "model(x)", "    loss =", "    clear()\n    loss ="),
        (before, "for x", "for x", "clear()\nfor x"),
        (after, "criterion", "# the loss\n", "# the loss\n    tick()\n"),
        (after, LOOP[:-1], "optimizer.step()\n", "optimizer.step()\ntick()\n"),
        (removed, "loss.backward()", "    loss.backward()\n", ""),
        (removed, "optimizer.step()", "    optimizer.step()\n", ""),
    ],
)
@pytest.mark.parametrize("style", ["\n", "\r\n", "tabs", "indented", "accents", "comments", "no end"])
def test_statements_come_and_go_as_whole_lines(
    change: Callable[[str, str], str | None], piece: str, old: str, new: str, style: str
) -> None:
    assert old in LOOP

    def styled(text: str) -> str:
        match style:
            case "\r\n":
                return text.replace("\n", "\r\n")
            case "tabs":
                return text.replace("    ", "\t")
            case "indented":
                lines = text.splitlines(keepends=True)
                return "def train():\n" + "".join("    " + line for line in lines)
            case "accents":
                return 'größe = "ß"; é = "→"\n' + text
            case "comments":
                return "# é\n\n" + text + "    # the end of the loop\n\n\n"
            case "no end":
                return text.removesuffix("\n")
        return text

    in_style = {"\r\n": styled(piece), "tabs": styled(piece), "indented": piece.replace("\n", "\n    ")}
    expected = styled(LOOP.replace(old, new, 1))
    if style == "comments" and new.startswith("optimizer.step()\n"):
        expected = styled(LOOP).replace("step()\n    #", "step()\ntick()\n    #")
    if style == "no end" and not new:
        # The line before the removed one keeps its newline.
        expected = LOOP.replace(old, new, 1).removesuffix("" if old.endswith("step()\n") else "\n")
    assert change(styled(LOOP), in_style.get(style, piece)) == expected


@pytest.mark.parametrize(
    ("change", "text", "piece", "expected"),
    [
        (before, "if ok: step()\n", "step()", "if ok: clear(); step()\n"),
        (before, "a = 1; step()\n", "step()", "a = 1; clear(); step()\n"),
        (before, "if a:\n  b()\nelif c():\n  d()\n", "c()", "clear()\nif a:\n  b()\nelif c():\n  d()\n"),
        (before, "@wraps\ndef f():\n  a()\n", "def f():\n  a()", "clear()\n@wraps\ndef f():\n  a()\n"),
        (after, "if ok: step()\n", "step()", "if ok: step(); tick()\n"),
        (after, "step(); b = 1\n", "step()", "step(); tick(); b = 1\n"),
        (after, "step(a,\n  b)  # long\nx\n", "step(a,\n  b)", "step(a,\n  b)  # long\ntick()\nx\n"),
        (after, "try:\n  a()\nexcept E:\n  b()\n", "b()", "try:\n  a()\nexcept E:\n  b()\n  tick()\n"),
        (removed, "if ok:\n    step()  # go\n", "step()", "if ok:\n    pass  # go\n"),
        (removed, "a(); step(); b()\n", "step()", "a(); b()\n"),
        (removed, "a(); step()\n", "step()", "a()\n"),
        (removed, "x = step()\n", "step()", None),
        (removed, "x = [\n", "x", None),
    ],
)  # fmt: skip
def test_awkward_statements(
    change: Callable[[str, str], str | None], text: str, piece: str, expected: str | None
) -> None:
    assert change(text, piece) == expected


def test_a_statement_of_several_lines_is_indented_throughout() -> None:
    new = "with torch.no_grad():\n    validate()"
    assert after("if a:\n    b()\n", "b()", new) == (
        "if a:\n    b()\n    with torch.no_grad():\n        validate()\n"
    )


@pytest.mark.parametrize(
    ("text", "whole", "inner", "expected"),
    [
        ("y = softmax(x, 1)\n", "softmax(x, 1)", "x", "y = x\n"),
        ("return_(softmax(a + b))\n", "softmax(a + b)", "a + b", "return_(a + b)\n"),
        ("y = softmax(a + b) * 2\n", "softmax(a + b)", "a + b", "y = (a + b) * 2\n"),
        ("y = softmax(a + b)  # note\n", "softmax(a + b)", "a + b", "y = a + b  # note\n"),
        ("y = softmax(a +\n  b)\n", "softmax(a +\n  b)", "a +\n  b", "y = (a +\n  b)\n"),
        ("y = softmax(net(x)).sum()\n", "softmax(net(x))", "net(x)", "y = net(x).sum()\n"),
        ("y = softmax(-x).sum()\n", "softmax(-x)", "-x", "y = (-x).sum()\n"),
        ("y = softmax(x)\nz = w\n", "softmax(x)", "w", None),
    ],
)
def test_keeping_a_part_keeps_its_meaning(text: str, whole: str, inner: str, expected: str | None) -> None:
    assert mended(text, fixes.keep(HERE, INNER, safe=False), whole, inner) == expected


@pytest.mark.parametrize(
    ("text", "first", "second", "expected"),
    [
        ("criterion(y, net(x))\n", "y", "net(x)", "criterion(net(x), y)\n"),
        ("loss(y,  # é\n     out)\n", "y", "out", "loss(out,  # é\n     y)\n"),
        ("loss(input=y, target=out)\n", "y", "out", "loss(input=out, target=y)\n"),
        ("loss(target=out, input=y)\n", "y", "out", "loss(target=y, input=out)\n"),
        ("loss(net(x), y)\n", "net(x)", "x", None),
    ],
)
def test_two_parts_change_places(text: str, first: str, second: str, expected: str | None) -> None:
    assert mended(text, fixes.swap(HERE, INNER, safe=True), first, second) == expected


LAST = "    optimizer.step()\n"


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ("optimizer.step()", LOOP.replace(LAST, "") + "optimizer.step()\n"),
        ("loss.backward()", LOOP.replace("    loss.backward()\n", "") + "loss.backward()\n"),
        ("model(x), y", None),  # what it makes is used in the loop
    ],
)
def test_a_statement_moves_behind_the_loop_it_is_in(moved: str, expected: str | None) -> None:
    assert mended(LOOP, fixes.move_after(HERE, INNER, safe=False), moved, LOOP.rstrip()) == expected


def test_what_a_statement_binds_is_not_moved_behind_its_use() -> None:
    text = "optimizer = Adam(net)\n{between}net.fc = Linear(9, 2)\n"
    fix = fixes.move_after(HERE, INNER, safe=False)
    used = text.format(between="scheduler = StepLR(optimizer)\n")
    assert mended(used, fix, "Adam(net)", "Linear(9, 2)") is None
    assert mended(text.format(between=""), fix, "Adam(net)", "Linear(9, 2)") == (
        "net.fc = Linear(9, 2)\noptimizer = Adam(net)\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import os\nx = 1\n", "import torch\nimport os\nx = 1\n"),
        (
            "import os\nfrom torch import nn\nx = 1\n",
            "import os\nimport torch\nfrom torch import nn\nx = 1\n",
        ),
        ("import torch.nn as nn\nx = 1\n", "import torch\nimport torch.nn as nn\nx = 1\n"),
        ("import torch\nx = 1\n", "import torch\nx = 1\n"),
        ("import torch.nn\nx = 1\n", "import torch.nn\nx = 1\n"),
        ("from os import path as torch\nx = 1\n", None),
        ("x = 1\n", None),
    ],
)
def test_a_module_is_imported_once(text: str, expected: str | None) -> None:
    fix = fixes.importing("torch", fixes.insert_after(HERE, "y = 2", safe=True))
    assert mended(text, fix, "x = 1") == (expected and expected + "y = 2\n")


def test_a_statement_moves_before_the_loop_it_is_in() -> None:
    moved = mended(LOOP, fixes.move_before(HERE, INNER, safe=False), "optimizer.step()", LOOP.rstrip())
    assert moved == "optimizer.step()\n" + LOOP.replace(LAST, "")
    text = "def f():\n    for x in y:\n        z = g()"
    fix = fixes.move_before(HERE, INNER, safe=False)
    assert mended(text, fix, "g()", "for x in y:\n        z = g()") == (
        "def f():\n    z = g()\n    for x in y:\n        pass"
    )
    behind = fixes.move_after(HERE, INNER, safe=False)
    assert mended(text, behind, "g()", "for x in y:\n        z = g()") == (
        "def f():\n    for x in y:\n        pass\n    z = g()"
    )
    assert mended("a = f()\nb = g()\n", fix, "g()", "f()") == "b = g()\na = f()\n"


@pytest.mark.parametrize(
    ("text", "statement", "expected"),
    [
        ("this()\nother()\n", "this()", "other()\nthis()\n"),
        ("if x:\n    this()\nother()\n", "this()", "if x:\n    pass\nother()\nthis()\n"),
        ("this()\nif x:\n    other()\n", "this()", "if x:\n    other()\n    this()\n"),
        ("this(\n  1)\nif x:\n    other()\n", "this(\n  1)", "if x:\n    other()\n    this(\n      1)\n"),
        ("for x in other():\n    y\n    this()\n", "this()", "for x in other():\n    y\nthis()\n"),
        ("this(); other()\n", "this()", "other(); this()\n"),
        ("z; this()\nother()\n", "this()", None),
        ("this()\r\nother()\r\n", "this()", "other()\r\nthis()\r\n"),
    ],
)
def test_a_statement_moves_behind_another_and_is_as_deep_as_that(
    text: str, statement: str, expected: str | None
) -> None:
    fix = fixes.move_after(HERE, INNER, safe=False, title="")
    assert mended(text, fix, statement, "other()") == expected


def test_a_statement_moves_before_another() -> None:
    fix = fixes.move_before(HERE, INNER, safe=False, title="")
    text = "if x:\n    other()\nthis()\n"
    assert mended(text, fix, "this()", "other()") == "if x:\n    this()\n    other()\n"


@pytest.mark.parametrize(
    ("given", "expected"),
    [("y", "y.squeeze(1)"), ("y.float()", "y.float().squeeze(1)"), ("-y", "(-y).squeeze(1)")],
)
def test_a_method_is_called_on_all_of_an_expression(given: str, expected: str) -> None:
    changed = mended(f"loss(out, {given})\n", fixes.call_method(HERE, "squeeze(1)", safe=False), given)
    assert changed == f"loss(out, {expected})\n"


@dataclass(eq=False)
class Linear(Layer):
    """A layer as knowledge describes them."""

    in_features: Any
    out_features: Any
    bias: Any = True


LINEAR = Linear(3, 4)
LINEAR.site = HERE


@pytest.mark.parametrize(
    ("call", "name", "value", "expected"),
    [
        ("Linear(256, 120)", "in_features", 400, "Linear(400, 120)"),
        ("Linear(256, out_features=120)", "out_features", 10, "Linear(256, out_features=10)"),
        ("Linear(256, 120)", "bias", False, "Linear(256, 120, bias=False)"),
        ("Linear(256, 120,)", "bias", False, "Linear(256, 120, bias=False,)"),
        ("Linear()", "bias", False, "Linear(bias=False)"),
        ("Linear(256, (120))", "bias", False, "Linear(256, (120), bias=False)"),
        ("Linear(\n  256,  # é\n  120,  # out\n)", "in_features", 4, "Linear(\n  4,  # é\n  120,  # out\n)"),
        ("Linear('é', 120)", "out_features", 10, "Linear('é', 10)"),
        ("Linear(*sizes)", "in_features", 400, None),
        ("Linear(256, 120, **options)", "bias", False, None),
        ("sizes[0]", "bias", False, None),
    ],
)  # fmt: skip
def test_an_argument_is_set_where_it_stands(call: str, name: str, value: Any, expected: str | None) -> None:
    changed = mended(f"x = {call}\n", fixes.set_argument(LINEAR, name, value, safe=True), call)
    assert changed == (expected and f"x = {expected}\n")


CLASS = "class Net:\n    def __init__(self, a, n{}):\n        self.fc = Linear(a, n)\n{}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CLASS.format("=5", "x = Net(3)"), CLASS.format("=10", "x = Net(3)")),
        (CLASS.format("", "x = Net(3, 5)"), CLASS.format("", "x = Net(3, 10)")),
        (CLASS.format("=4", "x = nets.Net(3, n=5)"), CLASS.format("=4", "x = nets.Net(3, n=10)")),
        (CLASS.format("=5", "x = Net(3), Net(4, 5)"), None),
        (CLASS.format("=5", "        self.out = n"), None),
        (CLASS.format("=5", "x = Net(*sizes)"), None),
        (CLASS.format("=5", "class Other(Net): pass\nx = Net(3)"), None),
        (CLASS.format("", "x = Net(3, count)"), None),
        (CLASS.format("=5", "pass"), None),
        ("n = 5\nfc = Linear(a, n)\n", "n = 5\nfc = Linear(a, 10)\n"),
        ("def f(a, *, n=5): Linear(a, n)\nf(1)\n", "def f(a, *, n=10): Linear(a, n)\nf(1)\n"),
    ],
)  # fmt: skip
def test_a_size_that_is_a_parameter_is_changed_where_the_parameter_gets_it(
    text: str, expected: str | None
) -> None:
    changed = fixes.set_argument(LINEAR, "out_features", 10, safe=True)
    assert mended(text, changed, "Linear(a, n)") == expected


def test_only_numbers_and_text_can_be_written_as_arguments() -> None:
    assert fixes.set_argument(LINEAR, "in_features", Unknown("why"), safe=True) is None
    assert fixes.set_argument(LINEAR, "in_features", (1, 2), safe=True) is None


def test_an_edit_that_breaks_the_text_is_not_made() -> None:
    assert mended("x = 1\n", fixes.replace(HERE, "1 +", safe=True), "1") is None
    assert before("x = (\n", "x") is None
    assert mended("x = 1\n", fixes.replace(HERE, "2", safe=True), "nowhere") is None


def test_an_unknown_place_cannot_be_edited() -> None:
    with pytest.raises(Undecided):
        fixes.remove(Unknown("why"), safe=True)


def edit(start: int, end: int, content: str) -> Fix:
    return Fix("", (TextEdit(Span(1, start + 1, 1, end + 1), content),), safe=True)


def test_fixes_that_touch_the_same_text_wait_for_another_run() -> None:
    first, second, third = edit(0, 3, "A"), edit(2, 5, "B"), edit(3, 4, "C")
    assert apply_fixes("abcdef", [first, second, third]) == Applied("ACef", (first, third))


def test_the_same_change_asked_for_twice_is_made_once() -> None:
    assert apply_fixes("ab", [edit(1, 1, "X"), edit(1, 1, "X")]).text == "aXb"
    assert apply_fixes("ab", [edit(1, 1, "X"), edit(1, 1, "Y")]).text == "aXb"


def test_a_fix_of_several_edits_is_made_whole_or_not_at_all() -> None:
    both = fixes.together(edit(0, 1, "A"), edit(4, 5, "E"), title="both")
    assert apply_fixes("abcdef", [edit(4, 6, "X"), both]).text == "abcdX"


statements = st.sampled_from(
    [
        "step()",
        "x = 1  # one",
        "if a:\n    step()",
        "for é in b: step()",
        "y = '''\n  s'''",
        "a(); b()",
        "z = f(\n  1)",
    ]
)


@given(st.lists(statements, min_size=1, max_size=6), st.data())
def test_inserting_adds_one_statement_and_changes_no_other_byte(
    lines: list[str], data: st.DataObject
) -> None:
    newline = data.draw(st.sampled_from(["\n", "\r\n"]))
    text = newline.join(lines).replace("\r\n", "\n").replace("\n", newline) + data.draw(
        st.sampled_from(["", newline])
    )
    piece = data.draw(st.sampled_from([line.split("\n")[0].split("  #")[0] for line in lines]))
    change = data.draw(st.sampled_from([before, after]))
    changed = change(text, piece, "NEW()")
    assume(changed is not None)
    assert changed is not None
    assert changed.count("NEW()") == 1
    cut = changed.index("NEW()")
    kept = changed[:cut].rstrip(" \t\r\n;") + changed[cut + 5 :].lstrip(" \t\r\n;")
    assert "".join(kept.split()).replace(";", "") == "".join(text.split()).replace(";", "")
    assert changed.count("\r\n") in (changed.count("\n"), 0)
    assert len(list(ast.walk(ast.parse(changed)))) > len(list(ast.walk(ast.parse(text))))
