"""Images before they are tensors: opened by PIL, OpenCV and their kin, converted, resized, made arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cnnlint.facts import BYTES, Picture, Tensor, combined
from cnnlint.knowledge.describe import apply, describes
from cnnlint.knowledge.transforms.base import image_axes, pair
from cnnlint.values import Undecided, Unknown, surely

#: Channels of PIL's modes. https://pillow.readthedocs.io/en/stable/handbook/concepts.html#modes
MODES = {"1": 1, "L": 1, "P": 1, "I": 1, "F": 1, "LA": 2, "RGB": 3, "YCbCr": 3, "LAB": 3, "HSV": 3,
         "RGBA": 4, "CMYK": 4}  # fmt: skip

#: The modes in which each channel of a pixel is a byte.
OF_BYTES = ("L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "LA")
#: Methods that leave shape, kind and numbers as they are.
KEEPING = {"PIL.Image.Image": ("copy", "filter"), "numpy.ndarray": ("copy",)}
#: What numpy calls the number types of arrays, and what torch makes of them.
DTYPES = {"float": "float64", "int": "int64", "single": "float32", "double": "float64", "float_": "float64"}
#: What operators do with each number of an array.
OPERATIONS = {"+": "add", "-": "sub", "*": "mul", "/": "div"}


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
        return Picture((1, *_any_size()), "uint8", BYTES, array=True, flat=True)
    if flags in (1, "cv2.IMREAD_COLOR"):
        return Picture((3, *_any_size()), "uint8", BYTES, array=True)
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
    made = apply("read_image", (), (channels, *_any_size()), dtype="uint8")
    made.held = BYTES
    return made


@describes("PIL.Image.Image.convert")
def convert(picture: Picture, mode: Any = None, *options: Any, **named: Any) -> Picture:
    """https://pillow.readthedocs.io/en/stable/reference/Image.html#PIL.Image.Image.convert"""
    channels = MODES.get(mode) if isinstance(mode, str) else None
    _, height, width = image_axes(picture.shape)
    converted = Picture(shape=(Unknown("mode not known") if channels is None else channels, height, width))
    if mode in OF_BYTES:
        converted.dtype, converted.bounds = "uint8", BYTES
    return converted


@describes("PIL.Image.Image.resize")
def resize(picture: Picture, size: Any, *options: Any, **named: Any) -> Picture:
    """To (width, height).

    https://pillow.readthedocs.io/en/stable/reference/Image.html#PIL.Image.Image.resize
    """
    return _resized(picture, size)


@describes("PIL.Image.Image.crop")
def crop(picture: Picture, box: Any = None) -> Picture:
    """https://pillow.readthedocs.io/en/stable/reference/Image.html#PIL.Image.Image.crop"""
    return replace(picture, shape=(image_axes(picture.shape)[0], *_any_size()))


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
    shape = (channels if to else Unknown("code not known"), height, width)
    kept = surely(picture.bounds == BYTES)
    bounds = BYTES if kept else Unknown("other colours have other values")
    return replace(picture, shape=shape, bounds=bounds, flat=flat)


@describes("numpy.array", "numpy.asarray", "numpy.ascontiguousarray")
def array(object: Any, dtype: Any = None, **options: Any) -> Picture:
    """A picture as an array [H, W, C], or [H, W] where it has one channel.

    https://numpy.org/doc/stable/reference/generated/numpy.array.html
    """
    picture = _as_picture(object)
    if not picture.array:
        channels = image_axes(picture.shape)[0]
        known = isinstance(channels, int)
        shape = picture.shape if known else Unknown("its axes are not known")
        picture = Picture(shape, picture.dtype, picture.bounds, array=True, flat=known and channels == 1)
    return picture if dtype is None else astype(picture, dtype)


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
def astype(a: Picture, dtype: Any, *options: Any, **named: Any) -> Picture:
    """https://numpy.org/doc/stable/reference/generated/numpy.ndarray.astype.html"""
    short = dtype.rpartition(".")[2] if isinstance(dtype, str) else Unknown("number type not known")
    dtype = DTYPES.get(short, short) if isinstance(short, str) else short
    kept = surely(a.bounds == BYTES) or isinstance(dtype, str) and "float" in dtype
    return replace(a, dtype=dtype, bounds=a.bounds if kept else Unknown("rounded, perhaps cut off"))


