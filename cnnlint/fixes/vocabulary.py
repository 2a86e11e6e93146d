"""The vocabulary of edits: what a check may ask to be changed, in terms of facts and sites.

Each function makes a Fix; `safe` means that it cannot change what correct code does. `resolve.py`
turns the edits into text.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from cnnlint.findings import Edit, Fix
from cnnlint.source import Site
from cnnlint.values import surely

__all__ = [
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
    "set_argument",
    "site_of",
    "swap",
    "together",
    "wrap",
]


def insert_before(where: Any, text: str, *, safe: bool, title: str = "") -> Fix:
    """Put the statement `text` on its own line before the statement that `where` is in."""
    return _fix(title or f"insert `{text}`", Edit("insert_before", site_of(where), text), safe)


def insert_after(where: Any, text: str, *, safe: bool, title: str = "") -> Fix:
    """Put the statement `text` on its own line after the statement that `where` is in."""
    return _fix(title or f"insert `{text}`", Edit("insert_after", site_of(where), text), safe)


def put_under(where: Any, header: str, *, safe: bool, title: str = "") -> Fix:
    """Put the statement at `where` into a block under `header`: `with torch.no_grad():`."""
    return _fix(title or f"put it under `{header}`", Edit("put_under", site_of(where), header), safe)


def replace(where: Any, text: str, *, safe: bool, title: str = "") -> Fix:
    """Write `text` in place of the node."""
    return _fix(title or f"replace by `{text}`", Edit("replace", site_of(where), text), safe)


def keep(where: Any, other: Any, *, safe: bool, title: str = "") -> Fix:
    """Write only the node `other`, a part of the node `where`, in its place: `softmax(x)` becomes `x`."""
    return _fix(title or "keep only what is inside", Edit("keep", site_of(where), other=site_of(other)), safe)


def wrap(where: Any, before: str, after: str, *, safe: bool, title: str = "") -> Fix:
    """Write the node with `before` and `after` around it: `[a, b]` becomes `nn.ModuleList([a, b])`."""
    return _fix(title or f"write `{before}...{after}`", Edit("wrap", site_of(where), before, after), safe)


def call_method(where: Any, method: str, *, safe: bool, title: str = "") -> Fix:
    """Call a method of what the node gives: `labels` becomes `labels.unsqueeze(1)`."""
    return _fix(title or f"call `{method}` on it", Edit("call_method", site_of(where), method), safe)


def call_instead(where: Any, old: str, new: str, *, safe: bool, title: str = "") -> Fix | None:
    """Call `new` of the same module or object: `x[0].softmax(1)` becomes `x[0].log_softmax(1)`.

    By a bare name, it is imported beside the other. None where `old` is not what is called.
    """
    if where.written.rpartition(".")[2] != old:
        return None
    changed = _fix(title or f"call `{new}` instead", Edit("call_instead", where.callee, text=new), safe)
    return changed if getattr(where, "method", False) else _with_import(changed, where, new)


def put_instead(where: Any, call: str, *, safe: bool, title: str = "") -> Fix:
    """Write the call of something else of the same module in place of a call: `nn.ReLU()` becomes
    `nn.Identity()`, and `ReLU()` becomes `Identity()`, which is imported beside it."""
    return _with_import(
        replace(where, _beside(where, call), safe=safe, title=title or f"replace by `{call}`"), where, call
    )


def put_before(where: Any, call: str, *, safe: bool, title: str = "") -> Fix:
    """Put the call of something else of the same module before an item of a list or a Sequential."""
    edit = Edit("item_before", site_of(where), _beside(where, call))
    return _with_import(_fix(title or f"put `{call}` before it", edit, safe), where, call)


def put_after(where: Any, call: str, *, safe: bool, title: str = "") -> Fix:
    """Put the call of something else of the same module after an item of a list or a Sequential."""
    edit = Edit("item_after", site_of(where), _beside(where, call))
    return _with_import(_fix(title or f"put `{call}` after it", edit, safe), where, call)


def swap(where: Any, other: Any, *, safe: bool, title: str = "") -> Fix:
    """Write each of two nodes, of which the other comes later, in the place of the other."""
    return _fix(title or "swap the two", Edit("swap", site_of(where), other=site_of(other)), safe)


def remove(where: Any, *, safe: bool, title: str = "") -> Fix:
    """Take a statement away, with its line if it is alone on it."""
    return _fix(title or "remove the statement", Edit("remove", site_of(where)), safe)


def move_before(where: Any, other: Any, *, safe: bool, title: str = "") -> Fix:
    """Take the statement that `where` is in to before the one that `other` is in, as deep as that."""
    title = title or "move it before the loop"
    return _fix(title, Edit("move_before", site_of(where), other=site_of(other)), safe)


def move_after(where: Any, other: Any, *, safe: bool, title: str = "") -> Fix:
    """Take the statement that `where` is in to behind the one that `other` is in, as deep as that."""
    title = title or "move it behind the loop"
    return _fix(title, Edit("move_after", site_of(where), other=site_of(other)), safe)


def rename(where: Any, name: str, *, safe: bool, title: str = "") -> Fix:
    """Give the function or class defined at `where` another name, there only."""
    return _fix(title or f"rename it to `{name}`", Edit("rename", site_of(where), text=name), safe)


def set_argument(
    where: Any, name: str, value: Any, *, safe: bool, position: int | None = None, title: str = ""
) -> Fix | None:
    """Give the call at `where` the argument `name=value`, or change it there.

    `value` is a number or the text of an expression; None for any other, which cannot be written, and
    where the same call made several things that were given different values.
    `position` is where the argument stands if given without its name; a layer, optimizer or
    scheduler knows that itself.
    """
    if type(value) not in (int, float, bool, str):
        return None
    given = getattr(where, name, None)
    if not all(surely(getattr(twin, name, None) == given) for twin in getattr(where, "twins", ())):
        return None
    if position is None and is_dataclass(where):
        names = [each.name for each in fields(where) if each.init]
        position = names.index(name) if name in names else None
    edit = Edit("set_argument", site_of(where), str(value), name=name, position=position)
    return _fix(title or f"set `{name}={value}`", edit, safe)


def change_argument(where: Any, name: str, form: str, *, position: int, safe: bool, title: str) -> Fix:
    """Put the argument `name` of the call at `where`, as it is written, in the place of `{}` in `form`."""
    edit = Edit("change_argument", site_of(where), form, name=name, position=position)
    return _fix(title, edit, safe)


def together(*fixes: Fix, title: str) -> Fix:
    """One fix that makes all the changes of several, and is safe if they all are."""
    return Fix(title, tuple(edit for fix in fixes for edit in fix.edits), all(fix.safe for fix in fixes))


def define_after(where: Any, name: str, other: Any, *, safe: bool, title: str = "") -> Fix:
    """Give what the node makes a name behind another statement, and write the name in its place."""
    site = site_of(where)
    edits = Edit("define_after", site, name, other=site_of(other)), Edit("replace", site, name)
    return Fix(title or f"define `{name}`", edits, safe)


def importing(module: str, fix: Fix) -> Fix:
    """A fix that names a module in what it writes: that is imported, if the file does not do so."""
    return fix._replace(edits=(*fix.edits, Edit("import", fix.edits[0].site, module)))


def site_of(where: Any) -> Site:
    """The site of a fact, or the site given. Undecided if it is Unknown."""
    path, at, within = getattr(where, "site", where)
    return Site(path, at, within)


def _beside(where: Any, call: str) -> str:
    """How something of the same module as is called at `where` is called there."""
    return f"{where.package}.{call}" if where.package else call


def _with_import(fix: Fix, where: Any, call: str) -> Fix:
    """The fix, which writes a bare call for one at `where`, with the import that this needs."""
    if where.package:
        return fix
    edit = Edit("import_beside", where.callee, call.partition("(")[0], where.written)
    return fix._replace(edits=(*fix.edits, edit))


def _fix(title: str, edit: Edit, safe: bool) -> Fix:
    return Fix(title, (edit,), safe)
