"""Faults in what makes, uses and clears gradients."""

from __future__ import annotations

from tests.mutants.base import (
    OPTIMIZER,
    STEP,
    Faults,
    enclosing,
    indent,
    matches,
    moved,
    puts_in,
    replaced,
    with_line,
)

NO_FAULT: dict[str, tuple[str, ...]] = {}


@puts_in("CNN101")
def delete_zero_grad(text: str) -> Faults:
    """No clear of this optimizer is left."""
    found = matches(text, rf"\s*{OPTIMIZER}\.zero_grad\(")
    for owner in dict.fromkeys(match["owner"] for _, match in found):
        of_owner = [row for row, match in found if match["owner"] == owner]
        lines = text.split("\n")
        for row in of_owner:
            lines[row] = indent(lines[row]) + "pass"
        yield of_owner[0], "\n".join(lines)


@puts_in("CNN102")
def zero_grad_after_backward(text: str) -> Faults:
    """The clear moves to between the backward and its step."""
    for row, match in matches(text, rf"\s*{OPTIMIZER}\.zero_grad\("):
        lines = text.split("\n")
        steps = [at for at, step in matches(text, STEP, search=True) if step["owner"] == match["owner"]]
        ahead = [
            at for at, _ in matches(text, r".*backward\(") if at < min(at for at in steps if at > row - 3)
        ]
        if ahead:
            yield row, moved(lines, row, ahead[-1] + 1, indent(lines[ahead[-1]]))


@puts_in("CNN103")
def zero_grad_outside_loop(text: str) -> Faults:
    """The clear moves out of the loop over the batches, to just before it."""
    for row, _ in matches(text, rf"\s*{OPTIMIZER}\.zero_grad\("):
        lines = text.split("\n")
        loop = enclosing(lines, row, "for ")
        if loop is not None:
            yield row, moved(lines, row, loop, indent(lines[loop]))


@puts_in("CNN104")
def delete_optimizer_step(text: str) -> Faults:
    """The step is not there; of a step with a closure only the closure is left."""
    for row, _ in matches(text, rf"\s*{OPTIMIZER}\.step\(\)$|\s*scaler\.step\(opt\w*\)$"):
        yield row, replaced(text, row, "pass")
    for row, match in matches(text, rf"(.*){OPTIMIZER}\.step\((?P<closure>\w+)\)$"):
        yield row, with_line(text, row, match[1] + match["closure"] + "()")


@puts_in("CNN114")
def sum_loss_with_its_graph(text: str) -> Faults:
    for row, _ in matches(text, r".*(?:\+= loss\.item\(\)|(?:append|update)\(loss\.item\(\))"):
        yield row, with_line(text, row, text.split("\n")[row].replace("loss.item()", "loss"))


@puts_in("CNN114")
def collect_losses_with_their_graphs(text: str) -> Faults:
    """A list made before the loop gets the loss of every batch."""
    for row, match in matches(text, r"(\s*)(\w*loss)\.backward\(\)"):
        lines = text.split("\n")
        loop = enclosing(lines, row, "for ")
        if loop is not None and not any("def " in line for line in lines[loop:row]):
            lines.insert(row + 1, f"{match[1]}history.append({match[2]})")
            lines.insert(loop, indent(lines[loop]) + "history = []")
            yield row, "\n".join(lines)
