"""--output-format html: one page with pictures that needs nothing else, for people.

Nothing is loaded from anywhere, every text is escaped (`markup.py`), and the page forbids the browser all
but its own style and script. The same run gives the same bytes.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple, TextIO

from cnnlint.evidence import Trial
from cnnlint.report import Run
from cnnlint.report.html import comparisons, findings, gaps, models, runs, summary
from cnnlint.report.html.answers import answered, drawn
from cnnlint.report.html.findings import Numbered, numbered
from cnnlint.report.html.markup import Child, Markup, el, identifier
from cnnlint.report.html.sources import Sources

__all__ = ["render"]


class Section(NamedTuple):
    """A part of the page: its `id`, its title, what stands beside it in the list of parts, what is in it."""

    id: str
    title: str
    tally: str
    content: Child


def render(run: Run, stream: TextIO) -> None:
    """The whole page."""
    stream.write("<!DOCTYPE html>\n")
    stream.write(page(run))
    stream.write("\n")


def page(run: Run) -> Markup:
    """Head, list of parts, parts."""
    style, script = asset("style.css"), asset("page.js")
    policy = (
        f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = [section for section in sections(run) if section.content]
    return el(
        "html",
        el(
            "head",
            el("meta", charset="utf-8"),
            el("meta", http_equiv="Content-Security-Policy", content=policy),
            el("meta", name="viewport", content="width=device-width, initial-scale=1"),
            el("meta", name="color-scheme", content="light dark"),
            el("meta", name="referrer", content="no-referrer"),
            el("title", f"cnnlint: {summary.headline(run)}"),
            el("style", style),
        ),
        el(
            "body",
            el("a", "Skip to the report", href="#summary", class_="skip"),
            el(
                "header",
                el("p", el("span", "cnnlint", class_="brand"), " report"),
                el("button", "Dark", id="theme", type="button", hidden=True),
                class_="top",
            ),
            contents(parts) if len(parts) > 1 else None,
            el("main", [shown(part, summary.headline(run)) for part in parts]),
            el("script", script),
        ),
        lang="en",
    )


def contents(parts: Sequence[Section]) -> Markup:
    """The list of parts."""
    links = (
        el("a", part.title, " ", el("span", part.tally, class_="tally"), href=f"#{part.id}") for part in parts
    )
    return el("nav", el("ul", (el("li", link) for link in links)), aria_label="Parts of the report")


def shown(part: Section, headline: str) -> Markup:
    """A part with its heading; that of the first is the headline of the page."""
    first = part.id == "summary"
    heading = (
        el("h1", headline, id="summary-heading") if first else el("h2", part.title, id=f"{part.id}-heading")
    )
    return el("section", heading, part.content, id=part.id, aria_labelledby=f"{part.id}-heading")


def sections(run: Run) -> Iterator[Section]:
    """All parts, those without content included."""
    sources = Sources(run)
    found = numbered(run.findings)
    yield Section("summary", "Summary", "", list(summary.section(run, found)))
    yield Section(
        "findings", "Findings", str(len(found)), list(findings.section(found, sources)) if found else None
    )
    traced = [
        drawn(models.articles, trial.answer["result"], sources, identifier("model", number))
        for number, trial in enumerate(answered(run.trials, "shapes"), start=1)
    ]
    traced = [each for each in traced if each]
    yield Section("models", "Models", "", traced)
    compared = list(compared_trainings(run.trials, found))
    yield Section("trainings", "Trainings compared", str(len(compared)), compared)
    ran = [
        drawn(runs.article, trial.answer["result"], trial.path, sources, identifier("run", number))
        for number, trial in enumerate(answered(run.trials, "run"), start=1)
    ]
    yield Section("runs", "Runs", str(len(ran)), ran)
    yield Section("gaps", "What could not be told", "", gaps.section(run, found, sources))


def compared_trainings(trials: Sequence[Trial], found: Sequence[Numbered]) -> Iterator[Markup]:
    by_fingerprint = {each.finding.fingerprint: each for each in found}
    for number, trial in enumerate(answered(trials, "train"), start=1):
        about = by_fingerprint.get(trial.finding)
        title: Child = el("span", trial.path, class_="path")
        if about is not None:
            title = el("a", f"{about.finding.code} {about.finding.name}", href=f"#{about.id}"), " in ", title
        yield drawn(comparisons.article, trial.answer["result"], identifier("comparison", number), title)


def asset(name: str) -> Markup:
    """Our own style or script, which holds nothing of anybody else's."""
    return Markup(files(__name__).joinpath(name).read_text(encoding="utf-8"))


def digest(content: str) -> str:
    """What the policy of the page knows a style or script by."""
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"
