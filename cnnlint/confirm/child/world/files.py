"""Files: what is written goes into a folder of its own or stays in memory, and is found there again."""

from __future__ import annotations

import builtins
import io
import os
import pathlib
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch

from cnnlint.confirm.child.surroundings import NoWeights
from cnnlint.confirm.child.world import World, around

__all__ = ["replace"]

#: What changes files and folders otherwise than by opening them.
CHANGING: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (os, ("chmod", "makedirs", "mkdir", "remove", "removedirs", "rename", "replace", "rmdir", "symlink",
          "unlink")),
    (shutil, ("copy", "copy2", "copyfile", "copytree", "move", "rmtree")),
    (pathlib.Path, ("mkdir", "rename", "rmdir", "touch", "unlink")),
)  # fmt: skip
#: What makes a folder, which is there from then on.
MAKING = ("makedirs", "mkdir")


def replace(world: World) -> None:
    """Let nothing of the project be changed."""
    written: dict[str, Path] = {}
    saved: dict[str, Any] = {}
    folders: dict[str, None] = {}
    world.kept += [written, saved, folders]

    def kept(path: Any) -> Path:
        """Where a file that the script writes is kept."""
        name = os.path.abspath(os.fspath(path))
        if name not in written:
            written[name] = world.scratch / f"{len(written)}-{os.path.basename(name)}"
        return written[name]

    def opened(original: Any, path: Any, mode: str = "r", *values: Any, **named: Any) -> Any:
        if isinstance(path, int) or not world.mine():
            return original(path, mode, *values, **named)
        name = os.path.abspath(os.fspath(path))
        if set(mode) & set("wax+") and not name.startswith(("/dev/", "/proc/", str(world.scratch))):
            world.instead("files it writes", "files of its own, which it finds again")
            return original(kept(name), mode.replace("x", "w"), *values, **named)
        if name in written:
            return original(written[name], mode, *values, **named)
        if not os.path.exists(name) and not world.beside(name):
            world.missing(os.fspath(path))
        return original(path, mode, *values, **named)

    def known(path: Any, *made: Any) -> bool:
        return isinstance(path, (str, os.PathLike)) and any(os.path.abspath(path) in each for each in made)

    def exists(original: Any, path: Any, **named: Any) -> bool:
        return known(path, written, saved, folders) or bool(original(path, **named))

    def is_file(original: Any, path: Any, **named: Any) -> bool:
        return known(path, written, saved) or bool(original(path, **named))

    def is_folder(original: Any, path: Any, **named: Any) -> bool:
        return known(path, folders) or bool(original(path, **named))

    def save(original: Any, thing: Any, file: Any, *values: Any, **named: Any) -> Any:
        if not isinstance(file, (str, os.PathLike)):
            return original(thing, file, *values, **named)
        world.instead("files it writes", "files of its own, which it finds again")
        saved[os.path.abspath(file)] = deepcopy(thing)
        return None

    def load(original: Any, file: Any, *values: Any, **named: Any) -> Any:
        if isinstance(file, (str, os.PathLike)):
            name = os.path.abspath(file)
            if name in saved:
                return deepcopy(saved[name])
            if not os.path.lexists(name):
                world.lacking(os.fspath(file))
                world.instead(f"weights from {os.fspath(file)}", "weights as drawn at random")
                return NoWeights()
        named = {"map_location": "cpu"} | named if world.device == "cpu" else named
        return original(file, *values, **named)

    def idle(original: Any, *values: Any, **named: Any) -> Any:
        if not world.mine():
            return original(*values, **named)
        world.instead(f"`{original.__name__}` of files", "nothing, so that yours stay as they are")
        if original.__name__ in MAKING and values and isinstance(values[0], (str, os.PathLike)):
            folders[os.path.abspath(values[0])] = None
        return None

    around(builtins, "open", opened)
    around(io, "open", opened)
    around(os.path, "exists", exists)
    around(os.path, "isfile", is_file)
    around(os.path, "isdir", is_folder)
    around(pathlib.Path, "exists", exists)
    around(pathlib.Path, "is_dir", is_folder)
    around(torch, "save", save)
    around(torch, "load", load)
    for owner, names in CHANGING:
        for name in names:
            around(owner, name, idle)
