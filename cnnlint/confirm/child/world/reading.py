"""Images that are not there: whoever opens one gets a glyph, whoever lists their folder gets names."""

from __future__ import annotations

import builtins
import glob
import io
import os
import pathlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zlib import crc32

from torch import Tensor

from cnnlint.confirm.child.world import World, around
from cnnlint.confirm.child.world.pictures import picture, picture_library, pool

__all__ = ["replace"]

IMAGES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp")
DATA = re.compile(
    r"(^|[/_])(data|dataset|images?|imgs|photos|train|val|test)(set|_set|s|[AB])?([/_]|$)", re.IGNORECASE
)
WEIGHTS = (".bin", ".ckpt", ".h5", ".pkl", ".pt", ".pth", ".tar", ".weights")
#: Folders of masks: their images are of one channel, 1 where there is something.
MASKS = re.compile(r"mask|label|annotation|segment|(^|[/_])gt", re.IGNORECASE)
MIDDLE = 127
LISTED = 32  # images in a folder that is not there


def replace(world: World) -> None:
    """Give images for missing files, and names of such for missing folders."""
    made: set[str] = set()  # folders that were listed
    world.kept.append(made)

    def asked(path: Any) -> bool:
        return isinstance(path, (str, os.PathLike)) and world.mine() and not world.beside(str(path))

    def lacks(path: Any) -> bool:
        return asked(path) and not os.path.lexists(path)

    def image(path: Any) -> Tensor:
        """The glyph for a file: another for another name."""
        world.instead("images that are not there", "glyphs (a guess)")
        world.lacking(os.fspath(path))
        images, _ = pool(world.images, 3, *world.size, world.classes, world.seed)
        found = images[crc32(os.fsencode(path)) % len(images)]
        return (found[:1] > MIDDLE).to(found.dtype) if MASKS.search(os.path.dirname(path)) else found

    def opened(original: Any, path: Any, *values: Any, **named: Any) -> Any:
        return picture(image(path)) if lacks(path) else original(path, *values, **named)

    def read(original: Any, path: Any, mode: str = "r", *values: Any, **named: Any) -> Any:
        if "b" in mode and lacks(path) and str(path).lower().endswith(IMAGES):
            file = io.BytesIO()
            picture(image(path)).save(file, "PNG")
            file.seek(0)
            return file
        return original(path, mode, *values, **named)

    def walked(original: Any, top: Any, *values: Any, **named: Any) -> Any:
        found = list(original(top, *values, **named))
        name = os.path.abspath(os.fspath(top))
        if any(files for *_, files in found) or not world.mine() or not DATA.search(os.path.basename(name)):
            return iter(found)
        world.instead("folders that are not there", "lists of images (a guess)")
        world.lacking(os.fspath(top))
        classes = [str(number) for number in range(world.classes)]
        made.update(os.path.join(name, each) for each in classes)
        names = [f"{number:03}.png" for number in range(LISTED // world.classes)]
        return iter([*((os.path.join(top, each), [], names) for each in classes), (top, classes, [])])

    def array(original: Any, path: Any, flags: Any = 1, *values: Any, **named: Any) -> Any:
        if not lacks(path):
            return original(path, flags, *values, **named)
        pixels = image(path).permute(1, 2, 0).contiguous().numpy()
        return pixels[..., 0] if flags == 0 else pixels

    def tensor(original: Any, path: Any, *values: Any, **named: Any) -> Any:
        return image(path) if lacks(path) else original(path, *values, **named)

    def listed(original: Any, path: Any = ".") -> Any:
        found = [] if lacks(path) else original(path)
        if not asked(path) or any(not str(each).startswith(".") for each in found):
            return found or original(path)
        name = os.path.abspath(os.fspath(path))
        world.instead("folders that are not there", "lists of images (a guess)")
        world.lacking(os.fspath(path))
        inner = os.path.dirname(name) in made
        made.add(name)
        if world.folders and not inner:
            return [str(number) for number in range(world.classes)]
        return [f"{number:03}.png" for number in range(LISTED)]

    def matched(original: Any, pattern: Any, *values: Any, **named: Any) -> Any:
        found = list(original(pattern, *values, **named))
        if found or not world.mine():
            return found
        world.lacking(str(pattern))
        if not str(pattern).lower().endswith((*IMAGES, "*")):
            return found
        world.instead("images that are not there", "glyphs (a guess)")
        return [_filled(str(pattern), number, world.classes) for number in range(LISTED)]

    def is_folder(original: Any, path: Any) -> Any:
        if original(path) or not isinstance(path, (str, os.PathLike)):
            return original(path)
        name = os.path.abspath(os.fspath(path))
        return name in made or (os.path.dirname(name) in made and not os.path.splitext(name)[1])

    def is_file(original: Any, path: Any) -> Any:
        if original(path) or not isinstance(path, (str, os.PathLike)):
            return original(path)
        name = os.path.abspath(os.fspath(path))
        if world.weights and name.lower().endswith(WEIGHTS):
            return True
        return os.path.dirname(name) in made and name.lower().endswith(IMAGES)

    def is_there(original: Any, path: Any) -> Any:
        if original(path) or not isinstance(path, (str, os.PathLike)) or not world.mine():
            return original(path)
        name = os.path.abspath(os.fspath(path))
        said = not os.path.splitext(name)[1] and bool(DATA.search(_inner(name, world.users.root)))
        said = said or world.weights and name.lower().endswith(WEIGHTS)
        if said:
            world.lacking(os.fspath(path))
        return said or is_file(original, path)

    def within(original: Any, folder: Any, pattern: str, *values: Any, **named: Any) -> Any:
        found = list(original(folder, pattern, *values, **named))
        if found or not world.mine() or os.path.isfile(folder) or not _empty(original(folder, "*")):
            return iter(found)
        names = matched(lambda *_: (), os.path.join(folder, pattern))
        names = names if "*" in os.path.splitext(pattern)[0] else names[:1]
        return iter([type(folder)(name) for name in names])

    def doubt(original: Any, path: Any, **named: Any) -> Any:
        answer = original(path, **named)
        if not answer and world.mine() and isinstance(path, (str, os.PathLike)):
            world.unreads.doubted(os.fspath(path))
        return answer

    if picture_library():
        around(builtins, "open", read)
    around(os, "listdir", listed)
    around(os, "walk", walked)
    around(os.path, "isfile", is_file)
    around(os.path, "exists", is_there)
    around(pathlib.Path, "glob", within)
    around(pathlib.Path, "rglob", within)
    around(os.path, "isdir", is_folder)
    for name, instead in (("exists", is_there), ("is_dir", is_folder), ("is_file", is_file)):
        around(pathlib.Path, name, instead)
    for owner, names in (
        (os.path, ("exists", "isfile", "isdir")),
        (pathlib.Path, ("exists", "is_file", "is_dir")),
    ):
        for name in names:
            around(owner, name, doubt)
    around(glob, "glob", matched)
    world.when_imported("PIL.Image", lambda module: around(module, "open", opened))
    world.when_imported("cv2", lambda module: around(module, "imread", array))
    world.when_imported("imageio", lambda module: around(module, "imread", array))
    world.when_imported("skimage.io", lambda module: around(module, "imread", array))
    world.when_imported("torchvision.io", lambda module: around(module, "read_image", tensor))


def _inner(path: str, root: str) -> str:
    """What of a path is of the project's own choosing: what is below its top, or the last folders."""
    return path.removeprefix(root) if path.startswith(root) else "/".join(path.rsplit("/", 2)[1:])


def _empty(found: Iterable[Path]) -> bool:
    """Only what is hidden, as an empty folder is kept by."""
    return all(each.name.startswith(".") for each in found)


def _filled(pattern: str, number: int, classes: int) -> str:
    """A name that a pattern matches: the last of its parts gets the number, those before it the class."""
    *folders, last = pattern.split("/")
    filled = [f"{number % classes}" if "*" in each else each for each in folders]
    last = last.replace("**", "*").replace("?", "0")
    last = f"{last[:-1]}png" if last.endswith(".*") else f"{last}.png" if last.endswith("*") else last
    return "/".join([*filled, last.replace("*", f"{number:03}")])
