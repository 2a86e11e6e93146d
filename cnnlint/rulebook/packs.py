"""Rule pages from elsewhere: folders of data named in `rule-packs`, installed packages in `plugins`.

A pack is only data: its pages may hold conditions, never `check`, so linting a stranger's repository
runs none of its code. A plugin may bring checks, and is imported only when its name is configured.
Neither may use our code prefix.
"""

from __future__ import annotations

from pathlib import Path

from cnnlint.config import ConfigError, nearest
from cnnlint.rulebook.pages import Page, PageError, read_pages

__all__ = ["ENTRY_POINTS", "pack_pages", "plugin_pages"]

ENTRY_POINTS = "cnnlint.rules"
OUR_PREFIX = "CNN"


def pack_pages(folder: Path) -> list[Page]:
    """The pages of a folder. ConfigError if it is not there, PageError for a page with a `check`."""
    if not folder.is_dir():
        raise ConfigError(f"rule-packs: there is no folder {folder}")
    pages = [_foreign(page) for page in read_pages(folder)]
    for page in pages:
        if not page.where:
            line = next(
                (number for number, text in enumerate(page.text.split("\n"), 1) if text.startswith("check")),
                1,
            )
            raise PageError(
                page.origin, line, "a rule pack is data: its pages have `each` and `where`, no `check`"
            )
    return pages


def plugin_pages(name: str) -> list[Page]:
    """The pages beside the module that the entry point `name` names. Imports that module.

    ConfigError if nothing installed offers such rules, or if importing it fails.
    """
    from importlib.metadata import entry_points
    from importlib.resources import files

    offered = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    if name not in offered:
        raise ConfigError(f"plugins: nothing installed offers rules called `{name}`{nearest(name, offered)}")
    try:
        folder = files(offered[name].load().__name__)
    except Exception as error:
        raise ConfigError(f"plugins: `{name}` cannot be loaded: {error}") from error
    return [_foreign(page) for page in read_pages(folder)]


def _foreign(page: Page) -> Page:
    if page.code.startswith(OUR_PREFIX):
        raise PageError(page.origin, 1, f"the prefix {OUR_PREFIX} is taken; choose another for your codes")
    return page
