"""cnnlint finds why PyTorch CNN training code does not learn, without running it.

`lint_text` and `lint_paths` lint; what they find are `Finding`s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnlint.findings import Finding
    from cnnlint.linting import lint_paths, lint_text

__all__ = ["Finding", "__version__", "lint_paths", "lint_text"]

__version__ = "0.1.0"

#: Where each public name lives; loaded when first asked for, so that importing this costs nothing.
HOMES = {"Finding": "cnnlint.findings", "lint_paths": "cnnlint.linting", "lint_text": "cnnlint.linting"}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(HOMES[name]), name)
