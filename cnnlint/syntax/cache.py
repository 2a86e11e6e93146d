"""A cache by content: whatever was made of some bytes once is not made of them again.

An entry is one file, named by the hash of its key, of this package's code and of the Python that
wrote it. It is written beside its place and moved there whole, so that two processes may write
at once; what cannot be read back, for whatever reason, is a miss.
"""

from __future__ import annotations

import gc
import hashlib
import io
import os
import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import cnnlint
from cnnlint.syntax import tree
from cnnlint.syntax.parse import SyntaxProblem, TooLarge, parse

__all__ = ["MAXIMUM_BYTES", "Cache", "default_cache_folder", "parse_cached"]

MAXIMUM_BYTES = 256 * 1024 * 1024
"""About what the cache may grow to before its oldest entries go."""

OWN_FOLDER = "cnnlint-entries"  # Only in here is anything ever removed.
SHARDS = 256
DIGEST_BYTES = 16
ADMITTED_MODULES = (
    "cnnlint.findings",
    "cnnlint.source.places",
    "cnnlint.syntax.parse",
    "cnnlint.syntax.tree",
)
ADMITTED_BUILTINS = {"Ellipsis": ..., "complex": complex}


class Cache:
    """Values by key, kept in files under `folder`; without a folder, nothing is kept.

    A folder that cannot be written is as good as none. Values are slim trees, findings, the two
    errors of `parse`, and built-in containers of them; anything else put in is never found again.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def get(self, key: bytes | str) -> Any:
        """The value last put under this key; None if there is none that can be read."""
        if self.folder is None:
            return None
        try:
            content = self._file(key).read_bytes()
        except OSError:
            return None
        digest, payload = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
        if digest != _digest(payload):
            return None
        try:
            with _without_garbage_collection():
                return _Reader(io.BytesIO(payload)).load()
        except Exception:
            return None

    def put(self, key: bytes | str, value: Any) -> None:
        """Keep this value under this key, if it can be kept."""
        if self.folder is None:
            return
        try:
            payload = pickle.dumps(value, 5)
        except Exception:
            return
        file = self._file(key)
        try:
            _write_whole(file, _digest(payload) + payload)
            if file.name.startswith("0"):  # One put in sixteen looks after its own shard.
                _drop_oldest(file.parent)
        except OSError:
            return

    def _file(self, key: bytes | str) -> Path:
        assert self.folder is not None
        name = hashlib.sha256(_environment() + _bytes(key)).hexdigest()
        return self.folder / OWN_FOLDER / name[:2] / name[2:]


def parse_cached(text: str, cache: Cache) -> tree.Module:
    """`parse(text)`, from the cache if it was parsed before; its errors are cached as well."""
    key = b"parse " + _bytes(text)
    known = cache.get(key)
    if isinstance(known, tree.Module):
        return known
    if isinstance(known, (SyntaxProblem, TooLarge)):
        raise known
    try:
        parsed = parse(text)
    except (SyntaxProblem, TooLarge) as error:
        cache.put(key, error)
        raise
    cache.put(key, parsed)
    return parsed


def default_cache_folder() -> Path | None:
    """Where caches live on this platform, or CNNLINT_CACHE_DIR; None without a home."""
    chosen = os.environ.get("CNNLINT_CACHE_DIR")
    if chosen:
        return Path(chosen)
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 (Path.expanduser raises without a home.)
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "cnnlint" / "Cache"
    elif sys.platform == "darwin":
        folder = home / "Library" / "Caches" / "cnnlint"
    else:
        xdg = Path(os.environ.get("XDG_CACHE_HOME", ""))
        folder = (xdg if xdg.is_absolute() else home / ".cache") / "cnnlint"
    return folder if folder.is_absolute() else None


class _Reader(pickle.Unpickler):
    """Reads only our own plain classes, so that a forged entry can run nothing."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "builtins" and name in ADMITTED_BUILTINS:
            return ADMITTED_BUILTINS[name]
        if module in ADMITTED_MODULES:
            found = getattr(import_module(module), name, None)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not a class that the cache holds")


def _write_whole(file: Path, content: bytes) -> None:
    """Write to a name that no other process uses, then move into place in one step."""
    if not file.parent.is_dir():
        if not file.parent.parent.is_dir():
            file.parent.parent.mkdir(parents=True, exist_ok=True)
            (file.parent.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        file.parent.mkdir(exist_ok=True)
    beside = file.with_name(f"{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        beside.write_bytes(content)
        beside.replace(file)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _drop_oldest(shard: Path) -> None:
    """Remove the oldest files of a shard while it holds more than its share of the maximum."""
    entries = [(file.stat(), file) for file in shard.iterdir()]
    entries.sort(key=lambda entry: entry[0].st_mtime_ns)
    excess = sum(status.st_size for status, _ in entries) - MAXIMUM_BYTES // SHARDS
    for status, file in entries:
        if excess <= 0:
            return
        file.unlink(missing_ok=True)
        excess -= status.st_size


@cache
def _environment() -> bytes:
    """What else an entry depends on: our version, the code of this package, and Python's minor."""
    code = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        code.update(file.read_bytes())
    version = getattr(cnnlint, "__version__", "")
    return f"{version} {code.hexdigest()} {sys.version_info[:2]} ".encode()


def _bytes(key: bytes | str) -> bytes:
    return key.encode("utf-8", "surrogatepass") if isinstance(key, str) else key


def _digest(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=DIGEST_BYTES).digest()


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Unpickling makes no garbage, and collecting during it costs several times the unpickling."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
