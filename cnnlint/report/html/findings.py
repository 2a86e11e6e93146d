"""The findings in their source: what was said, what an experiment made of it, what would mend it, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from cnnlint.findings import Finding, Fix, Outcome, Severity, Verdict
from cnnlint.report.html import words
from cnnlint.report.html.code import difference, excerpts
from cnnlint.report.html.inline import inline
from cnnlint.report.html.markup import Markup, el, identifier
from cnnlint.report.html.prose import introduction, page_text
from cnnlint.report.html.sources import Sources
from cnnlint.rulebook.pages import Page, our_pages

__all__ = ["OUTCOMES", "Numbered", "numbered", "outcome_badge", "outcome_of", "section", "severity_badge"]

#: What became of a finding, and the sign that says so beside the words.
OUTCOMES = {
    Outcome.CONFIRMED.value: "✓",
    Outcome.NOT_REPRODUCED.value: "○",
    Outcome.INCONCLUSIVE.value: "?",
    Outcome.REFUTED.value: "✕",
    "not tried": "–",
}
SEVERITIES = {Severity.ERROR.value: "■", Severity.WARNING.value: "▲", Severity.INFO.value: "●"}
#: Measures of a comparison of trainings.
MEASURES = {"auc": "mean accuracy", "train": "accuracy at the end", "test": "accuracy on new images"}
#: So many findings are shown open; of more, the files are folded.
OPEN = 60


class Numbered(NamedTuple):
    """A finding with the `id` that it is linked by."""

    id: str
    finding: Finding


def numbered(findings: Iterable[Finding]) -> list[Numbered]:
    """Findings with ids that stay the same from run to run, and that are each there once."""
    seen: Counter[str] = Counter()
    found = []
    for finding in findings:
        name = identifier("finding", finding.code, finding.fingerprint)
        seen[name] += 1
        found.append(Numbered(name if seen[name] == 1 else f"{name}-{seen[name]}", finding))
    return found


def section(found: Sequence[Numbered], sources: Sources) -> Iterator[Markup]:
    """All findings, by file, and the pages of their rules."""
    pages = {page.code: page for page in our_pages()}
    if len(found) > 1:
        yield filters(found)
    for path, group in groupby(found, key=lambda each: each.finding.path):
        of_file = list(group)
        yield el(
            "details",
            el(
                "summary",
                el("h3", el("span", path, class_="path"), " "),
                el("span", words.count(len(of_file), "finding"), class_="quiet"),
            ),
            [card(each, sources, pages) for each in of_file],
            class_="file" if len(found) <= OPEN else "file one-of-many",
            open=len(found) <= OPEN,
            data_file=path,
        )
    yield el("p", "No finding is both of what you chose and in what you typed.", id="none-left", hidden=True)
    yield from rules(found, pages)


def filters(found: Sequence[Numbered]) -> Markup:
    """What to show; the script brings it to life, and without the script it stays away."""
    severities = Counter(each.finding.severity.value for each in found)
    outcomes = Counter(outcome_of(each.finding) for each in found)
    files = sorted({each.finding.path for each in found})
    return el(
        "form",
        chips("Severity", "severity", SEVERITIES, severities),
        chips("Verdict", "outcome", OUTCOMES, outcomes) if list(outcomes) != ["not tried"] else None,
        el(
            "div",
            el("label", "File", for_="filter-file"),
            el(
                "select",
                el("option", "all files", value=""),
                [el("option", path, value=path) for path in files],
                id="filter-file",
            ),
            class_="field",
        )
        if len(files) > 1
        else None,
        el(
            "div",
            el("label", "Text", for_="filter-text"),
            el("input", type="search", id="filter-text", placeholder="code, name or word"),
            class_="field",
        ),
        el(
            "output",
            f"{len(found)} of {len(found)}",
            id="filter-count",
            for_="filter-text",
            aria_live="polite",
        ),
        class_="filters",
        id="filters",
        aria_label="Filter the findings",
        role="search",
        hidden=True,
    )


def chips(title: str, name: str, signs: Mapping[str, str], tally: Mapping[str, int]) -> Markup:
    """A row of boxes to tick."""
    return el(
        "fieldset",
        el("legend", title),
        [
            el(
                "label",
                el("input", type="checkbox", name=name, value=value, checked=True),
                el("span", sign, class_="sign", aria_hidden="true"),
                f" {value} ",
                el("span", tally[value], class_="tally"),
                class_=f"chip {identifier(value)}",
            )
            for value, sign in signs.items()
            if tally.get(value)
        ],
    )


def card(each: Numbered, sources: Sources, pages: Mapping[str, Page]) -> Markup:
    """One finding."""
    name, finding = each
    cell = f"cell {finding.cell}:" if finding.cell is not None else ""
    where = f"{finding.path}:{cell}{finding.span.line}:{finding.span.column}"
    page = pages.get(finding.code)
    return el(
        "article",
        el(
            "header",
            severity_badge(finding.severity.value),
            el("span", el("b", finding.code), f" {finding.name}", class_="rule"),
            outcome_badge(outcome_of(finding)) if finding.verdict else None,
            el(
                "a",
                "#",
                href=f"#{name}",
                class_="permalink",
                aria_label=f"Link to this finding, {finding.code}",
            ),
        ),
        el("h4", inline(finding.message), id=f"{name}-title"),
        el(
            "p",
            el("span", where, class_="where"),
            f" in {finding.symbol}" if finding.symbol else None,
            class_="quiet",
        ),
        excerpts(finding, sources),
        verdict_block(finding.verdict) if finding.verdict else None,
        fix_block(finding, finding.fix, sources) if finding.fix else None,
        why_block(page) if page else None,
        id=name,
        class_=f"finding {finding.severity.value} {identifier(outcome_of(finding))}",
        aria_labelledby=f"{name}-title",
        data_severity=finding.severity.value,
        data_outcome=outcome_of(finding),
    )


def outcome_of(finding: Finding) -> str:
    return finding.verdict.outcome.value if finding.verdict else "not tried"


def severity_badge(severity: str) -> Markup:
    sign = el("span", SEVERITIES[severity], class_="sign", aria_hidden="true")
    return el("span", sign, f" {severity}", class_=f"badge {severity}")


def outcome_badge(outcome: str) -> Markup:
    sign = el("span", OUTCOMES[outcome], class_="sign", aria_hidden="true")
    return el("span", sign, f" {outcome}", class_=f"badge outcome {identifier(outcome)}")


def verdict_block(verdict: Verdict) -> Markup:
    """The evidence in a sentence, the numbers it rests on, and how it was got."""
    seeds = f"seeds {', '.join(map(str, verdict.seeds))}" if verdict.seeds else ""
    versions = ", ".join(f"{name} {version}" for name, version in sorted(verdict.versions.items()))
    seconds = f"{verdict.seconds:.1f} s" if verdict.seconds else ""
    told = (verdict.level, verdict.method.replace("-", " "), seconds, verdict.device, versions, seeds)
    origin = " · ".join(filter(None, told))
    return el(
        "div",
        el(
            "p",
            el("span", OUTCOMES[verdict.outcome.value], class_="sign", aria_hidden="true"),
            el("b", words.sentence(verdict.outcome.value.capitalize()), " "),
            inline(words.sentence(verdict.text)),
        ),
        numbers(verdict.numbers),
        el("p", origin, class_="quiet") if origin else None,
        class_=f"verdict {identifier(verdict.outcome.value)}",
    )


def numbers(found: Mapping[str, Any]) -> Iterator[Markup]:
    """Numbers by name; those that are tables themselves as one, a row each."""
    tables = {name: value for name, value in found.items() if isinstance(value, Mapping)}
    plain = {name: value for name, value in found.items() if name not in tables}
    if plain:
        terms = (
            el("div", el("dt", spoken(name)), el("dd", words.plain(value))) for name, value in plain.items()
        )
        yield el("dl", terms, class_="numbers")
    if tables:
        columns = list(dict.fromkeys(column for row in tables.values() for column in row))
        head = el("tr", el("td"), [el("th", spoken(column), scope="col") for column in columns])
        rows = [
            el(
                "tr",
                el("th", spoken(name), scope="row"),
                [el("td", words.plain(row.get(column))) for column in columns],
            )
            for name, row in tables.items()
        ]
        table = el("table", el("thead", head), el("tbody", rows))
        yield el("div", table, class_="wide", tabindex="0", role="group", aria_label="Numbers")


def spoken(name: str) -> str:
    """The names that proofs give their numbers, in words."""
    return MEASURES.get(name, name.replace("_", " "))


def fix_block(finding: Finding, fix: Fix, sources: Sources) -> Markup:
    flags = "--fix" if fix.safe else "--fix --unsafe-fixes"
    note = (
        "cannot change what correct code does"
        if fix.safe
        else "may change what the code does: look at it first"
    )
    return el(
        "details",
        el("summary", el("b", "Fix: "), inline(fix.title)),
        difference(fix, sources.lines(finding.path, finding.cell)),
        el("p", el("code", f"cnnlint {flags}"), f" makes it; it {note}.", class_="quiet"),
        class_="fix",
        open=True,
    )


def why_block(page: Page) -> Markup:
    anchor = identifier("rule", page.code)
    more = el("p", el("a", f"The whole page of {page.code}, with examples and sources", href=f"#{anchor}"))
    return el("details", el("summary", el("b", "Why")), introduction(page), more, class_="why")


def rules(found: Sequence[Numbered], pages: Mapping[str, Page]) -> Iterator[Markup]:
    """The page of each rule that spoke, folded."""
    spoke = [pages[code] for code in sorted({each.finding.code for each in found}) if code in pages]
    if not spoke:
        return
    yield el("h3", "The rules that spoke", class_="apart")
    for page in spoke:
        yield el(
            "details",
            el(
                "summary",
                el("h4", el("b", page.code), f" {page.name}"),
                el("span", inline(page.summary), class_="quiet"),
            ),
            el("div", page_text(page), class_="prose"),
            id=identifier("rule", page.code),
            class_="rule-page",
        )
