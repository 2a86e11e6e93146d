"""Faults in which examples, and in what form, a model is evaluated on."""

from __future__ import annotations

import re

from tests.mutants.base import Faults, enclosing, indent, matches, puts_in, replaced, with_line

#: Where an operator leaves a program right by what can be read of it: reason -> mutants.
NO_FAULT: dict[str, tuple[str, ...]] = {
    "what it evaluates is called training data": ("evaluate_the_training_part trainer_class.py:146",),
    "nothing is read from it": ("test_on_the_training_split lightning_module.py:73",),
}


@puts_in("CNN605", follows=("CNN603",))
def test_on_the_training_split(text: str) -> Faults:
    """The test set is read from the training split."""
    for row, match in matches(text, r"(.*)train=False(.*)$"):
        if "Fake" not in match[0]:
            yield row, with_line(text, row, f"{match[1]}train=True{match[2]}")


@puts_in("CNN605", follows=("CNN603",))
def evaluate_the_training_part(text: str) -> Faults:
    """A loader that evaluates is given what another one trains on."""
    held_out = r"(.*DataLoader\((?:self\.)?)(\w*)(test|val|valid)(_?\w*)(\b.*)$"
    for row, match in matches(text, held_out):
        learnt = f"{match[2]}train{match[4]}"
        if re.search(rf"DataLoader\((?:self\.)?{learnt}\b", text) and learnt != "train":
            yield row, with_line(text, row, f"{match[1]}{learnt}{match[5]}")


@puts_in("CNN603")
def flip_what_is_evaluated(text: str) -> Faults:
    """The images that are evaluated are flipped by chance."""
    for row, match in matches(text, r"(.*train=False.*transform=)([\w.]+(?:\(\))?)([,)].*)$"):
        package = "transforms." if re.search(r"transforms\.(?:Compose|ToTensor)", text) else ""
        if package:
            made = f"{package}Compose([{package}RandomHorizontalFlip(), {match[2]}])"
            yield row, with_line(text, row, match[1] + made + match[3])


@puts_in("CNN603")
def evaluate_with_the_training_transform(text: str) -> Faults:
    for row, match in matches(text, r"(.*)\b(transform_test|plain|data_transforms\['val'\])(\).*)$"):
        learnt = {"transform_test": "transform_train", "plain": "augment"}.get(match[2])
        if learnt and re.search(rf"\b{learnt} = ", text):
            yield row, with_line(text, row, match[1] + learnt + match[3])


@puts_in("CNN612")
def cut_without_shuffling(text: str) -> Faults:
    """The indices of a folder of images are dealt out in their order."""
    if "ImageFolder" in text:
        for row, _ in matches(text, r"\s*(?:np\.random|random)\.shuffle\(\w+\)$"):
            yield row, replaced(text, row, "pass")
        for row, match in matches(
            text, r"(.* = )(?:np\.random\.permutation|torch\.randperm)\((.*)\)(?:\.tolist\(\))?$"
        ):
            yield row, with_line(text, row, f"{match[1]}list(range({match[2]}))")


@puts_in("CNN615")
def select_on_the_test_set(text: str) -> Faults:
    """What chooses the weights that are kept is the test set, which gives the final score too."""
    if re.search(r"(?:evaluate|accuracy_on)\((?:model, )?test_loader", text) and "state_dict())" in text:
        for row, match in matches(text, r"(.*evaluate\((?:\w+, )?)val_loader(.*)$"):
            yield row, with_line(text, row, f"{match[1]}test_loader{match[2]}")


@puts_in("CNN615")
def patience_with_the_test_set(text: str) -> Faults:
    """A counter ends the training when the score on the test set has not improved for a while."""
    lines = text.split("\n")
    scored = r"( *).*?(?<![.\w])((evaluate|accuracy_on)\((?:model, )?)val_loader\)\)?$"
    for row, match in matches(text, scored):
        start = enclosing(lines, row, "for epoch")
        if start is not None:
            depth, score = match[1], f"{match[2]}test_loader)" + "[1]" * (match[3] == "evaluate")
            counting = (
                f"{depth}tested = {score}",
                f"{depth}patience, highest = (9, tested) if tested > highest else (patience - 1, highest)",
                f"{depth}if patience == 0:",
                f"{depth}    break",
            )
            before = f"{indent(lines[start])}patience, highest = 9, 0.0"
            made = [*lines[:start], before, *lines[start : row + 1], *counting, *lines[row + 1 :]]
            yield row, "\n".join(made)


@puts_in("CNN613", follows=("CNN603",))
def flip_image_and_mask_apart(text: str) -> Faults:
    """The image is flipped by chance and the mask is not, or by itself."""
    if "mask" in text and "ToTensor()" in text:
        for row, match in matches(text, r"(\s*)self\.to_tensor = (T|transforms)\.ToTensor\(\)$"):
            flips = f"{match[2]}.Compose([{match[2]}.RandomHorizontalFlip(), {match[2]}.ToTensor()])"
            yield row, replaced(text, row, f"self.to_tensor = {flips}")
        for row, match in matches(text, r"(\s*)image = self\.to_tensor\(image\)$"):
            flip = "T.RandomVerticalFlip()(image)"
            yield row, f"{with_line(text, row, indent(match[0]) + f'image = self.to_tensor({flip})')}"
