"""The user's file as a module: sliced, with its own neighbours importable and what is missing stood in for.

The file itself and loose scripts beside it are executed as slices (`slicing`); modules inside packages are
imported as they are, since a package is made to be imported.
"""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from cnnlint.confirm.child.overlay import Overlay
from cnnlint.confirm.child.places import Users, tops
from cnnlint.confirm.child.slicing import LOST, Slice, sliced
from cnnlint.confirm.child.stubs import StubFinder, StubModule

__all__ = ["Project", "Script", "shown"]

#: What stands in front of the name of a file whose own name belongs to something else.
PRIVATE = "cnnlint_subject_"


class Script(NamedTuple):
    """A file of the user's, executed as a slice."""

    path: str
    tree: ast.Module
    module: ModuleType
    slice: Slice


class Project:
    """The user's files below `root`, as `path` sees them; installed while it is entered as a context.

    `stub` names packages to stand in for even where they are installed, `overlay` are texts of other files.
    """

    def __init__(
        self,
        root: str,
        path: str,
        source: str,
        stub: Iterable[str] = (),
        overlay: Mapping[str, str] | None = None,
    ) -> None:
        self.root = str(Path(root).resolve())
        self.path = str(Path(path).resolve())
        self.texts = {**(overlay or {}), self.path: source}
        self.scripts: dict[str, Script] = {}
        self.users = Users(self.root, self.path)
        self.stubs = StubFinder(self.users.need_import)
        self._unwanted = frozenset(stub)
        self._replaced = StubFinder(lambda name: name in self._unwanted)
        self._replaced.stubs = self.stubs.stubs
        self._wanted: dict[str, set[str]] = {}

    @contextmanager
    def entered(self) -> Iterator[Project]:
        """Its folders are searched first, as Python does it for a script; what is missing is stood in for."""
        before, finders, modules = list(sys.path), list(sys.meta_path), set(sys.modules)
        sys.path[:0] = [folder for folder in self.folders() if folder not in sys.path]
        sys.meta_path[:0] = [self._replaced, SliceFinder(self), Overlay(self.texts)]
        sys.meta_path.append(self.stubs)
        invalidate_caches()
        try:
            yield self
        finally:
            sys.path[:], sys.meta_path[:] = before, finders
            for name in set(sys.modules) - modules:
                module = sys.modules[name]
                if isinstance(module, StubModule) or self.users.wrote(str(getattr(module, "__file__", None))):
                    del sys.modules[name]

    def folders(self) -> list[str]:
        """Where imports are looked for: the folder of the file or of its package, and those above it."""
        folder = package_root(Path(self.path))
        above = [folder, *folder.parents]
        own = [str(each) for each in above if each.is_relative_to(self.root)]
        return list(dict.fromkeys([*own, *tops(self.root)])) if own else [str(folder)]

    def subject(self) -> Script:
        """The file that this is about, executed."""
        return self.script(self.path)

    def script(self, path: str) -> Script:
        """A file of the user's, executed once. SyntaxError or OSError where it cannot be read."""
        if path not in self.scripts:
            loader = SliceLoader(self, path, self.text(path), ())
            name, folder = _name(Path(path), ast.parse(loader.source, path))
            _parents(name, folder)
            if path in self.scripts:  # its package has imported it
                return self.scripts[path]
            spec = spec_from_loader(name, loader, origin=path, is_package=Path(path).stem == "__init__")
            assert spec is not None
            module = module_from_spec(spec)
            if Path(path).stem == "__init__":
                module.__path__ = [str(Path(path).parent)]
            sys.modules[name] = module
            loader.exec_module(module)
        return self.scripts[path]

    def asked(self, name: str) -> set[str] | None:
        """What the slices so far import from a module, None if that is not known."""
        return self._wanted.get(name)

    def ask(self, tree: ast.Module) -> None:
        """Take down what a file imports from which module, before it is executed."""
        known: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                known.update((one.asname or one.name, one.name) for one in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = self._wanted.setdefault(node.module, set())
                names.update(one.name for one in node.names)
                known.update((one.asname or one.name, f"{node.module}.{one.name}") for one in node.names)
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in known
            ):
                self._wanted.setdefault(known[node.value.id], set()).add(node.attr)

    def text(self, path: str) -> str:
        """The source of a file: what we were given for it, if we were."""
        known = self.texts.get(path)
        return Path(path).read_text(encoding="utf-8", errors="replace") if known is None else known


