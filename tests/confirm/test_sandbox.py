"""The sandbox is attacked: each layer alone must stop what it is there for, and all together everything."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from textwrap import dedent, indent
from typing import Any, NamedTuple

import pytest

from cnnlint.confirm.sandbox import LAYERS
from cnnlint.confirm.workshop import Workshop
from cnnlint.evidence import Answer
from tests.confirm.attacks import ATTACKS, PRELUDE, Attack
from tests.confirm.conftest import KINDS, script

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the attacks are written for Linux")

PRECIOUS = "as it was"


class Victim(NamedTuple):
    """What an attack may harm: files, listeners, this process."""

    outside: Path
    home: Path
    tcp: socket.socket
    udp: socket.socket
    unix: socket.socket
    signals: list[int]

    def names(self) -> dict[str, Any]:
        """As the texts of attacks know it."""
        return {
            "outside": str(self.outside), "home": str(self.home), "parent": os.getpid(), "start": id(self),
            "tcp": self.tcp.getsockname()[1], "udp": self.udp.getsockname()[1],
            "unix": str(self.outside / "socket"),
        }  # fmt: skip

    def state(self) -> Any:
        """Everything that no attack may change."""
        precious = self.outside / "precious"
        status = precious.stat()
        files = sorted(path.name for path in self.outside.rglob("*"))
        return (
            precious.read_text(),
            status.st_mode,
            status.st_mtime,
            files,
            self.received(),
            list(self.signals),
        )

    def received(self) -> list[str]:
        """Who has called."""
        called = []
        for name, listener in (("tcp", self.tcp), ("unix", self.unix)):
            with suppress(BlockingIOError):
                listener.accept()[0].close()
                called.append(name)
        with suppress(BlockingIOError):
            called.append(f"udp {self.udp.recv(10)!r}")
        return called


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    """Something to harm, within the fake home folder of a fake user."""
    outside, home = tmp_path_factory.mktemp("outside"), tmp_path_factory.mktemp("home")
    (outside / "precious").write_text(PRECIOUS)
    os.utime(outside / "precious", (1e9, 1e9))
    (home / ".ssh").mkdir()
    (home / ".ssh" / "id").write_text("secret")
    signals: list[int] = []
    before = signal.signal(signal.SIGWINCH, lambda number, _: signals.append(number))
    with (
        socket.socket() as tcp,
        socket.socket(type=socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        tcp.bind(("127.0.0.1", 0))
        udp.bind(("127.0.0.1", 0))
        unix.bind(str(outside / "socket"))
        for listener in (tcp, unix):
            listener.listen()
        for each in (tcp, udp, unix):
            each.setblocking(False)
        yield Victim(outside, home, tcp, udp, unix, signals)
    signal.signal(signal.SIGWINCH, before)


class Shops:
    """Workshops whose sandboxes have got certain layers only."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._made: dict[str, tuple[Workshop, Answer]] = {}

    def having(self, layers: str) -> tuple[Workshop, Answer]:
        """One of them, and what became of a task that does nothing."""
        if layers not in self._made:
            made = Workshop(preload=("plain_script",), environment={"TEST_LAYERS": layers}, memory=1 << 30)
            shop = self._stack.enter_context(made)
            [(_, answer)] = shop.answers([script("")], 10)
            self._made[layers] = shop, answer
        return self._made[layers]


@pytest.fixture(scope="module")
def shops(victim: Victim) -> Iterator[Shops]:
    """They last as long as the victim."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("PYTHONPATH", str(KINDS), prepend=os.pathsep)
        patch.setenv("HOME", str(victim.home))
        yield Shops(stack)


PAIRS = [(attack, layer, version) for attack in ATTACKS for layer, version in attack.layers.items()]


@pytest.mark.parametrize(
    ("attack", "layer", "version"), PAIRS, ids=[f"{attack.name}-{layer}" for attack, layer, _ in PAIRS]
)
def test_a_layer_alone_stops_what_it_is_there_for(
    attack: Attack, layer: str, version: int, victim: Victim, shops: Shops
) -> None:
    # Landlock and seccomp ask for a process that can gain no privileges.
    shop, answer = shops.having(" ".join(name for name in LAYERS if name in (layer, "privileges")))
    if answer["missing"]:
        pytest.skip("; ".join(answer["missing"]))
    if held(answer)[layer] < version:
        pytest.skip(f"version {version} of {layer} stops this, and this kernel has {held(answer)[layer]}")
    defend(shop, attack, victim)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_all_layers_there_are_stop_everything(attack: Attack, victim: Victim, shops: Shops) -> None:
    shop, answer = shops.having(" ".join(LAYERS))
    if all(held(answer).get(layer, -1) < version for layer, version in attack.layers.items()):
        pytest.skip("nothing that stops this is there: " + "; ".join(answer["missing"]))
    defend(shop, attack, victim)


def held(answer: Answer) -> dict[str, int]:
    """The layers that hold, with their versions."""
    parts = (each.partition(":") for each in answer["sandbox"])
    return {name: int(version or 0) for name, _, version in parts}


def defend(shop: Workshop, attack: Attack, victim: Victim) -> None:
    """Let it happen, and nothing must have happened."""
    before = victim.state()
    text = PRELUDE.format(text=indent(dedent(attack.text).strip(), "    "))
    [(_, answer)] = shop.answers([script(text, **victim.names())], 10)
    assert victim.state() == before
    assert answer["ended"] == "answered", answer
    assert answer["result"][0] is False, answer
