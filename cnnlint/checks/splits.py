"""Checks on what is evaluated: that nothing trains on it, that chance has no part in it, how it was cut."""

from __future__ import annotations

from collections.abc import Iterator

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Evaluation, Indices, Loader, same_shape
from cnnlint.findings import Fix
from cnnlint.fixes import change_argument, importing, insert_after, set_argument
from cnnlint.splits import (
    held_out_by_name,
    in_order,
    indices_of,
    is_for_show,
    named_test,
    overlap,
    repeated,
    taken_from,
)
from cnnlint.traces import evaluates, parts
from cnnlint.values import surely

#: What a choice decides, by the event; else it keeps weights.
EFFECTS = {"SchedulerStep": "steers the learning rate", "Leave": "decides when the training ends"}


def evaluating_on_training_data(evaluation: Evaluation, *, evaluating: list[str]) -> Flags:
    """What is called held out is trained on, or what is trained on is evaluated in its place."""
    if not evaluation.scored or is_for_show(evaluation):
        return
    loader = evaluation.loader
    if loader in evaluation.learnt_from:
        for idle in _passed_over(evaluation, evaluating):
            yield flag(
                evaluation,
                also=[(loader, "trains the model"), (idle, "is held out, and nothing draws from it")],
                loader=loader.name or "this loader",
                what="and trains with it",
                remedy=f"draw from `{idle.name}` here",
            )
            return
    elif held_out_by_name(loader):
        for other in evaluation.learnt_from:
            if overlap(loader, other):
                yield flag(
                    loader,
                    also=[(other, "trains on the same examples"), (evaluation, "evaluates with it")],
                    fix=_from_test_split(loader, other),
                    loader=loader.name or loader.dataset.name,
                    what=f"examples that `{other.name or 'another loader'}` trains on",
                    remedy="give it examples that nothing trains on",
                )
                return


def _passed_over(evaluation: Evaluation, evaluating: list[str]) -> Iterator[Loader]:
    """The loaders built for an evaluation that draws from what trains the model instead."""
    words = {word for name in evaluation.functions for word in parts(name)}
    if words & set(evaluating) and not words & {"train", "training", "fit"}:
        yield from (idle for idle in evaluation.idle if held_out_by_name(idle))


def _from_test_split(loader: Loader, other: Loader) -> Fix | None:
    """The test split in place of the training split, where the data set is built for this loader."""
    dataset, *parts_of_it = taken_from(loader)
    alone = not parts_of_it and dataset.site != taken_from(other)[0].site
    if not alone or "train" not in dataset.positions or not dataset.train:
        return None
    return set_argument(dataset, "train", "False", safe=False, position=dataset.positions["train"])


def augmentation_on_evaluation(evaluation: Evaluation, *, evaluating: list[str]) -> Flags:
    """Images that a model is evaluated on are changed at random."""
    loader, dataset = evaluation.loader, evaluation.dataset
    if not evaluation.scored or is_for_show(evaluation) or repeated(evaluation):
        return
    if loader in evaluation.learnt_from or not (
        held_out_by_name(loader) or evaluates(evaluation.forward, evaluating)
    ):
        return
    if dataset.augmented:
        drawing = [step for step in dataset.transform.flat_steps() if step.random]
        shared = [
            other for other in evaluation.learnt_from if surely(other.dataset.transform == dataset.transform)
        ]
        step = (drawing[0], "draws at random")
        learning = [step, (shared[0], "trains with the same transform")] if shared else []
        yield flag(
            dataset if shared else drawing[0],
            also=[
                (loader, "draws from this" if shared else "draws from data with this transform"),
                (evaluation, "evaluates with it"),
                *learning,
            ],
            fix=_without_chance(evaluation),
            loader=loader.name or dataset.name or "this loader",
            step=drawing[0].kind,
        )


def _without_chance(evaluation: Evaluation) -> Fix | None:
    """The steps behind those that draw at random, for a dataset that nothing trains on, where these come
    first and leave the size of the images as it is."""
    dataset, transform = evaluation.dataset, evaluation.dataset.transform
    apart = all(surely(other.dataset.site != dataset.site) for other in evaluation.learnt_from)
    stages = [stage for image in transform.images[:1] for stage in transform.stages(image)]
    plain = [surely(step.random == False) for step, _ in stages]  # noqa: E712 - may be Unknown
    first = plain.index(True) if True in plain else 0
    if not apart or not first or not all(plain[first:]) or "transform" not in dataset.positions:
        return None
    flat = transform.kind == "Compose" and len(transform.steps) == len(stages)
    if not flat or not same_shape(stages[0][1].shape, stages[first][1].shape):
        return None
    if transform.site.path != dataset.site.path:
        return None
    return change_argument(
        dataset,
        "transform",
        f"{f'{transform.package}.' if transform.package else ''}Compose({{}}.transforms[{first}:])",
        position=dataset.positions["transform"],
        safe=False,
        title="evaluate without the steps that draw at random",
    )


def unshuffled_split(evaluation: Evaluation) -> Flags:
    """What is held out are the last classes of a dataset that lists one class after another."""
    for part in in_order(evaluation.loader):
        for other in evaluation.learnt_from:
            for remaining in in_order(other):
                yield flag(
                    part,
                    also=[
                        (remaining, "the part that is trained on"),
                        (evaluation, "evaluates on the other one"),
                    ],
                    fix=_shuffled(indices_of(part), indices_of(remaining)),
                    loader=evaluation.loader.name or "the part held out",
                )
                return


def _shuffled(held_out: Indices, remaining: Indices) -> Fix | None:
    """Their indices in random order before they are cut, where both are slices of one list."""
    if not held_out.name or held_out.site != remaining.site:
        return None
    shuffle = insert_after(held_out.site, f"random.shuffle({held_out.name})", safe=False)
    return importing("random", shuffle)


def test_set_selection(evaluation: Evaluation) -> Flags:
    """The test set chooses what its own score is given for at the end."""
    if not evaluation.selects or evaluation.last or not named_test(evaluation):
        return
    choice = evaluation.selects[0]
    effect = EFFECTS.get(choice.kind, "chooses the weights that are kept")
    for later in evaluation.others:
        if later.last and later.forward.order > evaluation.forward.order and named_test(later):
            if overlap(later.loader, evaluation.loader):
                yield flag(
                    evaluation,
                    also=[(choice, effect), (later, "gives the final score on the same examples")],
                    loader=evaluation.loader.name or evaluation.dataset.name or "the test loader",
                    effect=effect,
                )
                return
