"""What could not be told, and why: so that silence is not taken for health."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from cnnlint.evidence import Trial
from cnnlint.findings import Outcome
from cnnlint.report import Run
from cnnlint.report.html import words
from cnnlint.report.html.answers import answered, drawn
from cnnlint.report.html.findings import Numbered
from cnnlint.report.html.inline import inline
from cnnlint.report.html.markup import EMPTY, Child, Markup, el
from cnnlint.report.html.sources import Sources

__all__ = ["section"]


def section(run: Run, found: Sequence[Numbered], sources: Sources) -> list[Markup]:
    """Everything that limits what the report says; empty where nothing does."""
    told: dict[str, Callable[[], Iterator[Child]]] = {
        "Findings on which nothing could be said": lambda: inconclusive(found),
        "Experiments that gave no answer": lambda: unanswered(run.trials),
        "What could not be measured": lambda: unmeasured(run.trials),
        "What the scripts wanted and did not get": lambda: wanted(run.trials),
        "What was put in the place of something else": lambda: replaced(run.trials, sources),
        "Code that was left out to build the models": lambda: dropped(run.trials, sources),
        "Layers of the sandbox that this machine lacks": lambda: sandbox(run.trials),
        "What the linting could not follow": lambda: limits(run),
    }
    return [part for title, items in told.items() if (part := drawn(block, title, items))]


def block(title: str, told: Callable[[], Iterator[Child]]) -> Markup:
    """A list under its title, nothing where it is empty; folded where it is long."""
    items = list(told())
    if not items:
        return EMPTY
    return el(
        "details",
        el("summary", el("h3", title), el("span", f" {len(items)}", class_="quiet")),
        el("ul", [el("li", item) for item in items], class_="gaps"),
        open=len(items) <= 8,
    )


def inconclusive(found: Iterable[Numbered]) -> Iterator[Child]:
    """By reason, each with the findings it concerns."""
    reasons: dict[str, list[Numbered]] = defaultdict(list)
    for each in found:
        verdict = each.finding.verdict
        if verdict and verdict.outcome is Outcome.INCONCLUSIVE:
            reasons[verdict.text].append(each)
    for reason, concerned in sorted(reasons.items(), key=lambda each: -len(each[1])):
        links = [
            el("a", f"{each.finding.code} {each.finding.path}:{each.finding.span.line}", href=f"#{each.id}")
            for each in concerned[:12]
        ]
        more = el("span", f"and {len(concerned) - 12} more", class_="quiet") if len(concerned) > 12 else None
        yield el("span", inline(words.sentence(reason))), el("span", links, more, class_="links")


def unanswered(trials: Iterable[Trial]) -> Iterator[Child]:
    for trial in trials:
        if trial.answer["result"] is None:
            output = trial.answer["output"].strip()
            yield (
                el("span", trial.path, class_="path"),
                f" ({trial.level}): {words.sentence(trial.answer['why'] or trial.answer['ended'])}",
                el("details", el("summary", "What it printed last"), el("pre", output, tabindex="0"))
                if output
                else None,
            )


def unmeasured(trials: Iterable[Trial]) -> Iterator[Child]:
    for trial in answered(trials, "run"):
        for probe, why in trial.answer["result"]["unmeasured"].items():
            yield el("span", trial.path, class_="path"), f": {probe}: {words.sentence(why)}"
        if more := trial.answer["result"]["more"]:
            yield el("span", trial.path, class_="path"), f": {words.count(more, 'further event')} not kept."


def wanted(trials: Iterable[Trial]) -> Iterator[Child]:
    for trial in trials:
        asked = trial.answer["result"]["wanted"] if trial.level == "run" and trial.answer["result"] else []
        for thing in dict.fromkeys((*asked, *trial.answer["wanted"])):
            yield el("span", trial.path, class_="path"), f": {thing}"


def replaced(trials: Iterable[Trial], sources: Sources) -> Iterator[Child]:
    """Parts of the world, and imports."""
    for trial in (*answered(trials, "shapes"), *answered(trials, "run")):
        result = trial.answer["result"]
        for each in result.get("replaced", []):
            yield el("b", each["what"]), f" by {each['by']} ", sources.marked(each["place"])
        if result["stubs"]:
            names = ", ".join(result["stubs"])
            yield (
                el("span", trial.path, class_="path"),
                f" ({trial.level}): stand-ins for the imports {names}.",
            )


def dropped(trials: Iterable[Trial], sources: Sources) -> Iterator[Child]:
    for trial in answered(trials, "shapes"):
        for line, why in trial.answer["result"]["dropped"]:
            yield (
                sources.marked({"path": sources.absolute(trial.path), "line": line}),
                f" {words.sentence(why)}",
            )


def sandbox(trials: Iterable[Trial]) -> Iterator[Child]:
    yield from sorted({missing for trial in trials for missing in trial.answer["missing"]})


def limits(run: Run) -> Iterator[Child]:
    """Our own failures, files that could not be looked at, and the limits of the analysis."""
    for failure in run.failures:
        yield str(failure)
    for path, why in run.problems:
        yield el("span", path, class_="path"), f": {words.sentence(why)}"
    for finding in run.limits:
        yield (
            el("span", f"{finding.path}:{finding.span.line}", class_="path"),
            " ",
            inline(words.sentence(finding.message)),
        )
