"""The engine on hand-made facts: what becomes a finding, what silence, and what a crash of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from cnnlint.checks.flags import Flags, flag
from cnnlint.engine import Result, merged, run, say
from cnnlint.facts import Fact, Layer, Loader, Program, Step
from cnnlint.findings import Confidence, Edit, Severity, TextEdit
from cnnlint.fixes import replace
from cnnlint.rulebook.pages import Page, parse_page
from cnnlint.rulebook.select import Rule
from cnnlint.source import Site, Span
from cnnlint.values import Undecided, Unknown


@dataclass(eq=False)
class Dropout(Layer):
    """A layer as knowledge describes them."""

    p: Any = 0.5


def placed(fact: Any, at: int = 1, path: str = "train.py", **attributes: Any) -> Any:
    fact.site = Site(path, at)
    for name, value in attributes.items():
        setattr(fact, name, value)
    return fact


def page(message: str = "found", check: str = "", parameters: str = "{}", **head: Any) -> Page:
    fields = {"severity": "warning", "set": "default", "since": "0.1", "message": message, **head}
    if not head.get("where"):
        fields["check"] = check or "tests.test_engine.says_so"
    lines = "\n".join(f"{key} = {value!r}" for key, value in fields.items() if value is not None)
    lines += f"\nparameters = {parameters}"
    return parse_page("CNN199-test-rule.md", f"# CNN199 test-rule\n\n```toml\n{lines}\n```\n")


def line_is_ordinal(site: Site) -> Span:
    return Span(site.at, 1, site.at, 5)


def asked(facts: list[Fact], page: Page, parameters: dict[str, Any] | None = None, **options: Any) -> Result:
    program = Program("train.py", facts=facts)
    return run(program, [Rule(page, parameters or {})], line_is_ordinal, **options)


def says_so(loader: Loader) -> Flags:
    yield flag(loader, name=loader.name)


def asks_for_shuffling(loader: Loader) -> Flags:
    if not loader.shuffle:
        yield flag(loader)


def breaks(loader: Loader) -> Flags:
    yield flag(loader)
    raise KeyError(loader.name)


def hesitates(loader: Loader) -> Flags:
    yield flag(loader, confidence=Confidence.LOW)


def compares(loader: Loader, *, limit: int) -> Flags:
    if loader.batch_size > limit:
        yield flag(loader)


def sees_either(fact: Loader | Step) -> Flags:
    yield flag(fact)


def explains(loader: Loader) -> Flags:
    dataset = placed(Fact(), 3, name="data")
    yield flag(loader, also=[dataset, (loader, "made here"), (Site("", -1), "nowhere")])


def mends(loader: Loader) -> Flags:
    yield flag(loader, fix=replace(loader, "mended", safe=True))


def mends_elsewhere(loader: Loader) -> Flags:
    yield flag(loader, fix=replace(Site("other.py", 1), "mended", safe=True))


def page_of(check: Callable[..., Flags], message: str = "found", **head: Any) -> Page:
    return page(message, f"tests.test_engine.{check.__name__}", **head)


def test_a_flag_becomes_a_finding_with_its_pages_words() -> None:
    result = asked([placed(Loader(None), 4, name="loader")], page("`{name}` is odd"))
    (finding,) = result.findings
    assert finding.message == "`loader` is odd"
    assert (finding.code, finding.name, finding.severity) == ("CNN199", "test-rule", Severity.WARNING)
    assert (finding.path, finding.span.line) == ("train.py", 4)


def test_a_check_is_asked_only_about_facts_of_its_first_annotation() -> None:
    facts = [placed(Loader(None)), placed(Dropout(), 2), placed(Step(None), 3)]
    assert [found.span.line for found in asked(facts, page_of(says_so)).findings] == [1]
    assert [found.span.line for found in asked(facts, page_of(sees_either)).findings] == [1, 3]


def test_an_unknown_keeps_the_check_silent_and_says_why() -> None:
    result = asked(
        [placed(Loader(None, shuffle=Unknown("given by the user")), 2, name="loader")],
        page_of(asks_for_shuffling),
    )
    assert result.findings == ()
    (silence,) = result.silences
    assert (silence.why, silence.fact, silence.site) == ("given by the user", "loader", Site("train.py", 2))


def test_a_crash_names_the_rule_and_the_others_go_on() -> None:
    program = Program("train.py", facts=[placed(Loader(None), 2)])
    rules = [Rule(page_of(breaks)), Rule(page_of(says_so))]
    result = run(program, rules, line_is_ordinal)
    assert [(crash.code, crash.site) for crash in result.crashes] == [("CNN199", Site("train.py", 2))]
    assert "KeyError" in result.crashes[0].text
    assert len(result.findings) == 1


@pytest.mark.parametrize("check", ["tests.test_engine.nobody", "tests.no_such_module.check", "nodots"])
def test_a_check_that_cannot_be_loaded_is_a_crash(check: str) -> None:
    result = asked([placed(Loader(None))], page(check=check))
    assert [crash.site for crash in result.crashes] == [None]


def test_a_missing_placeholder_is_a_crash_not_a_finding() -> None:
    result = asked([placed(Loader(None))], page_of(asks_for_shuffling, "`{nobody}` is odd"))
    assert result.findings == ()
    assert "nobody" in result.crashes[0].text


def test_low_confidence_is_left_out_unless_asked_for() -> None:
    facts: list[Fact] = [placed(Loader(None))]
    assert asked(facts, page_of(hesitates)).findings == ()
    (found,) = asked(facts, page_of(hesitates), minimum_confidence=Confidence.LOW).findings
    assert found.confidence is Confidence.LOW


def test_a_fact_that_rests_on_a_default_gives_medium_confidence() -> None:
    facts: list[Fact] = [placed(Loader(None), 1), placed(Loader(None), 2, assumed=True)]
    confidences = [found.confidence for found in asked(facts, page_of(says_so)).findings]
    assert confidences == [Confidence.HIGH, Confidence.MEDIUM]


def test_parameters_reach_the_check() -> None:
    facts: list[Fact] = [placed(Loader(None, batch_size=64))]
    assert asked(facts, page_of(compares), {"limit": 32}).findings
    assert not asked(facts, page_of(compares), {"limit": 64}).findings


def test_findings_are_sorted_and_each_place_is_told_once() -> None:
    facts: list[Fact] = [placed(Loader(None), 3), placed(Loader(None), 1), placed(Loader(None), 3)]
    assert [found.span.line for found in asked(facts, page_of(says_so)).findings] == [1, 3]


def test_further_places_come_with_their_notes_and_unknown_ones_are_left_out() -> None:
    (found,) = asked([placed(Loader(None), 7)], page_of(explains)).findings
    assert [(note.span.line, note.message) for note in found.related] == [(3, "`data`"), (7, "made here")]


def test_a_fact_without_a_place_is_silence() -> None:
    result = asked([placed(Loader(None), -1)], page_of(says_so))
    assert result.findings == ()
    assert [silence.why for silence in result.silences] == ["its place is not known"]


def test_a_condition_speaks_with_what_its_fact_knows() -> None:
    conditional = page(
        "`{name}` drops {p:.0%}, over {limit}", parameters="{ limit = 0.8 }", each="Layer", where="p > limit"
    )
    facts = [placed(Dropout(0.9), 1, name="drop"), placed(Dropout(0.9), 2), placed(Dropout(0.1), 3)]
    facts.append(placed(Layer(), 4))
    result = asked(facts, conditional, {"limit": 0.8})
    messages = ["`drop` drops 90%, over 0.8", "`Dropout` drops 90%, over 0.8"]
    assert [found.message for found in result.findings] == messages
    assert [silence.why for silence in result.silences] == ["a Layer does not know `p`"]


def test_a_page_without_check_or_condition_finds_nothing_here() -> None:
    head = 'severity = "error"\nset = "default"\nsince = "0.1"\nmessage = "m"'
    text = f"# CNN999 by-hand\n\n```toml\n{head}\n```\n"
    assert asked([placed(Loader(None))], parse_page("CNN999-by-hand.md", text)) == Result(())


def test_a_fix_becomes_edits_of_the_text() -> None:
    def resolve(edit: Edit) -> TextEdit | None:
        return TextEdit(line_is_ordinal(edit.site), edit.text)

    (found,) = asked([placed(Loader(None), 2)], page_of(mends), resolve=resolve).findings
    assert found.fix is not None
    assert found.fix.edits == (TextEdit(Span(2, 1, 2, 5), "mended"),)
    (found,) = asked([placed(Loader(None), 2)], page_of(mends)).findings
    assert found.fix is None


def test_a_fix_in_another_file_is_not_offered() -> None:
    def resolve(edit: Edit) -> TextEdit | None:
        return TextEdit(line_is_ordinal(edit.site), edit.text)

    (found,) = asked([placed(Loader(None), 2)], page_of(mends_elsewhere), resolve=resolve).findings
    assert found.fix is None


def test_a_fingerprint_stays_when_lines_move_and_changes_with_the_text() -> None:
    def fingerprint(at: int, text: str) -> str:
        found = asked([placed(Loader(None), at)], page_of(says_so), text_at=lambda site: text).findings
        return found[0].fingerprint

    assert fingerprint(2, "DataLoader(data)") == fingerprint(9, "DataLoader(data)")
    assert fingerprint(2, "DataLoader(data)") != fingerprint(2, "DataLoader(other)")


def test_merging_tells_each_finding_once_and_twins_apart() -> None:
    facts: list[Fact] = [placed(Loader(None), 1, assumed=True), placed(Loader(None), 2)]
    weak = asked(facts, page_of(says_so)).findings
    facts[0].assumed = False
    strong = asked(facts, page_of(says_so)).findings
    both = merged([*weak, *strong])
    assert [found.confidence for found in both] == [Confidence.HIGH, Confidence.HIGH]
    assert both[0].fingerprint != both[1].fingerprint
    assert merged(reversed([*weak, *strong])) == both


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (7, "7"),
        (9_999, "9999"),
        (12_544, "12,544"),
        (0.123456, "0.123"),
        (1234567.8, "1,234,568"),
        (1e-9, "1e-09"),
        (True, "True"),
        ("fc1", "fc1"),
        ((..., 16, 5), "[..., 16, 5]"),
        (("N", 62_720), "[N, 62,720]"),
        (Unknown("why"), "?"),
    ],
)
def test_values_are_said_as_a_person_would(value: Any, words: str) -> None:
    assert say(value) == words


def test_an_unknown_place_or_name_keeps_the_check_silent() -> None:
    loader = placed(Loader(None))
    loader.site = Unknown("no place")
    with pytest.raises(Undecided):
        flag(loader)
