"""Rule pages: one Markdown file per rule, its head read strictly, the rest only when asked for.

The grammar of a page `rules/CNN101-missing-zero-grad.md`:

- The first line is `# CNN101 missing-zero-grad`: the file name with its first hyphen as a space.
- Then one block fenced ```` ```toml ````, the head:
  `severity` (error, warning, info), `set` (default, pedantic, preview), `since` and `message` are
  required; `check` (dotted name of a function) or `each` with `where` (see where.py) says when the
  rule speaks, except that a CNN9 page may have neither: the linter itself finds those;
  `parameters` (a table), `formerly` (old names or codes), `measured` and `confirm` (the proofs that
  may judge it, cheapest first) may be given.
- Then prose and sections, read by blocks.py.

Placeholders in `message` are plain names with an optional format: `{optimizer}`, `{p:.0%}`; beside
`each` they are names that its `where` might use.
Nothing in a page is ever executed, and only `check`, refused in rule packs, names code.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import tomli

from cnnlint.config import ConfigError, nearest
from cnnlint.findings import Severity

if TYPE_CHECKING:
    import sys

    if sys.version_info >= (3, 11):
        from importlib.resources.abc import Traversable
    else:
        from importlib.abc import Traversable

    from cnnlint.config import Config
    from cnnlint.rulebook.blocks import Block

__all__ = ["SETS", "Page", "PageError", "builtin_pages", "load_pages", "parse_page", "read_pages"]

SETS = ("default", "pedantic", "preview")
_FILE_NAME = re.compile(r"(?P<code>[A-Z]{2,10}\d{3})-(?P<name>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)\.md")
_REQUIRED = ("severity", "set", "since", "message")
_KEYS = (*_REQUIRED, "check", "each", "where", "confirm", "measured", "formerly", "parameters")
_LISTS = {"formerly": "old names", "confirm": "names of proofs"}


class PageError(ConfigError):
    """A page that does not follow the grammar: where it is and what is wrong."""

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(path, line, message)
        self.path, self.line, self.message = path, line, message

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class Page(NamedTuple):
    """One rule: what its head says, and its whole text.

    `origin` is where it was read from, as errors name it. A rule of the linter itself (CNN9..)
    has neither `check` nor `where`.
    """

    code: str
    name: str
    severity: Severity
    set: str
    since: str
    message: str
    check: str = ""
    each: str = ""
    where: str = ""
    confirm: tuple[str, ...] = ()
    measured: str = ""
    formerly: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = {}
    text: str = ""
    origin: str = ""

    @property
    def title(self) -> str:
        """The first heading: code and name."""
        return f"{self.code} {self.name}"

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names its message asks for."""
        return tuple(name for _, name, _, _ in string.Formatter().parse(self.message) if name)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Its bad, good and fixed code, in order. PageError where a section breaks the grammar."""
        from cnnlint.rulebook.blocks import parse_blocks

        return parse_blocks(self.text, self.origin)

    @property
    def sources(self) -> tuple[str, ...]:
        """The lines of its Sources, one per claim a reader can check."""
        from cnnlint.rulebook.blocks import parse_sources

        return parse_sources(self.text, self.origin)

    @property
    def summary(self) -> str:
        """The first sentence of its prose."""
        from cnnlint.rulebook.blocks import first_sentence

        return first_sentence(self.text)


def builtin_pages() -> Path:
    """The folder of our own pages: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    shipped = package / "rules"
    return shipped if shipped.is_dir() else package.parent / "rules"


@cache
def our_pages() -> tuple[Page, ...]:
    """Our own pages. They do not change while we run."""
    return tuple(read_pages(builtin_pages()))


def load_pages(config: Config | None = None) -> tuple[Page, ...]:
    """Our pages, those of the rule packs and of the plugins that `config` names, by code.

    PageError for a page that breaks the grammar or takes another's code or name; ConfigError for a
    pack or plugin that is not there.
    """
    pages = list(our_pages())
    if config is not None and (config.rule_packs or config.plugins):
        from cnnlint.rulebook import packs

        for folder in config.rule_packs:
            pages += packs.pack_pages(config.root / folder)
        for plugin in config.plugins:
            pages += packs.plugin_pages(plugin)
    _refuse_duplicates(pages)
    return tuple(sorted(pages, key=lambda page: page.code))


