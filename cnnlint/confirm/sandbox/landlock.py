"""The layer `landlock`: which files may be read and written, no TCP, no signal to others.

By descriptors of paths the kernel is told what may be done beneath them; nothing else may be done. No
right is given to execute anything.
"""

from __future__ import annotations

import errno
import os
import stat
import struct
from collections.abc import Iterable

from cnnlint.confirm.sandbox import Missing, Policy
from cnnlint.confirm.sandbox.kernel import syscall
from cnnlint.confirm.sandbox.paths import devices, readable, threads

__all__ = ["enter"]

# The numbers of the system calls are the same on all machines.
LANDLOCK_CREATE_RULESET = 444
LANDLOCK_ADD_RULE = 445
LANDLOCK_RESTRICT_SELF = 446

# linux/landlock.h
CREATE_RULESET_VERSION = 1 << 0
RULE_PATH_BENEATH = 1

EXECUTE = 1 << 0
WRITE_FILE = 1 << 1
READ_FILE = 1 << 2
READ_DIR = 1 << 3
FIRST_RIGHTS = (1 << 13) - 1  # all of the first version: read, write, execute, make and remove of all kinds
REFER = 1 << 13  # since version 2
TRUNCATE = 1 << 14  # 3
IOCTL_DEV = 1 << 15  # 5

TCP = 1 << 0 | 1 << 1  # bind and connect, since version 4
OTHERS = 1 << 0 | 1 << 1  # abstract sockets of others and signals to others, since version 6

READING = READ_FILE | READ_DIR
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV  # the rest are a folder's


def enter(policy: Policy) -> str:
    """Restrict this process."""
    version = _version()
    rights = FIRST_RIGHTS
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV)):
        rights |= right if version >= since else 0
    words = [rights, *([TCP] if version >= 4 else []), *([OTHERS] if version >= 6 else [])]
    attributes = struct.pack(f"={len(words)}Q", *words)
    ruleset = syscall(LANDLOCK_CREATE_RULESET, attributes, len(attributes), 0)
    _allow(ruleset, readable(policy), READING & rights)
    _allow(ruleset, policy.writable, rights & ~EXECUTE & ~IOCTL_DEV)
    _allow(ruleset, devices(policy), (READING | WRITE_FILE | IOCTL_DEV) & rights)
    _allow(ruleset, threads(policy), (WRITE_FILE | TRUNCATE) & rights)
    syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return f"landlock:{version}"


def _version() -> int:
    try:
        return syscall(LANDLOCK_CREATE_RULESET, None, 0, CREATE_RULESET_VERSION)
    except OSError as error:
        if error.errno == errno.ENOSYS:
            raise Missing("this kernel has it not (Linux 5.13 has)") from None
        if error.errno == errno.EOPNOTSUPP:
            raise Missing("it is switched off in this kernel") from None
        raise


def _allow(ruleset: int, paths: Iterable[str], rights: int) -> None:
    """Allow something beneath those paths that there are."""
    for path in paths:
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        given = rights if stat.S_ISDIR(os.fstat(descriptor).st_mode) else rights & OF_A_FILE
        syscall(LANDLOCK_ADD_RULE, ruleset, RULE_PATH_BENEATH, struct.pack("=Qi", given, descriptor), 0)
        os.close(descriptor)
