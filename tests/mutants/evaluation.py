"""Faults in evaluation and its modes."""

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
    "`trainer.train()` is no mode": (
        "delete_train hf_trainer.py:60",
        "train_in_evaluation_mode hf_trainer.py:60",
    ),
    "nothing switches the model to evaluation before it trains again": (
        "delete_train argparse_resnet.py:170",
        "delete_train ema_teacher.py:69",
        "delete_train ema_teacher.py:70",
        "delete_train gradient_accumulation.py:21",
        "delete_train iterations_while.py:51",
        "delete_train lbfgs_closure.py:31",
        "delete_train module_level.py:72",
        "delete_train multi_file/train.py:14",
        "delete_train notebook.ipynb:58",
        "delete_train onecycle_per_batch.py:54",
        "delete_train unet_segmentation.py:114",
        "delete_train unet_segmentation.py:134",
    ),
    "the model has no layer that behaves otherwise in evaluation": (
        "delete_eval lbfgs_closure.py:43",
        "delete_eval siamese_contrastive.py:78",
        "delete_train siamese_contrastive.py:67",
        "delete_train transfer_frozen.py:33",
        "train_in_evaluation_mode lbfgs_closure.py:31",
        "train_in_evaluation_mode siamese_contrastive.py:67",
    ),
    "weights that are trained are trained on, perhaps with their statistics as they are": (
        "train_in_evaluation_mode accelerate_loop.py:43",
        "train_in_evaluation_mode head_then_unfreeze.py:28",
        "train_in_evaluation_mode permuted_samplers.py:41",
        "train_in_evaluation_mode phase_loop.py:46",
        "train_in_evaluation_mode transfer_frozen.py:33",
        "train_in_evaluation_mode two_rates.py:34",
        "train_in_evaluation_mode weights_transforms.py:19",
    ),
    "a teacher is called while its student is trained": (
        "evaluate_with_gradients distillation.py:70",
        "evaluate_with_gradients ema_teacher.py:74",
    ),
    "what is evaluated is frozen": ("evaluate_with_gradients ema_teacher.py:87",),
    "weights are copied there": ("evaluate_with_gradients ema_teacher.py:31",),
    "all is chosen by then": ("step_where_it_is_evaluated ema_teacher.py:88",),
    "the model is in evaluation mode already, or trains in it on purpose": (
        "delete_eval transfer_frozen.py:32",
        "delete_eval transfer_frozen.py:45",
    ),
}


@puts_in("CNN701")
def delete_eval(text: str) -> Faults:
    for row, _ in matches(text, r"\s*[\w.]+\.eval\(\)$"):
        yield row, replaced(text, row, "pass")


@puts_in("CNN703")
def delete_train(text: str) -> Faults:
    for row, _ in matches(text, r"\s*[\w.]+\.train\(\)$"):
        yield row, replaced(text, row, "pass")


@puts_in("CNN703")
def train_in_evaluation_mode(text: str) -> Faults:
    """Wherever training mode was set, evaluation mode is."""
    found = matches(text, r"\s*[\w.]+\.train\(\)$")
    if found:
        yield found[0][0], re.sub(r"\.train\(\)(?=\n)", ".eval()", text)


@puts_in("CNN702")
def evaluate_with_gradients(text: str) -> Faults:
    for row, match in matches(text, r"\s*(with )?@?torch\.(?:no_grad|inference_mode)\(\):?$"):
        yield row, replaced(text, row, "if True:" if match[1] else "")


@puts_in("CNN704", follows=("CNN601", "CNN121"))
def step_where_it_is_evaluated(text: str) -> Faults:
    """The optimizer steps in a loop over held-out batches, without a guard."""
    made = {match["owner"] for _, match in matches(text, rf"\s*{OPTIMIZER} = ")}
    for row, match in matches(
        text, r"(\s*)for .* in (?:enumerate\()?(?:self\.)?(?:val|valid|test)_?\w*loader\)?:$"
    ):
        above = text.split("\n")[:row]
        for owner in made:
            if not match[1] or any(line.startswith(" ") and f"{owner} = " in line for line in above):
                lines = text.split("\n")
                lines.insert(row + 1, indent(match[0]) + f"    {owner}.step()")
                yield row, "\n".join(lines)
    for row, _ in matches(text, r"\s*if phase == 'train':$"):
        if "backward" in text.split("\n")[row + 1]:
            yield row, replaced(text, row, "if True:")


@puts_in("CNN705")
def count_by_the_other_length(text: str) -> Faults:
    """Right answers are divided by batches, or means of batches by examples."""
    for row, match in matches(text, r"(.*(?:hits|correct|right)\b.* / )len\((\w*loader)\.dataset\)(.*)$"):
        yield row, with_line(text, row, f"{match[1]}len({match[2]}){match[3]}")
    for row, match in matches(text, r"(.*loss\w* / )len\((\w*loader)\)(.*)$"):
        yield row, with_line(text, row, f"{match[1]}len({match[2]}.dataset){match[3]}")


@puts_in("CNN705")
def sum_of_all_epochs(text: str) -> Faults:
    """What is summed in each epoch is set to zero before the first alone."""
    lines = text.split("\n")
    for row, match in matches(text, r"\s+(\w+) = 0(?:\.0)?$"):
        around = enclosing(lines, row, "for ")
        divided = re.search(rf"\b{match[1]} / len\(", text)
        if around is not None and around == parent(lines, row) and "epoch" in lines[around] and divided:
            yield row, moved(lines, row, around, indent(lines[around]))