def read_pages(folder: Traversable | Path) -> Iterator[Page]:
    """The pages of one folder. Its README is no page; any other Markdown file must be one."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".md") and entry.name != "README.md":
            origin = str(entry)
            try:
                text = entry.read_bytes().decode("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise PageError(origin, 1, f"cannot be read: {error}") from None
            yield parse_page(entry.name, text, origin)


def parse_page(file_name: str, text: str, origin: str = "") -> Page:
    """The page that `text` is. PageError if its head or first line breaks the grammar."""
    origin = origin or file_name
    match = _FILE_NAME.fullmatch(file_name)
    if match is None:
        raise PageError(origin, 1, "a page is called CODE-name.md, as in CNN101-missing-zero-grad.md")
    code, name = match["code"], match["name"]
    text = text.replace("\r\n", "\n")
    if text.split("\n", 1)[0].rstrip() != f"# {code} {name}":
        raise PageError(origin, 1, f"the first line must be `# {code} {name}`, as the file is called")
    head, line = _head(text, origin)
    return _page(code, name, head, text, origin, line)


def _head(text: str, origin: str) -> tuple[dict[str, Any], int]:
    """The head, and the line its fence is on."""
    start = text.find("\n```toml\n")
    if start < 0:
        raise PageError(origin, 1, "a page has a head fenced ```toml")
    line = text.count("\n", 0, start) + 2
    if text[:start].count("\n") > 1 or text[:start].split("\n", 1)[1:] not in ([], [""]):
        raise PageError(origin, 2, "the head follows the first line, after one empty line")
    body = start + len("\n```toml\n")
    end = text.find("\n```", body - 1)
    if end < 0:
        raise PageError(origin, line, "the head is never closed by ```")
    try:
        return tomli.loads(text[body : end + 1]), line
    except tomli.TOMLDecodeError as error:
        inside = re.search(r"at line (\d+)", str(error))
        raise PageError(origin, line + int(inside[1]) if inside else line, f"the head: {error}") from None


def _page(code: str, name: str, head: dict[str, Any], text: str, origin: str, fence: int) -> Page:
    def line_of(key: str) -> int:
        lines = text.split("\n")
        found = (
            number
            for number in range(fence, len(lines))
            if re.match(rf"\[?\s*{re.escape(key)}\s*[=\]]", lines[number])
        )
        return next(found, fence - 1) + 1

    def refuse(key: str, message: str) -> PageError:
        return PageError(origin, line_of(key), message)

    for key in head:
        if key not in _KEYS:
            raise refuse(key, f"unknown key `{key}`{nearest(key, _KEYS)}")
    for key in _REQUIRED:
        if key not in head:
            raise PageError(origin, fence, f"the head lacks `{key}`")
    for key, value in head.items():
        if key in _LISTS:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise refuse(key, f"`{key}` is a list of {_LISTS[key]}")
        elif key == "parameters":
            if not isinstance(value, dict):
                raise refuse(key, "`parameters` is a table of names and defaults")
        elif not isinstance(value, str):
            raise refuse(key, f"`{key}` must be a string")
    if head["set"] not in SETS:
        raise refuse("set", f"`set` is one of {', '.join(SETS)}")
    if head["severity"] not in {severity.value for severity in Severity}:
        raise refuse("severity", "`severity` is one of error, warning, info")
    for problem in _message_problems(head["message"]):
        raise refuse("message", problem)
    parameters = {key.replace("-", "_"): value for key, value in head.get("parameters", {}).items()}
    for parameter, default in parameters.items():
        if not _is_plain(default):
            raise refuse("parameters", f"the default of `{parameter}` is a number, string, bool or list")

    conditional = "each" in head or "where" in head
    if "check" in head and conditional:
        raise refuse("check", "a page has a `check`, or `each` and `where`, not both")
    if conditional:
        _check_condition(head, parameters, refuse)
    elif "check" not in head and not code.startswith("CNN9"):
        raise PageError(origin, fence, "the head lacks a `check`, or `each` and `where`")

    return Page(
        code=code,
        name=name,
        severity=Severity(head["severity"]),
        set=head["set"],
        since=head["since"],
        message=head["message"],
        check=head.get("check", ""),
        each=head.get("each", ""),
        where=head.get("where", ""),
        confirm=tuple(head.get("confirm", ())),
        measured=head.get("measured", ""),
        formerly=tuple(head.get("formerly", ())),
        parameters=parameters,
        text=text,
        origin=origin,
    )


def _check_condition(head: dict[str, Any], parameters: dict[str, Any], refuse: Any) -> None:
    from cnnlint.rulebook.where import ConditionError, condition, fact_class, known_names, unknown_name

    for key in ("each", "where"):
        if key not in head:
            given = "each" if key == "where" else "where"
            raise refuse(given, f"`each` and `where` come together: the head lacks `{key}`")
    try:
        condition(head["each"], head["where"], parameters)
    except ConditionError as error:
        raise refuse(error.key, str(error)) from None
    kind = fact_class(head["each"])
    for _, name, _, _ in string.Formatter().parse(head["message"]):
        if name and name not in known_names(kind) and name not in parameters:
            raise refuse("message", unknown_name(name, kind, parameters))


def _message_problems(message: str) -> Iterator[str]:
    try:
        parts = list(string.Formatter().parse(message))
    except ValueError as error:
        yield f"`message` cannot be formatted: {error}"
        return
    for _, name, spec, conversion in parts:
        if name is not None and (not name.isidentifier() or name.startswith("_")):
            yield f"a placeholder is a plain name, not `{{{name}}}`"
        if conversion or (spec and "{" in spec):
            yield f"the placeholder `{{{name}}}` may have a format, and no more"


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_plain(item) and not isinstance(item, list) for item in value)
    return isinstance(value, (bool, int, float, str))


def _refuse_duplicates(pages: Iterable[Page]) -> None:
    owners: dict[str, Page] = {}
    for page in pages:
        for key in (page.code, page.name, *page.formerly):
            owner = owners.setdefault(key, page)
            if owner is not page:
                raise PageError(page.origin, 1, f"`{key}` is already taken by {owner.origin}")
