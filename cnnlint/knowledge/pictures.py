"""Images before they are tensors: opened by PIL, OpenCV and their kin, converted, resized, made arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cnnlint.facts import Picture, Tensor
from cnnlint.knowledge.describe import apply, describes
from cnnlint.knowledge.transforms.base import image_axes, pair
from cnnlint.values import Undecided, Unknown

#: Channels of PIL's modes. https://pillow.readthedocs.io/en/stable/handbook/concepts.html#modes
MODES = {"1": 1, "L": 1, "P": 1, "I": 1, "F": 1, "LA": 2, "RGB": 3, "YCbCr": 3, "LAB": 3, "HSV": 3,
         "RGBA": 4, "CMYK": 4}  # fmt: skip

#: Methods that leave shape and kind as they are.
KEEPING = {
    "PIL.Image.Image": ("copy", "filter", "point"),
    "numpy.ndarray": ("copy",),
}


@describes("PIL.Image.open")
def open_image(fp: Any, mode: Any = "r", formats: Any = None) -> Picture:
    """https://pillow.readthedocs.io/en/stable/reference/Image.html#PIL.Image.open"""
    return Picture()


@describes("cv2.imread")
def imread(filename: Any, flags: Any = 1) -> Picture:
    """An array [H, W, 3], or [H, W] where grey was asked for.

    https://docs.opencv.org/4.x/d4/da8/group__imgcodecs.html
    """
    if flags in (0, "cv2.IMREAD_GRAYSCALE"):
        return Picture(shape=(1, *_any_size()), array=True, flat=True, eight_bit=True)
    if flags in (1, "cv2.IMREAD_COLOR"):
        return Picture(shape=(3, *_any_size()), array=True, eight_bit=True)
    return Picture(shape=(Unknown("how it is read is not known"), *_any_size()), array=True)


@describes("imageio.imread", "imageio.v2.imread", "imageio.v3.imread", "skimage.io.imread")
def imread_as_stored(uri: Any, *options: Any, **named: Any) -> Picture:
    """An array as the file has it: [H, W] or [H, W, C].

    https://imageio.readthedocs.io/en/stable/
    """
    return Picture(array=True)


@describes("torchvision.io.read_image", "torchvision.io.decode_image")
def read_image(path: Any, mode: Any = "UNCHANGED", *options: Any) -> Tensor:
    """A tensor [C, H, W] of 0..255.

    https://docs.pytorch.org/vision/stable/generated/torchvision.io.read_image.html
    """
    asked = mode.rpartition(".")[2] if isinstance(mode, str) else ""
    channels = {"GRAY": 1, "RGB": 3}.get(asked, Unknown("the channels of the file are not known"))
    return apply("read_image", (), (channels, *_any_size()), dtype="uint8")


@describes("PIL.Image.Image.convert")
def convert(picture: Picture, mode: Any = None, *options: Any) -> Picture:
    """https://pillow.readthedocs.io/en/stable/reference/Image.html#PIL.Image.Image.convert"""
    channels = MODES.get(mode) if isinstance(mode, str) else None
    _, height, width = image_axes(picture.shape)
    shape = (Unknown("mode not known") if channels is None else channels, height, width)
    return Picture(shape=shape, eight_bit=channels is not None and mode not in ("1", "I", "F"))


@describes("PIL.Image.Image.resize")
def resize(picture: Picture, size: Any, *options: Any, **named: Any) -> Picture:
    """To (width, height).

    https://pillow.readthedocs.io/en/stable/reference/Image.html#PIL.Image.Image.resize
    """
    return _resized(picture, size)


@describes("PIL.Image.Image.crop")
def crop(picture: Picture, box: Any = None) -> Picture:
    """https://pillow.readthedocs.io/en/stable/reference/Image.html#PIL.Image.Image.crop"""
    return Picture(shape=(image_axes(picture.shape)[0], *_any_size()))


@describes("cv2.resize")
def resize_array(src: Any, dsize: Any, *options: Any, **named: Any) -> Picture:
    """To (width, height).

    https://docs.opencv.org/4.x/da/d54/group__imgproc__transform.html
    """
    return _resized(_as_array(src), dsize)


@describes("cv2.cvtColor")
def convert_colour(src: Any, code: Any, *options: Any) -> Picture:
    """https://docs.opencv.org/4.x/d8/d01/group__imgproc__color__conversions.html"""
    picture = _as_array(src)
    _, height, width = image_axes(picture.shape)
    kinds = code.rpartition("COLOR_")[2].partition("2") if isinstance(code, str) else ("", "", "")
    to = kinds[2]
    flat = to == "GRAY"
    channels = {"GRAY": 1, "RGBA": 4, "BGRA": 4}.get(to, 3)
    return Picture(
        shape=(channels if to else Unknown("code not known"), height, width), array=True, flat=flat
    )


