"""The files an analysis may look at: texts, trees and places, and a record of what was asked."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnlint.config import Data
from cnnlint.linting.folders import images_by_class, state_of
from cnnlint.source import Site, SourceFile, Span, Unreadable, read_source

if TYPE_CHECKING:
    from cnnlint.findings import Edit, TextEdit
    from cnnlint.syntax.cache import Cache
    from cnnlint.syntax.positions import Spans
    from cnnlint.syntax.tree import Module

__all__ = ["Project", "digest_of"]

#: Characters of source whose trees are kept in memory at once, in one process: about 90 MB.
KEPT = 6_000_000


class Project:
    """What the interpreter may ask of files. Trees come from memory, the cache or the parser.

    `overlay` holds files that are not (or not so) on disk, by path: standard input, an editor's text.
    """

    def __init__(
        self,
        trees: Cache,
        *,
        overlay: Mapping[str, bytes] | None = None,
        data: Data | None = None,
    ) -> None:
        self.trees = trees
        self.data = data or Data()
        self.overlay = {os.path.normpath(path): content for path, content in (overlay or {}).items()}
        self._sources: dict[str, SourceFile] = {}
        self._modules: dict[str, Module | Exception] = {}
        self._spans: dict[str, Spans] = {}
        self._digests: dict[str, str] = {}
        self._asked: dict[str, str | None] = {}
        self._images: dict[str, tuple[dict[str, int] | None, str]] = {}

    def module(self, path: str) -> Module | None:
        """The slim tree of a file; None if it is missing or cannot be parsed."""
        try:
            return self.parsed(path)
        except Exception:  # Whatever is wrong with an imported file, it is only not known.
            return None

    def is_file(self, path: str) -> bool:
        """Whether there is such a file."""
        path = os.path.normpath(path)
        there = path in self.overlay or Path(path).is_file()
        self._asked.setdefault(path, "" if there else None)
        return there

    def images(self, folder: str, near: str) -> dict[str, int] | None:
        """How many images each class has in a folder that the file `near` names: beside that file, or in
        the current directory. None where it is not there."""
        for start in (Path(near).parent, Path()):
            path = os.path.normpath(start / folder)
            if path not in self._images:
                self._images[path] = images_by_class(path), state_of(path)
            found, self._asked[path] = self._images[path]
            if found is not None:
                return found
        return None

    def input_shape(self, path: str) -> tuple[int, ...] | None:
        """The shape of one input, [C, H, W], that a comment in the file tells; else the configured one."""
        try:
            told = self.source(path).input_shape
        except (OSError, Unreadable):
            told = None
        return told or self.data.input

    def put_aside(self, path: str, name: str) -> bool:
        """Whether a line of a file that uses `self.name` was made a comment."""
        try:
            text = self.source(path).text
        except (OSError, Unreadable):
            return False
        return re.search(rf"^\s*#.*\bself\.{re.escape(name)}\b", text, re.MULTILINE) is not None

    def parsed(self, path: str) -> Module:
        """The slim tree of a file. OSError, Unreadable, SyntaxProblem or TooLarge where there is none."""
        path = os.path.normpath(path)
        source = self.source(path)
        if path not in self._modules:
            from cnnlint.syntax.cache import parse_cached

            try:
                self._modules[path] = parse_cached(source.text, self.trees)
            except Exception as error:
                self._modules[path] = error.with_traceback(None)
        found = self._modules[path]
        if isinstance(found, Exception):
            raise found
        return found

    def source(self, path: str) -> SourceFile:
        """The text of a file. OSError or Unreadable where it cannot be had."""
        path = os.path.normpath(path)
        if path not in self._sources:
            self._sources[path] = read_source(path, self.read(path))
        self._asked[path] = self._digests[path]
        return self._sources[path]

    def read(self, path: str) -> bytes:
        """The bytes of a file. OSError where it cannot be read."""
        path = os.path.normpath(path)
        try:
            data = self.overlay[path] if path in self.overlay else Path(path).read_bytes()
        except OSError:
            self._asked[path] = None
            raise
        self._asked[path] = self._digests[path] = digest_of(data)
        return data

    def span(self, site: Site) -> Span:
        """Where a node is in the text of its file (of a notebook, in its joined cells); of a definition
        its first line up to the name."""
        return self.spans(site.path).header(site.at)

    def spans(self, path: str) -> Spans:
        """Where all nodes of a file are in its text."""
        path = os.path.normpath(path)
        if path not in self._spans:
            from cnnlint.syntax.positions import spans

            self._spans[path] = spans(self.source(path).text)
        return self._spans[path]

    def text_at(self, site: Site) -> str:
        """The text of a node."""
        start, end = self.spans(site.path).offsets(site.at)
        return self.source(site.path).text[start:end]

    def symbol_at(self, site: Site) -> str:
        """The names of the classes and functions around a node: `Net.forward`; "" at the top of a file."""
        return ".".join(definitions_around(self.parsed(site.path), site.at))

    def resolve(self, edit: Edit) -> TextEdit | None:
        """A change a check asks for, as an edit of the text; None where it cannot be made."""
        from cnnlint.fixes.resolve import resolve

        if edit.site.within:
            return None
        path = edit.site.path
        return resolve(edit, self.spans(path), self.source(path).text)

    def asked(self) -> dict[str, str | None]:
        """Every path looked at since `begin`: the digest of its content, '' if only its being there
        was asked, None if it was not there."""
        return dict(self._asked)

    def begin(self) -> None:
        """Start anew for one file: nothing asked yet, and not more kept in memory than is wise."""
        self._asked = {}
        if sum(len(source.text) for source in self._sources.values()) > KEPT:
            self._sources.clear()
            self._modules.clear()
            self._spans.clear()


def definitions_around(node: Any, at: int) -> Iterator[str]:
    """The names of the definitions that the node with this ordinal is in, outermost first."""
    while node is not None:
        # Ordinals grow in the order of the text, so the way down is always the last child not beyond.
        node = max(
            (child for child in children(node) if child.at <= at), key=lambda child: child.at, default=None
        )
        if type(node).__name__ in ("ClassDef", "FunctionDef") and node.at != at:
            yield node.name


def children(node: Any) -> Iterator[Any]:
    """The nodes in the fields of a node, also those in plain tuples."""
    pending = list(node)
    while pending:
        item = pending.pop()
        if hasattr(item, "at"):
            yield item
        elif type(item) is tuple:
            pending.extend(item)


def digest_of(data: bytes) -> str:
    """A short name for some content."""
    return blake2b(data, digest_size=16).hexdigest()
