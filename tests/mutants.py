"""Operators that put one fault into a clean training program, each the inverse of a rule.

An operator is a function from the text of a program to the faulty texts it can make of it, each with
the line it changed. It makes only what is wrong by what the text alone says; where a program is right
all the same, `tests/test_mutants.py` says so in a table, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

__all__ = ["OPERATORS", "Operator"]

#: (line counted from 0, whole text) of each fault that can be put in.
Faults = Iterator[tuple[int, str]]


class Operator(NamedTuple):
    """A way to spoil a program, the rules of which one must see it, and what else may follow from it."""

    name: str
    codes: frozenset[str]
    follows: frozenset[str]
    faults: Callable[[str], Faults]


OPERATORS: list[Operator] = []

OPTIMIZER = r"(?P<owner>(?:self\.)?opt\w*)"
SCHEDULER = r"(?P<owner>(?:self\.)?\w*sched\w*)"
STEP = re.compile(rf"(?:\w+\.step\()?{OPTIMIZER}(?:\.step\(|\)$)")
LAST_LAYER = re.compile(
    r"(?P<before>\s*(?:[\w.]+\.(?:fc2?|linear|out|head|classifier) = )?)"
    r"(?P<layer>nn\.Linear\(.*(?:10|5|37|classes\)?)(?:, bias=False)?\))(?P<comma>,?)$"
)
NUMBER = r"\d[\d.e-]*"


def puts_in(*codes: str, follows: tuple[str, ...] = ()) -> Callable[[Callable[[str], Faults]], object]:
    """Register an operator whose faults one of these rules must see."""

    def register(faults: Callable[[str], Faults]) -> Callable[[str], Faults]:
        OPERATORS.append(Operator(faults.__name__, frozenset(codes), frozenset(follows), faults))
        return faults

    return register


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


@puts_in("CNN201")
def softmax_at_the_end_of_forward(text: str) -> Faults:
    if crosses_entropy(text):
        for row, match in matches(text, r"(\s*return )(self\.(?:fc2?|linear|out|head|classifier)\(.*\))$"):
            yield row, with_line(text, row, f"{match[1]}{match[2]}.softmax(dim=1)")


@puts_in("CNN201")
def softmax_as_last_layer(text: str) -> Faults:
    if crosses_entropy(text) or "class VGG" in text:
        for row, match in matches(text, LAST_LAYER):
            made = f"{match['layer']}, nn.Softmax(dim=1)"
            alone = not match["comma"]
            held = f"nn.Sequential({made})" if alone else made + ","
            yield row, with_line(text, row, match["before"] + held)


@puts_in("CNN201")
def softmax_before_the_loss(text: str) -> Faults:
    if crosses_entropy(text):
        call = r"(.*(?:criterion|loss_fn|cross_entropy)\()((?:self\.)?(?:\w+\(\w+\)|\w+)|self)(, \w+\).*)$"
        for row, match in matches(text, call):
            if not match[0].lstrip().startswith("def "):
                yield row, with_line(text, row, f"{match[1]}torch.softmax({match[2]}, 1){match[3]}")


@puts_in("CNN202")
def logits_loss_after_a_sigmoid(text: str) -> Faults:
    if "nn.Sigmoid()," in text:
        for row, match in matches(text, r"(.* = )nn\.(?:BCE|MSE)Loss\(\)$"):
            yield row, with_line(text, row, match[1] + "nn.BCEWithLogitsLoss()")


@puts_in("CNN202")
def sigmoid_before_the_logits_loss(text: str) -> Faults:
    if "BCEWithLogitsLoss" in text:
        for row, match in matches(text, r"(\s*return )(self\.outc\(x\))$"):
            yield row, with_line(text, row, f"{match[1]}torch.sigmoid({match[2]})")
        for row, match in matches(text, r"(.*\bbce\()(\w+)(, .*)$"):
            yield row, with_line(text, row, f"{match[1]}{match[2]}.sigmoid(){match[3]}")


@puts_in("CNN203")
def nll_of_logits(text: str) -> Faults:
    for row, match in matches(text, r"(.*)(?:nn\.CrossEntropyLoss\([^()]*\)|F\.cross_entropy\()(.*)$"):
        made = "F.nll_loss(" if "F.cross" in match[0] else "nn.NLLLoss()"
        yield row, with_line(text, row, match[1] + made + match[2])


@puts_in("CNN203")
def probabilities_or_logits_to_nll(text: str) -> Faults:
    for row, match in matches(text, r"(\s*return )F\.log_softmax\((.*), dim=1\)$"):
        yield row, with_line(text, row, f"{match[1]}F.softmax({match[2]}, dim=1)")
        yield row, with_line(text, row, match[1] + match[2])


@puts_in("CNN301", "CNN308")
def one_channel_more(text: str) -> Faults:
    """A convolution is built for one channel more than reaches it."""
    for row, match in matches(text, r"(.*nn\.Conv\w+\()([\w.]+(?: \* \w+)?)(, .*)$"):
        yield row, with_line(text, row, f"{match[1]}{match[2]} + 1{match[3]}")


@puts_in("CNN302")
def one_feature_more(text: str) -> Faults:
    """A Linear is built for one feature more than reaches it."""
    for row, match in matches(text, r"(.*nn\.Linear\()([^,]+)(, .*)$"):
        yield row, with_line(text, row, f"{match[1]}{match[2]} + 1{match[3]}")


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


@puts_in("CNN504", follows=("CNN501",))
def thousands_of_hidden_units(text: str) -> Faults:
    """Two dense layers meet in two hundred thousand units."""
    pair = r"(nn\.Linear\(.*?, )(\d+)(\)[\s\S]{1,60}?nn\.Linear\()\2(, )"
    for match in re.finditer(pair, text):
        made = f"{match[1]}200_000{match[3]}200_000{match[4]}"
        yield text.count("\n", 0, match.start()), text[: match.start()] + made + text[match.end() :]


@puts_in("CNN513")
def layer_in_a_list(text: str) -> Faults:
    """One layer is kept in a list of its own, a norm in a dict."""
    for row, match in matches(text, r"(\s*self\.)(\w+)( = )(nn\.(?:Conv2d|Linear|BatchNorm2d)\(.*\))$"):
        held, key = (f'{{"norm": {match[4]}}}', '"norm"') if "Norm" in match[4] else (f"[{match[4]}]", "0")
        text_of_list = with_line(text, row, match[1] + match[2] + match[3] + held)
        yield row, text_of_list.replace(f"self.{match[2]}(", f"self.{match[2]}[{key}](")
    for row, match in matches(text, r"(.*)nn\.ModuleList\((.*)\)$"):
        yield row, with_line(text, row, f"{match[1]}list({match[2]})")


@puts_in("CNN517", follows=("CNN515",))
def functional_dropout_without_mode(text: str) -> Faults:
    for row, match in matches(text, r"(.*F\.dropout\(\w+), training=self\.training\)$"):
        yield row, with_line(text, row, match[1] + ")")
    for row, match in matches(text, r"(.*)self\.drop(?:out)?\((.*)$"):
        if "nn.functional" in text:
            yield row, with_line(text, row, f"{match[1]}F.dropout({match[2]}")


@puts_in("CNN601")
def no_shuffle(text: str) -> Faults:
    for row, match in matches(
        text, r"(.*)(?:shuffle=(?:True|train\w*|\(x == 'train'\))|\"shuffle\": True)(.*)$"
    ):
        if "Fold" not in match[0] and "Distributed" not in match[0]:
            made = '"shuffle": False' if '"shuffle"' in match[0] else "shuffle=False"
            yield row, with_line(text, row, match[1] + made + match[2])


@puts_in("CNN701")
def delete_eval(text: str) -> Faults:
    for row, _ in matches(text, r"\s*[\w.]+\.eval\(\)$"):
        yield row, replaced(text, row, "pass")


@puts_in("CNN703")
def delete_train(text: str) -> Faults:
    for row, _ in matches(text, r"\s*[\w.]+\.train\(\)$"):
        yield row, replaced(text, row, "pass")


def crosses_entropy(text: str) -> bool:
    return "CrossEntropyLoss" in text or "cross_entropy" in text


def matches(
    text: str, pattern: str | re.Pattern[str], *, search: bool = False
) -> list[tuple[int, re.Match[str]]]:
    """The lines that match from their beginning, or with `search` somewhere."""
    finder = re.compile(pattern).search if search else re.compile(pattern).match
    found = ((row, finder(line)) for row, line in enumerate(text.split("\n")))
    return [(row, match) for row, match in found if match]


def with_line(text: str, row: int, line: str) -> str:
    lines = text.split("\n")
    lines[row] = line
    return "\n".join(lines)


def replaced(text: str, row: int, statement: str) -> str:
    """Another statement in place of this line, as deep."""
    return with_line(text, row, indent(text.split("\n")[row]) + statement)


def moved(lines: list[str], row: int, to: int, depth: str) -> str:
    """The line stands before the line `to`, `depth` deep; a `pass` where it was."""
    lines = [*lines]
    written, lines[row] = lines[row].lstrip(), indent(lines[row]) + "pass"
    lines.insert(to, depth + written)
    return "\n".join(lines)


def enclosing(lines: list[str], row: int, keyword: str) -> int | None:
    """The nearest statement around a line that begins so."""
    around = parent(lines, row)
    while around is not None and not lines[around].lstrip().startswith(keyword):
        around = parent(lines, around)
    return around


def parent(lines: list[str], row: int) -> int | None:
    """The line of the statement in whose body this line stands."""
    depth = len(indent(lines[row]))
    above = range(row - 1, -1, -1)
    return next((at for at in above if lines[at].strip() and len(indent(lines[at])) < depth), None)


def indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
