"""Faults in what the model is fed."""

from __future__ import annotations

from tests.mutants.base import Faults, matches, puts_in, with_line

NO_FAULT = {
    "in which order these data give their images is not known": (
        "no_shuffle accelerate_loop.py:25",
        "no_shuffle two_rates.py:63",
    ),
}


@puts_in("CNN601")
def no_shuffle(text: str) -> Faults:
    for row, match in matches(
        text, r"(.*)(?:shuffle=(?:True|train\w*|\(x == 'train'\))|\"shuffle\": True)(.*)$"
    ):
        if "Fold" not in match[0] and "Distributed" not in match[0]:
            made = '"shuffle": False' if '"shuffle"' in match[0] else "shuffle=False"
            yield row, with_line(text, row, match[1] + made + match[2])
