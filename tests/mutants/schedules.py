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
    "the groups of parameters have rates of their own": ("adam_at_one_half two_rates.py:26",),
    "one cycle sets its own rate": (
        "adam_at_one_half accumulation_amp_clip.py:99",
        "setting_at_one_half accumulation_amp_clip.py:93",
        "rate_of_nothing accumulation_amp_clip.py:99",
        "adam_at_one_half accelerate_loop.py:34",
        "rate_of_nothing accelerate_loop.py:34",
    ),
    "it is stepped so often that it acts": (
        "milestones_beyond_the_epochs ema_teacher.py:67",
        "cosine_of_another_length ema_teacher.py:67",
    ),
    "the loop over all schedules does nothing else": ("scheduler_step_first cyclegan.py:168",),
    "the schedule is stepped with every batch": ("cycle_in_batches_per_epoch ema_teacher.py:67",),
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


@puts_in("CNN109", follows=("CNN406",))
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


@puts_in("CNN110", follows=("CNN109",))
def schedule_in_epochs_per_batch(text: str) -> Faults:
    """The schedule steps behind its optimizer, with every batch."""
    if re.search(r"(?<!Multi)StepLR\(|MultiStepLR\(|ExponentialLR\(|CosineAnnealingLR\(", text):
        for row, _ in matches(text, rf"\s*{SCHEDULER}\.step\(\)$"):
            lines = text.split("\n")
            loop, inside = enclosing(lines, row, "for "), matches(text, r"\s*opt\w*\.step\(\)$")
            before = [at for at, _ in inside if loop is not None and loop < at < row]
            if (
                before
                and loop is not None
                and parent(lines, row) == loop
                and parent(lines, before[-1]) != loop
            ):
                step = lines.pop(row)
                lines.insert(before[-1] + 1, indent(lines[before[-1]]) + step.strip())
                yield row, "\n".join(lines)


@puts_in("CNN110", follows=("CNN406",))
def cycle_in_batches_per_epoch(text: str) -> Faults:
    """A schedule of batches steps once per epoch."""
    if "import torch\n" in text:
        for row, match in matches(text, r"(.*sched\w* = )(?:[\w.]+\.)?[A-Z]\w+\((?P<first>opt\w*), .*\)$"):
            if "OneCycle" not in match[0] and "Plateau" not in match[0]:
                made = (
                    f"torch.optim.lr_scheduler.CyclicLR({match['first']}, 1e-4, 1e-2, cycle_momentum=False)"
                )
                yield row, with_line(text, row, match[1] + made)


def schedule_becomes(text: str, made: str) -> Faults:
    """Another schedule in place of one that steps once per epoch."""
    if "import torch\n" in text:
        kind = r"(?:(?:Multi)?StepLR|CosineAnnealingLR|ExponentialLR)"
        call = rf"(.*sched\w* = )(?:[\w.]+\.)?{kind}\((?P<first>opt\w*), .*\)$"
        for row, match in matches(text, call):
            given = made.format(match["first"])
            yield row, with_line(text, row, f"{match[1]}torch.optim.lr_scheduler.{given}")


@puts_in("CNN406")
def milestones_beyond_the_epochs(text: str) -> Faults:
    yield from schedule_becomes(text, "MultiStepLR({}, milestones=[3000, 6000])")


@puts_in("CNN406", follows=("CNN110",))
def gamma_that_kills_the_rate(text: str) -> Faults:
    yield from schedule_becomes(text, "ExponentialLR({}, gamma=0.001)")


@puts_in("CNN406", "CNN110")
def cosine_of_another_length(text: str) -> Faults:
    yield from schedule_becomes(text, "CosineAnnealingLR({}, T_max=5000)")


@puts_in("CNN408")
def cyclic_momentum_without_momentum(text: str) -> Faults:
    """The author takes a cyclic schedule, and the optimizer keeps no momentum."""
    if re.search(r"= (?:[\w.]+\.)?(?:Adam|AdamW)\(", text) and "SGD" not in text:
        yield from schedule_becomes(text, "CyclicLR({}, 1e-4, 1e-2, step_size_up=5)")


ADAM = r"(.*= (?:torch\.)?(?:optim\.)?(?P<kind>AdamW?)\()(?P<given>[^()]*(?:\([^()]*\)[^()]*)*)\)$"


@puts_in("CNN402", follows=("CNN406",))
def rate_of_nothing(text: str) -> Faults:
    """A rate that was meant as the epsilon."""
    for row, match in matches(text, r"(.*= (?:torch\.)?(?:optim\.)?(?:AdamW?|RMSprop)\(.*)\blr=[^,()]+(.*)$"):
        yield row, with_line(text, row, f"{match[1]}lr=1e-8{match[2]}")


@puts_in("CNN405")
def betas_the_wrong_way_round(text: str) -> Faults:
    for row, match in matches(text, ADAM):
        if "betas" not in match["given"]:
            yield row, with_line(text, row, f"{match[1]}{match['given']}, betas=(0.999, 0.9))")


@puts_in("CNN405", follows=("CNN401",))
def momentum_of_nine(text: str) -> Faults:
    for row, match in matches(text, r"(.*\bmomentum=)0\.9(.*)$"):
        if "SGD" in match[0]:
            yield row, with_line(text, row, f"{match[1]}9{match[2]}")


@puts_in("CNN112", follows=("CNN107", "CNN108"))
def optimizer_built_for_every_batch(text: str) -> Faults:
    """The optimizer is built where it is first used."""
    for row, match in matches(text, r"\s*(?P<owner>opt\w*) = (?:torch\.)?optim\.(?:AdamW?|SGD)\(.*\)$"):
        lines = text.split("\n")
        if "SGD" in match[0] and "momentum" not in match[0]:
            continue
        uses = [at for at, _ in matches(text, rf"\s*{match['owner']}\.zero_grad\(")]
        inside = [at for at in uses if (loop := enclosing(lines, at, "for ")) is not None and loop > row]
        if len(uses) == 1 and inside and parent(lines, inside[0]) == enclosing(lines, inside[0], "for "):
            yield row, moved(lines, row, inside[0], indent(lines[inside[0]]))


@puts_in("CNN112", follows=("CNN406",))
def scheduler_built_for_every_epoch(text: str) -> Faults:
    """The scheduler is built where it is stepped."""
    for row, match in matches(text, r"\s*(?P<owner>sched\w*) = .*LR\((?P<first>opt\w*), .*\)$"):
        lines = text.split("\n")
        uses = [at for at, _ in matches(text, rf"\s*{match['owner']}\.step\(\)$")]
        if len(uses) == 1 and uses[0] > row and (loop := enclosing(lines, uses[0], "for ")) is not None:
            if loop > row and parent(lines, uses[0]) == loop:
                yield row, moved(lines, row, uses[0], indent(lines[uses[0]]))


@puts_in("CNN109")
def plateau_of_the_other_mode(text: str) -> Faults:
    for row, match in matches(text, r'(.*ReduceLROnPlateau\(.*)"(min|max)"(.*)$'):
        other = "max" if match[2] == "min" else "min"
        yield row, with_line(text, row, f'{match[1]}"{other}"{match[3]}')


@puts_in("CNN406")
def cycle_of_fewer_epochs(text: str) -> Faults:
    """A one-cycle schedule is laid out for a third of the epochs."""
    for row, match in matches(text, r"(.*\bepochs=[\w.]+)(, steps_per_epoch=.*)$"):
        yield row, with_line(text, row, f"{match[1]} // 3{match[2]}")
