"""Faults in evaluation and its modes."""

from __future__ import annotations

from tests.mutants.base import Faults, matches, puts_in, replaced

#: Where an operator leaves a program right by what can be read of it: reason -> mutants.
NO_FAULT: dict[str, tuple[str, ...]] = {
    "`trainer.train()` is no mode": ("delete_train hf_trainer.py:60",),
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
    ),
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
