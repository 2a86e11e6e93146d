"""Notebooks are one program, in which every finding knows its cell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlint.source import SourceFile, Span, Unreadable, read_source
from cnnlint.source.notebook import with_cells


def code(source: Any) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def notebook(*cells: dict[str, Any]) -> SourceFile:
    whole = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return read_source("demo.ipynb", json.dumps(whole).encode())


def test_code_cells_are_joined_and_others_left_out() -> None:
    source = notebook(markdown("# Title"), code("import torch\n"), markdown("more"), code("x = 1"))
    assert source.text == "import torch\n\n\nx = 1\n\n"


def test_cells_count_from_one_over_all_kinds_of_cell() -> None:
    source = notebook(markdown("# Title"), code("import torch"), markdown("more"), code("x = 1\ny = 2"))
    line = source.text.split("\n").index("y = 2") + 1
    assert source.place(Span(line, 1, line, 2)) == (4, Span(2, 1, 2, 2))
    assert source.joined(4, 2) == line
    assert source.lines(4) == ["x = 1", "y = 2"]


def test_a_cell_may_be_a_list_of_lines() -> None:
    assert notebook(code(["import torch\n", "x = 1"])).text == "import torch\nx = 1\n\n"


def test_the_third_format_of_notebooks_is_read() -> None:
    cell = {"cell_type": "code", "language": "python", "input": ["import torch\n", "x = 1"], "outputs": []}
    whole = {"worksheets": [{"cells": [{"cell_type": "markdown", "source": "hi"}, cell]}], "nbformat": 3}
    source = read_source("demo.ipynb", json.dumps(whole).encode())
    assert source.place(Span(2, 1, 2, 2)) == (2, Span(2, 1, 2, 2))
    assert source.text == "import torch\nx = 1\n\n"


@pytest.mark.parametrize(
    ("written", "python"),
    [
        pytest.param("%matplotlib inline\nx = 1", "\nx = 1", id="a line magic"),
        pytest.param("!pip install torch\nx = 1", "\nx = 1", id="a shell line"),
        pytest.param("!pip install \\\n  torch\nx = 1", "\n\nx = 1", id="a shell line over two lines"),
        pytest.param("?torch.nn\nx = 1", "\nx = 1", id="help in front"),
        pytest.param("torch.nn.Conv2d??\nx = 1", "\nx = 1", id="help behind"),
        pytest.param(
            "if gpu:\n    !nvidia-smi\nx = 1", "if gpu:\n    pass\nx = 1", id="the whole of a block"
        ),
        pytest.param("files = !ls\nx = 1", "files = _\nx = 1", id="a value from the shell"),
        pytest.param("t = %timeit -o f()", "t = _", id="a value from a magic"),
        pytest.param("%time train(model)", "0;    train(model)", id="a timed statement runs"),
        pytest.param("%%bash\nls\ncd x", "\n\n", id="a cell of another language"),
        pytest.param("%%writefile net.py\nimport torch", "\n", id="a cell that is only written to a file"),
        pytest.param("%%time\nx = 1", "\nx = 1", id="a timed cell"),
        pytest.param("%%capture out\nx = 1\n!ls", "\nx = 1\n", id="magics inside a captured cell"),
        pytest.param("x = (a\n  % b)", "x = (a\n  % b)", id="a remainder at the start of a line"),
        pytest.param('s = """\n!not a command\n"""', 's = """\n!not a command\n"""', id="inside a string"),
        pytest.param("x = y != z", "x = y != z", id="an inequality"),
        pytest.param("d[k] = v %w", "d[k] = v %w", id="a remainder without a space"),
    ],
)
def test_what_only_ipython_reads_is_taken_out_line_for_line(written: str, python: str) -> None:
    text = notebook(code(written)).text
    assert text == python + "\n\n"
    assert text.count("\n") == written.count("\n") + 2


def test_a_timed_statement_keeps_its_column() -> None:
    text = notebook(code("%time train(model)")).text
    assert text.index("train") == "%time train(model)".index("train")


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        pytest.param(b'{"cells": [\n}', 2, "not valid JSON", id="broken JSON"),
        pytest.param(b"", 1, "not valid JSON", id="an empty file"),
        pytest.param(b"[1, 2]", 1, "no cells", id="JSON of another kind"),
        pytest.param(b'{"cells": 3}', 1, "no cells", id="cells that are none"),
        pytest.param(b"[" * 100_000, 1, "nested", id="JSON nested without end"),
    ],
)
def test_a_file_that_is_no_notebook_is_unreadable(content: bytes, line: int, why: str) -> None:
    with pytest.raises(Unreadable, match=why) as caught:
        read_source("demo.ipynb", content)
    assert caught.value.line == line


def test_odd_cells_are_passed_over() -> None:
    source = notebook({"cell_type": "code"}, {"cell_type": "code", "source": 3}, code("import torch"))
    assert source.place(Span(source.text.split("\n").index("import torch") + 1, 1, 1, 1))[0] == 3


def test_a_cell_is_rewritten_and_the_rest_kept() -> None:
    cells = [markdown("größe"), code(["x = 1\n", "y = 2"]), code("z = 3")]
    text = (
        json.dumps({"cells": cells, "nbformat": 4, "metadata": {"k": 1}}, indent=1, ensure_ascii=False) + "\n"
    )
    changed = with_cells(text, {2: "x = 10\ny = 2"})
    assert changed == text.replace("x = 1\\n", "x = 10\\n")
    assert with_cells(text, {}) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            r'{"cells":[ {"source":["x = 1\n" ,"y"], "b": 1 }],"a":1e-05,"b": "\u00e9"}',
            r'{"cells":[ {"source":["x = 1\n" ,"y = 2\n" ,"z"], "b": 1 }],"a":1e-05,"b": "\u00e9"}',
            id="its own spacing and numbers",
        ),
        pytest.param(
            '{"cells": [{"source": [\n  "x = 1\\n"\n]}]}\n',
            '{"cells": [{"source": [\n  "x = 1\\n",\n  "y = 2\\n",\n  "z"\n]}]}\n',
            id="one line a line",
        ),
        pytest.param(
            r'{"cells": [{"source": []}]}',
            r'{"cells": [{"source": ["x = 1\n", "y = 2\n", "z"]}]}',
            id="no line",
        ),
        pytest.param(
            r'{"worksheets": [{"cells": [{"input": "x = 1\ny"}]}]}',
            r'{"worksheets": [{"cells": [{"input": "x = 1\ny = 2\nz"}]}]}',
            id="an old notebook",
        ),
        pytest.param(
            r'{"cells": [{"source": ["x = 1\r\n", "\u0079"]}]}',
            r'{"cells": [{"source": ["x = 1\r\n", "y = 2\n", "z"]}]}',
            id="lines as they were spelled",
        ),
    ],
)
def test_all_but_the_cell_stays_byte_for_byte(before: str, after: str) -> None:
    assert with_cells(before, {1: "x = 1\ny = 2\nz"}) == after


@given(st.lists(st.text(alphabet="ab%!? \n#'\"()=\\", max_size=40), max_size=5))
def test_cells_keep_their_lines_whatever_is_in_them(sources: list[str]) -> None:
    source = notebook(*map(code, sources))
    assert len(source.cells) == len(sources)
    assert source.text.count("\n") == sum(text.count("\n") + 2 for text in sources)
    for cell, text in zip(source.cells, sources, strict=True):
        number, span = source.place(Span(cell.first_line, 1, cell.first_line, 1))
        assert (number, span.line) == (cell.number, 1)
        assert cell.line_count == text.count("\n") + 1


@pytest.mark.parametrize(
    ("path", "kind"),
    [("<stdin>", "notebook"), ("x", "notebook"), ("x.ipynb", "notebook"), ("x.py", "python")],
)
def test_a_notebook_without_a_name_that_says_so_is_known_by_its_look(path: str, kind: str) -> None:
    data = json.dumps({"metadata": {}, "cells": [code("x = 1")]}, indent=1).encode()
    assert read_source(path, data).kind == kind


@pytest.mark.parametrize("text", ["{}", "cells = 1", '{"a": 1}', 'x = {"cells": []}'])
def test_python_without_a_name_is_python(text: str) -> None:
    assert read_source("<stdin>", text.encode()).kind == "python"
