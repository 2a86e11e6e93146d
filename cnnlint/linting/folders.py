"""Image folders on disk, counted: one folder a class, as torchvision's ImageFolder has them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["images_by_class", "state_of"]

#: What ImageFolder takes for an image.
EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")
#: With fewer images than this a folder holds samples of a dataset that lies elsewhere.
FEWEST_IMAGES = 20
#: With more files than this a folder is not counted: linting must not wait for a slow disk.
MOST_FILES = 200_000


def images_by_class(path: str) -> dict[str, int] | None:
    """How many images are in each class folder; None where there are too few or too many, or none."""
    counts: dict[str, int] = {}
    seen = 0
    try:
        classes = sorted(entry.name for entry in os.scandir(path) if entry.is_dir())
        for name in classes:
            counts[name] = 0
            for file in files_below(f"{path}/{name}"):
                seen += 1
                if seen > MOST_FILES:
                    return None
                counts[name] += file.lower().endswith(EXTENSIONS)
    except OSError:
        return None
    return counts if sum(counts.values()) >= FEWEST_IMAGES else None


def state_of(path: str) -> str:
    """What changes when a file or folder is added to an image folder or taken from it."""
    try:
        folders = [path, *sorted(entry.path for entry in os.scandir(path) if entry.is_dir())]
        return "folder " + " ".join(str(Path(folder).stat().st_mtime_ns) for folder in folders)
    except OSError:
        return "folder"


def files_below(path: str) -> Iterator[str]:
    """The names of the files in a folder and all below it, links not followed."""
    for _, _, names in os.walk(path):
        yield from names
