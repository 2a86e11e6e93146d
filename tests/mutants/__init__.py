"""Operators that put one fault into a clean training program, each the inverse of a rule.

An operator is a function from the text of a program to the faulty texts it can make of it, each with
the line it changed. It makes only what is wrong by what the text alone says; where a program is right
all the same, `NO_FAULT` beside the operator says so, with the reason. A module of this folder is found
by being in it.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from tests.mutants.base import OPERATORS, Operator

__all__ = ["MISSED", "NO_FAULT", "OPERATORS", "Operator"]

_MODULES = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
#: The mutants that are right by what can be read of them.
NO_FAULT = frozenset(
    mutant
    for module in _MODULES
    for several in getattr(module, "NO_FAULT", {}).values()
    for mutant in several
)
#: The mutants that are faults and that no rule sees as yet, one a line.
MISSED = frozenset((Path(__file__).parent / "missed.txt").read_text(encoding="utf-8").splitlines())
