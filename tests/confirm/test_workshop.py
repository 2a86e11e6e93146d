"""What becomes of tasks: every way a process can end is an answer, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from cnnlint.confirm import usage
from cnnlint.confirm.workshop import NoTorch, Workshop, modules_for
from tests.confirm.conftest import KINDS, Run, script

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")

Make = Callable[..., Workshop]


def alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_tasks_are_answered_with_their_places(workshop: Make) -> None:
    with workshop(jobs=3) as shop:
        answers = dict(shop.answers([script(f"result = {number} ** 2") for number in range(7)], 5))
    assert {place: answer["result"] for place, answer in answers.items()} == {n: n * n for n in range(7)}
    assert {answer["ended"] for answer in answers.values()} == {"answered"}


def test_a_workshop_serves_more_than_once_and_knows_its_versions(workshop: Make) -> None:
    with workshop() as shop:
        for number in (1, 2):
            [(_, answer)] = shop.answers([script(f"result = {number}")], 5)
            assert answer["result"] == number
        assert shop.versions["python"].startswith("3.")
        assert shop.devices == []


@pytest.mark.parametrize(
    ("text", "ended", "why"),
    [
        ("while True: pass", "timeout", "not done after 0.5 s"),
        ("import time; time.sleep(60)", "timeout", "not done after 0.5 s"),
        ("import os; os._exit(0)", "silent", "exit code 0 and no answer"),
        ("import os; os._exit(3)", "silent", "exit code 3 and no answer"),
        ("raise SystemExit(4)", "silent", "SystemExit: 4"),
        ("raise KeyError('x')", "silent", "KeyError: 'x'"),
        ("result = object()", "silent", "TypeError: Object of type object"),
        ("import ctypes; ctypes.string_at(0)", "signal", "SIGSEGV"),
        ("import os; os.abort()", "signal", "SIGABRT"),
    ],
)
def test_every_end_is_an_answer(run: Run, text: str, ended: str, why: str) -> None:
    answer = run(text, seconds=0.5)
    assert (answer["ended"], answer["result"]) == (ended, None)
    assert why in answer["why"]


def test_what_is_printed_is_kept_apart_from_the_answer_and_only_its_end(run: Run) -> None:
    answer = run(
        """
        import os, sys
        print('{"result": 1}' * 200_000, "the end")
        sys.stderr.write("a warning\\n")
        os.write(1, b"\\xff\\x00 straight")
        result = sys.stdin.read()
        """
    )
    assert answer["ended"] == "answered"
    assert answer["result"] == ""
    assert "a warning" in answer["output"]
    assert "\x00" not in answer["output"]
    assert len(answer["output"]) <= 4000


def test_a_long_answer_arrives_whole(run: Run) -> None:
    assert run("result = 'x' * 5_000_000")["result"] == "x" * 5_000_000


def test_the_environment_holds_no_secret(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hidden")
    answer = run("import os; result = dict(os.environ), os.getcwd()", environment={"EXTRA": "1"})
    environment, folder = answer["result"]
    assert "SECRET_TOKEN" not in environment
    assert environment["HOME"] == environment["TMPDIR"] == folder
    assert environment["OMP_NUM_THREADS"] == environment["EXTRA"] == "1"


def test_each_task_has_an_empty_folder_and_shares_one(workshop: Make) -> None:
    text = """
        from pathlib import Path
        Path("own").write_text("")
        found = sorted(path.name for path in Path(".").iterdir())
        Path(keep).write_text(Path(keep).read_text() + "x" if Path(keep).exists() else "x")
        result = found, Path(keep).read_text()
        """
    with workshop() as shop:
        tasks = [script(text, keep=str(shop.shared / "kept")) for _ in range(2)]
        answers = [answer["result"] for _, answer in shop.answers(tasks, 5)]
        home = shop.shared.parent
    assert answers == [[["own"], "x"], [["own"], "xx"]]
    assert not home.exists()


def test_too_much_memory_ends_a_task(run: Run) -> None:
    text = "import time\nheld = [bytearray(b'x' * (1 << 20)) for _ in range(150)]\ntime.sleep(30)"
    answer = run(text, memory=100 << 20, sandbox="off")
    assert answer["ended"] == "memory"
    assert answer["memory"] > 100 << 20


@pytest.mark.parametrize(
    ("told", "expected"),
    [("MemTotal: 64 kB\nMemAvailable: 32 kB\n", 32 << 10), ("MemTotal: 64 kB\n", 0), ("?", 0), (None, 0)],
)
def test_spare_memory_is_what_the_system_says(tmp_path: Path, monkeypatch, told, expected) -> None:
    monkeypatch.setattr(usage, "PROC", tmp_path)
    if told is not None:
        (tmp_path / "meminfo").write_text(told, encoding="utf-8")

    assert usage.spare() == expected


def test_processes_left_behind_are_killed(workshop: Make) -> None:
    text = """
        import os, time
        first, second = os.pipe()
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.write(second, str(os.getpid()).encode())
                time.sleep(60)
            os._exit(0)
        result = int(os.read(first, 20))
        """
    with workshop(sandbox="off") as shop:
        [(_, answer)] = shop.answers([script(text)], 5)
        list(shop.answers([script("")], 5))  # by then the stray is reaped
        assert not alive(answer["result"])


def test_the_workshop_survives_the_loss_of_its_process(workshop: Make) -> None:
    kill = "import os, signal; os.kill(os.getppid(), signal.SIGKILL); import time; time.sleep(30)"
    with workshop(sandbox="off") as shop:
        answers = [answer for _, answer in shop.answers([script(kill), script("result = 1")], 5)]
    assert [answer["ended"] for answer in answers] == ["signal", "answered"]
    assert "the process that starts the experiments was killed" in answers[0]["why"]


def test_leaving_early_ends_what_runs(workshop: Make) -> None:
    with workshop(jobs=2) as shop:
        for _, answer in shop.answers([script("result = 1"), script("import time; time.sleep(60)")], 50):
            assert answer["result"] == 1
            break
        [(_, answer)] = shop.answers([script("result = 2")], 5)
        assert answer["result"] == 2


PARENT = """
    import sys, time
    sys.path.insert(0, {root!r})
    from tests.confirm.conftest import script
    from cnnlint.confirm.workshop import Workshop
    text = "import os, time; open(note, 'w').write(str(os.getpid())); time.sleep(60)"
    with Workshop(preload=("plain_script",), sandbox="off") as shop:
        print(shop.shared.parent, flush=True)
        list(shop.answers([script(text, note={note!r})], 50))
    """


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills the children of the dead")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_the_parent_dies_nothing_is_left(tmp_path: Path, number: int) -> None:
    note, root = tmp_path / "pid", Path(__file__).resolve().parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", dedent(PARENT.format(root=str(root), note=str(note)))],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "PYTHONPATH": f"{KINDS}:{os.environ.get('PYTHONPATH', '')}"},
    )  # fmt: skip
    assert parent.stdout
    home = Path(parent.stdout.readline().strip())
    wait_until(lambda: note.exists() and note.read_text() != "")
    parent.send_signal(number)
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not home.exists() and not alive(int(note.read_text())))


def wait_until(condition: Callable[[], bool]) -> None:
    from time import monotonic, sleep

    end = monotonic() + 30
    while not condition():
        assert monotonic() < end
        sleep(0.02)


def test_without_torch_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnlint.confirm.workshop.find_spec", lambda name: None)
    with (
        pytest.raises(NoTorch, match=r"^--confirm needs torch: pip install 'cnnlint\[confirm\]'$"),
        Workshop(),
    ):
        pass


def test_a_torch_that_cannot_be_loaded_is_said_to_be_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('libcudart is missing')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("cnnlint.confirm.workshop.find_spec", lambda name: object())
    with pytest.raises(NoTorch, match="ImportError: libcudart is missing"), Workshop() as shop:
        list(shop.answers([script("")], 5))


def test_too_many_files_end_a_task(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnlint.confirm.experiment.MOST_STORED", 20 << 20)
    text = """
        import os, time
        os.mkdir("deep")
        for number in range(30):
            with open(f"deep/{number}", "wb") as file: file.write(b"x" * (1 << 20))
        time.sleep(30)
        """
    answer = run(text)
    assert answer["ended"] == "disk"


@pytest.mark.parametrize(
    ("source", "loaded"),
    [
        ("import torchvision.transforms as T", True),
        ("def f():\n    from torchvision import datasets", True),
        ("import torch  # torchvision", False),
        ("from torchvisionlib import x", False),
    ],
)
def test_torchvision_is_loaded_once_where_a_text_imports_it(source: str, loaded: bool) -> None:
    assert ("torchvision" in modules_for(["import torch", source])) is loaded
