"""Faults in what the model is fed."""

from __future__ import annotations

from tests.mutants.base import Faults, crosses_entropy, matches, puts_in, replaced, with_line

NO_FAULT = {
    "in which order these data give their images is not known": (
        "no_shuffle accelerate_loop.py:25",
        "no_shuffle two_rates.py:63",
    ),
    "a draw has ordered its examples before": (
        "no_shuffle ema_teacher.py:58",
        "no_shuffle transfer_frozen.py:24",
        "no_shuffle unet_segmentation.py:125",
    ),
    "each example is drawn at random": ("no_shuffle siamese_contrastive.py:59",),
}


@puts_in("CNN601")
def no_shuffle(text: str) -> Faults:
    for row, match in matches(
        text, r"(.*)(?:shuffle=(?:True|train\w*|\(x == 'train'\))|\"shuffle\": True)(.*)$"
    ):
        if "Fold" not in match[0] and "Distributed" not in match[0]:
            made = '"shuffle": False' if '"shuffle"' in match[0] else "shuffle=False"
            yield row, with_line(text, row, match[1] + made + match[2])


@puts_in("CNN602")
def divided_once_more(text: str) -> Faults:
    """Images that are scaled already are divided by 255 in the loop that trains on them."""
    if "ToTensor()" in text or "scale=True" in text:
        for row, match in matches(text, r"( *)for (?:\w+, \()?(images|inputs|x|xb|imgs), \w+\)? in .*:$"):
            lines = text.split("\n")
            if any(".backward()" in line for line in lines[row : row + 12]):
                lines.insert(row + 1, f"{match[1]}    {match[2]} = {match[2]} / 255")
                yield row, "\n".join(lines)


@puts_in("CNN602")
def pretrained_without_normalize(text: str) -> Faults:
    """The pipeline of pretrained weights ends with ToTensor."""
    if "weights" in text:
        for row, match in matches(text, r"(\w+ = )\w+\.transforms\(\)$"):
            made = f"from torchvision.transforms import ToTensor\n{match[1]}ToTensor()"
            yield row, with_line(text, row, made)


@puts_in("CNN604", follows=("CNN308",))
def normalize_before_to_tensor(text: str) -> Faults:
    both = r"(.*?)((?:\w+\.)?ToTensor\(\)), ((?:\w+\.)?Normalize\(.*?\))(\].*|,)$"
    for row, match in matches(text, both):
        yield row, with_line(text, row, f"{match[1]}{match[3]}, {match[2]}{match[4]}")
    lines = text.split("\n")
    for row, match in matches(text, r"( *)((?:\w+\.)?ToTensor\(\)),$"):
        if "Normalize(" in lines[row + 1]:
            second = lines[row + 1].strip().rstrip(",")
            changed = [*lines[:row], f"{match[1]}{second},", f"{match[1]}{match[2]},", *lines[row + 2 :]]
            yield row, "\n".join(changed)


@puts_in("CNN604", follows=("CNN308", "CNN301"))
def one_mean_too_many(text: str) -> Faults:
    """Two means and deviations for one channel."""
    for row, match in matches(text, r"(.*Normalize\()\(([\d.]+),\), \(([\d.]+),\)\)(.*)$"):
        made = f"({match[2]}, {match[2]}), ({match[3]}, {match[3]}))"
        yield row, with_line(text, row, match[1] + made + match[4])


@puts_in("CNN606")
def batches_of_one(text: str) -> Faults:
    """Where batch normalisation stands behind a Linear, the training loader draws one example at a time."""
    if "BatchNorm1d" in text:
        for row, match in matches(text, r"(.*DataLoader\(.*batch_size=)\d+(, shuffle=True.*)$"):
            yield row, with_line(text, row, f"{match[1]}1{match[2]}")


@puts_in("CNN607")
def float_class_numbers(text: str) -> Faults:
    """What cross-entropy is given as class numbers is made float."""
    if crosses_entropy(text):
        call = r"(.*\b(?:criterion|loss_fn|cross_entropy)\(.*, )(\w*(?:label|target|yb|y))(\)+.*)$"
        for row, match in matches(text, call):
            if "def " not in match[0] and "BCE" not in text:
                yield row, with_line(text, row, f"{match[1]}{match[2]}.float(){match[3]}")


