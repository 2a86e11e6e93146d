"""Which files are linted."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from cnnlint.discovery import DEFAULT_EXCLUDES, Patterns, Walk, discover


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(*paths: str) -> None:
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text("import torch\n", encoding="utf-8")


def found(
    paths: Iterable[str] = (".",),
    *,
    exclude: tuple[str, ...] = DEFAULT_EXCLUDES,
    force_exclude: bool = False,
    respect_gitignore: bool = True,
) -> list[str]:
    walk = Walk(Path.cwd(), exclude, force_exclude=force_exclude, respect_gitignore=respect_gitignore)
    discovered = discover(paths, walk)
    assert discovered.problems == ()
    return [path.replace(os.sep, "/") for path in discovered.files]


def test_scripts_and_notebooks_of_a_folder_are_found_sorted() -> None:
    make("b.py", "a.ipynb", "models/net.py", "notes.txt", "a.pyc", "a.pyi")
    assert found() == ["a.ipynb", "b.py", "models/net.py"]


def test_a_file_named_explicitly_is_taken_whatever_its_suffix() -> None:
    make("script", "other.txt")
    assert found(["script"]) == ["script"]


def test_each_file_is_found_once() -> None:
    make("a.py", "sub/b.py")
    assert found(["a.py", "./a.py", "sub", "sub/../a.py", ".", str(Path("a.py").absolute())]) == [
        "a.py",
        "sub/b.py",
    ]


def test_globs_are_expanded_where_the_shell_did_not() -> None:
    make("a.py", "b.txt", "sub/c.py", "sub/deep/d.py")
    assert found(["*.py"]) == ["a.py"]
    assert found(["**/*.py"]) == ["a.py", "sub/c.py", "sub/deep/d.py"]


def test_a_name_with_brackets_is_no_glob_where_it_exists() -> None:
    make("run[1].py", "run1.py")
    assert found(["run[1].py"]) == ["run[1].py"]


def test_a_path_that_is_not_there_is_a_problem() -> None:
    discovered = discover(["gone.py", "no*.py"], Walk(Path.cwd()))
    assert discovered.problems == (
        ("gone.py", "no such file or folder"),
        ("no*.py", "no such file or folder"),
    )


@pytest.mark.parametrize(
    "folder", ["venv", ".venv", "__pycache__", "node_modules", "build", ".git", "lib/site-packages"]
)
def test_folders_that_hold_no_code_of_ones_own_are_left_out(folder: str) -> None:
    make("a.py", f"{folder}/b.py")
    assert found() == ["a.py"]


def test_a_virtual_environment_is_known_by_its_mark_whatever_its_name() -> None:
    make("a.py", "torch-env/lib/x.py")
    Path("torch-env/pyvenv.cfg").touch()
    assert found() == ["a.py"]


def test_patterns_without_a_slash_match_names_and_with_one_paths() -> None:
    make("a.py", "old/a.py", "old/b.py", "new/old/b.py", "b_test.py", "new/c_test.py")
    assert found(exclude=("*_test.py", "old/b.py")) == ["a.py", "new/old/b.py", "old/a.py"]
    assert found(exclude=("old/",)) == ["a.py", "b_test.py", "new/c_test.py"]
    assert found(exclude=("./old/*",)) == ["a.py", "b_test.py", "new/c_test.py", "new/old/b.py"]


def test_an_excluded_file_is_linted_if_named_unless_exclusion_is_forced() -> None:
    make("build/a.py", "build/sub/b.py")
    assert found(["build/a.py"]) == ["build/a.py"]
    assert found(["build"]) == ["build/a.py", "build/sub/b.py"]
    assert found(["build/a.py", "build", "build/sub"], force_exclude=True) == []


def test_git_ignores_are_honoured_nested_and_with_exceptions() -> None:
    make("a.py", "data/b.py", "data/keep.py", "gen/c.py", "sub/gen/d.py", "sub/e.py", "sub/local.py")
    Path(".git").mkdir()
    Path(".gitignore").write_text("data/*\n!data/keep.py\n/gen/\n", encoding="utf-8")
    Path("sub/.gitignore").write_text("local.py\n", encoding="utf-8")
    assert found() == ["a.py", "data/keep.py", "sub/e.py", "sub/gen/d.py"]
    assert found(["sub"]) == ["sub/e.py", "sub/gen/d.py"]
    assert "gen/c.py" in found(respect_gitignore=False)


def test_an_inner_exception_wins_over_an_outer_pattern() -> None:
    make("sub/x_old.py")
    Path(".git").mkdir()
    Path(".gitignore").write_text("*_old.py\n", encoding="utf-8")
    assert found() == []
    Path("sub/.gitignore").write_text("!x_old.py\n", encoding="utf-8")
    assert found() == ["sub/x_old.py"]


def test_a_git_ignore_that_lists_what_is_kept_keeps_it() -> None:
    make(".git/HEAD", "net/train.py", "net/deep/model.py", "net/deep/notes.py")
    Path(".gitignore").write_text("*\n!*/\n!*.py\nnotes.*\n", encoding="utf-8")
    assert found() == ["net/deep/model.py", "net/train.py"]


def test_ignores_above_a_folder_hold_up_to_the_root_of_the_repository() -> None:
    make("repo/src/a.py", "repo/src/skip.py")
    Path(".gitignore").write_text("a.py\n", encoding="utf-8")
    Path("repo/.git").mkdir()
    Path("repo/.gitignore").write_text("skip.py\n", encoding="utf-8")
    assert found(["repo/src"]) == ["repo/src/a.py"]


def test_an_ignored_folder_is_linted_if_named() -> None:
    make("out/a.py", "out/b/c.py")
    Path(".git").mkdir()
    Path(".gitignore").write_text("out/\n", encoding="utf-8")
    assert found(["out"]) == ["out/a.py", "out/b/c.py"]
    assert found(["out/b"]) == ["out/b/c.py"]


def test_a_broken_pattern_in_a_git_ignore_is_passed_over() -> None:
    make("a.py", "b.py")
    Path(".gitignore").write_bytes(b"!\n\xff\nb.py\n")
    assert found() == ["a.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_loops_of_links_end_and_linked_files_are_found_once() -> None:
    make("a.py", "sub/b.py")
    Path("sub/up").symlink_to("..")
    Path("self").symlink_to("self")
    Path("sub/same.py").symlink_to("b.py")
    Path("broken.py").symlink_to("gone.py")
    assert found() == ["a.py", "sub/b.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_named_explicitly_is_followed() -> None:
    make("real/a.py")
    Path("link").symlink_to("real")
    assert found(["link"]) == ["link/a.py"]


def test_a_folder_that_cannot_be_opened_is_a_problem_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make("a.py", "locked/b.py")
    scandir = os.scandir

    def refusing(path: Path) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    discovered = discover(["."], Walk(Path.cwd()))
    assert discovered.files == ("a.py",)
    assert discovered.problems == ((f".{os.sep}locked", "cannot be opened: Permission denied"),)


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("train.py", "src/train.py", True),
        ("src/*.py", "src/train.py", True),
        ("src/*.py", "src/deep/train.py", True),
        ("src/*.py", "other/src/train.py", False),
        ("tests/**", "tests/a.py", True),
        ("*", "a.py", True),
        ("a", "a/b.py", False),
    ],
)
def test_patterns_match_this_very_path(glob: str, path: str, matches: bool) -> None:
    assert Patterns([glob], Path("/repo")).match(Path("/repo") / path) is matches
