"""The user's lines: which frames are theirs, and where a thing was built."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import FrameType, TracebackType

from cnnlint.evidence import Broken, Place

__all__ = ["Users"]

OWN = str(Path(__file__).parents[2])


class Users:
    """Tells code of the user's project from that of libraries: what lies under `root`, and the file at
    `path`, but nothing that was installed there."""

    def __init__(self, root: str, path: str) -> None:
        self.root = root.rstrip("/\\") + os.sep
        self._known = {path: True}

    def wrote(self, filename: str) -> bool:
        """Whether a file is the user's."""
        known = self._known.get(filename)
        if known is None:
            known = filename.startswith(self.root) and not filename.startswith(OWN)
            known = known and not {"site-packages", "dist-packages"} & set(Path(filename).parts)
            self._known[filename] = known
        return known

    def place(self, frame: FrameType | None = None) -> Place | None:
        """The innermost line of the user's that is running now, or that `frame` was called by."""
        frame = frame or sys._getframe(1)
        while frame is not None and not self.wrote(frame.f_code.co_filename):
            frame = frame.f_back
        return None if frame is None else {"path": frame.f_code.co_filename, "line": frame.f_lineno}

    def built(self, thing: object) -> Place | None:
        """The line of the user's that builds `thing`, asked for while its constructors run."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and not _constructs(frame, thing):
            frame = frame.f_back
        while frame is not None and _constructs(frame, thing):
            frame = frame.f_back
        return self.place(frame) if frame else None

    def broken(self, error: BaseException, module: str = "") -> Broken:
        """An error of the user's code, and the innermost line of theirs that it went through."""
        place: Place | None = None
        trace: TracebackType | None = error.__traceback__
        while trace is not None:
            if self.wrote(trace.tb_frame.f_code.co_filename):
                place = {"path": trace.tb_frame.f_code.co_filename, "line": trace.tb_lineno}
            trace = trace.tb_next
        return {"kind": type(error).__name__, "message": str(error)[:500], "place": place, "module": module}


def _constructs(frame: FrameType, thing: object) -> bool:
    """Whether a frame is a constructor of `thing`, or what stands between two of them."""
    names = frame.f_code.co_varnames
    return frame.f_code.co_name == "__init__" and bool(names) and frame.f_locals.get(names[0]) is thing
