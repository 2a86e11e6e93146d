"""Why a script failed in our world though it may be right, and what to change for another try."""

from __future__ import annotations

import linecache
import os
import re
from pathlib import Path

from cnnlint.confirm.child.world import World
from cnnlint.confirm.child.world.older import numbers_have_parts
from cnnlint.evidence import RunResult

__all__ = ["SMALL_BATCH", "another_try"]

SMALL_BATCH, LEAST_BATCH = 4, 2  # for what is slow
OUT_OF_BOUNDS = re.compile(r"Target -?\d+ is out of bounds|index out of range|out of bounds")
SHAPES = re.compile(r"shape|size|dimension|match", re.IGNORECASE)
PARTS = re.compile("invalid index of a 0-dim tensor|iteration over a 0-d tensor")
WEIGHTS = re.compile(r"\.(bin|ckpt|h5|pkl|pth?|tar|weights)\b")
#: What a launcher of many processes tells each: here the only one.
LAUNCHED = {
    "RANK": "0", "LOCAL_RANK": "0", "GROUP_RANK": "0", "WORLD_SIZE": "1", "LOCAL_WORLD_SIZE": "1",
    "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500",
}  # fmt: skip
GPU = re.compile(r"cuda|gpu", re.IGNORECASE)


def another_try(result: RunResult, world: World) -> bool:
    """Change the world so that the script might get further; whether there was anything to change."""
    if result["ended"] == "slow":
        world.batch = max(LEAST_BATCH, min(SMALL_BATCH, world.fitting))
        return True
    if _from_the_top(result, world):
        return True
    if result["broken"] is None:
        return False
    changes = (
        _parts, _weights, _gpu, _launched, _fewer_classes, _folders, _counted, _other_size, _whole_batches
    )  # fmt: skip
    return any(change(result, world) for change in changes)


def _from_the_top(result: RunResult, world: World) -> bool:
    """Its data lie where the script is started at the top of its project, and not in its own folder."""
    top = Path(world.users.root)
    paths = [Path(each["path"]) for each in result["unread"] if not each["closed"]]
    there = any(not path.is_absolute() and (top / path).exists() for path in paths)
    if Path(world.folder) == top or not there:
        return False
    world.folder = str(top)
    return True


def _parts(result: RunResult, world: World) -> bool:
    """The script was written for a torch in which a loss had one part."""
    if world.old or not result["broken"] or not PARTS.search(result["broken"]["message"]):
        return False
    world.old = True
    numbers_have_parts(world)
    return True


def _weights(result: RunResult, world: World) -> bool:
    """The script makes sure of a file of weights, before it would load them."""
    if world.weights or not result["broken"] or not WEIGHTS.search(result["broken"]["message"]):
        return False
    world.weights = True
    return True


def _gpu(result: RunResult, world: World) -> bool:
    """The script insists on a GPU."""
    broken = result["broken"]
    place = broken["place"] if broken else None
    if world.gpu or result["steps"] or broken is None:
        return False
    line = linecache.getline(place["path"], place["line"]) if place else ""
    world.gpu = bool(GPU.search(broken["message"] + line))
    return world.gpu


def _launched(result: RunResult, world: World) -> bool:
    """The script is one of many that a launcher starts, and asks which."""
    broken = result["broken"]
    asked = broken is not None and broken["kind"] == "KeyError" and broken["message"].strip("'") in LAUNCHED
    if not asked or LAUNCHED.keys() <= os.environ.keys():
        return False
    os.environ.update(LAUNCHED)
    return True


def _fewer_classes(result: RunResult, world: World) -> bool:
    """The number of classes is our guess, and the model has another."""
    message = result["broken"]["message"] if result["broken"] else ""
    known = world.refused or not result["losses"]  # else another loss took these labels
    if not OUT_OF_BOUNDS.search(message) or not known or not _guesses(result):
        return False
    classes = max(2, world.refused[1] if len(world.refused) > 1 else 2)
    fewer = classes < world.classes
    world.classes = min(classes, world.classes)
    return fewer


def _folders(result: RunResult, world: World) -> bool:
    """A folder that is not there was listed, and may hold one for each class."""
    listed = any(each["what"].startswith("folders") for each in result["replaced"])
    if world.folders or not listed or result["losses"]:
        return False
    world.folders = True
    return True


def _other_size(result: RunResult, world: World) -> bool:
    """The size of images is our guess, and the model wants another."""
    message = result["broken"]["message"] if result["broken"] else ""
    sides = world.sides_left
    if not _guesses(result) or not SHAPES.search(message) or not sides or world.options.get("input"):
        return False
    side = sides.pop(0)
    world.size = (side, side)
    return True


def _counted(result: RunResult, world: World) -> bool:
    """The error speaks of as many examples as a batch was made to hold."""
    message = result["broken"]["message"] if result["broken"] else ""
    return bool(re.search(rf"\b{world.batch}\b", message)) and _whole_batches(result, world)


def _guesses(result: RunResult) -> bool:
    """Whether images whose size or classes nobody knows were given."""
    return any("(a guess)" in each["by"] for each in result["replaced"])


def _whole_batches(result: RunResult, world: World) -> bool:
    """The script counts on the size of its batches."""
    if world.batch is None or not any(each["what"].startswith("batches of") for each in result["replaced"]):
        return False
    world.batch = None
    return True
