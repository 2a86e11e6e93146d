"""Imports: which file of the project a name means, and what its code leaves in its globals."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Callable
from typing import Any

from cnnlint.interpreter import limits
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.objects import MISSING, Library, Missing, ProjectModule, Scope, Value
from cnnlint.interpreter.state import LATER, Deferred, Frame, LimitReached, Postponed
from cnnlint.knowledge.frameworks import is_story, story_of
from cnnlint.syntax import tree
from cnnlint.values import Unknown

#: Folders above a file that may hold the packages it imports.
ANCESTORS = 6
#: Libraries that are never looked for in the project.
NEVER_LOCAL = frozenset(
    "torch torchvision torchaudio torchtext numpy scipy sklearn pandas matplotlib PIL cv2 tqdm tensorboardX "
    "lightning pytorch_lightning ignite accelerate transformers wandb h5py yaml einops albumentations "
    "torchmetrics pytest skimage seaborn tensorflow keras jax typing_extensions huggingface_hub "
    "safetensors".split()
) | frozenset(sys.stdlib_module_names)


class Modules(Core):
    """Import statements."""

    def import_names(self, node: tree.Import) -> None:
        for name, alias in node.names:
            first = name.partition(".")[0]
            if alias:
                self.bind(alias, self.import_module(name), node)
            else:
                self.import_module(name)
                self.bind(first, self.import_module(first, later="." in name), node)

    def import_from(self, node: tree.ImportFrom) -> None:
        if node.module == "__future__":
            return
        base = self.relative(node) if node.level else node.module
        if base is None:
            for name, alias in node.names:
                self.bind(alias or name, self.unknown(f"`{name}` comes from outside the project", node), node)
            return
        later = self.deferrable(base) if node.level else None
        if later is not None and all(name != "*" for name, _ in node.names):
            for name, alias in node.names:
                self.bind(alias or name, Deferred(later, base, name), node)
            return
        module = self.import_path(base) if node.level else self.import_module(base)
        for name, alias in node.names:
            if name == "*":
                self.import_everything(module, node)
                continue
            self.bind(alias or name, self.member(module, base, name, bool(node.level), node), node)

    def deferrable(self, base: str) -> str | None:
        """The file that a package takes names from, if its code can wait: most of what a package offers
        nobody uses."""
        here = self.frame.scope.module.path
        hub = posixpath.basename(here) == "__init__.py" and here != self.program.path
        path = self.file_of(base) if hub and self.frame.function is None else None
        known = self.modules.get(path or "")
        return path if known is None or known.waiting else None

    def name_in(self, module: ProjectModule, name: str) -> Value:
        """What a global of a module is, its code run if need be; MISSING if it has none of that name."""
        if name not in module.names and module.waiting:
            self.load_module(module.path)
        found = module.names.get(name, MISSING)
        if type(found) in LATER:
            found = module.names[name] = self.fetched(found)
        return found

    def fetched(self, later: Deferred | Postponed) -> Value:
        """The value of a name that has waited for somebody to ask."""
        if isinstance(later, Deferred):
            return self.member(self.load_module(later.path), later.base, later.name, True, None)
        if later.value is MISSING:
            later.value = Unknown(f"`{later.name}` is not followed")
            module, names = later.module, later.names
            scope = Scope(names, Scope(module.names, None, module), module)
            self.run_apart(scope, lambda: self.execute((later.statement,)), later.statement)
            later.value = names.get(later.name, later.value)
            if later.name in self.awaited.get(id(module.names), ({}, set()))[1]:
                self.escape(later.value)
        return later.value

    def member(self, module: Value, base: str, name: str, is_path: bool, node: Any) -> Value:
        if isinstance(module, ProjectModule):
            found = self.name_in(module, name)
            if found is not MISSING:
                return found
            submodule = (
                self.import_path(f"{base}/{name}") if is_path else self.import_module(f"{base}.{name}")
            )
            if isinstance(submodule, ProjectModule):
                return submodule
            return self.unknown(f"`{name}` is not in `{module.path}`", node)
        if isinstance(module, Library):
            return self.import_module(f"{module.name}.{name}", only_project=False)
        return module

    def of_library(self, name: str) -> Value:
        """Something of a library, by its dotted name: what a story tells that it is, if one does."""
        story = story_of(name)
        told = MISSING if story is None else self.name_in(self.load_module(story), name.rpartition(".")[2])
        return Library(name) if isinstance(told, Missing | Library | Unknown) else told

    def import_everything(self, module: Value, node: Any) -> None:
        if not isinstance(module, ProjectModule):
            return
        if module.waiting:
            self.load_module(module.path)
        listed = module.names.get("__all__")
        items = None if listed is None else getattr(listed, "store", {}).get("items")
        names = [name for name in items if isinstance(name, str)] if isinstance(items, tuple) else None
        for name in names or [name for name in module.names if not name.startswith("_")]:
            if name in module.names:
                self.bind(name, module.names[name], node)

    def relative(self, node: tree.ImportFrom) -> str | None:
        """The folder or file (without .py) that a relative import names."""
        folder = posixpath.dirname(self.frame.scope.module.path)
        for _ in range(node.level - 1):
            folder = posixpath.join(folder, "..")
        return (
            posixpath.normpath(posixpath.join(folder or ".", *node.module.split(".")))
            if node.module
            else posixpath.normpath(folder or ".")
        )

    def import_path(self, path: str) -> Value:
        found = self.file_of(path)
        if found is not None:
            return self.load_module(found)
        return ProjectModule(path, complete=True)

    def import_module(self, name: str, only_project: bool = False, later: bool = False) -> Value:
        """A ProjectModule if the name is a file of the project, else a Library."""
        first = name.partition(".")[0]
        if first in NEVER_LOCAL:
            return self.of_library(name)
        folder = posixpath.dirname(self.frame.scope.module.path)
        relative = name.replace(".", "/")
        for _ in range(ANCESTORS):
            found = self.file_of(posixpath.normpath(posixpath.join(folder or ".", relative)))
            if found is not None:
                return self.import_packages(folder, name) if "." in name else self.load_module(found, later)
            if folder in ("/", "") and folder == posixpath.dirname(folder):
                break
            folder = (
                posixpath.dirname(folder)
                if not folder.endswith("..") and folder
                else posixpath.join("..", folder)
            )
        return self.of_library(name)

    def import_packages(self, folder: str, name: str) -> Value:
        """`import a.b.c`: each package holds the next one as an attribute, and runs when it is asked for
        something else."""
        parent: ProjectModule | None = None
        path = folder or "."
        last = posixpath.normpath(posixpath.join(path, *name.split(".")))
        module: Value = Library(name)
        for part in name.split("."):
            path = posixpath.normpath(posixpath.join(path, part))
            found = self.file_of(path)
            module = (
                self.load_module(found, later=path != last)
                if found
                else self.modules.setdefault(path, ProjectModule(path, complete=True))
            )
            if parent is not None:
                parent.names.setdefault(part, module)
            parent = module
        return module

    def file_of(self, path: str) -> str | None:
        for candidate in (f"{path}.py", f"{path}/__init__.py"):
            there = self.program.files.get(candidate)
            if there is None:
                there = self.program.files[candidate] = self.project.is_file(candidate)
            if there:
                return candidate
        return None

    def load_module(self, path: str, later: bool = False) -> ProjectModule:
        """Run a module's code once (or later, when something in it is asked for); a module imported while
        it runs is seen as far as it got."""
        module = self.modules.get(path)
        if module is None:
            module = self.modules[path] = ProjectModule(path, waiting=True, story=is_story(path))
            module.names.update(__name__=posixpath.splitext(posixpath.basename(path))[0], __file__=path)
        if module.waiting and not later:
            module.waiting = False
            parsed = self.project.module(path)
            if parsed is None:
                module.complete = True
            else:
                self.run_module(module, parsed)
        return module

    def run_module(self, module: ProjectModule, parsed: tree.Module) -> None:
        """Follow a module's code."""
        scope = Scope(module.names, None, module)
        self.run_apart(scope, lambda: self.run_body(parsed.body, module), parsed)
        module.complete = True

    def run_body(self, body: tree.Block, module: ProjectModule) -> None:
        """Its statements; a name that is given a large value waits until somebody asks for it."""
        done = 0
        for index, statement in enumerate(body[:-1]):
            if body[index + 1].at - statement.at > limits.STATEMENT_OF_IMPORT:
                name = name_given(statement)
                if name and self.execute(body[done:index]) == "next":
                    waiting = Postponed(statement, name, dict(module.names), module)
                    self.bind(name, waiting, statement)
                    done = index + 1
        self.execute(body[done:])

    def run_apart(self, scope: Scope, run: Callable[[], object], node: Any) -> None:
        """Follow code of an imported module apart from what is being followed now."""
        imported = self.import_steps
        if imported >= limits.STEPS_FOR_IMPORTS:
            return
        saved = (
            self.trace,
            self.arms,
            self.loop,
            self.grad_enabled,
            self.models,
            self.speculation,
            self.fresh,
            self.loop_depth,
        )
        self.trace, self.arms, self.loop, self.grad_enabled, self.models = [], (), None, True, []
        self.speculation, self.fresh, self.loop_depth = 0, set(), 0
        self.frames.append(Frame(scope))
        steps, allowed, in_call = self.steps, self.steps_allowed, self.steps_in_call
        self.steps_allowed = steps + min(limits.STEPS_PER_MODULE, limits.STEPS_FOR_IMPORTS - imported)
        self.steps_in_call = self.steps_allowed
        try:
            with self.heap.set_aside():
                run()
        except LimitReached:
            self.program.limits.append(
                (self.site(node), f"more than {self.steps - steps:,} steps to import it")
            )
        finally:
            self.import_steps = imported + self.steps - steps
            self.steps_allowed = allowed + self.steps - steps
            self.steps_in_call = in_call + self.steps - steps
            self.frames.pop()
            (
                self.trace,
                self.arms,
                self.loop,
                self.grad_enabled,
                self.models,
                self.speculation,
                self.fresh,
                self.loop_depth,
            ) = saved


def name_given(statement: Any) -> str:
    """The one name that a statement gives a value; "" for every other statement."""
    if isinstance(statement, tree.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, tree.AnnAssign) and statement.value is not None:
        target = statement.target
    else:
        return ""
    return target.id if isinstance(target, tree.Name) else ""
