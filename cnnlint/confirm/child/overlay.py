"""Texts that stand for what files hold: what is imported from one is executed as it would be mended."""

from __future__ import annotations

import linecache
import os
from collections.abc import Mapping
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from typing import Any

__all__ = ["Overlay"]


class Overlay(MetaPathFinder):
    """Asked before other finders: finds the modules whose files have another text, by their real paths."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if self.texts else None
        if spec is None or spec.origin is None:
            return None
        text = self.texts.get(os.path.realpath(spec.origin))
        if text is None:
            return None
        spec.loader = _Loader(name, spec.origin, text)
        return spec


class _Loader(SourceFileLoader):
    """Loads a text as if it lay at a path; what was compiled from that before is not asked for."""

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self.text = text

    def get_data(self, path: str) -> bytes:
        linecache.cache[path] = (len(self.text), None, self.text.splitlines(True), path)
        return self.text.encode()

    def path_stats(self, path: str) -> Mapping[str, Any]:
        raise OSError("it lies in no file")
