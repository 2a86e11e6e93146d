"""What transforms share: where they are found, and how an image shape [C, H, W] is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

from cnnlint.facts import Picture, Refusal, Shape, Tensor, Transform, any_image
from cnnlint.knowledge.describe import Mismatch, apply, describes
from cnnlint.values import Undecided, Unknown, is_unknown, surely

T = TypeVar("T", bound=type[Transform])


def describes_transform(*names: str) -> Callable[[T], T]:
    """Register a class under its names in torchvision.transforms, and one that knows to be the newer kind
    under those in torchvision.transforms.v2."""

    def register(described: T) -> T:
        newer: Any = type(described.__name__, (described,), {"newer": True, "__doc__": described.__doc__})
        newer.__module__ = described.__module__
        describes(*(f"torchvision.transforms.{name}" for name in names))(described)
        describes(*(f"torchvision.transforms.v2.{name}" for name in names))(newer)
        return described

    return register


def transformed(transform: Any, image: Any) -> Any:
    """What a transform (None for none) makes of a Picture or a Tensor; Unknown if it is not known or
    cannot be."""
    if transform is None:
        return image
    if not isinstance(transform, Transform):
        return Unknown("the transform is not known")
    transform.images = (*transform.images, image)
    try:
        return transform.after(image)
    except Undecided as undecided:
        return Unknown(undecided.why, undecided.site)
    except Mismatch as mismatch:
        return Unknown(f"the transform cannot process the image: {mismatch}")


def applied(transform: Transform, image: Any, name: str = "transform") -> Any:
    """What calling a transform in a program gives: as `transformed`, a tensor with what it was made of."""
    known = isinstance(image, Picture | Tensor)
    result = transformed(transform, image if known else any_image())
    if not isinstance(result, Tensor):
        return result if known else Unknown("a picture")
    scales = transform.scales if surely(getattr(image, "eight_bit", False)) else False
    told = {"normalizes": transform.normalizes, "scales": scales, "transform": transform}
    made = apply(name, [image], result.shape, dtype=result.dtype, **told)
    made.graph, made.held = False, result.bounds
    return made


def applied_by_name(transform: Transform, images: dict[str, Any]) -> dict[str, Any]:
    """What a transform of albumentations makes of `image=` and of the `mask=` that goes with it."""
    followed: dict[str, Callable[[Transform, Any], Any]] = {"image": applied, "mask": applied_to_mask}
    return {
        name: followed[name](transform, image)
        if name in followed
        else Unknown(f"the {name} that goes with an image")
        for name, image in images.items()
    }


def applied_to_mask(transform: Transform, mask: Any) -> Any:
    """A mask is moved as its image is and keeps its numbers; a tensor of it has the axes of the array."""
    if not isinstance(mask, Picture) or not mask.array:
        return Unknown("a mask")
    try:
        shape = transform.output(mask.shape)
        makers = [step for step in steps_of(transform) if hasattr(step, "transpose_mask")]
    except Undecided as undecided:
        return Unknown(undecided.why, undecided.site)
    except Mismatch:
        return Unknown("the transform cannot process the mask")
    moved = replace(mask, shape=shape)
    if not makers:
        return moved
    first = not mask.flat and getattr(makers[-1], "transpose_mask", False)
    if is_unknown(first) or is_unknown(shape):
        return Unknown("the axes of a mask")
    axes = shape if first else moved.laid_out
    made = apply("transform", [], axes, dtype=Unknown("a mask keeps its number type"), highest=mask.highest)
    made.graph = False
    return made


def steps_of(transform: Transform) -> list[Any]:
    """A transform, or the steps that it has. Undecided if they are not known."""
    return list(transform.flat_steps())


def kind_of(image: Any) -> str:
    """'tensor', 'array' or 'picture' (of PIL); '' where that is not known."""
    if isinstance(image, Tensor):
        return "tensor"
    if not isinstance(image, Picture) or is_unknown(image.array):
        return ""
    return "array" if image.array else "picture"


def said(image: Any) -> str:
    """What an image is, in words."""
    if isinstance(image, Tensor):
        return "a tensor" if is_unknown(image.dtype) else f"a {image.dtype} tensor"
    return "a NumPy array" if image.array is True else "a PIL image"


def image_axes(image: Shape) -> tuple[Any, Any, Any]:
    """Channels, height and width of an image, each Unknown where it is not known."""
    if isinstance(image, tuple | list) and len(image) == 3 and image[0] is not Ellipsis:
        channels, height, width = image
        return channels, height, width
    unknown = image if is_unknown(image) else Unknown("the shape of the image is not known")
    return unknown, unknown, unknown


def pair(size: Any) -> tuple[Any, Any]:
    """Height and width from `size`: one number stands for both."""
    if isinstance(size, tuple | list):
        if len(size) in (1, 2):
            return size[0], size[-1]
    elif isinstance(size, int) or is_unknown(size):
        return size, size
    unknown = Unknown("the size is not known")
    return unknown, unknown


class KeepsShape(Transform):
    """A transform that leaves the shape of an image as it is."""

    def output(self, image: Shape) -> Shape:
        return image_axes(image)


class RandomKeepsShape(KeepsShape):
    """A random transform that leaves the shape of an image as it is."""

    random: Any = True

    def __post_init__(self) -> None:
        p: Any = getattr(self, "p", 0.5)
        self.random = p if is_unknown(p) else p != 0


class OfTensors(KeepsShape):
    """A transform of tensors; the newer kind lets all else pass as it is."""

    takes = "a tensor"

    def after(self, image: Any) -> Any:
        kind = kind_of(image)
        if self.newer and kind in ("picture", "array"):
            return image
        dtype = image.dtype if kind == "tensor" else Unknown("dtype not known")
        return Tensor(shape=self.output(image.shape), dtype=dtype, graph=False, held=self.kept(image))

    def refuses(self, image: Any) -> Refusal | None:
        if kind_of(image) in ("picture", "array") and not self.newer:
            return Refusal(self.takes, said(image))
        return None


class OfBytes(RandomKeepsShape):
    """A random transform of what lies between 0 and 255, or as a float tensor between 0 and 1; that the older
    kind does not take, where it is not said to be `tolerant`."""

    tolerant: ClassVar[bool] = False

    def refuses(self, image: Any) -> Refusal | None:
        floating = kind_of(image) == "tensor" and isinstance(image.dtype, str) and "float" in image.dtype
        if floating and not (self.newer or self.tolerant):
            return Refusal("a PIL image or uint8 tensor", said(image))
        bounds = image.bounds
        if floating and isinstance(bounds, tuple) and bounds[0] < 0:
            return Refusal("values of 0 to 1", "normalised ones, which it cuts off", raises=False)
        return None
