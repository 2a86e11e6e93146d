"""Which files to lint: paths, folders, globs and standard input, less what is ignored or excluded."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

__all__ = ["DEFAULT_EXCLUDES", "Discovered", "Patterns", "Walk", "discover"]

SUFFIXES = (".py", ".ipynb")
STDIN = "-"

#: Folders that hold no code of one's own.
DEFAULT_EXCLUDES = (
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "__pypackages__",
    "_build",
    "buck-out",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)


class Patterns:
    """Globs as ruff has them: without a slash one matches a name anywhere, with one a path from `root`.

    `*` also crosses slashes.
    """

    def __init__(self, globs: Iterable[str], root: Path) -> None:
        self.root = root
        trimmed = [glob.rstrip("/") for glob in globs]
        self.names = either(glob for glob in trimmed if "/" not in glob)
        self.paths = either(
            glob if glob.startswith("/") else f"{root.as_posix().rstrip('/')}/{glob.removeprefix('./')}"
            for glob in trimmed
            if "/" in glob
        )

    def match(self, path: Path) -> bool:
        """True where this very path, not a folder above it, matches. `path` is absolute."""
        return bool(
            (self.names and self.names.match(path.name)) or (self.paths and self.paths.match(path.as_posix()))
        )

    def match_anywhere(self, path: Path) -> bool:
        """True where the path or a folder above it, up to the root, matches."""
        above = (
            folder for folder in path.parents if folder.is_relative_to(self.root) and folder != self.root
        )
        return self.match(path) or any(map(self.match, above))


def either(globs: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern for several globs; None for no globs."""
    translated = [fnmatch.translate(glob) for glob in globs]
    return re.compile("|".join(translated)) if translated else None


class Walk(NamedTuple):
    """How to look for files. `root` is what relative `exclude` patterns start from."""

    root: Path
    exclude: Sequence[str] = DEFAULT_EXCLUDES
    force_exclude: bool = False
    respect_gitignore: bool = True


class Discovered(NamedTuple):
    """The files to lint, sorted, each once; and what could not be looked at: (path, why)."""

    files: tuple[str, ...]
    problems: tuple[tuple[str, str], ...]


def discover(paths: Iterable[str], walk: Walk) -> Discovered:
    """The files that paths, folders and globs stand for.

    A file named explicitly is taken whatever its suffix, also if it is excluded, unless
    `force_exclude`. Links to folders are not followed inside a folder, so no loop can arise.
    """
    found: dict[str, str] = {}
    problems: list[tuple[str, str]] = []
    excluded = Patterns(walk.exclude, walk.root)
    for given in paths:
        for path in expanded(given):
            for file in files_at(path, walk, excluded, problems):
                shown = os.path.normpath(file)
                kept = found.setdefault(os.path.realpath(file), shown)
                if len(shown) < len(kept):
                    found[os.path.realpath(file)] = shown
    return Discovered(tuple(sorted(found.values())), tuple(problems))


def expanded(given: str) -> list[str]:
    """The paths a glob matches (also where the shell did not expand it); any other path as it is."""
    if not re.search(r"[*?\[]", given) or Path(given).exists():
        return [given]
    import glob

    return sorted(glob.glob(given, recursive=True)) or [given]  # noqa: PTH207  (the paths stay as given)


def files_at(given: str, walk: Walk, excluded: Patterns, problems: list[tuple[str, str]]) -> Iterator[str]:
    """The files of one path, or a problem."""
    path = Path(given)
    absolute = Path.cwd() / path
    if not path.is_dir():
        if not path.exists():
            problems.append((given, "no such file or folder"))
        elif not (walk.force_exclude and excluded.match_anywhere(Path(os.path.normpath(absolute)))):
            yield given
        return
    folder = Path(os.path.normpath(absolute))
    if walk.force_exclude and excluded.match_anywhere(folder):
        return
    ignores = Ignores.above(folder) if walk.respect_gitignore else None
    yield from files_in(given, folder, ignores, excluded, problems)


def files_in(
    shown: str, folder: Path, ignores: Ignores | None, excluded: Patterns, problems: list[tuple[str, str]]
) -> Iterator[str]:
    """The Python files and notebooks in a folder and below; `shown` is the folder as the user gave it."""
    pending = [(shown, folder, ignores)]
    while pending:
        shown, folder, ignores = pending.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            problems.append((shown, f"cannot be opened: {error.strerror or error}"))
            continue
        names = {entry.name for entry in entries}
        if "pyvenv.cfg" in names:
            continue
        if ignores is not None and ".gitignore" in names:
            ignores = ignores.entering(folder)
        for entry in entries:
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
                is_file = not is_folder and entry.name.endswith(SUFFIXES) and entry.is_file()
            except OSError:
                continue
            if not (is_folder or is_file):
                continue
            path = folder / entry.name
            if excluded.match(path) or (ignores is not None and ignores.ignore(path, is_folder)):
                continue
            below = os.path.join(shown, entry.name)  # noqa: PTH118  (Path would drop a leading `./`)
            if is_folder:
                pending.append((below, path, ignores))
            else:
                yield below


class Ignores:
    """The `.gitignore` files that hold for a folder, outermost first."""

    def __init__(self, specs: tuple[tuple[Path, GitIgnoreSpec], ...] = ()) -> None:
        self.specs = specs

    @classmethod
    def above(cls, folder: Path) -> Ignores:
        """Those of the folders above, up to the root of the repository; none outside a repository.

        A folder that is itself ignored was asked for all the same, so what ignores it does not count.
        """
        above = (folder, *folder.parents)
        top = next((depth for depth, each in enumerate(above) if (each / ".git").exists()), None)
        if top is None:
            return cls()
        ignores = cls(tuple(read_ignores(above[top], above[top] / ".git" / "info" / "exclude")))
        for parent in reversed(above[1 : top + 1]):
            ignores = ignores.entering(parent)
        asked = [each for each in above[:top] if ignores.ignore(each, is_folder=True)]
        return cls() if asked else ignores

    def entering(self, folder: Path) -> Ignores:
        """With the folder's own `.gitignore`, if it has one."""
        own = tuple(read_ignores(folder, folder / ".gitignore"))
        return Ignores(self.specs + own) if own else self

    def ignore(self, path: Path, is_folder: bool) -> bool:
        """The innermost file with a pattern that matches decides, in it the last such pattern."""
        for base, spec in reversed(self.specs):
            relative = path.relative_to(base).as_posix() + ("/" if is_folder else "")
            decided = of_folder(spec, relative) if is_folder else spec.check_file(relative).include
            if decided is not None:
                return decided
        return False


def of_folder(spec: GitIgnoreSpec, folder: str) -> bool | None:
    """What the patterns say of a folder itself: `!*/` takes it back from `*`, as with git.

    pathspec answers for what lies in it, where the pattern without a slash goes before.
    """
    for pattern in reversed(spec.patterns):
        if pattern.include is not None and pattern.match_file(folder):
            return bool(pattern.include)
    return None


def read_ignores(base: Path, file: Path) -> Iterator[tuple[Path, GitIgnoreSpec]]:
    """The patterns of an ignore file, with the folder they start from; nothing if it cannot be read."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    from pathspec import GitIgnoreSpec

    valid = [line for line in lines if is_valid_pattern(line)]
    if valid:
        yield base, GitIgnoreSpec.from_lines(valid)


def is_valid_pattern(line: str) -> bool:
    """Git passes over a pattern it cannot read; pathspec would raise."""
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
