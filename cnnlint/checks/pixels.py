"""Checks on the numbers of images where they reach the first weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import NORMALIZING, WEIGHTED, Op, Tensor, Transform
from cnnlint.findings import Fix
from cnnlint.fixes import call_method, keep, set_argument, wrap
from cnnlint.stacks import readers
from cnnlint.traces import in_training, role_of
from cnnlint.values import surely

#: Operations that make numbers of one type those of another.
CASTS = frozenset({"float", "double", "half", "to", "type", "tensor", "from_numpy"})
#: What weights trained on ImageNet want, as `Normalize` is given it.
IMAGENET = "mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]"


class Place(NamedTuple):
    """Where images become what they are, and what mends it there."""

    where: Any
    fix: Fix | None


def unnormalized_input(operation: Op, *, raw: float, flat: float) -> Flags:
    """Images reach the first weights as bytes, all but alike, or as pretrained weights do not know them."""
    network = role_of(operation.layer) == "network"
    wants = getattr(operation.layer, "wants", None) if network and operation.pretrained else None
    if operation.name not in WEIGHTED and not network:
        return
    image = operation.inputs[0]
    least, greatest = image.bounds
    places: Iterator[Place] = iter(())
    if greatest - least <= flat and (wants or in_training(operation)):
        problem, mend, places = "all but alike", "they are scaled twice, so leave one out", _scaled(image)
    elif least >= 0 and greatest >= raw and not _brought_up(image):
        if wants or not network and in_training(operation) and not _absorbed(operation):
            problem, mend, places = (
                "far beyond what its weights are made for",
                "divide them by 255",
                _bytes_made(image),
            )
    elif wants and wants[0] < 0 <= least and greatest <= 1:
        problem, mend = (
            "but its weights were trained on normalised ones",
            "add `Normalize` with the mean and std of ImageNet",
        )
        places = _unnormalised(image)
    for place in places:
        yield flag(
            place.where or operation,
            also=[(operation, f"reach `{operation.label}` here")] if place.where else [],
            fix=place.fix,
            layer=operation.label,
            least=least,
            greatest=greatest,
            problem=problem,
            mend=mend,
        )
        return


def _brought_up(image: Tensor) -> bool:
    """Somebody multiplied them by 255: they are meant to be so large."""
    return any(each.name == "mul" for each in _past(image))


def _absorbed(operation: Op) -> bool:
    """What it makes is normalised before the next weights, or may be: then no scale matters."""
    if not operation.model:
        return True
    operations = operation.model.ops
    used = readers(operations)
    alike = [each for each in operations if each.layer == operation.layer and each.text == operation.text]
    pending = [each.output for each in alike[:1]]
    if not pending:
        return True
    while pending:
        following = used[id(pending.pop())]
        if not following or any(each.name in NORMALIZING for each in following):
            return True
        pending.extend(each.output for each in following if each.name not in WEIGHTED)
    return False


def _past(image: Tensor) -> Iterator[Op]:
    """The operations that led to an image, nearest first, in the dataset too."""
    yield from image.history()
    if image.root.example:
        yield from image.root.example.history()


def _transforms_of(image: Tensor) -> Iterator[Transform]:
    """The pipeline an image went through."""
    for operation in _past(image):
        if operation.name == "transform":
            yield operation.options["transform"]
    if image.root.loader and surely(image.root.loader.dataset.transform):
        yield image.root.loader.dataset.transform


def _bytes_made(image: Tensor) -> Iterator[Place]:
    """Where bytes become floats without being scaled."""
    for transform in _transforms_of(image):
        for step, given in transform.stages(transform.images[0]):
            if surely(getattr(step, "scale", True) == False):  # noqa: E712 - may be Unknown
                yield Place(step, set_argument(step, "scale", True, safe=False))
            if step.follow and surely(given.dtype == "uint8") and surely(step.after(given).dtype != "uint8"):
                yield Place(step, None)
    for operation in _past(image):
        if operation.name in CASTS:
            yield Place(operation, call_method(operation, "div(255)", safe=False))
    yield Place(None, None)


def _scaled(image: Tensor) -> Iterator[Place]:
    """Where they are scaled last."""
    for operation in _past(image):
        if operation.name == "div":
            yield Place(operation, keep(operation, operation.argument, safe=False))
    yield Place(None, None)


def _unnormalised(image: Tensor) -> Iterator[Place]:
    """Where `Normalize` is to come in: behind `ToTensor`."""
    for transform in _transforms_of(image):
        for step in _steps_of(transform, "ToTensor"):
            yield Place(step, _with_normalize(step, transform))
    yield Place(None, None)


def _with_normalize(step: Transform, transform: Transform) -> Fix | None:
    """The step and `Normalize` behind it, in the list it stands in or in one of their own."""
    normalize = f", {step.package}.Normalize({IMAGENET})"
    if not step.package:
        return None
    if step == transform:
        return wrap(step, f"{step.package}.Compose([", f"{normalize}])", safe=False)
    return wrap(step, "", normalize, safe=False) if step in transform.steps else None


def pretrained_without_its_transform(operation: Op, *, narrow: float, small: float) -> Flags:
    """Pretrained weights are given images of another normalisation or size than they were trained on."""
    layer: Any = operation.layer
    if role_of(layer) != "network" or not operation.pretrained or not layer.wants:
        return
    image = operation.inputs[0]
    small_side = int(small * layer.side)
    if surely(image.rank == 4) and all(surely(size < small_side) for size in image.shape[2:]):
        height, width = image.shape[2:]
        yield flag(
            operation,
            also=_sizes_set(image),
            layer=operation.label,
            what=f"images of {height}x{width} pixels",
            other=f"of {layer.side}x{layer.side}",
            mend=f"resize them to {layer.side}",
        )
    least, greatest = image.bounds
    spread = (greatest - least) / (layer.wants[1] - layer.wants[0])
    if least < 0 and greatest < HUNDREDS and spread > FLAT and not narrow < spread < 1 / narrow:
        places = [step for transform in _transforms_of(image) for step in _steps_of(transform, "Normalize")]
        yield flag(
            places[0] if places else operation,
            also=[(operation, f"reach `{operation.label}` here")] if places else [],
            layer=operation.label,
            what=f"values of {least:.3g} to {greatest:.3g}",
            other=f"of {layer.wants[0]:.2g} to {layer.wants[1]:.2g}",
            mend="normalise with their mean and std",
        )


#: Values as large as this are bytes, which is the matter of another rule.
HUNDREDS = 50
#: ... and so are those scaled twice, that cover less of what the weights want than this.
FLAT = 0.1


def _steps_of(transform: Transform, kind: str) -> Iterator[Transform]:
    """The steps of one kind in a pipeline."""
    for step, _ in transform.stages(transform.images[0]):
        if step.kind == kind:
            yield step


def _sizes_set(image: Tensor) -> list[Any]:
    """The last step of its pipeline that gives an image its size, if there is one."""
    found = [
        step for transform in _transforms_of(image) for kind in SIZING for step in _steps_of(transform, kind)
    ]
    return [(step, "gives them their size") for step in found[-1:]]


SIZING = ("RandomCrop", "Resize", "RandomResizedCrop", "CenterCrop")
