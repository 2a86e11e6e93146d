"""Faults in the order of what a training loop does, and in what stands outside of it."""

from __future__ import annotations

import re

from tests.mutants.base import (
    OPTIMIZER,
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
    "accelerate has got hold of the optimizer, and may do anything with it": (
        "delete_backward accelerate_loop.py:48",
        "step_before_backward accelerate_loop.py:48",
        "clip_once_more_after_the_step accelerate_loop.py:50",
    ),
    "ignite runs the loop, which is not seen": (
        "delete_backward ignite_engine.py:56",
        "step_before_backward ignite_engine.py:56",
        "clip_once_more_after_the_step ignite_engine.py:58",
    ),
    "another loss is propagated back for the same step": (
        "delete_backward gan_two_optimizers.py:97",
        "delete_backward gan_two_optimizers.py:101",
        "delete_backward lightning_manual_gan.py:78",
        "step_before_backward lightning_manual_gan.py:78",
        "step_before_backward gan_two_optimizers.py:101",
    ),
    "clips the gradients of the other network, of which there are some": (
        "clip_once_more_after_the_step gan_two_optimizers.py:109",
    ),
    "clips what the batches before have added up": ("clip_before_backward accumulation_amp_clip.py:65",),
}

BACKWARD = re.compile(
    r"\s*(?:[\w.]+\.)?(?:scale\(.*\)\.)?(?:manual_)?backward\(.*\)$|\s*\(.*\)\.backward\(\)$"
)
STEPPING = re.compile(rf"\s*(?:(?P<scaler>\w+)\.step\()?{OPTIMIZER}(?:\.step\(\)|\))$")
CLIPPING = re.compile(r"\s*.*clip_grad_\w+\(.*\)$")


@puts_in(
    "CNN105",
    follows=(
        "CNN104",
        "CNN113",
        "CNN118",
        "CNN106",
    ),
)
def delete_backward(text: str) -> Faults:
    for row, _ in matches(text, BACKWARD):
        yield row, replaced(text, row, "pass")


@puts_in("CNN106", follows=("CNN108", "CNN102", "CNN117"))
def step_before_backward(text: str) -> Faults:
    """The step moves to before the backward above it in the same block."""
    lines = text.split("\n")
    for row, _ in matches(text, STEPPING):
        ahead = [
            at for at, _ in matches(text, BACKWARD) if at < row and parent(lines, at) == parent(lines, row)
        ]
        if ahead and not any(at for at, _ in matches(text, STEPPING) if ahead[-1] < at < row):
            yield ahead[-1], moved(lines, row, ahead[-1], indent(lines[row]))


@puts_in("CNN117", follows=("CNN118",))
def clip_after_step(text: str) -> Faults:
    lines = text.split("\n")
    for row, _ in matches(text, CLIPPING):
        behind = [at for at, _ in matches(text, STEPPING) if at > row]
        if behind and "if " not in lines[parent(lines, row) or 0]:
            yield row, moved(lines, row, behind[0] + 1, indent(lines[behind[0]]))


@puts_in("CNN117", follows=("CNN118",))
def clip_before_backward(text: str) -> Faults:
    lines = text.split("\n")
    for row, _ in matches(text, CLIPPING):
        ahead = [at for at, _ in matches(text, BACKWARD) if at < row]
        if ahead and enclosing(lines, ahead[-1], "for ") == enclosing(lines, row, "for "):
            yield ahead[-1], moved(lines, row, ahead[-1], indent(lines[ahead[-1]]))


@puts_in("CNN117")
def clip_once_more_after_the_step(text: str) -> Faults:
    """The gradients of the model that was called last are clipped when they have been used."""
    lines = text.split("\n")
    for row, _ in matches(text, STEPPING):
        called = re.findall(r"\b((?:self\.)?(?:model|net)\w*)\(\w", "\n".join(lines[max(row - 12, 0) : row]))
        if called and "torch.nn" in text:
            clip = f"{indent(lines[row])}torch.nn.utils.clip_grad_norm_({called[-1]}.parameters(), 1.0)"
            yield row + 1, "\n".join([*lines[: row + 1], clip, *lines[row + 1 :]])


@puts_in("CNN118")
def delete_scaler_update(text: str) -> Faults:
    for row, _ in matches(text, r"\s*(?:self\.)?scaler\.update\(\)$"):
        yield row, replaced(text, row, "pass")


@puts_in("CNN118")
def delete_unscale(text: str) -> Faults:
    for row, _ in matches(text, r"\s*(?:self\.)?scaler\.unscale_\(.*\)$"):
        yield row, replaced(text, row, "pass")