class SliceFinder(MetaPathFinder):
    """Finds the user's loose scripts, to execute them as slices."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if "." not in name and name in sys.stdlib_module_names:
            return None
        places = list(path) if path is not None else self.project.folders()
        if not any(self.project.users.wrote(str(Path(each) / "x.py")) for each in places):
            return None
        spec = PathFinder.find_spec(name, places)
        if (
            spec is None
            or not self.project.users.wrote(str(spec.origin))
            or not str(spec.origin).endswith(".py")
        ):
            return None
        origin = str(spec.origin)
        if origin != self.project.path and in_package(Path(origin)):
            return None
        source = self.project.text(origin)
        spec.loader = SliceLoader(self.project, origin, source, self.project.asked(name))
        return spec


class SliceLoader(Loader):
    """Executes a slice as a module."""

    def __init__(self, project: Project, path: str, source: str, wanted: Iterable[str] | None) -> None:
        self.project, self.path, self.source, self.wanted = project, path, source, wanted

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def get_source(self, name: str) -> str:
        return self.source

    def exec_module(self, module: ModuleType) -> None:
        tree = ast.parse(self.source, self.path)
        wanted = None if self.wanted is None or "*" in self.wanted else self.wanted
        if in_package(Path(self.path)):
            wanted = None
        result = sliced(tree, wanted)
        module.__file__ = self.path
        if known := self.project.scripts.get(self.path):  # by another name
            vars(module).update({name: each for name, each in vars(known.module).items() if name[:2] != "__"})
            return
        self.project.scripts[self.path] = Script(self.path, tree, module, result)
        self.project.ask(tree)
        linecache.cache[self.path] = (len(self.source), None, self.source.splitlines(True), self.path)

        def lost(line: int, names: list[str]) -> None:
            error = sys.exc_info()[1]
            result.lose(line, names, f"it raised {shown(error)}")
            for name in names:
                vars(module).pop(name, None)

        vars(module)[LOST] = lost
        exec(compile(result.tree, self.path, "exec", dont_inherit=True), vars(module))


def shown(error: BaseException | None) -> str:
    """An exception in one line: `ValueError: too few`."""
    words = str(error).strip().split("\n")[0]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def in_package(path: Path) -> bool:
    """Whether a file lies in a folder that is a package."""
    return (path.parent / "__init__.py").exists()


def package_root(path: Path) -> Path:
    """The folder from which a file is imported: above the outermost package that it is in."""
    folder = path.parent
    while (folder / "__init__.py").exists() and folder.name.isidentifier() and folder != folder.parent:
        folder = folder.parent
    return folder


def _name(path: Path, tree: ast.Module) -> tuple[str, Path]:
    """What a file is imported as, and the folder that is found from. A loose one that imports relatively is
    taken as part of the folders it means."""
    levels = [node.level for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    folder = package_root(path)
    if not in_package(path):
        for _ in range(max(levels, default=0)):
            folder = folder.parent
    parts = path.relative_to(folder).with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts
    return (".".join(parts) if len(parts) > 1 else _free(parts[0])), folder


def _free(stem: str) -> str:
    """The name of a file as a module, unless it is that of another: then a private one."""
    taken = not stem.isidentifier() or stem in sys.modules or stem in sys.stdlib_module_names
    return PRIVATE + "".join(each if each.isalnum() else "_" for each in stem) if taken else stem


def _parents(name: str, folder: Path) -> None:
    """Import the packages a module is in. One that cannot be is there, and empty."""
    parents = name.split(".")[:-1]
    for end, part in enumerate(parents, start=1):
        folder = folder / part
        whole = ".".join(parents[:end])
        try:
            import_module(whole)
        except (Exception, SystemExit):
            if whole not in sys.modules:
                module = ModuleType(whole)
                module.__path__ = [str(folder)]
                sys.modules[whole] = module
