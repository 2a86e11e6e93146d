"""The user's lines: which frames are theirs, and where a thing was built."""

from __future__ import annotations

import ast
import linecache
import os
import sys
from pathlib import Path
from types import FrameType, TracebackType

from cnnlint.evidence import Broken, Place

__all__ = ["OWN", "Users", "tops"]

#: Exceptions whose handler says that an import may fail.
FORGIVEN = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
OWN = str(Path(__file__).parents[2])


def tops(root: str) -> list[str]:
    """Where the modules of a project lie that is not installed: at its top, or below `src` there."""
    return [root, *(str(each) for each in [Path(root, "src")] if each.is_dir())]


class Users:
    """Tells code of the user's project from that of libraries: what lies under `root`, and the file at
    `path`, but nothing that was installed there."""

    def __init__(self, root: str, path: str) -> None:
        self.root = root.rstrip("/\\") + os.sep
        self.path = path
        self._known = {path: True}
        self._tried: dict[str, frozenset[int]] = {}

    def wrote(self, filename: str) -> bool:
        """Whether a file is the user's."""
        known = self._known.get(filename)
        if known is None:
            known = filename.startswith(self.root) and not filename.startswith(OWN)
            known = known and not {"site-packages", "dist-packages"} & set(Path(filename).parts)
            self._known[filename] = known
        return known

    def need_import(self, name: str = "") -> bool:
        """Whether the import that goes on is written in the user's code, and nothing there waits for it to
        fail."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and _imports(frame.f_code.co_filename):
            frame = frame.f_back
        if frame is None or not self.wrote(frame.f_code.co_filename):
            return False
        path = frame.f_code.co_filename
        if path not in self._tried:
            self._tried[path] = _tried("".join(linecache.getlines(path)))
        return frame.f_lineno not in self._tried[path]

    def place(self, frame: FrameType | None = None) -> Place | None:
        """The innermost line of the user's that is running now, or that `frame` was called by."""
        frame = frame or sys._getframe(1)
        while frame is not None and not self.wrote(frame.f_code.co_filename):
            frame = frame.f_back
        return None if frame is None else {"path": frame.f_code.co_filename, "line": frame.f_lineno}

    def built(self, thing: object) -> Place | None:
        """The line of the user's that builds `thing`, asked for where or before its constructors run."""
        frame: FrameType | None = sys._getframe(1)
        outside = frame
        while frame is not None:
            if _constructs(frame, thing):
                outside = frame.f_back
            frame = frame.f_back
        return self.place(outside)

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
    """Whether a frame is a constructor of `thing`."""
    names = frame.f_code.co_varnames
    return frame.f_code.co_name == "__init__" and bool(names) and frame.f_locals.get(names[0]) is thing


def _imports(path: str) -> bool:
    """Whether a file takes part in how imports are done."""
    return "importlib" in path or path.startswith(OWN)


def _tried(source: str) -> frozenset[int]:
    """The lines within a `try` that waits for an import to fail."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return frozenset()
    return frozenset(
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Try) and any(_forgives(handler) for handler in node.handlers)
        for each in node.body
        for line in range(each.lineno, (each.end_lineno or each.lineno) + 1)
    )


def _forgives(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(
        isinstance(each, ast.Name) and each.id in FORGIVEN for each in ast.walk(handler.type)
    )