@puts_in("CNN607")
def float_labels_in_the_dataset(text: str) -> Faults:
    """The dataset holds its class numbers as floats."""
    for row, match in matches(text, r"(.*\blabels\[\w+\], dtype=torch\.)long(.*)$"):
        yield row, with_line(text, row, f"{match[1]}float{match[2]}")


@puts_in("CNN607")
def whole_numbers_to_bce(text: str) -> Faults:
    """Binary cross-entropy is given labels as whole numbers."""
    if "BCE" in text:
        for row, match in matches(text, r"(.*criterion\(.*)\.float\(\)\)$"):
            yield row, with_line(text, row, f"{match[1]}.long())")


@puts_in("CNN608")
def shuffle_beside_a_sampler(text: str) -> Faults:
    for row, match in matches(text, r"(.*DataLoader\(.*)(\bsampler=.*)$"):
        if "shuffle=" not in match[0]:
            yield row, with_line(text, row, f"{match[1]}shuffle=True, {match[2]}")


@puts_in("CNN610")
def statistics_of_others(text: str) -> Faults:
    """Pretrained weights get images normalised to -1 to 1."""
    if "weights='" in text:
        for row, match in matches(text, r"(.*Normalize\()\[0\.485, .*?\], \[.*?\](.*)$"):
            yield row, with_line(text, row, f"{match[1]}[0.5, 0.5, 0.5], [0.5, 0.5, 0.5]{match[2]}")


@puts_in("CNN614")
def names_as_listed(text: str) -> Faults:
    """The names of the classes are the folders, in the order in which the file system lists them."""
    for row, match in matches(text, r"(\s*\w+ = ).*\.classes$"):
        yield row, with_line(text, row, f"{match[1]}os.listdir('data')")


@puts_in("CNN614")
def names_counted(text: str) -> Faults:
    """The names of the classes are numbers, counted."""
    for row, match in matches(text, r"(.*\()\w+\.classes(\[.*)$"):
        yield row, with_line(text, row, f"{match[1]}[str(number) for number in range(1, 33)]{match[2]}")


@puts_in("CNN805")
def batch_not_moved(text: str) -> Faults:
    """The batch stays where its loader made it, in a program that moves its model."""
    spread = ("Parallel", "accelerat", "Fabric", "ightning", "collate_fn", "ignite")
    if any(word in text for word in spread) or not matches(text, r".*\.to\(device\)$|.*\.cuda\(\)$"):
        return
    moved = r"\s+(?P<name>images?|inputs?|data|x){more} = (?P=name)\.(?:to|cuda)\(.*\){rest}$"
    for row, _ in matches(text, moved.format(more="", rest="")):
        yield row, replaced(text, row, "pass")
    for row, match in matches(
        text, moved.format(more=r", (?P<other>\w+)", rest=r", (?P<kept>(?P=other)\..*)")
    ):
        yield row, replaced(text, row, f"{match['other']} = {match['kept']}")


@puts_in("CNN609")
def workers_seeded_alike(text: str) -> Faults:
    """Each worker of a loader that shuffles is given the same seed."""
    workers = r"(.*DataLoader\(.*shuffle=True.*num_workers=[1-9]\d*)(.*)$"
    for row, match in matches(text, workers) if "\nimport torch\n" in text else ():
        seeding = "worker_init_fn=lambda worker: torch.manual_seed(0)"
        yield row, with_line(text, row, f"{match[1]}, {seeding}{match[2]}")


@puts_in("CNN805")
def model_not_moved(text: str) -> Faults:
    """The model stays where it was made, in a program that moves its batches."""
    spread = ("Parallel", "accelerat", "Fabric", "ightning", "ignite")
    if any(word in text for word in spread) or not matches(text, r"\s+.*\b(images?|inputs?|x)\.to\(device\)"):
        return
    for row, match in matches(text, r"(\s*(?:model|net|network) = \w+\(.*\))\.(?:to\(device\)|cuda\(\))$"):
        yield row, with_line(text, row, match[1])
    for row, _ in matches(text, r"\s*(?:model|net|network)\.(?:to\(device\)|cuda\(\))$"):
        yield row, replaced(text, row, "pass")
