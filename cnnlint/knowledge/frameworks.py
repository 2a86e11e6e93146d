"""Frameworks that do part of a training themselves. What they do is told as Python in `stories/`: plain
code that is followed like the user's own, and never imported."""

from __future__ import annotations

from pathlib import Path

__all__ = ["is_story", "story_of"]

STORIES = Path(__file__).parent / "stories"
#: The file that tells what a library does, by the first part of its dotted names.
TOLD = {
    "accelerate": "accelerate", "ignite": "ignite", "lightning": "lightning",
    "pytorch_lightning": "lightning", "lightning_fabric": "lightning",
}  # fmt: skip


def story_of(name: str) -> str | None:
    """The path of the story that tells of a library's dotted name, if there is one."""
    told = TOLD.get(name.partition(".")[0])
    return None if told is None else str(STORIES / f"{told}.py")


def is_story(path: str) -> bool:
    """Whether a file is a story."""
    return path.endswith(".py") and Path(path).parent == STORIES
