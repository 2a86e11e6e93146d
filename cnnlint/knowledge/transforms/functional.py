"""The functions of torchvision.transforms.functional that do what a transform of ours does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnlint.facts import Picture, Shape, Tensor, Transform
from cnnlint.knowledge.describe import apply, describes
from cnnlint.knowledge.transforms.base import KeepsShape, applied
from cnnlint.knowledge.transforms.color import Grayscale
from cnnlint.knowledge.transforms.conversion import Normalize, PILToTensor, ToImage, ToPILImage, ToTensor
from cnnlint.knowledge.transforms.geometry import CenterCrop, Pad, Resize

#: By torchvision's name; after the image each takes the arguments of its transform.
TRANSFORMS: dict[str, type[Transform]] = {
    "center_crop": CenterCrop,
    "hflip": KeepsShape,
    "horizontal_flip": KeepsShape,
    "normalize": Normalize,
    "pad": Pad,
    "pil_to_tensor": PILToTensor,
    "resize": Resize,
    "rgb_to_grayscale": Grayscale,
    "to_grayscale": Grayscale,
    "to_image": ToImage,
    "to_pil_image": ToPILImage,
    "to_tensor": ToTensor,
    "vertical_flip": KeepsShape,
    "vflip": KeepsShape,
}

DTYPES = {"to_tensor": "float32", "pil_to_tensor": "uint8"}


def function_of(name: str, transform: type[Transform]) -> Callable[..., Any]:
    """The function that applies a transform, made from its arguments, to an image."""

    def function(img: Tensor, *arguments: Any, **keywords: Any) -> Any:
        build: Any = transform
        step: Transform = build(*arguments, **keywords)
        if isinstance(img, Picture):
            return applied(step, img, name)

        def shape() -> Shape:
            return step.output(img.shape)

        made = apply(name, (img,), shape, dtype=DTYPES.get(name))
        made.held = step.kept(img)
        return made

    return function


for _name, _transform in TRANSFORMS.items():
    describes(f"torchvision.transforms.functional.{_name}", f"torchvision.transforms.v2.functional.{_name}")(
        function_of(_name, _transform)
    )
