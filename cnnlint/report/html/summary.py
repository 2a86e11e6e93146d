"""The report in one look: what was found, what became of it, and how that was got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cnnlint.evidence import Trial
from cnnlint.findings import Finding, Outcome, Severity
from cnnlint.report import Run
from cnnlint.report.html import words
from cnnlint.report.html.findings import OUTCOMES, Numbered, outcome_badge, outcome_of, severity_badge
from cnnlint.report.html.inline import inline
from cnnlint.report.html.markup import Markup, el
from cnnlint.report.html.tables import terms

__all__ = ["headline", "section"]

#: So many findings are named at the top.
TOP = 6
#: The worst first: what was proved, what may be, what was taken back.
ORDER = list(OUTCOMES)


def headline(run: Run) -> str:
    """The result in one sentence."""
    number = len(run.findings)
    if not number and (run.failures or run.problems):
        return "Nothing found, but not everything could be checked."
    if not number:
        return "All checks passed." if run.file_count else "No Python file or notebook found."
    tally = Counter(map(outcome_of, run.findings))
    proved, taken_back = tally[Outcome.CONFIRMED.value], tally[Outcome.REFUTED.value]
    parts = [f"{words.count(number, 'problem')} in {words.count(run.file_count, 'file')}"]
    if proved:
        parts.append(f"{proved:,} proved")
    if taken_back:
        parts.append(f"{taken_back:,} taken back")
    return f"{', '.join(parts)}."


def section(run: Run, found: Sequence[Numbered]) -> Iterator[Markup | None]:
    """The table of counts, the worst findings, and how the experiments were made."""
    yield el("div", matrix(run.findings) if run.findings else None, worst(found), class_="two")
    yield circumstances(run)


def matrix(findings: Iterable[Finding]) -> Markup:
    """How many findings of each severity came to each verdict; the script makes a cell a filter."""
    tally = Counter((finding.severity.value, outcome_of(finding)) for finding in findings)
    outcomes = [outcome for outcome in ORDER if any(key[1] == outcome for key in tally)]
    severities = [severity.value for severity in Severity if any(key[0] == severity.value for key in tally)]
    return el(
        "table",
        el("caption", "Findings by severity and verdict"),
        el(
            "thead",
            el("tr", el("td"), [el("th", outcome_badge(outcome), scope="col") for outcome in outcomes]),
        ),
        el(
            "tbody",
            [
                el(
                    "tr",
                    el("th", severity_badge(severity), scope="row"),
                    [cell(tally[severity, outcome], severity, outcome) for outcome in outcomes],
                )
                for severity in severities
            ],
        ),
        class_="matrix",
    )


def cell(number: int, severity: str, outcome: str) -> Markup:
    if not number:
        return el("td", "–", class_="none")
    link = el(
        "a",
        f"{number:,}",
        href="#findings",
        data_severity=severity,
        data_outcome=outcome,
        aria_label=f"{number:,} of severity {severity}, {outcome}",
    )
    return el("td", link)


def worst(found: Sequence[Numbered]) -> Markup | None:
    """Where to begin: of each rule the first, proved errors before others, what was refuted not at all."""
    severities = [severity.value for severity in Severity]
    standing = [each for each in found if outcome_of(each.finding) != Outcome.REFUTED.value]
    ordered = sorted(
        standing,
        key=lambda each: (
            outcome_of(each.finding) != Outcome.CONFIRMED.value,
            severities.index(each.finding.severity.value),
        ),
    )
    one_of_each = {each.finding.code: each for each in reversed(ordered)}
    ordered = [each for each in ordered if one_of_each[each.finding.code] is each]
    if not ordered:
        return None
    return el(
        "div",
        el("h2", "Begin here"),
        el(
            "ol",
            [
                el(
                    "li",
                    el(
                        "a", el("b", each.finding.code), " ", inline(each.finding.message), href=f"#{each.id}"
                    ),
                    el("span", f" {each.finding.path}:{each.finding.span.line}", class_="quiet"),
                )
                for each in ordered[:TOP]
            ],
        ),
        class_="worst",
    )


def circumstances(run: Run) -> Markup | None:
    """Versions, devices, layers of the sandbox, seconds, over all experiments."""
    if not run.trials:
        return el(
            "p",
            "No experiment was made: what is said here is read from the code alone. ",
            el("code", "cnnlint --confirm"),
            " puts them to the proof.",
            class_="callout",
        )
    results = [trial.answer["result"] for trial in run.trials if isinstance(trial.answer["result"], Mapping)]
    versions = {
        f"{name} {version}" for result in results for name, version in (result.get("versions") or {}).items()
    }
    devices = {str(result["device"]) for result in results if result.get("device")}
    layers = {layer for trial in run.trials for layer in trial.answer["sandbox"]}
    memory = max(trial.answer["memory"] for trial in run.trials)
    told = {
        "files": f"{run.file_count:,}",
        "experiments": experiments(run.trials),
        "seconds": f"{sum(trial.answer['seconds'] for trial in run.trials):.1f}",
        "device": ", ".join(sorted(devices)),
        "versions": ", ".join(sorted(versions)),
        "sandbox": ", ".join(sorted(layers)) or "none",
        "most memory": f"{memory / 2**20:,.0f} MiB" if memory else "",
    }
    return terms(told, "numbers circumstances")


def experiments(trials: Sequence[Trial]) -> str:
    tally = Counter(trial.level for trial in trials)
    return ", ".join(f"{number} × {level}" for level, number in tally.items())
