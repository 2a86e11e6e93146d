"""Faults in shapes and architecture."""

from __future__ import annotations

import re

from tests.mutants.base import Faults, matches, puts_in, with_line

#: Where an operator leaves a program right by what can be read of it: reason -> mutants.
NO_FAULT: dict[str, tuple[str, ...]] = {
    "the data come from a file, so that nobody can know their channels": ("one_channel_more kfold.py:15",),
    "this branch is not taken": (
        "one_channel_more unet_segmentation.py:62",
        "batch_laid_in_one_row multi_file/nets/mobile.py:34",
    ),
}


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


@puts_in(
    "CNN504",
    follows=(
        "CNN501",
        "CNN301",
    ),
)
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


@puts_in("CNN305", follows=("CNN309",))
def batch_laid_in_one_row(text: str) -> Faults:
    """What is flattened for a Linear loses the axis of the batch with the others."""
    for row, match in matches(text, r"(.*torch\.flatten\(\w+), (?:start_dim=)?1\)(.*)$"):
        yield row, with_line(text, row, f"{match[1]}){match[2]}")
    for row, match in matches(text, r"(.*\.flatten\()1\)(.*)$"):
        yield row, with_line(text, row, f"{match[1]}){match[2]}")
    for row, match in matches(text, r"(.*\.view\()\w+\.size\(0\), -1\)(.*)$"):
        yield row, with_line(text, row, f"{match[1]}-1){match[2]}")
