"""An answer is the child's own: what user code writes where the answer goes is recognised."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cnnlint.confirm.wire import HEAD_SIZE, KEY_SIZE, Reader, Writer
from tests.confirm.conftest import Run

linux = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")

KEY = bytes(range(KEY_SIZE))

EVERY_DESCRIPTOR = """
    import os, stat
    def pipes():
        for number in range(3, 1024):
            try:
                if stat.S_ISFIFO(os.fstat(number).st_mode):
                    yield number
            except OSError:
                pass
    """
FORGED = b'["result", "forged"]'


def test_what_is_said_arrives_in_order_however_it_is_cut() -> None:
    writer, reader = Writer(KEY), Reader(KEY)
    said = [("entered", [["seccomp"], []]), ("wanted", "read ä"), ("result", {"loss": 0.5})]
    sent = b"".join(writer.frame(kind, data) for kind, data in said)
    heard = [each for place in range(len(sent)) for each in reader.feed(sent[place : place + 1])]
    assert heard == said
    assert (reader.forged, reader.left) == (False, 0)


@pytest.mark.parametrize(
    "forged",
    [
        FORGED * 10,
        Writer(bytes(KEY_SIZE)).frame("result", "forged"),
        len(FORGED).to_bytes(8, "little") + bytes(HEAD_SIZE - 8) + FORGED,
    ],
    ids=["no frame", "another key", "no signature"],
)
@pytest.mark.parametrize("before", [0, 1])
def test_a_frame_of_another_is_recognised(forged: bytes, before: int) -> None:
    writer, reader = Writer(KEY), Reader(KEY)
    heard = [
        *(each for _ in range(before) for each in reader.feed(writer.frame("wanted", "x"))),
        *reader.feed(forged),
        *reader.feed(writer.frame("result", "true")),
    ]
    assert ("result", "forged") not in heard
    assert reader.forged or reader.left


def test_a_frame_counts_once() -> None:
    writer, reader = Writer(KEY), Reader(KEY)
    frame = writer.frame("result", "true")
    assert [*reader.feed(frame), *reader.feed(frame)] == [("result", "true")]
    assert reader.forged


@pytest.mark.parametrize("end", ["", "os._exit(0)"])
@pytest.mark.parametrize("layers", ["", "limits"])
def test_a_forged_answer_is_none(run: Run, layers: str, end: str) -> None:
    text = f"{EVERY_DESCRIPTOR}\n    for number in pipes(): os.write(number, {FORGED!r})\n    {end}"
    answer = run(text, environment={"TEST_LAYERS": layers} if layers else {})
    assert (answer["ended"], answer["result"]) == ("silent", None)
    assert answer["why"] == "something other than the answer was written where the answer goes"


@linux
def test_what_was_said_cannot_be_said_again(run: Run) -> None:
    text = f"""{EVERY_DESCRIPTOR}
    [number] = pipes()
    again = os.open(f"/proc/self/fd/{{number}}", os.O_RDWR | os.O_NONBLOCK)
    result = "took it"
    try:
        taken = os.read(again, 10_000)
        os.write(number, taken)
        os.write(number, taken)
    except BlockingIOError:
        result = "the parent was faster"
    """
    answer = run(text, sandbox="off")
    assert answer["ended"] == "silent" or answer["result"] == "the parent was faster"


def test_the_answer_arrives_though_all_usual_descriptors_were_closed(run: Run) -> None:
    assert run("import os; os.closerange(0, 512); result = 1")["result"] == 1


@linux
def test_a_task_holds_nothing_but_its_own_pipe(run: Run) -> None:
    text = """
        import os
        result = []
        for number in sorted(map(int, os.listdir("/proc/self/fd"))):
            try:
                result.append(os.readlink(f"/proc/self/fd/{number}"))
            except OSError:  # that of the listing itself
                pass
        """
    nothing, out, err, pipe = run(text)["result"]
    assert nothing == "/dev/null"
    assert out == err
    assert (Path(out).suffix, Path(pipe).suffix) == (".output", ".pipe")


def test_the_order_with_its_key_is_gone_before_user_code_runs(run: Run) -> None:
    answer = run("import os; result = os.listdir('..')", sandbox="off")
    assert [name for name in answer["result"] if name.endswith(".order")] == []
