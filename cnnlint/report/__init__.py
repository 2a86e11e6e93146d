"""Reports: a module here with `render(run, stream)` is an --output-format of its own name."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from cnnlint.config import ConfigError, nearest

if TYPE_CHECKING:
    from cnnlint.evidence import Trial
    from cnnlint.findings import Finding

__all__ = ["Failure", "Run", "formats", "renderer"]


class Failure(NamedTuple):
    """What of our own work broke: at which rule ('' if none is to blame), on which file and line."""

    path: str
    line: int
    rule: str
    error: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {f'rule {self.rule}' if self.rule else 'the analysis'} failed: {self.error}"


def no_lines(path: str, cell: int | None) -> Sequence[str]:
    """Of a file that is not at hand."""
    return ()


class Run(NamedTuple):
    """What linting some files gave. `findings` are sorted by place; `limits` are those of CNN905.

    `problems` are (path, why) of what could not be looked at. `lines` gives the text a finding
    points into: of a file, or of one of its notebook cells. `color` is for reports that know it.
    `trials` are the experiments of `--confirm`.
    """

    findings: tuple[Finding, ...]
    file_count: int
    limits: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    lines: Callable[[str, int | None], Sequence[str]] = no_lines
    color: bool = False
    trials: tuple[Trial, ...] = ()


def formats() -> tuple[str, ...]:
    """The names of all output formats."""
    public = (found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_"))
    return tuple(name for name in public if hasattr(import_module(f"{__name__}.{name}"), "render"))


def renderer(name: str) -> Callable[[Run, TextIO], None]:
    """The `render` of one output format. ConfigError, with the names there are, if there is none."""
    module = f"{__name__}.{name}"
    there = name.isidentifier() and find_spec(module) is not None
    render: Any = getattr(import_module(module), "render", None) if there else None
    if render is None:
        near = nearest(name, formats())
        raise ConfigError(f"unknown output format `{name}`, not one of {', '.join(formats())}{near}")
    return render  # type: ignore[no-any-return]