@describes("numpy.array", "numpy.asarray", "numpy.ascontiguousarray")
def array(object: Any, dtype: Any = None, **options: Any) -> Picture:
    """A picture as an array [H, W, C], or [H, W] where it has one channel.

    https://numpy.org/doc/stable/reference/generated/numpy.array.html
    """
    picture = _as_picture(object)
    if picture.array:
        return picture if dtype is None else _of_other_numbers(picture)
    channels = image_axes(picture.shape)[0]
    bits = picture.eight_bit if dtype is None else Unknown("what it is made of is not known")
    if isinstance(channels, int):
        return Picture(shape=picture.shape, array=True, flat=channels == 1, eight_bit=bits)
    return Picture(array=True, eight_bit=bits)


@describes("cv2.threshold")
def threshold(src: Any, thresh: Any, maxval: Any, type: Any, dst: Any = None) -> Any:
    """The threshold, and an array that is 0 or `maxval` everywhere.

    https://docs.opencv.org/4.x/d7/d1b/group__imgproc__misc.html
    """
    picture = _as_array(src)
    two = type in (0, 1, "cv2.THRESH_BINARY", "cv2.THRESH_BINARY_INV")
    highest = maxval if two else Unknown("what it leaves is not known")
    return thresh, replace(picture, highest=highest)


@describes("cv2.inRange")
def in_range(src: Any, lowerb: Any, upperb: Any, dst: Any = None) -> Picture:
    """An array [H, W] of 0 and 255.

    https://docs.opencv.org/4.x/d2/de8/group__core__array.html
    """
    return replace(_as_array(src), flat=True, highest=255)


@describes("numpy.ndarray.astype")
def astype(picture: Picture, dtype: Any, *options: Any, **named: Any) -> Picture:
    """https://numpy.org/doc/stable/reference/generated/numpy.ndarray.astype.html"""
    return _of_other_numbers(picture)


@describes("numpy.transpose", "numpy.ndarray.transpose")
def transpose(a: Any, *axes: Any) -> Tensor:
    """An array [H, W, C] with its axes in another order.

    https://numpy.org/doc/stable/reference/generated/numpy.transpose.html
    """
    laid_out = _as_array(a).laid_out
    order = tuple(axes[0]) if len(axes) == 1 and isinstance(axes[0], tuple | list) else axes
    if isinstance(laid_out, Unknown) or sorted(order) != list(range(len(laid_out))):
        raise Undecided("which axes the array has is not known")
    return apply("transpose", (), tuple(laid_out[axis] for axis in order))


@describes("numpy.ndarray.clip")
def clip(picture: Picture, *bounds: Any, **named: Any) -> Picture:
    """https://numpy.org/doc/stable/reference/generated/numpy.ndarray.clip.html"""
    return Picture(shape=picture.shape, array=True, flat=picture.flat)


@describes("PIL.Image.fromarray")
def from_array(obj: Any, mode: Any = None) -> Picture:
    """https://pillow.readthedocs.io/en/stable/reference/Image.html#PIL.Image.fromarray"""
    return Picture(shape=_as_array(obj).shape) if isinstance(obj, Picture) else Picture()


def picture_method(picture: Picture, name: str) -> str:
    """The dotted name under which a method of this picture is described."""
    return f"numpy.ndarray.{name}" if picture.array else f"PIL.Image.Image.{name}"


def _resized(picture: Picture, size: Any) -> Picture:
    width, height = pair(size)
    channels = image_axes(picture.shape)[0]
    return replace(picture, shape=(channels, height, width))


def _of_other_numbers(picture: Picture) -> Picture:
    """The same numbers as another type, which no transform takes for 0..255."""
    return replace(picture, eight_bit=False)


def _any_size() -> tuple[Any, Any]:
    unknown = Unknown("the size of the picture is not known")
    return unknown, unknown


def _as_picture(value: Any) -> Picture:
    if not isinstance(value, Picture):
        raise Undecided("no picture")
    return value


def _as_array(value: Any) -> Picture:
    picture = _as_picture(value)
    if not picture.array:
        raise Undecided("no array")
    return picture


def _keeping(owner: str, name: str) -> Callable[..., Picture]:
    def method(picture: Picture, *arguments: Any, **named: Any) -> Picture:
        return picture

    return describes(f"{owner}.{name}")(method)


for _owner, _names in KEEPING.items():
    for _name in _names:
        _keeping(_owner, _name)
