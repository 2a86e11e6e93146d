"""What child processes answered, which may be anything where user code forged it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cnnlint.evidence import Trial
from cnnlint.report.html.markup import Markup, el

__all__ = ["answered", "drawn"]


def answered(trials: Iterable[Trial], level: str) -> Iterator[Trial]:
    """The experiments of a level that gave a result."""
    return (trial for trial in trials if trial.level == level and trial.answer["result"])


def drawn(draw: Callable[..., Markup], *given: object) -> Markup:
    """What was drawn. An answer that cannot be read must not cost the rest of the page."""
    try:
        return draw(*given)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        why = f"{type(error).__name__}: {error}"
        return el("article", el("p", "An answer of this kind cannot be read: ", why, class_="callout bad"))
