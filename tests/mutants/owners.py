"""Faults in who learns: what is frozen, and what optimizers are given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.mutants.base import Faults, indent, matches, puts_in, with_line

NO_FAULT = {
    "what the Trainer of transformers does with the optimizer it is handed is not seen": (
        "freeze_behind_the_optimizer hf_trainer.py:48", "model_made_again hf_trainer.py:48",
        "biases_left_out hf_trainer.py:48",
    ),
}  # fmt: skip
NEW_OPTIMIZER = r"\s*(?P<owner>(?:self\.)?opt\w*) = [\w.]*optim\.\w+\((?P<module>[\w.]+)\.parameters\(\)"


@puts_in("CNN127", follows=("CNN504",))
def requires_grad_of_module(text: str) -> Faults:
    """`freeze the whole` written without its underscore."""
    for row, match in matches(text, r"(\s*)(?!p\w*\.)(\w[\w.]*)\.requires_grad_\((True|False|)\)$"):
        yield row, with_line(text, row, f"{match[1]}{match[2]}.requires_grad = {match[3] or 'True'}")


@puts_in("CNN127", follows=("CNN116",))
def misspelt_requires_grad(text: str) -> Faults:
    for row, match in matches(text, r"(\s*\w[\w.]*)\.requires_grad = (\w+)$"):
        yield row, with_line(text, row, f"{match[1]}.require_grad = {match[2]}")


@puts_in(
    "CNN116",
    follows=(
        "CNN102",
        "CNN105",
        "CNN113",
        "CNN501",
        "CNN121",
        "CNN106",
    ),
)
def freeze_behind_the_optimizer(text: str) -> Faults:
    """All that the optimizer was given is frozen right after it was made."""
    for row, match in matches(text, NEW_OPTIMIZER):
        if text.split("\n")[row].rstrip().endswith(")"):
            lines = text.split("\n")
            lines.insert(row + 1, f"{indent(lines[row])}{match['module']}.requires_grad_(False)")
            yield row, "\n".join(lines)


@puts_in(
    "CNN111",
    follows=(
        "CNN805",
        "CNN504",
    ),
)
def model_made_again(text: str) -> Faults:
    """The model is built once more behind its optimizer, which keeps the old one."""
    for row, made in made_before(text, r" = (?!copy|[\w.]+\.to\()"):
        lines = text.split("\n")
        lines.insert(row + 1, lines[made])
        yield row, "\n".join(lines)


@puts_in("CNN111", follows=("CNN203", "CNN210", "CNN504"))
def head_after_the_optimizer(text: str) -> Faults:
    """The head is replaced where the optimizer has been made."""
    for row, made in made_before(text, r"\.(?:fc|classifier|head) = "):
        lines = text.split("\n")
        lines.insert(row + 1, lines[made])
        lines[made] = indent(lines[made]) + "pass"
        yield row, "\n".join(lines)


def made_before(text: str, assigned: str) -> Iterator[tuple[int, int]]:
    """The line of an optimizer, and the line as deep above it that assigns its module, or so a part of it."""
    lines = text.split("\n")
    for row, match in matches(text, NEW_OPTIMIZER):
        start = re.compile(re.escape(indent(lines[row]) + match["module"]) + assigned)
        made = [at for at in range(row) if start.match(lines[at]) and closed(lines[at])]
        if made and closed(lines[row]) and row - made[-1] < 12:
            yield row, made[-1]


def closed(line: str) -> bool:
    return line.count("(") == line.count(")")


@puts_in("CNN123", follows=("CNN501",))
def group_left_out(text: str) -> Faults:
    """One of the groups of an optimizer is not there."""
    for row, match in matches(text, r"\s*\{\"params\": (?P<module>[\w.]+)\.parameters\(\).*\},?$"):
        if "body" not in match["module"]:
            yield row, with_line(text, row, "")


@puts_in("CNN123")
def part_left_out(text: str) -> Faults:
    """Of the parameters of several modules only the first are given to the optimizer."""
    for row, match in matches(
        text, r"(.*list\([\w.]+\.parameters\(\)\)) \+ list\([\w.]+\.parameters\(\)\)(.*)$"
    ):
        yield row, with_line(text, row, match[1] + match[2])


@puts_in("CNN123", follows=("CNN501",))
def biases_left_out(text: str) -> Faults:
    """An optimizer is given the parameters without the biases."""
    if "bias=False" not in text:
        for row, match in matches(text, r"( *\w*opt\w* = [\w.]+\()([\w.]+)\.parameters\(\)(.*)$"):
            chosen = f"[p for name, p in {match[2]}.named_parameters() if 'bias' not in name]"
            yield row, with_line(text, row, f"{match[1]}{chosen}{match[3]}")


@puts_in("CNN111", follows=("CNN106",))
def another_network(text: str) -> Faults:
    """The optimizer of one of several networks, each of which is called, is built of another of them."""
    for row, match in matches(text, NEW_OPTIMIZER):
        lines = text.split("\n")
        for other in networks_beside(lines, row, match["module"]):
            yield row, with_line(text, row, lines[row].replace(match["module"] + ".par", f"{other}.par", 1))


def networks_beside(lines: list[str], row: int, module: str) -> list[str]:
    """What is made not far above a line, as deep as a module is, and called elsewhere."""
    made = re.compile(re.escape(indent(lines[row])) + r"([\w.]+) = (?!torch|nn\.|load)[\w.]+\(")
    above = [match[1] for line in lines[max(0, row - 14) : row] if (match := made.match(line))]
    text = "\n".join(lines)
    called = [name for name in dict.fromkeys(above) if re.search(rf"(?<![\w.]){re.escape(name)}\(\w", text)]
    return [name for name in called if name != module and "crit" not in name] if module in called else []
