"""Configuration is read from the nearest file, checked key by key, and overridden by flags."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnnlint.config import Config, ConfigError, Confirm, Data, nearest, options_of, options_table, read_config
from cnnlint.config.options import split_ignores


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def read(start: str = ".", **rest: Any) -> Config:
    return read_config(Path(start), **rest)


def error(start: str = ".", **rest: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        read(start, **rest)
    message = str(caught.value).replace(f"{Path.cwd()}/", "")
    assert "\n" not in message
    return message


def test_without_a_file_all_is_default() -> None:
    assert read() == Config(root=Path.cwd())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[tool.cnnlint]\nselect = ['CNN1']\n"),
        ("cnnlint.toml", "select = ['CNN1']\n"),
        (".cnnlint.toml", "select = ['CNN1']\n"),
    ],
)
def test_the_nearest_file_above_counts(name: str, text: str) -> None:
    write("pyproject.toml", "[tool.cnnlint]\nselect = ['CNN9']\n")
    write(f"repo/{name}", text)
    write("repo/src/train.py", "")
    config = read("repo/src/train.py")
    assert config.select == ("CNN1",)
    assert config.root == Path.cwd() / "repo"
    assert config.file == Path.cwd() / "repo" / name


def test_a_project_file_without_our_section_is_passed_over() -> None:
    write("pyproject.toml", "[tool.cnnlint]\nselect = ['CNN1']\n")
    write("sub/pyproject.toml", "[tool.ruff]\nline-length = 100\n")
    assert read("sub").select == ("CNN1",)


def test_every_key_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        "cnnlint.toml",
        """
        select = ["CNN1", "CNN2"]
        ignore = ["CNN101"]
        extend-select = ["pedantic"]
        exclude = ["old"]
        extend-exclude = ["older"]
        force-exclude = true
        respect-gitignore = false
        output-format = "concise"
        rule-packs = ["lint/rules"]
        plugins = ["ours"]
        unsafe-fixes = true
        cache = false
        cache-dir = ".cache"
        jobs = 2
        [per-file-ignores]
        "tests/*" = ["CNN1"]
        [rules.oversized-model]
        limit = 3
        [data]
        train-size = 5000
        classes = 12
        input = [3, 224, 224]
        [confirm]
        build = "ours:model"
        argv = ["--epochs", "1"]
        environment = {RANK = "0"}
        readable = ["data", "~/sets"]
        """,
    )
    root = Path.cwd()
    for folder in ("data", "home/sets"):
        Path(folder).mkdir(parents=True)
    monkeypatch.setenv("HOME", str(root / "home"))
    assert read() == Config(
        select=("CNN1", "CNN2"),
        ignore=("CNN101",),
        extend_select=("pedantic",),
        per_file_ignores={"tests/*": ("CNN1",)},
        exclude=("old",),
        extend_exclude=("older",),
        force_exclude=True,
        respect_gitignore=False,
        output_format="concise",
        rule_packs=(root / "lint/rules",),
        plugins=("ours",),
        rules={"oversized-model": {"limit": 3}},
        data=Data(train_size=5000, classes=12, input=(3, 224, 224)),
        confirm=Confirm(
            build="ours:model",
            argv=("--epochs", "1"),
            environment={"RANK": "0"},
            readable=(root / "data", root / "home/sets"),
        ),
        unsafe_fixes=True,
        cache=False,
        cache_dir=str(root / ".cache"),
        jobs=2,
        root=root,
        file=root / "cnnlint.toml",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", "cnnlint.toml:2: unknown option `selct`; did you mean `select`?"),
        (
            "per_file_ignores = {}",
            "cnnlint.toml:2: unknown option `per_file_ignores`; did you mean `per-file-ignores`?",
        ),
        ("zzzzz = 1", "cnnlint.toml:2: unknown option `zzzzz`"),
        ("select = 'CNN1'", "cnnlint.toml:2: `select` must be a list of strings"),
        ("select = [1]", "cnnlint.toml:2: `select` must be a list of strings"),
        ("force-exclude = 1", "cnnlint.toml:2: `force-exclude` must be true or false"),
        ("jobs = -1", "cnnlint.toml:2: `jobs` must be a whole number, 0 or more"),
        ("jobs = true", "cnnlint.toml:2: `jobs` must be a whole number, 0 or more"),
        ("rules = {x = 1}", "cnnlint.toml:2: `rules` must be a table of tables"),
        ("[data]\nclases = 3", "cnnlint.toml:3: unknown option `clases` in [data]; did you mean `classes`?"),
        ("[data]\nclasses = 0", "cnnlint.toml:3: `classes` in [data] must be a whole number, 1 or more"),
        ("data = 3", "cnnlint.toml:2: `data` must be a table"),
        (
            "data.input = [3, 'x']",
            "cnnlint.toml:2: `input` in [data] must be a list of whole numbers, 1 or more",
        ),
        (
            "[per-file-ignores]\n'a' = 'CNN1'",
            "cnnlint.toml:2: `per-file-ignores` must be a table of patterns with lists of rules",
        ),
        ("select = [", "cnnlint.toml: not valid TOML: Invalid value (at end of document)"),
        ("a = = 1", "cnnlint.toml:2:5: not valid TOML: Invalid value"),
    ],
)
def test_what_is_wrong_in_a_file_is_one_line_with_its_place(text: str, message: str) -> None:
    write("cnnlint.toml", f"# ours\n{text}\n")
    assert error() == message


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("gone", "there is no folder gone"),
        ("cnnlint.toml", "there is no folder cnnlint.toml"),
        ("~/gone", "there is no folder ~/gone"),
        ("~", "~ holds all of the home folder; name the folder inside it"),
        ("/", "/ holds all of the home folder; name the folder inside it"),
    ],
)
def test_a_folder_to_read_has_to_be_there_and_is_never_all_of_the_home_folder(path: str, what: str) -> None:
    write("cnnlint.toml", f"[confirm]\nargv = []\nreadable = ['{path}']\n")
    assert error() == f"cnnlint.toml:3: `readable` in [confirm]: {what}"


def test_a_folder_to_read_starts_from_the_file_that_names_it(here: Path) -> None:
    (here / "repo" / "data").mkdir(parents=True)
    (here / "link").symlink_to(here / "repo")
    write("repo/cnnlint.toml", "confirm.readable = ['data']\n")
    assert read("repo").confirm.readable == (here / "repo" / "data",)
    assert read("link").confirm.readable == (here / "repo" / "data",)
    assert read(overrides=["confirm.readable = ['repo']"]).confirm.readable == (here / "repo",)


def test_in_a_project_file_the_section_is_named() -> None:
    write("pyproject.toml", "[project]\nselct = 1\n\n[tool.cnnlint]\nselct = []\n")
    assert error() == "pyproject.toml:5: unknown option `selct` in [tool.cnnlint]; did you mean `select`?"


def test_a_file_that_is_no_text_is_said() -> None:
    Path("cnnlint.toml").write_bytes(b"\xff\xfe")
    assert error() == "cnnlint.toml: is not UTF-8 text"


def test_an_override_wins_over_the_file_and_a_flag_over_both() -> None:
    write("cnnlint.toml", "jobs = 1\noutput-format = 'json'\n")
    config = read(overrides=["jobs = 2", "output-format = 'concise'"], flags={"jobs": 3})
    assert (config.jobs, config.output_format) == (3, "concise")


def test_an_override_may_set_a_nested_option() -> None:
    config = read(overrides=["rules.oversized-model.limit = 3", "data.classes = 7"])
    assert config.rules == {"oversized-model": {"limit": 3}}
    assert config.data.classes == 7


def test_overrides_of_one_table_add_up() -> None:
    write("cnnlint.toml", "[rules.a]\nx = 1\ny = 1\n[data]\nclasses = 2\n")
    config = read(overrides=["rules.a.x = 2", "rules.b.z = 3", "data.train-size = 5"])
    assert config.rules == {"a": {"x": 2, "y": 1}, "b": {"z": 3}}
    assert config.data == Data(train_size=5, classes=2)


def test_a_file_may_be_given_instead_of_the_nearest() -> None:
    write("cnnlint.toml", "jobs = 1\n")
    write("ci/other.toml", "jobs = 2\nextend-exclude = ['x']\n")
    config = read(overrides=["ci/other.toml"])
    assert (config.jobs, config.root) == (2, Path.cwd() / "ci")


def test_isolated_ignores_files() -> None:
    write("cnnlint.toml", "jobs = 1\n")
    assert read(isolated=True, overrides=["jobs = 2"]).jobs == 2
    assert "--isolated" in error(isolated=True, overrides=["cnnlint.toml"])


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("gone.toml", "gone.toml: cannot be read: No such file or directory"),
        ("selct = []", "--config 'selct = []': unknown option `selct`; did you mean `select`?"),
        ("jobs = ", "--config 'jobs = ': not valid TOML: Invalid value (at end of document)"),
    ],
)
def test_what_is_wrong_in_an_override_is_one_line(override: str, message: str) -> None:
    assert error(overrides=[override]) == message


def test_selecting_by_flag_sets_aside_what_the_file_ignores() -> None:
    write("cnnlint.toml", "select = ['CNN1']\nignore = ['CNN101', 'CNN102']\n")
    assert read(flags={"select": ("CNN101",)}).ignore == ()
    assert read(flags={"ignore": ("CNN9",)}).ignore == ("CNN101", "CNN102", "CNN9")
    assert read(flags={"extend_select": ("CNN101",)}).ignore == ("CNN102",)


def test_the_fingerprint_changes_with_what_shapes_findings_only() -> None:
    plain = Config(root=Path("/repo"))
    assert plain.fingerprint() == Config(root=Path("/repo"), jobs=3, output_format="json").fingerprint()
    for change in ({"select": ("CNN1",)}, {"rules": {"a": {"x": 1}}}, {"data": Data(classes=3)}):
        assert Config(root=Path("/repo"), **change).fingerprint() != plain.fingerprint()


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("tests/*:CNN1", {"tests/*": ("CNN1",)}),
        ("tests/*:CNN1,CNN203,demo.py:ALL", {"tests/*": ("CNN1", "CNN203"), "demo.py": ("ALL",)}),
        ("a:CNN1, a:CNN2", {"a": ("CNN1", "CNN2")}),
    ],
)
def test_ignores_for_some_files_are_written_in_one_flag(text: str, table: dict[str, tuple[str, ...]]) -> None:
    assert split_ignores(text) == table


@pytest.mark.parametrize("text", ["CNN1", "tests/*:", ":CNN1"])
def test_ignores_without_a_pattern_or_a_rule_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (it carries no message; the flag is named by its reader)
        split_ignores(text)


def test_every_option_is_in_the_table_with_its_flag() -> None:
    table = options_table()
    for each in options_of(Config):
        (row,) = [line for line in table.splitlines() if line.startswith(f"| `{each.key}` |")]
        assert each.help in row
        assert not each.flag or f"`{each.flag}`" in row


@pytest.mark.parametrize(
    ("word", "hint"),
    [("selct", "; did you mean `select`?"), ("cnn101", "; did you mean `CNN101`?"), ("qqqq", "")],
)
def test_the_nearest_name_is_offered(word: str, hint: str) -> None:
    assert nearest(word, ["select", "ignore", "CNN101"]) == hint
