"""What people and programs read of a run."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from cnnlint.config import Config, ConfigError, options_of
from cnnlint.facts import Fact, Program
from cnnlint.findings import Confidence, Finding, Fix, Note, Severity, TextEdit
from cnnlint.report import Failure, Run, formats, renderer
from cnnlint.report._text import statistics, summary
from cnnlint.report.facts import show_facts, text_of
from cnnlint.source import Site, Span
from cnnlint.values import Unknown

LINES = {
    ("train.py", None): [
        "class Net(nn.Module):",
        "    def __init__(self):",
        "        self.fc1 = nn.Linear(256, 120)",
        "    def forward(self, x):",
        "\tx = torch.flatten(x, 1)",
        "        größe = '字字'; bad(x)",
    ],
    ("models/net.py", None): ["return F.softmax(x)"],
    ("demo.ipynb", 4): ["x = 1", "step()"],
}
FINDING = Finding(
    path="train.py",
    span=Span(3, 30, 3, 33),
    code="CNN302",
    name="linear-in-features",
    message="`fc1` takes 256 features but `flatten` gives it 400; set in_features=400",
    severity=Severity.ERROR,
    related=(
        Note("train.py", Span(3, 30, 3, 33), "wants 256"),
        Note("train.py", Span(5, 6, 5, 25), "gives [N, 400], from [N, 16, 5, 5]"),
    ),
    fix=Fix("set `in_features=400`", (TextEdit(Span(3, 30, 3, 33), "400"),), safe=True),
    symbol="Net.__init__",
    fingerprint="0123456789abcdef",
    noqa_row=3,
)


def run(*findings: Finding, **rest: Any) -> Run:
    return Run(findings, 12, lines=lambda path, cell: LINES.get((path, cell), []), **rest)


def rendered(output_format: str, *findings: Finding, **rest: Any) -> str:
    stream = io.StringIO()
    renderer(output_format)(run(*findings, **rest), stream)
    return stream.getvalue()


def test_full_shows_the_lines_what_is_wrong_in_them_and_what_would_mend_it() -> None:
    assert rendered("full", FINDING) == (
        "train.py:3:30: error CNN302 linear-in-features: `fc1` takes 256 features but `flatten` gives it 400;"
        " set in_features=400\n"
        "  |\n"
        "3 |         self.fc1 = nn.Linear(256, 120)\n"
        "  |                              ^^^ wants 256\n"
        "5 | \tx = torch.flatten(x, 1)\n"
        "  | \t    ------------------- gives [N, 400], from [N, 16, 5, 5]\n"
        "  = fix: set `in_features=400` (`cnnlint --fix`)\n"
        "  = why: `cnnlint --explain CNN302`\n"
        "\n"
    )


def test_full_goes_to_another_file_and_back() -> None:
    other = Note("models/net.py", Span(1, 8, 1, 20), "softmax here")
    shown = rendered("full", FINDING._replace(related=(other,), fix=None))
    assert (
        "  |                              ^^^\n"
        " ::: models/net.py\n"
        "1 | return F.softmax(x)\n"
        "  |        ------------ softmax here\n"
    ) in shown


def test_full_says_when_a_fix_is_unsafe() -> None:
    unsafe = FINDING._replace(fix=(FINDING.fix or Fix("", (), True))._replace(safe=False))
    assert "(`cnnlint --fix --unsafe-fixes`)" in rendered("full", unsafe)


def test_full_counts_wide_characters_as_the_terminal_does() -> None:
    shown = rendered("full", FINDING._replace(span=Span(6, 23, 6, 26), related=(), fix=None))
    line, carets = shown.splitlines()[2:4]
    assert line[: line.index("bad")].count("字") == 2
    assert carets.index("^") == line.index("bad") + 2


def test_full_marks_the_first_line_of_what_is_longer() -> None:
    shown = rendered("full", FINDING._replace(span=Span(1, 1, 3, 5), related=(), fix=None))
    assert "  | ^^^^^^^^^^^^^^^^^^^^^\n" in shown


def test_full_cuts_a_line_that_is_too_long_around_what_is_wrong() -> None:
    long = "x" * 5_000 + "BAD" + "y" * 5_000
    stream = io.StringIO()
    found = FINDING._replace(span=Span(1, 5_001, 1, 5_004), related=(), fix=None)
    renderer("full")(Run((found,), 1, lines=lambda path, cell: [long]), stream)
    line, carets = stream.getvalue().splitlines()[2:4]
    assert len(line) < 200
    assert line[carets.index("^") : carets.index("^") + 3] == "BAD"


def test_full_does_without_lines_that_are_gone() -> None:
    gone = FINDING._replace(span=Span(99, 1, 99, 2), related=())
    assert rendered("full", gone).splitlines()[1] == "  = fix: set `in_features=400` (`cnnlint --fix`)"


def test_nothing_in_a_file_can_reach_the_terminal_as_a_command() -> None:
    evil = FINDING._replace(message="\x1b[31mred\nnext", path="\x1b]0;x.py", related=(), fix=None)
    for output_format in ("full", "concise"):
        shown = rendered(output_format, evil)
        assert "\x1b" not in shown
        assert shown.splitlines()[0].endswith("red next")


def test_in_a_notebook_the_cell_is_named() -> None:
    found = FINDING._replace(path="demo.ipynb", cell=4, span=Span(2, 1, 2, 7), related=(), fix=None)
    assert rendered("concise", found).startswith("demo.ipynb:cell 4:2:1: error CNN302")
    assert "2 | step()\n" in rendered("full", found)


def test_concise_is_a_line_for_each_finding() -> None:
    assert rendered("concise", FINDING, FINDING).count("\n") == 2


def test_json_has_the_keys_of_ruff_and_ours() -> None:
    (entry,) = json.loads(rendered("json", FINDING))
    assert entry == {
        "cell": None,
        "code": "CNN302",
        "confidence": "high",
        "end_location": {"column": 33, "row": 3},
        "filename": "train.py",
        "fingerprint": "0123456789abcdef",
        "fix": {
            "applicability": "safe",
            "edits": [
                {
                    "content": "400",
                    "end_location": {"column": 33, "row": 3},
                    "location": {"column": 30, "row": 3},
                }
            ],
            "message": "set `in_features=400`",
        },
        "location": {"column": 30, "row": 3},
        "message": FINDING.message,
        "name": "linear-in-features",
        "noqa_row": 3,
        "related": [
            {
                "cell": None,
                "end_location": {"column": 33, "row": 3},
                "filename": "train.py",
                "location": {"column": 30, "row": 3},
                "message": "wants 256",
            },
            {
                "cell": None,
                "end_location": {"column": 25, "row": 5},
                "filename": "train.py",
                "location": {"column": 6, "row": 5},
                "message": "gives [N, 400], from [N, 16, 5, 5]",
            },
        ],
        "severity": "error",
        "symbol": "Net.__init__",
        "url": None,
        "verdict": None,
    }


def test_json_of_nothing_is_an_empty_array() -> None:
    assert rendered("json") == "[]\n"


def test_json_is_never_coloured() -> None:
    assert rendered("json", FINDING, color=True) == rendered("json", FINDING)


@pytest.mark.parametrize("output_format", ["full", "concise"])
def test_colours_change_no_word(output_format: str) -> None:
    import re

    coloured = rendered(output_format, FINDING, color=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == rendered(output_format, FINDING)


def test_a_format_is_found_by_the_name_of_its_module() -> None:
    assert {"concise", "full", "json"} <= set(formats())
    assert "facts" not in formats()
    with pytest.raises(ConfigError, match=r"unknown output format `jsom`.*; did you mean `json`"):
        renderer("jsom")


WARNING = FINDING._replace(severity=Severity.WARNING, fix=None)
INFO = FINDING._replace(severity=Severity.INFO, code="CNN9", name="other", confidence=Confidence.MEDIUM)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (run(), "All checks passed."),
        (Run((), 0), "No Python file or notebook found."),
        (run(WARNING), "Found 1 problem (1 warning) in 12 files."),
        (
            run(FINDING, FINDING, WARNING, INFO),
            "Found 4 problems (2 errors, 1 warning, 1 info) in 12 files.\n3 fixable with `--fix`.",
        ),
        (run(problems=(("a", "gone"),)), "Nothing found, but not everything could be checked."),
        (
            run(failures=(Failure("a", 0, "", "x"),)),
            "Nothing found, but not everything could be checked.",
        ),
    ],
)
def test_the_summary_counts(found: Run, text: str) -> None:
    assert summary(found) == text


def test_statistics_count_rules_most_often_first() -> None:
    assert statistics(run(FINDING, INFO, FINDING)) == [
        "2  CNN302  linear-in-features",
        "1  CNN9  other",
    ]


def test_a_failure_names_file_line_and_rule() -> None:
    assert str(Failure("a.py", 3, "CNN101", "boom")) == "a.py:3: rule CNN101 failed: boom"
    assert str(Failure("a.py", 0, "", "boom")) == "a.py: the analysis failed: boom"


@dataclass(eq=False)
class Thing(Fact):
    shape: Any = (1, 28, 28)
    size: Any = field(default_factory=lambda: Unknown("nobody told"))
    other: Any = None
    parts: Any = ()


def test_facts_are_shown_with_what_is_known_of_them_and_why_not() -> None:
    thing, whole = Thing(), Thing(parts=list(range(20)))
    thing.name, whole.name = "conv", "net\x1b"
    thing.other, whole.other = whole, thing
    program = Program("train.py", [thing], limits=[(Site("train.py", 3), "too deep")])
    program.facts.append(whole)
    stream = io.StringIO()
    show_facts(program, lambda site: f"line {site.at}", stream, whole=True)
    shown = stream.getvalue()
    assert shown.startswith(
        "Thing conv at line -1\n"
        "    shape = (1, 28, 28)\n"
        "    size = ? (nobody told)\n"
        "    other = <Thing 'net\\x1b'>\n"
    )
    assert "parts = [0, 1, 2, 3, 4, 5, 6, 7, ... (20 in all)]" in shown
    assert shown.endswith("not analysed at line 3: too deep\n")


def test_a_class_of_the_program_is_shown_by_its_name_and_a_list_by_its_items() -> None:
    @dataclass
    class ClassObject:
        name: str
        body: str = "a whole tree"

    @dataclass
    class ListValue:
        store: dict[str, Any]

    assert text_of(ClassObject("Net")) == "<ClassObject Net>"
    assert text_of(ListValue({"items": (1, ClassObject("Net"))})) == "(1, <ClassObject Net>)"


def test_the_help_names_the_formats_there_are() -> None:
    (option,) = [each for each in options_of(Config) if each.name == "output_format"]
    assert option.help.partition(": ")[2] == ", ".join(formats())


def test_an_unknown_format_is_told_those_there_are() -> None:
    with pytest.raises(ConfigError, match=", ".join(formats())):
        renderer("github")
