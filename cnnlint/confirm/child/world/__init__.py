"""The world a script runs in: a module here replaces one thing of it, with `replace(world)`.

Nothing is registered: whatever module lies here is used. What they replace stays so as long as the process.
"""

from __future__ import annotations

import linecache
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import wraps
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from cnnlint.confirm.child.places import Users
from cnnlint.confirm.child.world.asking import Unreads
from cnnlint.evidence import Replaced

__all__ = ["World", "around"]


def around(owner: Any, name: str, instead: Callable[..., Any]) -> None:
    """Let `instead(original, *arguments)` answer for `owner.name`; nothing if there is no such thing."""
    original = vars(owner).get(name) if isinstance(owner, type) else getattr(owner, name, None)
    original = original if original is not None else getattr(owner, name, None)
    if original is None:
        return

    @wraps(original)
    def call(*values: Any, **named: Any) -> Any:
        return instead(original, *values, **named)

    setattr(owner, name, call)


class World:
    """What the parts of the world share: what the task asks for, what a script may have of them, and the
    notes they make. `batch`, `classes` and `size` may be set anew for another try."""

    def __init__(self, users: Users, options: dict[str, Any]) -> None:
        self.users = users
        self.options = options
        self.folder = str(Path(users.path).parent)  # where the script is started
        self.batch: int | None = int(options.get("batch", 16))  # at most; None for no bound
        steps = int(options.get("steps", 20))
        self.batches = int(options.get("batches", max(2, steps // 4)))  # of a pass over a loader; 0: no bound
        self.classes = int(options.get("classes") or 10)
        wanted = options.get("input") or [256, 256]
        self.size: tuple[int, int] = (int(wanted[-2]), int(wanted[-1]))  # of images whose size nobody knows
        self.refused: list[int] = []  # the shape of a prediction that a loss would not take
        self.fitting = 0  # examples of a batch that there is time for
        self.folders = False  # whether a missing folder of data holds one for each class
        self.weights = False  # whether a file of weights that is not there is said to be
        self.gpu = False  # whether there is said to be one
        self.old = False  # whether torch is as before 0.4
        self.sides_left = [224, 32, 28, 64, 128]  # to be tried for such images
        self.seed = int(options.get("seed", 0))
        self.device = str(options.get("device", "cpu"))
        self.images = int(options.get("images", 256))
        self.replaced: list[Replaced] = []
        self.kept: list[Any] = []  # what one try leaves behind, and the next is not to find
        self.wanted: list[str] = []
        self.unreads = Unreads(users)
        self.stubs: dict[str, None] = {}
        self.scratch = Path(tempfile.mkdtemp(prefix="cnnlint-"))
        self.recorder: Any = None  # of the run that goes on
        self._finder = _AfterImport()
        places = ("/proc", "/dev", "/sys", sys.prefix, *filter(None, sys.path), str(self.scratch))
        self._beside = tuple(f"{each}/" for each in places if not users.root.startswith(f"{each}/"))

    def mine(self) -> bool:
        """Whether the user's code is running, not a probe or we."""
        return self.recorder is not None and not self.recorder.paused

    def beside(self, path: str) -> bool:
        """Whether a path is of Python, the system or ours, and so none of the script's data."""
        return f"{path}/".startswith(self._beside)

    def replace(self) -> None:
        """Replace all of it."""
        sys.meta_path.insert(0, self._finder)
        for module in sorted(each.name for each in iter_modules(__path__)):
            import_module(f"{__name__}.{module}").replace(self)

    def instead(self, what: str, by: str) -> None:
        """Note that something was replaced, once."""
        if not any((each["what"], each["by"]) == (what, by) for each in self.replaced):
            self.replaced.append({"what": what, "by": by, "place": self.users.place()})

    def missing(self, what: str) -> None:
        """Note that the script asked for what there is not, once."""
        if what not in self.wanted:
            self.wanted.append(what)

    def lacking(self, path: str) -> None:
        """Note that data which the script asked for are not there; something else is in their place."""
        self.missing(path)
        self.unreads.lacking(path)

    def sources(self) -> Iterator[str]:
        """The text of the user's files that have been executed."""
        for module in list(sys.modules.values()):
            path = str(getattr(module, "__file__", None) or "")
            if self.users.wrote(path):
                yield "".join(linecache.getlines(path))

    def when_imported(self, name: str, change: Callable[[ModuleType], None]) -> None:
        """Change a module as soon as it has been imported, or now if it is."""
        if name in sys.modules:
            change(sys.modules[name])
        else:
            self._finder.changes.setdefault(name, []).append(change)


class _AfterImport(MetaPathFinder):
    """Lets the other finders find a module, and changes it after it was loaded."""

    def __init__(self) -> None:
        self.changes: dict[str, list[Callable[[ModuleType], None]]] = {}

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        changes = self.changes.pop(fullname, [])
        if not changes:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader.exec_module = _then(spec.loader.exec_module, changes)  # type: ignore[method-assign]
                return spec
        self.changes[fullname] = changes
        return None


def _then(load: Callable[[ModuleType], None], changes: list[Callable[[ModuleType], None]]) -> Any:
    """Loads a module, and changes it."""

    def loaded(module: ModuleType) -> None:
        load(module)
        for change in changes:
            change(module)

    return loaded
