"""What findings depend on besides the files linted: the tool, its rules and the configuration."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from cnnlint import __version__
from cnnlint.linting.project import digest_of
from cnnlint.linting.single import Session

__all__ = ["fingerprint_of"]


def fingerprint_of(session: Session) -> str:
    """A text that differs where the same files may give other findings."""
    parts = [
        __version__,
        sys.version,
        session.config.fingerprint(),
        *(page.origin + page.text for page in session.pages),
        *package_files(),
    ]
    return digest_of("\0".join(parts).encode("utf-8", "surrogatepass"))


def package_files() -> Iterator[str]:
    """Our own modules and when they changed: in a checkout the version stays while the code changes."""
    for folder, folders, names in os.walk(Path(__file__).parent.parent):
        folders.sort()
        for name in sorted(names):
            if name.endswith((".py", ".toml")):
                about = os.stat(f"{folder}/{name}")  # noqa: PTH116 (Paths take most of the time.)
                yield f"{folder}/{name} {about.st_mtime_ns} {about.st_size}"
