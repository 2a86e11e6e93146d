"""The cache gives back what was put in, or nothing: whoever writes at once, whatever the disk holds."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlint.syntax import cache as cache_module
from cnnlint.syntax import tree
from cnnlint.syntax.cache import Cache, default_cache_folder, parse_cached
from cnnlint.syntax.parse import SyntaxProblem, TooLarge, parse
from tests.syntax.tricky_source import TEXTS

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
VALUES = st.recursive(
    SCALARS | st.frozensets(st.integers()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=8,
)


def entries(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != ".gitignore"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@settings(deadline=None)
@given(key=st.text() | st.binary(), value=VALUES)
def test_what_was_put_in_comes_back(folder: Path, key: Any, value: Any) -> None:
    Cache(folder).put(key, value)
    assert Cache(folder).get(key) == value


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TEXTS.items()])
def test_a_tree_comes_back_equal(folder: Path, text: str) -> None:
    Cache(folder).put(text, parse(text))
    assert Cache(folder).get(text) == parse(text)


def test_constants_of_every_type_come_back(tmp_path: Path) -> None:
    module = parse("x = [..., 1j, None, True, 1.5, b'a', 'é', 10**3, -1]\n")
    Cache(tmp_path).put("key", module)
    assert repr(Cache(tmp_path).get("key")) == repr(module)


def test_another_key_is_a_miss(tmp_path: Path) -> None:
    Cache(tmp_path).put("a", 1)
    assert Cache(tmp_path).get("b") is None


def test_the_last_value_put_in_counts(tmp_path: Path) -> None:
    Cache(tmp_path).put("a", 1)
    Cache(tmp_path).put("a", 2)
    assert Cache(tmp_path).get("a") == 2


def test_without_a_folder_nothing_is_kept() -> None:
    Cache(None).put("a", 1)
    assert Cache(None).get("a") is None


def test_a_folder_that_cannot_be_written_is_as_good_as_none(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    Cache(file / "below").put("a", 1)
    assert Cache(file / "below").get("a") is None


def test_a_value_that_cannot_be_kept_is_not(tmp_path: Path) -> None:
    Cache(tmp_path).put("a", lambda: None)
    assert Cache(tmp_path).get("a") is None
    assert entries(tmp_path) == []


@settings(deadline=None)
@given(place=st.integers(0, 10_000), byte=st.integers(1, 255))
def test_a_changed_byte_is_a_miss(tmp_path_factory: pytest.TempPathFactory, place: int, byte: int) -> None:
    cache = Cache(tmp_path_factory.mktemp("cache"))
    cache.put("key", parse("x = nn.Conv2d(3, 64)\n"))
    (file,) = entries(cache.folder or Path())
    content = bytearray(file.read_bytes())
    content[place % len(content)] ^= byte
    file.write_bytes(content)
    assert cache.get("key") is None


@settings(deadline=None)
@given(kept=st.integers(0, 300))
def test_a_truncated_entry_is_a_miss(tmp_path_factory: pytest.TempPathFactory, kept: int) -> None:
    cache = Cache(tmp_path_factory.mktemp("cache"))
    cache.put("key", parse("x = nn.Conv2d(3, 64)\n"))
    (file,) = entries(cache.folder or Path())
    content = file.read_bytes()
    file.write_bytes(content[: kept % len(content)])
    assert cache.get("key") is None


class Forged:
    """Pickles as a call of some function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize("function", [os.mkdir, Path.mkdir, eval, getattr, cache_module.Cache, import_module])
def test_a_forged_entry_runs_nothing(tmp_path: Path, function: Any) -> None:
    cache = Cache(tmp_path / "cache")
    victim = tmp_path / "victim"
    cache.put("key", 1)
    (file,) = entries(tmp_path)
    payload = pickle.dumps(Forged(function, str(victim)))
    file.write_bytes(hashlib.blake2b(payload, digest_size=cache_module.DIGEST_BYTES).digest() + payload)
    assert cache.get("key") is None
    assert not victim.exists()


