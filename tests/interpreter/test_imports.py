"""What a program takes from other files is what Python would give it, however it came there."""

from __future__ import annotations

from pathlib import Path

from cnnlint.interpreter import limits
from cnnlint.interpreter.program import followed
from cnnlint.linting import Project
from cnnlint.syntax.cache import Cache
from cnnlint.values import is_unknown

TABLE = """
from torch import nn
calls = []
width = 8

def configured(table):
    calls.append(len(table))
    return dict(table)

TABLE = configured({{
{rows}
}})
width = 16

class Net(nn.Sequential):
    def __init__(self, kind="k7"):
        super().__init__(nn.Linear(*TABLE[kind]))
"""
ROWS = "\n".join(f'    "k{number}": (width, {number}, ), "n{number}": [{number}] * 3,' for number in range(40))


def names_of(folder: Path, **files: str):
    overlay = {str(folder / f"{name}.py"): text.encode() for name, text in files.items()}
    program, names = followed(str(folder / "main.py"), Project(Cache(None), overlay=overlay))
    return program, names


def test_a_large_table_of_another_file_waits_until_it_is_asked_for(tmp_path, monkeypatch):
    table = TABLE.format(rows=ROWS)
    monkeypatch.setattr(limits, "STEPS_FOR_IMPORTS", 300)
    program, names = names_of(tmp_path, main="from table import calls, width\n", table=table)
    assert not program.limits
    assert names["calls"].store["items"] == () and names["width"] == 16
    monkeypatch.undo()
    program, names = names_of(tmp_path, main="from table import calls, Net\nmodel = Net()\n", table=table)
    assert names["calls"].store["items"] == (80,)
    assert names["model"].parameter_count() == 8 * 7 + 7


def test_a_table_that_takes_too_many_steps_is_not_known(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "STEPS_FOR_IMPORTS", 300)
    program, names = names_of(tmp_path, main="from table import TABLE\n", table=TABLE.format(rows=ROWS))
    assert program.limits and is_unknown(names["TABLE"])


def test_what_a_package_offers_is_read_when_it_is_asked_for(tmp_path):
    program, names = names_of(
        tmp_path, main="import package.left\nfrom package import right\nvalue = right.value\n",
        **{
            "package/__init__": "from .left import a, b\nfrom . import right\n",
            "package/left": "a = b = 1\n",
            "package/right": "value = 3\n",
        },
    )
    assert names["value"] == 3
