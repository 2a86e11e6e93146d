"""Faults in learning rates and their schedules."""

from __future__ import annotations

import re

from tests.mutants.base import (
    NUMBER,
    SCHEDULER,
    Faults,
    enclosing,
    indent,
    matches,
    moved,
    parent,
    puts_in,
    replaced,
    with_line,
)

#: Where an operator leaves a program right by what can be read of it: reason -> mutants.
NO_FAULT: dict[str, tuple[str, ...]] = {
    "a warm-up leads up to the rate": (
        "adam_at_one_half amp_gradscaler.py:68",
        "adam_at_one_half accelerate_loop.py:34",
        "setting_at_one_half accelerate_loop.py:71",
    ),
}


@puts_in("CNN107")
def delete_scheduler_step(text: str) -> Faults:
    for row, _ in matches(text, rf"\s*{SCHEDULER}\.step\("):
        yield row, replaced(text, row, "pass")


@puts_in("CNN108")
def scheduler_step_first(text: str) -> Faults:
    """The schedule steps at the beginning of its loop instead of at the end."""
    for row, _ in matches(text, rf"\s*{SCHEDULER}\.step\(\)$"):
        lines = text.split("\n")
        loop = enclosing(lines, row, "for ")
        if loop is not None and parent(lines, row) == loop:
            yield row, moved(lines, row, loop + 1, indent(lines[row]))


@puts_in("CNN109")
def plateau_step_without_metric(text: str) -> Faults:
    if "ReduceLROnPlateau" in text:
        for row, match in matches(text, rf"(\s*{SCHEDULER}\.step\()\w+\)$"):
            yield row, with_line(text, row, match[1] + ")")


@puts_in("CNN109")
def plateau_in_place_of_schedule(text: str) -> Faults:
    """The author changes the scheduler and forgets that this one wants a metric."""
    if "import torch\n" in text and re.search(rf"{SCHEDULER}\.step\(\)", text):
        for row, match in matches(text, r"(.*sched\w* = )(?:[\w.]+\.)?[A-Z]\w+\((?P<first>opt\w*), .*\)$"):
            made = f"torch.optim.lr_scheduler.ReduceLROnPlateau({match['first']})"
            yield row, with_line(text, row, match[1] + made)


@puts_in("CNN401", follows=("CNN501",))
def adam_at_one_half(text: str) -> Faults:
    call = r"(?P<before>\b(?:AdamW?|RMSprop)\((?:[^()]|\([^()]*\))*?)(?:\blr=[^,()\n]+|\))"
    for match in re.finditer(call, text):
        joined = "" if match[0].endswith(")") is False else ", "
        end = ")" if match[0].endswith(")") else ""
        made = f"{match['before'].rstrip()}{joined}lr=0.5{end}"
        yield text.count("\n", 0, match.start()), text[: match.start()] + made + text[match.end() :]


@puts_in("CNN401", follows=("CNN501",))
def setting_at_one_half(text: str) -> Faults:
    """The rate stands in a default: of an argument, a parameter or a field."""
    if re.search(r"\bAdamW?\(", text):
        for row, match in matches(text, rf"(.*(?:\blr: float = |\"--lr\".*default=)){NUMBER}(.*)$"):
            yield row, with_line(text, row, f"{match[1]}0.5{match[2]}")