def test_a_folder_in_place_of_an_entry_is_a_miss(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("key", 1)
    (file,) = entries(tmp_path)
    file.unlink()
    file.mkdir()
    cache.put("key", 2)
    assert cache.get("key") is None
    assert entries(tmp_path) == []


WRITER = """
import sys
from importlib import import_module
from pathlib import Path
from cnnlint.syntax.cache import Cache
cache = Cache(Path(sys.argv[1]))
for turn in range(150):
    cache.put("shared", sys.argv[2] * 20_000)
    value = cache.get("shared")
    assert value in ("a" * 20_000, "b" * 20_000), value
"""


def test_two_processes_may_write_at_once(tmp_path: Path) -> None:
    root = str(Path(cache_module.__file__).parents[2])
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), letter], cwd=root) for letter in "ab"
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(entries(tmp_path)) == 1


def test_the_oldest_entries_go_when_the_cache_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "MAXIMUM_BYTES", 256 * 400)
    cache = Cache(tmp_path)
    foreign = tmp_path / "00" / "thesis.txt"
    foreign.parent.mkdir()
    foreign.write_text("not ours")
    for number in range(6_000):
        cache.put(f"key {number}", b"x" * 100)
    kept = [number for number in range(6_000) if cache.get(f"key {number}")]
    assert 256 < len(kept) < 4_500
    assert sum(number >= 3_000 for number in kept) > len(kept) / 2
    assert foreign.exists()


def test_a_text_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = parse_cached("x = 1\n", Cache(tmp_path))
    monkeypatch.setattr(cache_module, "parse", None)
    assert parse_cached("x = 1\n", Cache(tmp_path)) == first


@pytest.mark.parametrize(
    ("text", "error"), [("x = (\n", SyntaxProblem), ("x = " + "-" * 5_000 + "1\n", TooLarge)]
)
def test_an_error_is_found_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error) as first:
        parse_cached(text, Cache(tmp_path))
    monkeypatch.setattr(cache_module, "parse", None)
    with pytest.raises(error) as second:
        parse_cached(text, Cache(tmp_path))
    assert second.value.args == first.value.args


def test_a_cached_text_needs_no_libcst(tmp_path: Path) -> None:
    parse_cached("x = 1\n", Cache(tmp_path))
    code = (
        "import sys; from pathlib import Path; from cnnlint.syntax.cache import Cache, parse_cached; "
        "parse_cached('x = 1\\n', Cache(Path(sys.argv[1]))); sys.exit('libcst' in sys.modules)"
    )
    root = str(Path(cache_module.__file__).parents[2])
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=root, check=False).returncode == 0


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, "/home/ada/.cache/cnnlint"),
        ("linux", {"XDG_CACHE_HOME": "/var/ada"}, "/var/ada/cnnlint"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/ada/.cache/cnnlint"),
        ("darwin", {}, "/home/ada/Library/Caches/cnnlint"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/cnnlint/Cache"),
        ("win32", {}, "/home/ada/AppData/Local/cnnlint/Cache"),
        ("linux", {"CNNLINT_CACHE_DIR": "chosen"}, "chosen"),
        ("win32", {"CNNLINT_CACHE_DIR": "chosen", "LOCALAPPDATA": "/local"}, "chosen"),
    ],
)
def test_the_folder_is_where_the_platform_keeps_caches(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str], expected: str
) -> None:
    for name in ("CNNLINT_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setattr(sys, "platform", platform)
    assert default_cache_folder() == Path(expected)


def test_a_tree_holds_no_object_of_libcst() -> None:
    def kinds(node: Any) -> set[type]:
        below = set().union(*map(kinds, node)) if isinstance(node, tuple) else set()
        return {type(node)} | below

    seen = set().union(*(kinds(parse(text)) for text in TEXTS.values()))
    assert {kind.__module__ for kind in seen} <= {"builtins", tree.__name__}
