"""Checks on how modules are called, and tensors read."""

from __future__ import annotations

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import DirectForward, Op
from cnnlint.findings import Severity
from cnnlint.fixes import keep, replace


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


def tensor_data_attribute(operation: Op) -> Flags:
    """The numbers of a tensor that autograd follows are taken past it."""
    owner, _, attribute = operation.text.rpartition(".")
    if operation.name != "detach" or attribute != "data" or operation.inputs[0].kind != "Tensor":
        return
    followed = operation.inputs[0].graph and not operation.inputs[0].leaf
    if followed and owner.replace(".", "").isidentifier():
        instead = f"{owner}.detach()"
        fix = replace(operation, instead, safe=False)
        yield flag(operation, fix=fix, data=operation.text, instead=instead)
