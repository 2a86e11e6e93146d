"""What a check yields (Flag) and what a user gets (Finding), with the edits that would mend it and the
verdict of an experiment on it."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

from cnnlint.source import Site, Span

__all__ = [
    "Confidence", "Edit", "Finding", "Fix", "Flag", "Note", "Outcome", "Severity", "TextEdit", "Verdict",
]  # fmt: skip


class Severity(str, Enum):
    """Damage: an error crashes or cannot learn, a warning learns worse, an info could be better."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Confidence(str, Enum):
    """Strength of proof: high holds on every path with known values, medium rests on a default,
    a threshold or a usual convention, low on a heuristic."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Edit(NamedTuple):
    """A change a check asks for, in terms of nodes; `fixes.py` makes them, the engine resolves them.

    kind: 'replace' the node's text by `text`; 'keep' only the node `other` of it; 'remove' it, with its
    line if it is a statement; 'rename' the definition it is; 'insert_before' / 'insert_after' a
    statement `text`; 'put_under' the header `text` a statement; 'move_before' / 'move_after' the
    statement it is in to that of `other`; 'wrap' it in `text` and `name`; 'swap' it with the node
    `other`; 'call_method' `text` of it; 'call_instead' `text`, where it is a callee; 'item_before' /
    'item_after' puts the item `text` beside it, which is one of a list or a Sequential; 'import_beside'
    imports `text` from where the name `name` is imported; 'import' imports the module `text` if the file
    does not; 'define_after'
    gives it the name `text` behind the statement `other`; 'set_argument' `name` of the call to `text`,
    where `position` says which positional one it is; 'change_argument' to `text`, in which
    `{}` is what it was.
    """

    kind: str
    site: Site
    text: str = ""
    name: str = ""
    other: Site | None = None
    position: int | None = None


class TextEdit(NamedTuple):
    """Replace the text of `span` by `content`."""

    span: Span
    content: str


class Fix(NamedTuple):
    """`safe` means it cannot change what correct code does."""

    title: str
    edits: tuple[Any, ...]
    safe: bool


class Flag(NamedTuple):
    """What a check yields: a place, the values its page's message names, and no prose.

    `also` are (site, note) pairs shown beside the finding; `severity` and `confidence` are given
    only where this finding differs from its page.
    """

    site: Site
    values: dict[str, Any]
    also: tuple[tuple[Site, str], ...] = ()
    fix: Fix | None = None
    severity: Severity | None = None
    confidence: Confidence = Confidence.HIGH


class Note(NamedTuple):
    """A second place that explains a finding."""

    path: str
    span: Span
    message: str
    cell: int | None = None


class Outcome(str, Enum):
    """What an experiment says of a finding: it is so; it is not so; what it would cause was looked for and
    not seen; nothing could be said."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    NOT_REPRODUCED = "not reproduced"
    INCONCLUSIVE = "inconclusive"


class Verdict(NamedTuple):
    """What `--confirm` found out about a finding.

    `level` is that of the experiment (shapes, run, train), `method` the proof that judged it, '' where no
    experiment shows what the rule speaks of. `text` is the evidence in one sentence, `numbers` what it rests
    on. `device`, `versions`, `sandbox` (the layers that held) and `seconds` say how it was got.
    """

    outcome: Outcome
    level: str
    method: str
    text: str
    numbers: Mapping[str, Any] = {}
    seeds: tuple[int, ...] = ()
    device: str = ""
    versions: Mapping[str, str] = {}
    sandbox: tuple[str, ...] = ()
    seconds: float = 0.0


class Finding(NamedTuple):
    """One thing that is wrong, where, and how to mend it. `cell` counts notebook cells from 1;
    in a notebook lines count within the cell."""

    path: str
    span: Span
    code: str
    name: str
    message: str
    severity: Severity
    confidence: Confidence = Confidence.HIGH
    related: tuple[Note, ...] = ()
    fix: Fix | None = None
    cell: int | None = None
    noqa_row: int | None = None
    symbol: str = ""
    fingerprint: str = ""
    verdict: Verdict | None = None