@describes("numpy.float32", "numpy.float64")
def as_float(x: Any) -> Picture:
    """https://numpy.org/doc/stable/reference/arrays.scalars.html"""
    return astype(_as_array(x), "float32")


def reckoned(operator: str, left: Any, right: Any) -> Any:
    """An array and a number, or several, added, subtracted, multiplied or divided. Bytes become float only
    where a float comes in."""
    picture = left if isinstance(left, Picture) else right
    other = right if picture is left else left
    if operator not in OPERATIONS or not surely(picture.array) or isinstance(other, Picture):
        return Unknown("what an operator makes of a picture is not known")
    first, second = (each.bounds if each is picture else each for each in (left, right))
    bounds = combined(OPERATIONS[operator], first, second)
    floating = isinstance(picture.dtype, str) and "float" in picture.dtype
    if not floating and isinstance(picture.dtype, str):
        whole = operator != "/" and not isinstance(other, float)
        dtype = Unknown("bytes may overflow") if whole else "float64"
        bounds = Unknown("bytes may overflow") if whole else bounds
        return Picture(picture.shape, dtype, bounds, array=True, flat=picture.flat)
    return Picture(picture.shape, picture.dtype, bounds, array=True, flat=picture.flat)


def item_of(picture: Picture, index: Any) -> Any:
    """A part of an array, followed where every axis stays as long, as of `image[:, :, ::-1]`."""
    keys = index if isinstance(index, tuple) else (index,)
    whole = all(key is Ellipsis or isinstance(key, slice) and key.start is key.stop is None for key in keys)
    steps = [key.step for key in keys if isinstance(key, slice)]
    if surely(picture.array) and whole and all(step in (None, 1, -1) for step in steps):
        return picture
    return Unknown("a part of a picture")


@describes("numpy.transpose", "numpy.ndarray.transpose")
def transpose(a: Any, *axes: Any) -> Tensor:
    """An array [H, W, C] with its axes in another order.

    https://numpy.org/doc/stable/reference/generated/numpy.transpose.html
    """
    picture = _as_array(a)
    laid_out = picture.laid_out
    order = tuple(axes[0]) if len(axes) == 1 and isinstance(axes[0], tuple | list) else axes
    if isinstance(laid_out, Unknown) or sorted(order) != list(range(len(laid_out))):
        raise Undecided("which axes the array has is not known")
    made = apply("transpose", (), tuple(laid_out[axis] for axis in order), dtype=picture.dtype)
    made.held = picture.bounds
    return made


@describes("numpy.moveaxis")
def moveaxis(a: Any, source: Any, destination: Any) -> Tensor:
    """https://numpy.org/doc/stable/reference/generated/numpy.moveaxis.html"""
    if (source, destination) not in ((2, 0), (-1, 0)) or len(_as_array(a).laid_out) != 3:
        raise Undecided("which axis goes where is not known")
    return transpose(a, 2, 0, 1)


@describes("numpy.ndarray.clip")
def clip(picture: Picture, *bounds: Any, **named: Any) -> Picture:
    """https://numpy.org/doc/stable/reference/generated/numpy.ndarray.clip.html"""
    return Picture(shape=picture.shape, array=True, flat=picture.flat)


@describes("PIL.Image.fromarray")
def from_array(obj: Any, mode: Any = None) -> Picture:
    """https://pillow.readthedocs.io/en/stable/reference/Image.html#PIL.Image.fromarray"""
    if not isinstance(obj, Picture):
        return Picture()
    return replace(_as_array(obj), array=False, flat=False)


def picture_method(picture: Picture, name: str) -> str:
    """The dotted name under which a method of this picture is described."""
    return f"numpy.ndarray.{name}" if picture.array else f"PIL.Image.Image.{name}"


def _resized(picture: Picture, size: Any) -> Picture:
    width, height = pair(size)
    channels = image_axes(picture.shape)[0]
    return replace(picture, shape=(channels, height, width))


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
