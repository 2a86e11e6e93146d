"""Write `rules/README.md`, the index of the rule book: `python -m cnnlint.rulebook`."""

from __future__ import annotations

from cnnlint.rulebook.index import index
from cnnlint.rulebook.pages import builtin_pages, load_pages


def main() -> None:
    """Write the index beside our own pages."""
    target = builtin_pages() / "README.md"
    target.write_text(index(load_pages()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
