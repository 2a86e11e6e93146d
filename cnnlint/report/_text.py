"""What the reports for people share: the line that heads a finding, and the words for counts."""

from __future__ import annotations

from collections import Counter

from cnnlint.findings import Finding, Outcome, Severity
from cnnlint.report import Run
from cnnlint.report._paint import Line, clean

__all__ = ["header", "statistics", "summary"]


def header(finding: Finding) -> Line:
    """`path:line:column: severity CODE name: message`; in a notebook `path:cell 2:line:column: ...`."""
    cell = f"cell {finding.cell}:" if finding.cell is not None else ""
    place = f"{clean(finding.path)}:{cell}{finding.span.line}:{finding.span.column}:"
    severity = finding.severity.value
    return [
        (place, "place"),
        (" ", ""),
        (severity, severity),
        (" ", ""),
        (f"{finding.code} {finding.name}", "code"),
        (f": {clean(finding.message)}", ""),
    ]


def summary(run: Run) -> str:
    """What was found, in one or two lines."""
    files = counted(run.file_count, "file")
    if not run.findings and (run.failures or run.problems):
        return "Nothing found, but not everything could be checked."
    if not run.findings:
        return "All checks passed." if run.file_count else "No Python file or notebook found."
    refuted = [finding for finding in run.findings if is_refuted(finding)]
    standing = [finding for finding in run.findings if not is_refuted(finding)]
    if not standing:
        return f"Nothing found that stands: {len(refuted)} refuted in {files}."
    tally = Counter(finding.severity for finding in standing)
    parts = ", ".join(counted(tally[severity], severity.value) for severity in Severity if tally[severity])
    confirmed = sum(is_confirmed(finding) for finding in standing)
    besides = "".join(
        f", {number} {outcome}"
        for number, outcome in ((confirmed, "confirmed"), (len(refuted), "refuted"))
        if number
    )
    text = f"Found {counted(len(standing), 'problem')} ({parts}) in {files}{besides}."
    safe = sum(finding.fix is not None and finding.fix.safe for finding in run.findings)
    unsafe = sum(finding.fix is not None and not finding.fix.safe for finding in run.findings)
    if safe and unsafe:
        return f"{text}\n{safe} fixable with `--fix`, {unsafe} more with `--fix --unsafe-fixes`."
    if safe or unsafe:
        return f"{text}\n{safe or unsafe} fixable with `--fix{'' if safe else ' --unsafe-fixes'}`."
    return text


def is_confirmed(finding: Finding) -> bool:
    """Whether an experiment showed that a finding is so."""
    return finding.verdict is not None and finding.verdict.outcome is Outcome.CONFIRMED


def is_refuted(finding: Finding) -> bool:
    """Whether an experiment showed that a finding is not so."""
    return finding.verdict is not None and finding.verdict.outcome is Outcome.REFUTED


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`; nothing is one info, two info."""
    plural = "" if number == 1 or noun == "info" else "s"
    return f"{number:,} {noun}{plural}"


def statistics(run: Run) -> list[str]:
    """How often each rule speaks, most often first."""
    tally = Counter((finding.code, finding.name) for finding in run.findings)
    ordered = sorted(tally.items(), key=lambda item: (-item[1], item[0]))
    width = max((len(str(count)) for _, count in ordered), default=0)
    return [f"{count:>{width}}  {code}  {name}" for (code, name), count in ordered]
