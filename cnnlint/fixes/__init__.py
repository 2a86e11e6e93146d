"""Fixes: the vocabulary checks ask for changes in, edits in the text, and making them."""

from __future__ import annotations

from cnnlint.fixes.apply import Applied, apply_fixes
from cnnlint.fixes.resolve import resolve
from cnnlint.fixes.vocabulary import (
    call_instead,
    call_method,
    change_argument,
    define_after,
    importing,
    insert_after,
    insert_before,
    keep,
    move_after,
    move_before,
    put_after,
    put_before,
    put_instead,
    put_under,
    remove,
    rename,
    replace,
    set_argument,
    site_of,
    swap,
    together,
    wrap,
)

__all__ = [
    "Applied",
    "apply_fixes",
    "call_instead",
    "call_method",
    "change_argument",
    "define_after",
    "importing",
    "insert_after",
    "insert_before",
    "keep",
    "move_after",
    "move_before",
    "put_after",
    "put_before",
    "put_instead",
    "put_under",
    "remove",
    "rename",
    "replace",
    "resolve",
    "set_argument",
    "site_of",
    "swap",
    "together",
    "wrap",
]
