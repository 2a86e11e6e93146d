"""Data that the script asks for and does not get: it is not there, or the sandbox keeps it closed.

What Python opens to read, or lists, is watched, so that this can be told. It replaces nothing.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cnnlint.confirm.child.places import Users
from cnnlint.evidence import Place, Unread

if TYPE_CHECKING:
    from cnnlint.confirm.child.world import World

__all__ = ["Unreads", "replace"]

ASKING = ("open", "os.listdir", "os.scandir")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CODE = (".py", ".pyc")
REMEMBERED = 300  # the paths that were asked for last
QUOTED, BARE = re.compile(r"['\"]([^'\"\n]+)['\"]"), re.compile(r"[^\s'\"]*(?:/|\.\w{1,5}\b)[^\s'\",;]*")


def replace(world: World) -> None:
    """Watch, but for Python's own files."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in ASKING or not world.mine():
            return
        path, *how = arguments
        if not isinstance(path, (str, os.PathLike)) or (event == "open" and _writes(how[-1])):
            return
        name = os.fspath(path)
        if isinstance(name, str) and not world.beside(name) and not name.endswith(CODE):
            world.unreads.asked(name)

    sys.addaudithook(hook)


def _writes(flags: Any) -> bool:
    return isinstance(flags, int) and bool(flags & WRITING)


class Unreads:
    """What was asked for in a run, and what of it could not be had."""

    def __init__(self, users: Users) -> None:
        self._users = users
        self._asked: dict[str, tuple[str, Place | None]] = {}  # by its name: where it lies, who asks
        self._lacking: dict[str, None] = {}
        self._doubted: dict[str, None] = {}

    def clear(self) -> None:
        """Begin another run."""
        self._asked.clear()
        self._lacking.clear()
        self._doubted.clear()

    def asked(self, path: str) -> None:
        """The script asks for a file or folder, which may be there or not."""
        if path in self._asked:
            return
        if len(self._asked) >= REMEMBERED:
            del self._asked[next(iter(self._asked))]
        self._asked[path] = os.path.abspath(path), self._users.place()

    def lacking(self, path: str) -> None:
        """The script asks for data that are not there, and gets something else."""
        self.asked(path)
        self._lacking[path] = None

    def doubted(self, path: str) -> None:
        """The script asks whether there is something, and is told that there is not. Where Python looks for
        modules there are no data."""
        if path in sys.path:
            return
        self._doubted[path] = None
        self.asked(path)

    def told(self, error: BaseException | None, left: bool) -> list[Unread]:
        """What could not be had: first what an error names, then what is closed, then what is not there; of a
        script that left by itself, what it was last told is not there."""
        named = [self._outermost(path) for path in _named(error) if self._unread(path)]
        closed = [path for path in self._asked if _closed(self._asked[path][0])]
        lacking = [path for path in self._lacking if not os.path.exists(self._where(path))]
        paths = dict.fromkeys([*named, *closed, *lacking, *(list(self._doubted)[-1:] if left else ())])
        return [self._row(path, path in named) for path in paths]

    def _outermost(self, path: str) -> str:
        """The folder that is not there, where a file in it was made up."""
        where = self._where(path)
        return next((each for each in self._lacking if where.startswith(f"{self._where(each)}/")), path)

    def _unread(self, path: str) -> bool:
        where = self._where(path)
        return not os.path.exists(where) or _closed(where)

    def _where(self, path: str) -> str:
        return self._asked[path][0] if path in self._asked else os.path.abspath(path)

    def _row(self, path: str, fatal: bool) -> Unread:
        where = self._where(path)
        place = self._asked[path][1] if path in self._asked else None
        real, closed = os.path.realpath(where), os.path.exists(where)
        return {"path": path, "real": real, "place": place, "closed": closed, "fatal": fatal}


def _named(error: BaseException | None) -> Iterator[str]:
    """The paths that an error, or one that led to it, speaks of, as far as it is about files."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and isinstance(error.filename, str):
            yield error.filename
        elif isinstance(error, (FileNotFoundError, PermissionError)) or "Errno" in str(error):
            found = QUOTED.findall(str(error)) or BARE.findall(str(error))
            yield from (each for each in found if "://" not in each)
        error = error.__cause__ or error.__context__


def _closed(path: str) -> bool:
    """Whether a path is there, and the system would let it be read, but something else does not."""
    if not os.path.exists(path) or not os.access(path, os.R_OK):
        return False
    try:
        if os.path.isdir(path):
            os.listdir(path)
        else:
            os.close(os.open(path, os.O_RDONLY))
    except PermissionError:
        return True
    except OSError:
        return False
    return False
