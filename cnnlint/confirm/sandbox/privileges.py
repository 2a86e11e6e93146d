"""The layer `privileges`: no capability, not even for root, and no program that could give one."""

from __future__ import annotations

from cnnlint.confirm.sandbox import Policy
from cnnlint.confirm.sandbox.kernel import drop_capabilities, prctl

__all__ = ["enter"]

PR_SET_NO_NEW_PRIVS = 38  # linux/prctl.h


def enter(policy: Policy) -> str:
    """Give up what root may do. Landlock and seccomp ask for it as well."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    drop_capabilities()
    return "privileges"