@puts_in("CNN118")
def step_past_the_scaler(text: str) -> Faults:
    for row, match in matches(text, STEPPING):
        if match["scaler"]:
            without = re.sub(r"\n *(?:self\.)?scaler\.unscale_\(.*\)(?=\n)", "", text)
            yield row, without.replace(f"scaler.step({match['owner']})", f"{match['owner']}.step()")


@puts_in("CNN118")
def backward_of_the_unscaled_loss(text: str) -> Faults:
    for row, match in matches(text, r"(\s*)(?:self\.)?scaler\.scale\((.*)\)\.backward\(\)$"):
        yield row, with_line(text, row, f"{match[1]}({match[2]}).backward()")


@puts_in("CNN120", follows=("CNN104", "CNN105", "CNN106", "CNN110", "CNN406"))
def learn_behind_the_loop(text: str) -> Faults:
    """The last statements of a loop over batches, from its backward on, stand behind it."""
    lines = text.split("\n")
    for row, _ in matches(text, BACKWARD):
        loop = enclosing(lines, row, "for ")
        if loop is None or parent(lines, row) != loop or not re.search(r"load|batch", lines[loop]):
            continue
        end = end_of(lines, loop)
        body = lines[row:end]
        if all(line.startswith(indent(lines[row])) for line in body if line.strip()):
            deep = len(indent(lines[row])) - len(indent(lines[loop]))
            yield row, "\n".join([*lines[:row], *(line[deep:] for line in body), *lines[end:]])


@puts_in("CNN120")
def step_behind_the_loop(text: str) -> Faults:
    """The step of a loop that clears the gradients in each round stands behind it."""
    lines = text.split("\n")
    for row, _ in matches(text, STEPPING):
        loop = enclosing(lines, row, "for ")
        if loop is None or parent(lines, row) != loop or not re.search(r"load|batch", lines[loop]):
            continue
        clears = [at for at, _ in matches(text, rf"\s*{OPTIMIZER}\.zero_grad\(") if loop < at < row]
        propagated = [at for at, _ in matches(text, BACKWARD) if loop < at < row]
        if clears and propagated and clears[0] < propagated[0]:
            yield row, moved(lines, row, end_of(lines, loop), indent(lines[loop]))


@puts_in("CNN120")
def return_inside_the_loop(text: str) -> Faults:
    """The `return` right behind a loop over batches is indented into it."""
    lines = text.split("\n")
    for row, match in matches(text, r"\s*return (.+)$"):
        loops = [
            at for at in range(row) if end_of(lines, at) == row and lines[at].lstrip().startswith("for ")
        ]
        inside = [at for at in loops if re.search(r"load|batch", lines[at])]
        added = [re.match(r"\s*(\w+) \+= ", line) for line in lines[inside[-1] : row]] if inside else []
        names = {each[1] for each in added if each}
        if inside and names & set(re.findall(r"\w+", match[1])):
            deeper = indent(lines[inside[-1]]) + "    "
            yield row, with_line(text, row, deeper + lines[row].lstrip())


@puts_in("CNN122")
def accumulation_not_divided(text: str) -> Faults:
    for row, match in matches(text, r"(.*\bloss.*) / (?:\w+\.)?(?:ACCUM|accum)\w*(.*)$"):
        yield row, with_line(text, row, match[1] + match[2])


@puts_in("CNN122", follows=("CNN103",))
def accumulation_turned_round(text: str) -> Faults:
    """The step comes in all batches but those in which it should."""
    for row, match in matches(text, r"(\s*if .*% (?:\w+\.)?(?:ACCUM|accum)\w*) == 0( or .*)?:$"):
        yield row, with_line(text, row, match[1] + ":")


@puts_in("CNN122")
def cleared_with_every_small_batch(text: str) -> Faults:
    lines = text.split("\n")
    for row, _ in matches(text, rf"\s*{OPTIMIZER}\.zero_grad\("):
        inside = parent(lines, row)
        if inside is not None and re.search(r"% \w*accum", lines[inside], re.IGNORECASE):
            loop = enclosing(lines, row, "for ")
            if loop is not None:
                yield row, moved(lines, row, loop + 1, indent(lines[loop]) + "    ")


@puts_in("CNN128")
def delete_set_epoch(text: str) -> Faults:
    for row, _ in matches(text, r"\s*[\w.]+\.set_epoch\("):
        yield row, replaced(text, row, "pass")


def end_of(lines: list[str], statement: int) -> int:
    """The line behind the body of a statement."""
    depth = len(indent(lines[statement]))
    behind = (
        at for at in range(statement + 1, len(lines)) if lines[at].strip() and len(indent(lines[at])) <= depth
    )
    end = next(behind, len(lines))
    while not lines[end - 1].strip():
        end -= 1
    return end
