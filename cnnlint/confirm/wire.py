"""How a child's words reach the parent: as signed frames on a pipe.

User code runs in the process that writes them, can find the pipe and write to it. It does not know the key,
so what it writes is no frame, and the parent gives up the whole answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any

__all__ = ["KEY_SIZE", "Reader", "Writer"]

KEY_SIZE = 32
SIGNATURE_SIZE = 32
LENGTH_SIZE = 8
HEAD_SIZE = LENGTH_SIZE + SIGNATURE_SIZE


class _Seal:
    """Signs the frames of one pipe in their order. It keeps the hash begun with the key, not the key."""

    def __init__(self, key: bytes) -> None:
        self._begun = blake2b(key=key, digest_size=SIGNATURE_SIZE)
        self._count = 0

    def sign(self, payload: bytes) -> bytes:
        """The signature of the next frame."""
        signature = self._begun.copy()
        signature.update(self._count.to_bytes(8, "little") + payload)
        self._count += 1
        return signature.digest()


class Writer:
    """Makes frames of things to say."""

    def __init__(self, key: bytes) -> None:
        self._seal = _Seal(key)
        # User code may replace what it finds in the module, to watch or to break it.
        self._encode: Callable[..., str] = json.JSONEncoder().encode

    def frame(self, kind: str, data: Any) -> bytes:
        """The bytes that say `data`, which is plain."""
        payload = self._encode([kind, data]).encode()
        return len(payload).to_bytes(LENGTH_SIZE, "little") + self._seal.sign(payload) + payload


class Reader:
    """Takes frames out of what came. `forged` is set for good by what is no frame of the writer."""

    def __init__(self, key: bytes) -> None:
        self._seal = _Seal(key)
        self._bytes = bytearray()
        self.forged = False

    def feed(self, came: bytes) -> Iterator[tuple[str, Any]]:
        """The things said by frames that are now complete."""
        self._bytes += came
        while not self.forged and len(self._bytes) >= HEAD_SIZE:
            end = HEAD_SIZE + int.from_bytes(self._bytes[:LENGTH_SIZE], "little")
            if len(self._bytes) < end:
                return
            signature, payload = bytes(self._bytes[LENGTH_SIZE:HEAD_SIZE]), bytes(self._bytes[HEAD_SIZE:end])
            del self._bytes[:end]
            if signature == self._seal.sign(payload):
                kind, data = json.loads(payload)
                yield kind, data
            else:
                self.forged = True

    @property
    def left(self) -> int:
        """How many bytes came that are no complete frame."""
        return len(self._bytes)
