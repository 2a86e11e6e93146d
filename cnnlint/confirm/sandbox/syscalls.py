"""The numbers of Linux's system calls, by machine; None where a machine has not got one."""

from __future__ import annotations

import platform
from typing import NamedTuple

from cnnlint.confirm.sandbox import Missing

__all__ = ["Machine", "machine"]

# linux/audit.h
AUDIT_ARCH_X86_64 = 0xC000003E
AUDIT_ARCH_AARCH64 = 0xC00000B7

# asm/unistd_64.h of x86, asm-generic/unistd.h of aarch64.
NUMBERS: dict[str, tuple[int | None, int | None]] = {
    # processes
    "clone": (56, 220), "fork": (57, None), "vfork": (58, None), "execve": (59, 221),
    "execveat": (322, 281), "clone3": (435, 435),
    # signals and limits of processes
    "kill": (62, 129), "rt_sigqueueinfo": (129, 138), "tkill": (200, 130), "tgkill": (234, 131),
    "rt_tgsigqueueinfo": (297, 240), "prlimit64": (302, 261),
    # looking into others
    "ptrace": (101, 117), "migrate_pages": (256, 238), "move_pages": (279, 239),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440), "process_mrelease": (448, 448),
    # sockets
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "socketpair": (53, 199),
    # memory that no process is seen to hold
    "shmget": (29, 194), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    # the system
    "pivot_root": (155, 41), "adjtimex": (159, 171), "chroot": (161, 51), "acct": (163, 89),
    "settimeofday": (164, 170), "mount": (165, 40), "umount2": (166, 39), "swapon": (167, 224),
    "swapoff": (168, 225), "reboot": (169, 142), "sethostname": (170, 161), "setdomainname": (171, 162),
    "iopl": (172, None), "ioperm": (173, None), "init_module": (175, 105), "delete_module": (176, 106),
    "quotactl": (179, 60), "clock_settime": (227, 112), "kexec_load": (246, 104), "add_key": (248, 217),
    "request_key": (249, 218), "keyctl": (250, 219), "unshare": (272, 97), "perf_event_open": (298, 241),
    "fanotify_init": (300, 262), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "clock_adjtime": (305, 266), "setns": (308, 268), "finit_module": (313, 273),
    "kexec_file_load": (320, 294), "bpf": (321, 280), "userfaultfd": (323, 282), "syslog": (103, 116),
    "vhangup": (153, 58), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "quotactl_fd": (443, 443), "open_tree_attr": (467, 467),
    # what changes a file without writing to it
    "chmod": (90, None), "fchmod": (91, 52), "chown": (92, None), "fchown": (93, 55), "lchown": (94, None),
    "utime": (132, None), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "utimes": (235, None),
    "fchownat": (260, 54), "futimesat": (261, None), "fchmodat": (268, 53), "utimensat": (280, 88),
    "fchmodat2": (452, 452), "setxattrat": (463, 463), "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    # priorities, which may be those of others
    "setpriority": (141, 140), "sched_setparam": (142, 118), "sched_setscheduler": (144, 119),
    "ioprio_set": (251, 30), "sched_setattr": (314, 274),
}  # fmt: skip


class Machine(NamedTuple):
    """A kind of processor: its name to the kernel, and its numbers."""

    architecture: int
    column: int

    def numbers(self, *names: str) -> list[int]:
        """Those of the calls that there are."""
        found = [NUMBERS[name][self.column] for name in names]
        return [number for number in found if number is not None]


def machine() -> Machine:
    """This one. Missing if its numbers are not known."""
    match platform.machine():
        case "x86_64":
            return Machine(AUDIT_ARCH_X86_64, 0)
        case "aarch64":
            return Machine(AUDIT_ARCH_AARCH64, 1)
        case other:
            raise Missing(f"the numbers of the system calls of {other} are not known")
