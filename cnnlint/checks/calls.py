"""Checks on how modules are called."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import DirectForward
from cnnlint.findings import Severity
from cnnlint.fixes import keep


def forward_called_directly(call: DirectForward) -> Flags:
    """The forward of a module is called by name, past its hooks and whatever wraps its call."""
    if call.own_call:
        return
    yield flag(
        call.method,
        fix=keep(call.method, call.receiver, safe=True),
        severity=None if call.subject.watched else Severity.INFO,
        call=call.text,
        model=call.owner,
    )
