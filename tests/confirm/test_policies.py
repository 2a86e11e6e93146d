"""What an experiment may do, what is said of what it wanted, and what happens where layers are missing."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from cnnlint.confirm.sandbox import LAYERS, Missing, Policy
from cnnlint.confirm.sandbox.paths import readable
from cnnlint.confirm.sandbox.seccomp import program
from cnnlint.confirm.sandbox.syscalls import AUDIT_ARCH_AARCH64, AUDIT_ARCH_X86_64, NUMBERS, Machine, machine
from tests.confirm.conftest import Run

linux = pytest.mark.skipif(sys.platform != "linux", reason="these layers are Linux's")


def policy(home: Path, *paths: Path) -> Policy:
    return Policy("auto", "cpu", str(home), [], [str(path) for path in paths], 1 << 30, 10)


# What is missing.
def test_a_missing_layer_is_named_with_its_reason(run: Run) -> None:
    answer = run("result = 1", environment={"TEST_LAYERS": "limits imaginary"})
    assert answer["result"] == 1
    assert answer["sandbox"] == ["limits"]
    assert answer["missing"] == ["imaginary: No module named 'cnnlint.confirm.sandbox.imaginary'"]


def test_a_required_sandbox_refuses_to_do_without(run: Run) -> None:
    answer = run("result = 1", sandbox="required", environment={"TEST_LAYERS": "limits imaginary"})
    assert (answer["ended"], answer["result"]) == ("refused", None)
    assert "the sandbox is required and lacks imaginary: No module" in answer["why"]


def test_a_sandbox_that_is_off_has_no_layers(run: Run) -> None:
    answer = run("result = 1", sandbox="off")
    assert (answer["result"], answer["sandbox"], answer["missing"]) == (1, [], [])


def test_a_required_sandbox_does_what_is_asked_where_it_has_all_layers(run: Run) -> None:
    answer = run("result = 1", sandbox="required")
    if answer["missing"]:
        pytest.skip("; ".join(answer["missing"]))
    assert answer["result"] == 1
    assert [layer.partition(":")[0] for layer in answer["sandbox"]] == list(LAYERS)


def test_elsewhere_than_on_linux_two_layers_are_left(run: Run) -> None:
    answer = run("result = 1", environment={"TEST_SYSTEM": "another"})
    assert answer["result"] == 1
    assert answer["sandbox"] == ["limits", "audit"]
    assert answer["missing"] == [
        f"{name}: only Linux has it" for name in ("namespaces", "privileges", "landlock", "seccomp")
    ]


# What is allowed.
def test_python_its_packages_and_the_project_can_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "helper.py").write_text("value = 7")
    (tmp_path / "beside").write_text("")
    text = """
        import sys, sqlite3, wave, pathlib, multiprocessing, asyncio, ssl
        sys.path.insert(0, project)
        import helper
        async def nothing(): return 1
        asyncio.run(nothing())
        try:
            open(project + "/../beside")
            beside = "read"
        except OSError:
            beside = "closed"
        result = helper.value, beside
        """
    answer = run(text, root=tmp_path / "project", options={"project": str(tmp_path / "project")})
    closed = "closed" if any(layer.startswith("landlock") for layer in answer["sandbox"]) else "read"
    assert answer["result"] == [7, closed], answer


def test_files_of_its_own_folder_are_its_own(run: Run) -> None:
    text = """
        import os, shutil, tempfile, pathlib
        os.makedirs("a/b"); pathlib.Path("a/b/c").write_text("x"); shutil.copy2("a/b/c", "d")
        os.rename("d", "a/e"); os.chmod("a/e", 0o600); shutil.rmtree("a/b")
        with tempfile.NamedTemporaryFile() as file: file.write(b"x")
        shutil.rmtree("a"); open(os.devnull, "w").write("x")
        result = os.listdir(".")
        """
    answer = run(text)
    assert (answer["result"], answer["wanted"]) == ([], []), answer


def test_of_a_project_that_is_the_home_folder_only_what_is_not_hidden_is_read(tmp_path: Path) -> None:
    for name in (".ssh", "train.py", "models"):
        (tmp_path / name).mkdir()
    allowed = readable(policy(tmp_path, tmp_path))
    assert str(tmp_path) not in allowed
    assert {str(tmp_path / "train.py"), str(tmp_path / "models")} <= set(allowed)
    assert str(tmp_path / ".ssh") not in allowed


def test_a_folder_around_the_home_folder_is_not_read_and_one_within_is(tmp_path: Path) -> None:
    project = tmp_path / "home" / "project"
    project.mkdir(parents=True)
    allowed = readable(policy(tmp_path / "home", tmp_path, project))
    assert str(tmp_path) not in allowed
    assert str(project) in allowed


# What is said.
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("import urllib.request; urllib.request.urlopen('http://example.com/a.zip')", "download http://example.com/a.zip"),
        ("import socket; socket.create_connection(('example.com', 80))", "connect to example.com"),
        ("import socket; socket.socket()", "connect to the network"),
        ("import subprocess; subprocess.run(['nvidia-smi', '-L'])", "start the program nvidia-smi"),
        ("import os; os.system('ls -l')", "start the program ls -l"),
        ("import os; os.fork()", "start a process"),
        ("import os; os.kill(1, 9)", "send signal 9 to process 1"),
        ("open('/nowhere.txt', 'w')", "write to /nowhere.txt"),
        ("import os; os.makedirs('/nowhere/a')", "make the folder /nowhere"),
        ("import shutil; shutil.rmtree('/nowhere')", "remove /nowhere"),
        ("import os; os.rename('a', '/nowhere')", "move /nowhere"),
        ("open('/proc/1/environ')", "read /proc/1/environ"),
    ],
)  # fmt: skip
def test_it_is_said_what_a_script_wanted(run: Run, text: str, wanted: str) -> None:
    answer = run(
        f"try:\n    {text}\nexcept OSError as error: result = str(error)",
        environment={"TEST_LAYERS": "audit"},
    )
    assert answer["wanted"][0] == wanted
    assert "sandbox a script may not" in answer["result"]


def test_a_wish_is_told_once_though_the_task_does_not_end(run: Run) -> None:
    text = """
        import os
        while True:
            try: os.system('again')
            except OSError: pass
        """
    answer = run(text, seconds=0.5, environment={"TEST_LAYERS": "audit"})
    assert (answer["ended"], answer["wanted"]) == ("timeout", ["start the program again"])


# The filter of system calls.
def test_a_filter_is_whole_for_every_machine() -> None:
    for architecture, column in ((AUDIT_ARCH_X86_64, 0), (AUDIT_ARCH_AARCH64, 1)):
        for device in ("cpu", "cuda"):
            code = program(Machine(architecture, column), device, 1234)
            assert len(code) % 8 == 0
            assert len(code) // 8 < 4096  # BPF_MAXINSNS


@linux
def test_numbers_of_system_calls_are_those_of_the_headers() -> None:
    known = numbers_of_headers()
    if not known:
        pytest.skip("there are no headers of the kernel here")
    column = machine().column
    told = {name: numbers[column] for name, numbers in NUMBERS.items() if name in known}
    assert told == {name: known[name] for name in told}


def numbers_of_headers() -> dict[str, Any]:
    for path in ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm-generic/unistd.h"):
        if Path(path).exists():
            text = Path(path).read_text()
            return {name: int(number) for name, number in re.findall(r"__NR(?:3264)?_(\w+)\s+(\d+)", text)}
    return {}


def test_a_machine_whose_numbers_are_unknown_has_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(Missing, match="riscv64 are not known"):
        machine()
