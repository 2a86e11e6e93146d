"""The page with pictures: whole, closed, silent on the network, and never a tag from anybody's text."""

from __future__ import annotations

import io
import json
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from cnnlint.report import Run, formats, renderer
from cnnlint.report.html.charts import Curve, chart, nice_ticks
from cnnlint.report.html.lanes import laid_out
from cnnlint.report.html.markup import Markup, el
from cnnlint.report.html.prose import page_text
from cnnlint.report.html.steps import patterns
from cnnlint.report.html.words import decimal, percent, plain, short_count
from cnnlint.rulebook.pages import our_pages
from tests.confirm.samples import SAMPLES

VOID = {"br", "input", "meta"}
#: Attributes whose address a browser would load without being asked.
LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction", "xlink:href", "ping"}


class Page(HTMLParser):
    """The elements and text of a page; complains of what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.contents: dict[str, str] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("style", "script"):
            self.contents[self.open[-1]] = self.contents.get(self.open[-1], "") + data
        else:
            self.words.append(data)

    def values(self, name: str) -> list[str]:
        return [value for _, each, value in self.attributes if each == name]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def rendered(run: Run) -> str:
    stream = io.StringIO()
    renderer("html")(run, stream)
    return stream.getvalue()


@cache
def sample(name: str) -> str:
    return rendered(SAMPLES[name]())


small = pytest.mark.parametrize("name", [name for name in SAMPLES if name != "many"])


def test_it_is_an_output_format() -> None:
    assert "html" in formats()


@small
def test_every_tag_is_closed_and_every_id_is_there_once(name: str) -> None:
    page = Page(sample(name))
    assert page.tags["html"] == page.tags["main"] == page.tags["h1"] == 1
    ids = page.values("id")
    assert len(ids) == len(set(ids))


@small
def test_a_link_within_the_page_leads_somewhere(name: str) -> None:
    page = Page(sample(name))
    ids = {*page.values("id")}
    inner = [value[1:] for value in page.values("href") if value.startswith("#")]
    assert {*inner} <= ids
    named = [
        each for name in ("aria-labelledby", "for") for value in page.values(name) for each in value.split()
    ]
    assert {*named} <= ids


@small
def test_nothing_is_loaded_and_only_our_style_and_script_may_run(name: str) -> None:
    text = sample(name)
    page = Page(text)
    assert not [
        each
        for each in page.attributes
        if each[1] in LOADING or each[0] in ("link", "img", "iframe", "object")
    ]
    assert not [each for each in page.attributes if each[1] == "style" or each[1].startswith("on")]
    assert {value.split(":", 1)[0] for value in page.values("href") if not value.startswith("#")} <= {"https"}
    assert not re.search(r"url\(|@import|expression\(", page.contents["style"])
    policy = next(value for value in page.values("content") if value.startswith("default-src"))
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        assert page.tags[kind] == 1
        known = b64encode(sha256(page.contents[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{known}'" in policy


@small
def test_the_same_run_is_the_same_bytes(name: str) -> None:
    assert rendered(SAMPLES[name]()) == sample(name)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("healthy", {"summary", "models", "runs", "gaps"}),
        ("softmax", {"summary", "findings", "models", "trainings", "runs", "gaps"}),
        ("shape-error", {"summary", "findings", "models", "gaps"}),
        ("uncleared", {"summary", "findings", "runs", "gaps"}),
        ("residual", {"summary", "findings", "models", "gaps"}),
        ("nothing", {"summary"}),
        ("static", {"summary", "findings"}),
    ],
)
def test_it_has_the_parts_that_there_is_something_to_say_in(name: str, parts: set[str]) -> None:
    page = Page(sample(name))
    assert {
        value for tag, attribute, value in page.attributes if tag == "section" and attribute == "id"
    } == parts


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "healthy",
            ["All checks passed.", "conv1 Conv2d", "1 × 16 × 28 × 28", "What each step did", "200,832"],
        ),
        (
            "softmax",
            ["1 problem in 1 file, 1 proved.", "B as mended", "rows sum to one in 20 of 20", "mean accuracy"],
        ),
        ("shape-error", ["It breaks in fc1.", "breaks here", "given 1 × 1568", "not reached", "12%|█▏ |"]),
        (
            "uncleared",
            [
                "zero_grad never happened.",
                "adds up",
                "15 % → 98 %",
                "its gradient was always zero",
                "part of no model",
            ],
        ),
        (
            "residual",
            [
                "layer1.0.conv1 Conv2d",
                "1 taken back",
                "linear2 Linear never called",
                "stand-ins for the imports wandb, albumentations",
            ],
        ),
        ("nothing", ["No Python file or notebook found.", "No experiment was made"]),
    ],
)
def test_it_says_what_the_evidence_shows(name: str, said: list[str]) -> None:
    text = Page(sample(name)).text
    assert [each for each in said if each not in text] == []


def test_lines_of_files_that_were_not_linted_are_never_quoted() -> None:
    run = SAMPLES["healthy"]()
    trace = run.trials[0].answer["result"]["models"][0]
    trace["layers"][1]["place"] = {"path": "/etc/passwd", "line": 1}
    text = rendered(
        run._replace(lines=lambda path, cell: ["root:x:0:0"] if path == "/etc/passwd" else ["pass"] * 90)
    )
    assert "/etc/passwd:1" in text
    assert "root:x" not in text


def test_thousands_of_findings_are_folded_by_file() -> None:
    run = SAMPLES["many"]()
    page = Page(rendered(run._replace(findings=run.findings[:200], trials=())))
    assert page.tags["article"] == 200
    folded = [value for tag, name, value in page.attributes if tag == "details" and name == "data-file"]
    assert len(folded) == 5
    assert "one-of-many" in " ".join(page.values("class"))


# Anybody's text.
anything = st.text(
    st.one_of(st.characters(), st.sampled_from(list("<>&\"'/`=\x00\u202e\ud800]-!"))), max_size=40
) | st.sampled_from(
    [
        "</script><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "<!--",
        "]]>",
        "</title><svg onload=alert(1)>",
    ]
)


def replaced(value: Any, words: Callable[[], str]) -> Any:
    """Evidence with every text in it another, but for what is chosen from few words."""
    match value:
        case str():
            return words()
        case dict():
            return {
                key: each if key in ("kind", "when", "origin", "gradient") else replaced(each, words)
                for key, each in value.items()
            }
        case list():
            return [replaced(each, words) for each in value]
    return value


@cache
def ready(name: str) -> Run:
    return SAMPLES[name]()


@settings(max_examples=25, deadline=None, phases=[Phase.generate])  # a page takes long to shrink
@given(st.data())
def test_no_text_ever_opens_a_tag_or_an_attribute(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["softmax", "shape-error", "residual"]))
    run = ready(name)
    words = data.draw(st.lists(anything, min_size=3, max_size=3))
    turn = iter(range(10**9))

    def word() -> str:
        return words[next(turn) % len(words)]

    findings = tuple(
        each._replace(
            path=word(),
            message=word(),
            name=word(),
            symbol=word(),
            fingerprint=word(),
            related=tuple(note._replace(message=word()) for note in each.related),
            verdict=each.verdict
            and each.verdict._replace(
                text=word(),
                method=word(),
                device=word(),
                versions={word(): word()},
                numbers={word(): word(), word(): [word()]},
            ),
        )
        for each in run.findings
    )
    trials = tuple(
        trial._replace(path=word(), answer=replaced(json.loads(json.dumps(trial.answer)), word))
        for trial in run.trials
    )
    limits = ((word(), word()),)
    text = rendered(
        run._replace(
            findings=findings, trials=trials, problems=limits, lines=lambda path, cell: [word()] * 90
        )
    )
    text.encode("utf-8")
    page = Page(text)
    known = [Page(sample(each)) for each in SAMPLES if each != "many"]
    assert {*page.tags} <= {tag for each in known for tag in each.tags}
    assert page.tags["script"] == page.tags["style"] == 1
    assert page.contents == known[0].contents
    assert {name for _, name, _ in page.attributes} <= {
        name for each in known for _, name, _ in each.attributes
    }
    assert {value.split(":", 1)[0] for value in page.values("href") if not value.startswith("#")} <= {"https"}


@given(anything)
def test_text_reads_back_as_it_was_but_for_what_no_page_can_hold(text: str) -> None:
    page = Page(el("p", text, title=text))
    assert page.tags == {"p": 1}
    back = "".join(page.words)
    assert page.values("title") == [back]
    assert len(back) == len(text)
    assert all(one in (other, "\N{REPLACEMENT CHARACTER}") for one, other in zip(back, text, strict=True))


def test_markup_is_not_escaped_twice_and_nothing_is_nothing() -> None:
    assert el("p", el("b", "<"), None, ["&", 3], title=None, hidden=True) == "<p hidden><b>&lt;</b>&amp;3</p>"
    assert isinstance(el("br"), Markup)


def test_an_answer_that_no_child_of_ours_gives_costs_only_itself() -> None:
    assert Page(sample("forged")).text.count("cannot be read") > 5


@pytest.mark.parametrize("page", our_pages(), ids=lambda page: page.code)
def test_the_page_of_every_rule_can_be_shown(page: Any) -> None:
    shown = Page("".join(page_text(page)))
    assert "```" not in shown.text
    assert "](http" not in shown.text
    assert not re.search(r"(^| )## ", shown.text)


# Pictures.
def test_a_tensor_that_is_needed_later_waits_in_a_lane_which_is_used_again() -> None:
    rows, lanes = laid_out(
        7, range(7), [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (4, 5), (2, 5), (3, 5), (5, 6)]
    )
    assert lanes == 2
    assert rows[0].begins == [0]
    assert rows[1].passes == [0]
    assert rows[2].ends == [0]
    assert rows[2].begins == [0]
    assert rows[3].begins == [1]
    assert rows[5].ends == [0, 1]
    assert all(row.goes_on for row in rows[:6])


def test_what_flows_passes_by_the_rows_between_that_take_nothing() -> None:
    rows, lanes = laid_out(4, [0, 3], [(0, 3), (2, 1), (9, 9), (-5, 0)])
    assert lanes == 0
    assert [row.from_above for row in rows] == [False, True, True, True]


def test_what_is_repeated_is_told_once() -> None:
    assert [*patterns("PZFLBSZFLBSE")] == [("P", 1), ("ZFLBS", 2), ("E", 1)]
    assert [*patterns("FFFF")] == [("F", 4)]
    assert [*patterns("")] == []


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 200, [0, 50, 100, 150, 200]),
        (2.19, 2.41, [2.2, 2.25, 2.3, 2.35, 2.4]),
        (3, 3, [3]),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    assert nice_ticks(low, high) == ticks


@given(st.lists(st.tuples(st.integers(0, 300), st.floats()), max_size=30))
@example([(0, 0.0), (1, 5e-324)])
@example([(0, 1.0), (1, 5e-324)])
def test_any_curve_can_be_drawn(points: list[tuple[int, float]]) -> None:
    drawn = chart("Loss", [Curve("A as written", "a", points), Curve("B", "b", points, bold=False)])
    if drawn is not None:
        numbers = [float(each) for value in Page(drawn).values("points") for each in re.split("[ ,]", value)]
        assert all(-100 <= number <= 1100 for number in numbers)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (decimal(0.000123), "1.2 × 10⁻⁴"),
        (decimal(0.0001), "10⁻⁴"),
        (decimal(-3.14159), "−3.14"),
        (decimal(12345.6), "12,346"),
        (decimal(float("nan")), "not a number"),
        (decimal(float("-inf")), "−∞"),
        (decimal(0), "0"),
        (percent(0.001), "< 1 %"),
        (percent(0.999), "> 99 %"),
        (percent(1), "100 %"),
        (percent(0.5), "50 %"),
        (short_count(11173962), "11.2 M"),
        (plain([1, 2.5, None]), "1, 2.5, –"),
        (plain({"lr": True}), "lr yes"),
    ],
)
def test_numbers_are_said_as_a_person_would(said: str, wanted: str) -> None:
    assert said == wanted
