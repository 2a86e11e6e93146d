"""Faults in the graph that autograd follows from the loss back to the parameters."""

from __future__ import annotations

from tests.mutants.base import Faults, matches, puts_in, replaced, with_line

NO_FAULT: dict[str, tuple[str, ...]] = {}


@puts_in("CNN126", follows=("CNN304",))
def move_and_forget(text: str) -> Faults:
    """A batch that is moved is not assigned: `x = x.to(device)` becomes `x.to(device)`."""
    for row, match in matches(text, r"(\s*)(\w+), (\w+) = (\2\.(?:to|cuda)\(.*\)), (\3\.(?:to|cuda)\(.*\))$"):
        yield row, with_line(text, row, f"{match[1]}{match[4]}\n{match[1]}{match[5]}")
    for row, match in matches(text, r"\s*(?!model|net)(\w+) = (\1\.(?:to|cuda|float|view|flatten)\(.*\))$"):
        yield row, replaced(text, row, match[2])


@puts_in("CNN126", follows=("CNN503", "CNN501", "CNN302", "CNN515"))
def activate_and_forget(text: str) -> Faults:
    """An activation on the way is called, and the value goes on without it."""
    for row, match in matches(text, r"(\s*)(\w+) = (F\.relu|F\.dropout|self\.dropout)\((.*)\)$"):
        inner, _, options = match[4].partition(", training")
        call = f"{match[3]}({match[2]}{options and ', training' + options})"
        yield row, with_line(text, row, f"{match[1]}{match[2]} = {inner}\n{match[1]}{call}")
