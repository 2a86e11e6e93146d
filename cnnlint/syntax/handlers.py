"""How a libcst node finds the function that lowers it: by the name of its class.

A function called `lower_X`, in any of the modules that `lower.py` registers, lowers the nodes of
libcst's class X. It takes the node and the list of origins so far, in which a node's place is its
ordinal: a parent is entered before its children, so ordinals grow as the text is read.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cnnlint.syntax import tree

if TYPE_CHECKING:
    import libcst as cst

__all__ = ["HANDLERS", "Origins", "expression", "intern", "maybe", "register"]

Origins = list[Any]
Handler = Callable[[Any, Origins], Any]

#: Equal names become one string, which makes trees small in memory and in the cache.
intern = sys.intern


def register(*modules: dict[str, Any]) -> None:
    """Let every function named `lower_X` in these modules' dictionaries lower libcst's X."""
    import libcst

    handlers = {}
    for functions in modules:
        for name, function in functions.items():
            kind = getattr(libcst, name.removeprefix("lower_"), None)
            if name.startswith("lower_") and kind is not None:
                handlers[kind] = function
    HANDLERS.update(handlers)  # At once, so that no other thread meets half of them.


def expression(node: cst.CSTNode, origins: Origins) -> Any:
    """The slim form of any libcst expression."""
    return HANDLERS[type(node)](node, origins)


def maybe(node: cst.CSTNode | None, origins: Origins) -> Any:
    """The slim form of an expression that may be absent (None)."""
    return None if node is None else HANDLERS[type(node)](node, origins)


def unforeseen(node: cst.CSTNode, origins: Origins) -> tree.Opaque:
    """A node of a libcst newer than this file: opaque, with the children that we do know."""
    at = len(origins)
    origins.append(node)
    known = [child for child in node.children if HANDLERS.get(type(child), unforeseen) is not unforeseen]
    return tree.Opaque(tuple([HANDLERS[type(child)](child, origins) for child in known]), at)


HANDLERS: defaultdict[type, Handler] = defaultdict(lambda: unforeseen)
