"""Facts met with rules: each check is asked about each of its facts, and its flags become findings.

Pure: no files, no console. Whoever calls it says where nodes stand in the text. A check that asks
an Unknown falls silent for that fact; a check that crashes is recorded, and the others go on.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from inspect import get_annotations
from typing import Any, NamedTuple

from cnnlint.checks.flags import flag
from cnnlint.facts import Fact, Program
from cnnlint.findings import Confidence, Edit, Finding, Fix, Flag, Note, TextEdit
from cnnlint.rulebook.select import Rule
from cnnlint.rulebook.where import ask, condition, fact_class
from cnnlint.source import Site, Span
from cnnlint.values import Undecided

__all__ = ["Crash", "Result", "Silence", "checked", "flags_of", "merged", "run", "say", "subject_count"]

_STRENGTH = {Confidence.LOW: 0, Confidence.MEDIUM: 1, Confidence.HIGH: 2}


class Silence(NamedTuple):
    """A rule could not decide about a fact: `why`, and `because` the place that came from, if known."""

    code: str
    fact: str
    site: Site
    why: str
    because: Site | None = None


class Crash(NamedTuple):
    """An error of ours: `rule` failed on the fact at `site` (None: it could not be loaded)."""

    code: str
    site: Site | None
    text: str


class Result(NamedTuple):
    """What the rules say of one program: findings in order, silences, and crashes of ours."""

    findings: tuple[Finding, ...]
    silences: tuple[Silence, ...] = ()
    crashes: tuple[Crash, ...] = ()


def run(
    program: Program,
    rules: Sequence[Rule],
    locate: Callable[[Site], Span | None],
    *,
    minimum_confidence: Confidence = Confidence.MEDIUM,
    text_at: Callable[[Site], str] = lambda site: "",
    symbol_at: Callable[[Site], str] = lambda site: "",
    resolve: Callable[[Edit], TextEdit | None] = lambda edit: None,
) -> Result:
    """Ask every rule about every fact of its subject. Where two facts of one place would be mended
    differently, no fix is right for both, and none is offered.

    `locate` says where a node stands, `text_at` gives its text and `symbol_at` the names around it,
    `resolve` turns an edit into one of the text. They are asked only for what is reported.
    """
    places = _Places(locate, text_at, symbol_at, resolve)
    findings: dict[tuple[str, Site], Finding] = {}
    proposed: dict[tuple[str, Site], Fix | None] = {}
    silences: list[Silence] = []
    crashes: list[Crash] = []
    for rule in rules:
        for flagged in flags_of(program, rule, silences, crashes):
            strong = _STRENGTH[flagged.confidence] >= _STRENGTH[minimum_confidence]
            place = rule.code, flagged.site
            if strong and place in findings and flagged.fix and flagged.fix != proposed[place]:
                findings[place] = findings[place]._replace(fix=None)
            if not strong or place in findings:
                continue
            try:
                finding = _finding(rule, flagged, places)
            except Exception as error:
                crashes.append(Crash(rule.code, flagged.site, _told(error)))
                continue
            if finding is None:
                silences.append(Silence(rule.code, rule.name, flagged.site, "its place is not known"))
            else:
                findings[place], proposed[place] = finding, flagged.fix
    return Result(tuple(sorted(findings.values(), key=_order)), tuple(silences), tuple(crashes))


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings of several programs in order, each once, with the strongest proof it was given.

    Findings alike in everything but their place are told apart by their fingerprints.
    """
    unique: dict[tuple[Any, ...], Finding] = {}
    for finding in findings:
        key = (finding.path, finding.cell, finding.span, finding.code)
        known = unique.get(key)
        if known is None or _STRENGTH[known.confidence] < _STRENGTH[finding.confidence]:
            unique[key] = finding
    seen: dict[str, int] = {}
    return tuple(_distinct(finding, seen) for finding in sorted(unique.values(), key=_order))


def flags_of(program: Program, rule: Rule, silences: list[Silence], crashes: list[Crash]) -> Iterator[Flag]:
    """The flags of one rule, whatever their confidence; what went wrong is added to the lists."""
    try:
        subject, question = checked(rule)
    except Exception as error:
        crashes.append(Crash(rule.code, None, _told(error)))
        return
    for fact in program.each(subject):
        try:
            yield from question(fact)
        except Undecided as undecided:
            because = undecided.site if type(undecided.site) is Site else None
            silences.append(Silence(rule.code, _called(fact), fact.site, str(undecided.why), because))
        except Exception as error:
            crashes.append(Crash(rule.code, fact.site, _told(error)))


def checked(rule: Rule) -> tuple[type[Fact], Callable[[Any], Iterator[Flag]]]:
    """What a rule is about, and the question it asks: of one fact, for its flags."""
    page = rule.page
    if page.where:
        return fact_class(page.each), _conditional(rule)
    if not page.check:
        return _Nothing, lambda fact: iter(())
    function, subject = _check(page.check)
    return subject, lambda fact: function(fact, **rule.parameters)


