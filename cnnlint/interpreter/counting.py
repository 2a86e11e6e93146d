"""Numbers that are not known, sequences of which the items are not, and loaders by key."""

from __future__ import annotations

from typing import Any

from cnnlint.dims import Dim
from cnnlint.facts import NOWHERE, Indices, Loader, Op, Tensor, is_ranked
from cnnlint.interpreter.objects import COUNTER, ListValue, Stream, Value, make_list, plain
from cnnlint.interpreter.written import target_text
from cnnlint.source import Site
from cnnlint.syntax import tree
from cnnlint.values import A_FLOAT, AN_INTEGER, Unknown, is_float, is_integer, is_unknown, why_unknown

#: Why something is Unknown that surely is a plain number.
A_NUMBER = "a plain number"
NUMBERS = frozenset({A_NUMBER, A_FLOAT, AN_INTEGER, COUNTER, "length not known"})
#: Why the names are Unknown that a folder holds, in the order in which the file system lists them.
LISTED = "a name in a folder"
#: Functions that give a plain number, whatever they are given.
RECKONING = ("math.", "random.random", "random.uniform", "random.randint", "time.time", "time.perf_counter")
#: A value that is no option of a library.
UNREADABLE = Unknown("nothing a library's option can be read from")


def is_number(value: Value) -> bool:
    """It surely is a plain number, known or not."""
    return is_lost(value) or isinstance(plain(value), int | float)


def is_lost(value: Value) -> bool:
    """It surely is a plain number, but which is not known."""
    return is_unknown(value) and why_unknown(value)[0] in NUMBERS


def typed(value: Value) -> bool:
    """It is not known, but surely a float or surely an int."""
    return is_unknown(value) and (is_float(value) or is_integer(value))


def why_reckoned(symbol: str, left: Value, right: Value) -> str:
    """Why the result of an operator is Unknown, of numbers of which one is so."""
    if is_float(left) or is_float(right):
        return A_FLOAT
    whole = is_integer(left) and is_integer(right) and symbol not in ("/", "**")
    return AN_INTEGER if whole else A_NUMBER


def counting(indices: Indices, kind: str, site: Site | None) -> ListValue:
    """A list of numbers that count examples."""
    made = make_list(Unknown("items not known"), kind, site)
    indices.site = site or NOWHERE
    made.store.update(indices=indices, length=length if isinstance(length := indices.stop, int) else None)
    return made


def name_counted(value: Value, node: tree.Assign) -> None:
    """A list that counts examples is called what the statement that makes it calls it."""
    if isinstance(value, ListValue) and isinstance(indices := value.store.get("indices"), Indices):
        if indices.site.at == getattr(node.value, "at", -1):
            indices.name = target_text(node.targets[0])


def name_by_key(value: Value, key: Value) -> None:
    """A loader that stands in a dict is called by its key there."""
    if isinstance(value, Loader) and isinstance(key, str) and not value.name:
        value.name = key


def any_of(items: Value) -> Any:
    """The tensor that stands for each of those in a list that grew in a loop, or that a comprehension makes;
    None if there is none."""
    if isinstance(items, Stream):
        each = plain(items.element)
        return each if isinstance(each, Tensor) else None
    lost = isinstance(items, ListValue) and isinstance(items.store["items"], Unknown)
    return items.store.get("each") if lost else None


def as_listed(names: Value) -> bool:
    """A sequence of names of files, as the file system lists them."""
    each: Any = names.element if isinstance(names, Stream) else None
    if isinstance(names, ListValue) and "escaped" not in names.store:
        each = names.store["items"]
    return is_unknown(each) and why_unknown(each)[0] == LISTED


def unlisted(items: ListValue | Stream) -> Any:
    """What a library gets of a sequence of which the items are not known one by one."""
    if isinstance(items, Stream):
        counted, length, number = items.indices, items.length, isinstance(plain(items.element), int | float)
    else:
        counted = None if "escaped" in items.store else items.store.get("indices")
        length, number = items.store.get("length"), True
    each = any_of(items)
    if counted is not None:
        return counted
    if each is None:
        return several(length, ()) if number else UNREADABLE
    if each.graph is False:
        return several(length, each.shape)
    count = length if isinstance(length, int | Dim) else Unknown("how many there are is not known")
    stacked = Tensor(dtype=each.dtype, graph=each.graph)
    stacked.shape = (count, *each.shape) if is_ranked(each.shape) else each.shape
    stacked.producer = Op(name="stack", inputs=(each,), output=stacked)
    return stacked


def several(length: Any, shape: Any) -> Any:
    """So many things of one shape in a sequence, of which the values are not known: as one tensor."""
    if isinstance(length, int | Dim) and is_ranked(shape):
        return Tensor(shape=(length, *shape), graph=False)
    return Unknown("a sequence of unknown length")
