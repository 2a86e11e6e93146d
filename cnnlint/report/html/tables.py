"""Tables and lists of terms, which read as such wherever there is little room and without sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnnlint.report.html.markup import Child, Markup, el

__all__ = ["YOURS", "data_table", "folded_table", "judged", "terms"]

#: The heading of the column with the user's lines.
YOURS = "in your code"
#: Rows that are shown without a scroll bar of their own.
MANY_ROWS = 16


def terms(told: Mapping[str, Child], classes: str = "numbers") -> Markup:
    """Words and what they stand for, those without left out."""
    return el(
        "dl",
        [el("div", el("dt", key), el("dd", value)) for key, value in told.items() if value],
        class_=classes,
    )


def data_table(caption: str, heads: Sequence[Child], rows: Sequence[Sequence[Child]]) -> Markup:
    """A table whose first cells head their rows. Where there is little room each row becomes a list, in
    which every cell says its column; the roles hold it together as a table for those who listen."""
    head = el("tr", [el("th", each, scope="col", role="columnheader") for each in heads], role="row")
    return el(
        "div",
        el(
            "table",
            el("caption", caption, class_="unseen"),
            el("thead", head, role="rowgroup"),
            el("tbody", [data_row(heads, row) for row in rows], role="rowgroup"),
            class_="inside",
            role="table",
        ),
        class_=f"scroll{' tall' if len(rows) > MANY_ROWS else ''}",
        tabindex="0",
        role="group",
        aria_label=caption,
    )


def data_row(heads: Sequence[Child], row: Sequence[Child]) -> Markup:
    cells = [
        el("td", cell, role="cell", data_label=label(head), class_="in-your-code" if head == YOURS else None)
        for head, cell in zip(heads[1:], row[1:], strict=True)
    ]
    return el("tr", el("th", row[0], scope="row", role="rowheader"), cells, role="row")


def label(head: Child) -> str | None:
    """The words of a heading, without a scale under them."""
    return head if isinstance(head, str) else next(iter(head)) if isinstance(head, tuple) else None


def folded_table(
    summary: str, caption: str, heads: Sequence[Child], rows: Sequence[Sequence[Child]]
) -> Markup:
    """A table of details that one unfolds."""
    return el(
        "details",
        el("summary", summary),
        el(
            "div",
            el(
                "table",
                el("caption", caption, class_="unseen"),
                el("thead", el("tr", [el("th", head, scope="col") for head in heads])),
                el(
                    "tbody",
                    [
                        el("tr", el("th", row[0], scope="row"), [el("td", cell) for cell in row[1:]])
                        for row in rows
                    ],
                ),
            ),
            class_="wide",
            tabindex="0",
            role="group",
            aria_label=caption,
        ),
        class_="data",
    )


def judged(said: str, odd: bool) -> Markup:
    """What a measurement says, pointed at where it is odd."""
    return el("span", "▲ ", said, class_="odd") if odd else el("span", said, class_="quiet")