def subject_count(program: Program, rule: Rule) -> int:
    """How many facts of a program a rule is asked about."""
    return sum(1 for _ in program.each(checked(rule)[0]))


def say(value: Any) -> str:
    """A value as a person would write it: rounded, with separators, shapes in brackets."""
    match value:
        case bool() | str():
            return str(value)
        case int():
            return f"{value:,}" if abs(value) >= 10_000 else str(value)
        case float():
            return f"{value:,.0f}" if 10_000 <= abs(value) < 1e15 else f"{value:.3g}"
        case tuple() | list():
            return f"[{', '.join('...' if item is ... else say(item) for item in value)}]"
    return format(value)


class _Places(NamedTuple):
    """What the caller knows of the text."""

    locate: Callable[[Site], Span | None]
    text_at: Callable[[Site], str]
    symbol_at: Callable[[Site], str]
    resolve: Callable[[Edit], TextEdit | None]

    def span(self, site: Site) -> Span | None:
        return self.locate(site) if site.at >= 0 else None


def _finding(rule: Rule, flagged: Flag, places: _Places) -> Finding | None:
    """What the user gets for a flag; None if its place is not known."""
    message = _Message().vformat(rule.page.message, (), flagged.values)
    span = places.span(flagged.site)
    if span is None:
        return None
    symbol = places.symbol_at(flagged.site)
    related = ((site, places.span(site), note) for site, note in dict.fromkeys(flagged.also))
    return Finding(
        path=flagged.site.path,
        span=span,
        code=rule.code,
        name=rule.name,
        message=message,
        severity=flagged.severity or rule.page.severity,
        confidence=flagged.confidence,
        related=tuple(Note(site.path, where, note) for site, where, note in related if where is not None),
        fix=_fix(flagged, places.resolve),
        symbol=symbol,
        fingerprint=_fingerprint(rule.code, flagged.site.path, symbol, places.text_at(flagged.site)),
    )


class _Nothing(Fact):
    """The subject of rules that the linter itself finds: no fact is one."""


class _Message(string.Formatter):
    """Formats a page's message: what has no format of its own is said as a person would."""

    def format_field(self, value: Any, format_spec: str) -> str:
        return str(super().format_field(value, format_spec)) if format_spec else say(value)


class _Known(Mapping[str, Any]):
    """What the message of a condition may name: the page's parameters and what the fact knows."""

    def __init__(self, fact: Fact, parameters: Mapping[str, Any]) -> None:
        self.fact, self.parameters = fact, parameters

    def __getitem__(self, name: str) -> Any:
        if name in self.parameters:
            return self.parameters[name]
        return _called(self.fact) if name == "name" else ask(self.fact, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)


def _conditional(rule: Rule) -> Callable[[Any], Iterator[Flag]]:
    page = rule.page
    holds = condition(page.each, page.where, rule.parameters)

    def question(fact: Fact) -> Iterator[Flag]:
        if holds(fact, rule.parameters):
            known = _Known(fact, rule.parameters)
            yield flag(fact, **{name: known[name] for name in page.placeholders})

    return question


@cache
def _check(dotted: str) -> tuple[Callable[..., Iterator[Flag]], Any]:
    """The function a page names, and the class of facts its first argument is annotated with.

    Kept, because resolving annotations takes longer than most checks.
    """
    module, _, name = dotted.rpartition(".")
    function = getattr(import_module(module), name)
    first = function.__code__.co_varnames[0]
    return function, get_annotations(function, eval_str=True)[first]


def _fix(flagged: Flag, resolve: Callable[[Edit], TextEdit | None]) -> Fix | None:
    """The fix with its edits as text; None if any cannot be made, or lies in another file."""
    fix = flagged.fix
    if fix is None or any(edit.site.path != flagged.site.path or edit.site.at < 0 for edit in fix.edits):
        return None
    edits = dict.fromkeys(resolve(edit) for edit in fix.edits)  # one place may have been given several times
    return None if None in edits else fix._replace(edits=tuple(edits))


def _fingerprint(code: str, path: str, symbol: str, text: str) -> str:
    """A name for the finding that stays when lines move: rule, file, surroundings and text."""
    parts = (code, path.replace("\\", "/"), symbol, " ".join(text.split()))
    return _digest("\0".join(parts))


def _distinct(finding: Finding, seen: dict[str, int]) -> Finding:
    earlier = seen.get(finding.fingerprint, 0)
    seen[finding.fingerprint] = earlier + 1
    if not earlier:
        return finding
    return finding._replace(fingerprint=_digest(f"{finding.fingerprint}\0{earlier}"))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def _order(finding: Finding) -> tuple[Any, ...]:
    return finding.path, finding.cell or 0, finding.span, finding.code


def _called(fact: Fact) -> str:
    name = fact.name
    return name if type(name) is str and name else fact.kind


def _told(error: Exception) -> str:
    """What happened, and in which line of ours."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"
