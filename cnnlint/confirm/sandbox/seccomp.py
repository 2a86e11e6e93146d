"""The layer `seccomp`: which system calls are refused.

A filter is a little program of the kernel's packet filter. It looks at the number of each system call and
at its first arguments, and gives the answer.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct

from cnnlint.confirm.sandbox import Missing, Policy, kernel
from cnnlint.confirm.sandbox.kernel import prctl
from cnnlint.confirm.sandbox.syscalls import AUDIT_ARCH_X86_64, Machine, machine

__all__ = ["enter", "program"]

# linux/prctl.h, linux/seccomp.h
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
ALLOW = 0x7FFF0000
KILL_PROCESS = 0x80000000
ERRNO = 0x00050000  # with the number of the error, 0 for "done"

# linux/bpf_common.h
LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
IF_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
IF_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
IF_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
RETURN = 0x06  # BPF_RET | BPF_K

# struct seccomp_data: where the number, the machine and the low half of the first argument are
NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16

X32_CALLS = 0x40000000  # asm/unistd.h: a second set of numbers on x86
CLONE_THREAD = 0x00010000  # linux/sched.h

NEW_PROCESSES = ("fork", "vfork", "execve", "execveat")
OTHER_PROCESSES = (
    "ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "migrate_pages", "move_pages", "tkill",
    "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "process_madvise", "process_mrelease",
)  # fmt: skip
OWN_PROCESS_ONLY = ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "prlimit64")
SYSTEM = (
    "pivot_root", "adjtimex", "chroot", "acct", "settimeofday", "mount", "umount2", "swapon", "swapoff",
    "reboot", "sethostname", "setdomainname", "iopl", "ioperm", "init_module", "delete_module", "quotactl",
    "clock_settime", "kexec_load", "add_key", "request_key", "keyctl", "unshare", "perf_event_open",
    "fanotify_init", "name_to_handle_at", "open_by_handle_at", "clock_adjtime", "setns", "finit_module",
    "kexec_file_load", "bpf", "userfaultfd", "syslog", "vhangup", "open_tree", "move_mount", "fsopen",
    "fsconfig", "fsmount", "fspick", "mount_setattr", "quotactl_fd", "open_tree_attr",
)  # fmt: skip
# Programs know what to do where a kernel has not got these.
DENIED_AS_UNKNOWN = ("clone3", "io_uring_setup", "io_uring_enter", "io_uring_register", "memfd_secret")
UNSEEN_MEMORY = ("shmget", "memfd_create")
CONNECTING = ("connect", "bind", "listen")
# Landlock does not close these. Code that copies a file wants them, and takes no harm if nothing happens.
PRETENDED = (
    "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utime", "utimes",
    "futimesat", "utimensat", "setxattr", "lsetxattr", "fsetxattr", "setxattrat", "removexattr",
    "lremovexattr", "fremovexattr", "removexattrat", "setpriority", "sched_setparam", "sched_setscheduler",
    "ioprio_set", "sched_setattr", "file_setattr",
)  # fmt: skip


def enter(policy: Policy) -> str:
    """Filter the system calls of this process."""
    if not kernel.LINUX:
        raise Missing("only Linux has it")
    code = program(machine(), policy.device, os.getpid())
    kept = ctypes.create_string_buffer(code, len(code))
    length = len(code) // struct.calcsize("=HBBI")
    # struct sock_fprog: the length, and after a gap the address.
    given = struct.pack("@HP", length, ctypes.addressof(kept))
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, given, "a filter")
    return "seccomp"


def program(machine: Machine, device: str, pid: int) -> bytes:
    """The filter for the process `pid`."""
    on_cpu = device == "cpu"
    lines = [
        _line(LOAD, MACHINE),
        _line(IF_EQUAL, machine.architecture, 1, 0),
        _line(RETURN, KILL_PROCESS),
        _line(LOAD, NUMBER),
    ]
    if machine.architecture == AUDIT_ARCH_X86_64:
        lines += [_line(IF_AT_LEAST, X32_CALLS, 0, 1), _line(RETURN, ERRNO | errno.EPERM)]

    def answer(value: int, *names: str) -> None:
        for number in machine.numbers(*names):
            lines.extend([_line(IF_EQUAL, number, 0, 1), _line(RETURN, value)])

    def only(test: int, values: tuple[int, ...], *names: str) -> None:
        """Allow a call only if its first argument passes the test with one of the values."""
        for number in machine.numbers(*names):
            tests = [_line(test, value, len(values) - place, 0) for place, value in enumerate(values)]
            body = [_line(LOAD, FIRST_ARGUMENT), *tests]
            body += [_line(RETURN, ERRNO | errno.EPERM), _line(RETURN, ALLOW)]
            lines.extend([_line(IF_EQUAL, number, 0, len(body)), *body])

    answer(ERRNO | errno.EPERM, *NEW_PROCESSES, *OTHER_PROCESSES, *SYSTEM)
    answer(ERRNO | errno.ENOSYS, *DENIED_AS_UNKNOWN)
    answer(ERRNO, *PRETENDED)
    only(IF_ANY_BIT, (CLONE_THREAD,), "clone")
    only(IF_EQUAL, (0, pid), *OWN_PROCESS_ONLY)
    only(IF_EQUAL, (socket.AF_UNIX,), "socketpair")
    if on_cpu:
        answer(ERRNO | errno.EPERM, "socket", *CONNECTING)
        answer(ERRNO | errno.ENOSYS, *UNSEEN_MEMORY)
    else:  # the driver of CUDA opens a socket of the system, to which nothing can be connected
        only(IF_EQUAL, (socket.AF_UNIX,), "socket")
        answer(ERRNO | errno.EPERM, "connect")
    lines.append(_line(RETURN, ALLOW))
    return b"".join(lines)


def _line(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    """One instruction, struct sock_filter; the jumps say how many lines to leave out."""
    return struct.pack("=HBBI", code, if_so, if_not, value)
