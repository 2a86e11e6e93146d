"""The sandbox is attacked: each layer alone must stop what it is there for, and all together everything."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
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

ALL = " ".join(LAYERS)
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


Shop = Callable[[str], Workshop]


@pytest.fixture(scope="module")
def shop_with(victim: Victim) -> Iterator[Shop]:
    """The workshop whose sandbox has got certain layers only; skips where this machine lacks one."""
    shops: dict[str, Workshop] = {}

    def shop(layers: str) -> Workshop:
        if layers not in shops:
            made = Workshop(preload=("plain_script",), environment={"TEST_LAYERS": layers}, memory=1 << 30)
            shops[layers] = made.__enter__()
        return shops[layers]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(KINDS), prepend=os.pathsep)
        patch.setenv("HOME", str(victim.home))
        yield shop
        for each in shops.values():
            each.__exit__(None, None, None)


def try_out(shop: Workshop, attack: Attack, victim: Victim) -> Answer:
    text = PRELUDE.format(text=indent(dedent(attack.text).strip(), "    "))
    [(_, answer)] = shop.answers([script(text, **victim.names())], 10)
    return answer


def skip_without(answer: Answer, layers: str, version: int = 0) -> None:
    if answer["missing"]:
        pytest.skip("; ".join(answer["missing"]))
    held = {name: int(number or 0) for name, _, number in (each.partition(":") for each in answer["sandbox"])}
    assert list(held) == layers.split()
    if held.get("landlock", version) < version:
        pytest.skip(f"Landlock {version} stops this, and this kernel has {held['landlock']}")


PAIRS = [(attack, layer, version) for attack in ATTACKS for layer, version in attack.layers.items()]


@pytest.mark.parametrize(
    ("attack", "layer", "version"), PAIRS, ids=[f"{a.name}-{layer}" for a, layer, _ in PAIRS]
)
def test_a_layer_alone_stops_what_it_is_there_for(
    attack: Attack, layer: str, version: int, victim: Victim, shop_with: Shop
) -> None:
    # Landlock and seccomp ask for a process that can gain no privileges.
    layers = [name for name in LAYERS if name in (layer, "privileges")]
    check(attack, " ".join(layers), version, victim, shop_with)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_all_layers_together_stop_everything(attack: Attack, victim: Victim, shop_with: Shop) -> None:
    check(attack, ALL, 0, victim, shop_with)


def check(attack: Attack, layers: str, version: int, victim: Victim, shop_with: Shop) -> None:
    before = victim.state()
    answer = try_out(shop_with(layers), attack, victim)
    skip_without(answer, layers, version)
    assert victim.state() == before
    assert answer["ended"] == "answered", answer
    assert answer["result"][0] is False, answer
