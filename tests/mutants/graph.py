"""Faults in the graph that autograd follows from the loss back to the parameters."""

from __future__ import annotations

from itertools import pairwise

from tests.mutants.base import Faults, matches, puts_in, replaced, with_line

NO_FAULT: dict[str, tuple[str, ...]] = {
    "another part of the loss still leads to the model": (
        "detach_the_output ema_teacher.py:77",
        "round_the_output ema_teacher.py:77",
        "detach_the_output siamese_contrastive.py:72",
        "round_the_output siamese_contrastive.py:72",
    ),
    "the targets come from code that is not seen, and may have a graph": (
        "detach_the_output ignite_engine.py:55",
        "round_the_output ignite_engine.py:55",
    ),
}

CRITERION = r"(?:self\.)?(?:criterion|F\.\w+|nn\.functional\.\w+|loss_fn|loss_function)"


@puts_in(
    "CNN126",
    follows=(
        "CNN805",
        "CNN304",
    ),
)
def move_and_forget(text: str) -> Faults:
    """A batch that is moved is not assigned: `x = x.to(device)` becomes `x.to(device)`."""
    for row, match in matches(text, r"(\s*)(\w+), (\w+) = (\2\.(?:to|cuda)\(.*\)), (\3\.(?:to|cuda)\(.*\))$"):
        yield row, with_line(text, row, f"{match[1]}{match[4]}\n{match[1]}{match[5]}")
    for row, match in matches(text, r"\s*(?!model|net)(\w+) = (\1\.(?:to|cuda|float|view|flatten)\(.*\))$"):
        yield row, replaced(text, row, match[2])


@puts_in("CNN126", follows=("CNN503", "CNN501", "CNN302", "CNN515"))
def activate_and_forget(text: str) -> Faults:
    """An activation on the way is called, and the value goes on without it."""
    for row, match in matches(text, r"(\s*)(\w+) = (F\.relu|F\.dropout|self\.dropout)\((.*)\)$"):
        inner, _, options = match[4].partition(", training")
        call = f"{match[3]}({match[2]}{options and ', training' + options})"
        yield row, with_line(text, row, f"{match[1]}{match[2]} = {inner}\n{match[1]}{call}")


@puts_in("CNN113")
def wrap_the_loss(text: str) -> Faults:
    """The loss is made anew of its number, and told to require a gradient."""
    for row, match in matches(
        text, r"(\s*)(?:\w+\.scale\()?(\w*loss)\)?\.backward\((?:retain_graph=True)?\)$"
    ):
        line = text.split("\n")[row]
        made = f"{match[1]}{match[2]} = torch.tensor({match[2]}.item(), requires_grad=True)"
        yield row, with_line(text, row, f"{made}\n{line}")


@puts_in("CNN113")
def detach_the_output(text: str) -> Faults:
    """What the model gives is detached on its way to the loss."""
    for row, match in matches(text, rf"(\s*\w*loss = {CRITERION}\()((?:self\.)?\w+\(\w+\))(, .*)$"):
        yield row, with_line(text, row, f"{match[1]}{match[2]}.detach(){match[3]}")


@puts_in("CNN119", follows=("CNN213", "CNN209", "CNN208", "CNN204", "CNN215"))
def round_the_output(text: str) -> Faults:
    for row, match in matches(text, rf"(\s*\w*loss = {CRITERION}\()((?:self\.)?\w+\(\w+\))(, .*)$"):
        yield row, with_line(text, row, f"{match[1]}torch.round({match[2]}){match[3]}")


@puts_in("CNN121")
def compute_the_loss_without_gradients(text: str) -> Faults:
    """The line of the loss moves under `torch.no_grad()`."""
    for row, match in matches(text, rf"(\s*)\w*loss = {CRITERION}\((?:self\.)?\w+\(\w+\), .*\)$"):
        line = text.split("\n")[row]
        yield row, with_line(text, row, f"{match[1]}with torch.no_grad():\n    {line}")


@puts_in("CNN124")
def keep_the_state_itself(text: str) -> Faults:
    """The best weights are kept without the copy, or in a copy that holds the same tensors."""
    for row, match in matches(text, r"(.*)copy\.deepcopy\(((?:self\.)?\w+\.state_dict\(\))\)$"):
        yield row, with_line(text, row, match[1] + match[2])
        yield row, with_line(text, row, match[1] + match[2] + ".copy()")


@puts_in("CNN115")
def retain_the_graph(text: str) -> Faults:
    for row, match in matches(text, r"(\s*.*loss.*\.backward\()\)$"):
        yield row, with_line(text, row, match[1] + "retain_graph=True)")


@puts_in("CNN125")
def discriminator_on_attached_images(text: str) -> Faults:
    """The generated images are not detached for the discriminator, and the generator uses them again."""
    for row, match in matches(text, r"(.*\w+\((?P<fake>fake\w*))\.detach\(\)(\).*)$"):
        if f"({match['fake']})" in text:
            yield row, with_line(text, row, match[1] + match[3])


@puts_in("CNN113", follows=("CNN105",))
def generator_on_detached_images(text: str) -> Faults:
    """The loss of the generator is computed on images that were detached."""
    for row, match in matches(text, r"(\s*g_loss = \w+\(\w+\(fake\w*)(\).*)$"):
        yield row, with_line(text, row, f"{match[1]}.detach(){match[2]}")


@puts_in("CNN104", "CNN113", follows=("CNN101", "CNN103", "CNN105", "CNN106"))
def step_the_other_optimizer(text: str) -> Faults:
    """A step is copied from the block above, and its optimizer is still that one's."""
    steps = matches(text, r"\s*(?P<optimizer>(?:self\.)?\w*opt\w*)\.step\(\)$")
    for (_, before), (row, after) in pairwise(steps):
        if before["optimizer"] != after["optimizer"]:
            yield row, replaced(text, row, f"{before['optimizer']}.step()")
