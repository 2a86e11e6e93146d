"""The layer `namespaces`: a user namespace of its own, in which there is no network, no shared memory of
others, and an empty /dev/shm that ends with the process.

The kernel asks for a process with one thread, as a fork is.
"""

from __future__ import annotations

import os
from pathlib import Path

from cnnlint.confirm.sandbox import Policy
from cnnlint.confirm.sandbox.kernel import mount, unshare
from cnnlint.confirm.sandbox.limits import limit_threads

__all__ = ["enter"]

# linux/sched.h
CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000

# linux/mount.h
MS_NOSUID = 1 << 1
MS_NODEV = 1 << 2
MS_NOEXEC = 1 << 3
MS_REC = 1 << 14
MS_PRIVATE = 1 << 18

SHARED_MEMORY = "/dev/shm"
SHARED_MEMORY_SIZE = "size=64m"  # it is memory that no process is seen to hold


def enter(policy: Policy) -> str:
    """Leave the namespaces of the user."""
    user, group = os.getuid(), os.getgid()
    unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWNS)
    # The user is the same inside, and there is no other.
    maps = {"setgroups": "deny", "uid_map": f"{user} {user} 1", "gid_map": f"{group} {group} 1"}
    for name, text in maps.items():
        Path("/proc/self", name).write_text(text, encoding="ascii")
    limit_threads()
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    if Path(SHARED_MEMORY).is_dir():
        mount("tmpfs", SHARED_MEMORY, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, SHARED_MEMORY_SIZE)
        policy.writable.append(SHARED_MEMORY)
    return "namespaces"
