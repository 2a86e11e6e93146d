"""Which rules run, and with which parameters: pages met with what the user selected.

A selector is `ALL`, a set (`default`, `pedantic`, `preview`), a code or the beginning of one
(`CNN1`), or a name; old names count. Where a rule is both selected and ignored, the more specific
selector wins (ALL, then set, then beginnings by length, then the rule itself), and of two alike
ignoring wins. With nothing selected the default set runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cnnlint.config import Config, ConfigError, nearest
from cnnlint.rulebook.pages import SETS, Page

__all__ = ["Rule", "find_page", "matching", "select"]

ALL = "ALL"
#: Rules that are named to one who asked for a code that none has.
NEAR = 3
_WHOLE = 1_000  # more specific than any beginning of a code


class Rule(NamedTuple):
    """A page that runs, with the values its parameters have in this run."""

    page: Page
    parameters: Mapping[str, Any] = {}

    @property
    def code(self) -> str:
        return self.page.code

    @property
    def name(self) -> str:
        return self.page.name


def select(pages: Sequence[Page], config: Config) -> tuple[Rule, ...]:
    """The rules that run under `config`, by code.

    ConfigError, with the nearest valid name, for a selector that names no rule, for parameters of
    an unknown rule, and for a parameter that its rule does not have or of another type.
    """
    wanted = _strengths(pages, (*(config.select or ("default",)), *config.extend_select))
    unwanted = _strengths(pages, config.ignore)
    given = _given_parameters(pages, config.rules)
    chosen = (page for page in pages if page.code in wanted)
    return tuple(
        Rule(page, {**page.parameters, **given.get(page.code, {})})
        for page in sorted(chosen, key=lambda page: page.code)
        if wanted[page.code] > unwanted.get(page.code, -1)
    )


def matching(pages: Sequence[Page], selectors: Iterable[str]) -> frozenset[str]:
    """The codes that any of the selectors takes. ConfigError for one that names no rule."""
    return frozenset(_strengths(pages, selectors))


def find_page(pages: Sequence[Page], word: str) -> Page:
    """The page called `word` by code, name or old name. ConfigError, with those near it, if none is."""
    for page in pages:
        if _is(page, word):
            return page
    near = _near(pages, word) or nearest(word, [page.name for page in pages])
    raise ConfigError(f"there is no rule `{word}`{near}")


def _near(pages: Sequence[Page], word: str) -> str:
    """The end of an error line for what looks like a code: the rules that begin as it does, the nearest
    first; '' if it is no code, or nothing begins so."""
    prefix, digits = word.upper().rstrip("0123456789"), word[len(word.rstrip("0123456789")) :]
    for length in range(len(digits), 0, -1):
        alike = [page for page in pages if page.code.startswith(prefix + digits[:length])]
        if alike:
            alike.sort(key=lambda page: abs(int(page.code[len(prefix) :]) - int(digits.ljust(3, "0"))))
            return "; near it are " + ", ".join(f"`{page.title}`" for page in alike[:NEAR])
    return ""


def _strengths(pages: Sequence[Page], selectors: Iterable[str]) -> dict[str, int]:
    """For each code selected, how specific its most specific selector is."""
    strengths: dict[str, int] = {}
    for selector in selectors:
        taken = {page.code: strength for page in pages if (strength := _strength(page, selector)) >= 0}
        if not taken and selector != ALL and selector not in SETS:
            names = [ALL, *SETS, *(name for page in pages for name in (page.code, page.name))]
            raise ConfigError(f"there is no rule `{selector}`{nearest(selector, names)}")
        for code, strength in taken.items():
            strengths[code] = max(strength, strengths.get(code, -1))
    return strengths


def _strength(page: Page, selector: str) -> int:
    """How specifically the selector names this page; -1 if it does not."""
    if _is(page, selector):
        return _WHOLE
    if selector == ALL:
        return 0
    if selector in SETS:
        return 1 if page.set == selector else -1
    letters = page.code.rstrip("0123456789")
    beginning = selector.upper()
    if page.code.startswith(beginning) and len(beginning) >= len(letters):
        return len(beginning)
    return -1


def _is(page: Page, word: str) -> bool:
    return page.code == word.upper() or word == page.name or word in page.formerly


def _given_parameters(
    pages: Sequence[Page], tables: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    given: dict[str, dict[str, Any]] = {}
    for name, table in tables.items():
        try:
            page = find_page(pages, name)
        except ConfigError as error:
            raise ConfigError(f"rules.{name}: {error}") from None
        values = given.setdefault(page.code, {})
        for key, value in table.items():
            parameter = key.replace("-", "_")
            if parameter not in page.parameters:
                written = [each.replace("_", "-") for each in page.parameters]
                known = nearest(key, written) or (
                    f"; it has {', '.join(written)}" if written else "; it has none"
                )
                raise ConfigError(f"rules.{name}: the rule has no parameter `{key}`{known}")
            values[parameter] = _typed(value, page.parameters[parameter], f"rules.{name}.{key}")
    return given


def _typed(value: Any, default: Any, place: str) -> Any:
    """The value, if it is of its default's type; whole numbers serve as numbers."""
    match default:
        case bool():
            wanted, right = "true or false", isinstance(value, bool)
        case int():
            wanted, right = "a whole number", type(value) is int
        case float():
            wanted, right = "a number", type(value) in (int, float)
        case str():
            wanted, right = "a string", isinstance(value, str)
        case _:
            wanted, right = "a list", isinstance(value, list)
    if not right:
        raise ConfigError(f"{place}: must be {wanted}, not {value!r}")
    if isinstance(value, list) and default:
        return [_typed(item, default[0], place) for item in value]
    return value
