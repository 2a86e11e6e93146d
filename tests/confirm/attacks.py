"""What code in the sandbox may try, and the layers that must each stop it alone.

A text says `harm = True` when it has succeeded. It knows `outside` (a folder with the file `precious` that
is not its own), `home` (the user's, with a secret), `parent` (the process of the tests), `tcp`, `udp` (ports
at which that process listens), `unix` (a socket of it in `outside`), and `libc`, which asks no one in Python.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ATTACKS", "PRELUDE", "Attack"]

PRELUDE = """
import ctypes, mmap, os, resource, signal, socket, struct, subprocess, sys, time
libc = ctypes.CDLL(None, use_errno=True)
X86 = os.uname().machine == "x86_64"
harm = False

def try_to():
    global harm
{text}

try:
    try_to()
    why = ""
except (OSError, MemoryError, ValueError, RuntimeError) as error:
    why = repr(error)
result = harm, why
"""


class Attack(NamedTuple):
    """A text, and each layer that must stop it, with the version it takes (0: any)."""

    name: str
    text: str
    layers: dict[str, int]


def by(*names: str) -> dict[str, int]:
    """`landlock:4` asks for that version."""
    return {name: int(version or 0) for name, _, version in (each.partition(":") for each in names)}


ATTACKS = [
    # the network
    Attack(
        "tcp",
        "socket.create_connection(('127.0.0.1', tcp), timeout=2); harm = True",
        by("audit", "namespaces", "landlock:4", "seccomp"),
    ),
    Attack(
        "udp",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', udp)); time.sleep(0.1)",
        by("audit", "namespaces", "seccomp"),
    ),
    Attack(
        "tcp-by-libc",
        """
        made = libc.socket(2, 1, 0)
        address = struct.pack("=H", 2) + struct.pack(">H", tcp) + bytes([127, 0, 0, 1]) + bytes(8)
        harm = made >= 0 and libc.connect(made, address, 16) == 0
        """,
        by("namespaces", "landlock:4", "seccomp"),
    ),
    Attack("look-up", "socket.getaddrinfo('localhost', 80); harm = True", by("audit")),
    Attack(
        "unix-socket",
        "socket.socket(socket.AF_UNIX).connect(unix); harm = True",
        by("audit", "seccomp"),
    ),
    Attack(
        "raw-packets",
        "harm = libc.socket(17, 3, 0) >= 0",
        by("privileges", "seccomp"),
    ),
    # files
    Attack("write", "open(outside + '/new', 'w').write('x'); harm = True", by("audit", "landlock")),
    Attack("overwrite", "open(outside + '/precious', 'w'); harm = True", by("audit", "landlock")),
    Attack(
        "append",
        "os.open(outside + '/precious', os.O_APPEND | os.O_WRONLY); harm = True",
        by("audit", "landlock"),
    ),
    Attack("remove", "os.remove(outside + '/precious'); harm = True", by("audit", "landlock")),
    Attack("remove-tree", "import shutil; shutil.rmtree(outside); harm = True", by("audit", "landlock")),
    Attack("rename", "os.rename(outside + '/precious', 'mine'); harm = True", by("audit", "landlock")),
    Attack(
        "replace",
        "open('new', 'w').close(); os.replace('new', outside + '/precious'); harm = True",
        by("audit", "landlock"),
    ),
    Attack("make-folder", "os.makedirs(outside + '/a/b'); harm = True", by("audit", "landlock")),
    Attack(
        "link-out",
        "os.symlink(outside, 'way'); open('way/precious', 'w'); harm = True",
        by("audit", "landlock"),
    ),
    Attack("link-in", "os.symlink('/etc/hostname', outside + '/link'); harm = True", by("audit", "landlock")),
    Attack(
        "hard-link", "os.link(outside + '/precious', 'mine'); open('mine', 'w'); harm = True", by("landlock")
    ),
    Attack("cut", "os.truncate(outside + '/precious', 0); harm = True", by("audit", "landlock:3")),
    Attack("climb", "open('../../' * 20 + outside + '/precious', 'w'); harm = True", by("audit", "landlock")),
    Attack(
        "write-by-libc",
        "harm = libc.open((outside + '/precious').encode(), os.O_WRONLY | os.O_TRUNC) >= 0",
        by("landlock"),
    ),
    Attack("remove-by-libc", "harm = libc.unlink((outside + '/precious').encode()) == 0", by("landlock")),
    Attack(
        "mode",
        "os.chmod(outside + '/precious', 0)",
        by("audit", "seccomp"),
    ),
    Attack("mode-by-libc", "libc.chmod((outside + '/precious').encode(), 0)", by("seccomp")),
    Attack("time", "os.utime(outside + '/precious', (0, 0))", by("audit", "seccomp")),
    Attack("time-by-libc", "libc.utimes((outside + '/precious').encode(), None)", by("seccomp")),
    # secrets
    Attack("read-home", "harm = 'secret' in open(home + '/.ssh/id').read()", by("audit", "landlock")),
    Attack("list-home", "harm = bool(os.listdir(home))", by("audit", "landlock")),
    Attack(
        "read-home-by-link",
        "os.symlink(home, 'way'); harm = bool(open('way/.ssh/id').read())",
        by("audit", "landlock"),
    ),
    Attack(
        "read-home-by-libc",
        "harm = libc.open((home + '/.ssh/id').encode(), os.O_RDONLY) >= 0",
        by("landlock"),
    ),
    Attack(
        "environment-of-parent",
        "harm = bool(open(f'/proc/{parent}/environ').read())",
        by("audit", "namespaces", "landlock"),
    ),
    Attack(
        "memory-of-parent",
        "open(f'/proc/{parent}/mem', 'rb'); harm = True",
        by("audit", "namespaces", "landlock"),
    ),
    Attack(
        "memory-of-parent-by-libc",
        "harm = libc.open(f'/proc/{parent}/mem'.encode(), os.O_RDWR) >= 0",
        by("namespaces", "landlock"),
    ),
    Attack("line-of-parent", "harm = bool(open(f'/proc/{parent}/cmdline').read())", by("audit", "landlock")),
    Attack(
        "peek",
        """
        mine = ctypes.create_string_buffer(8)
        of = ctypes.create_string_buffer(struct.pack("@PN", start, 8), 16)
        to = ctypes.create_string_buffer(struct.pack("@PN", ctypes.addressof(mine), 8), 16)
        harm = libc.process_vm_readv(parent, to, 1, of, 1, 0) > 0
        """,
        by("namespaces", "landlock", "seccomp"),
    ),
    Attack(
        "trace",
        "harm = libc.ptrace(0x4206, parent, None, None) == 0",
        by("namespaces", "landlock", "seccomp"),
    ),
    Attack(
        "reports-of-the-zygote",
        "os.open(f'/proc/{os.getppid()}/fd/0', os.O_WRONLY); harm = True",
        by("audit", "namespaces", "landlock"),
    ),
    # processes
    Attack("fork", "harm = os.fork() >= 0", by("audit", "seccomp")),
    Attack("forks-by-libc", "harm = any([libc.fork() >= 0 for _ in range(150)])", by("seccomp")),
    Attack(
        "daemon", "os.setsid() if os.fork() == 0 else None; harm = os.fork() >= 0", by("audit", "seccomp")
    ),
    Attack(
        "program",
        "subprocess.run(['/bin/true'], check=True); harm = True",
        by("audit", "landlock", "seccomp"),
    ),
    Attack("shell", "harm = os.system('true') == 0", by("audit", "landlock", "seccomp")),
    Attack("spawn", "os.posix_spawn('/bin/true', ['true'], {}); harm = True", by("audit", "seccomp")),
    Attack("become", "os.execv('/bin/sh', ['sh', '-c', 'exit 77'])", by("audit", "landlock", "seccomp")),
    Attack(
        "become-by-libc",
        "libc.execv(b'/bin/true', (ctypes.c_char_p * 2)(b'true', None))",
        by("landlock", "seccomp"),
    ),
    Attack(
        "threads",
        """
        import threading
        for _ in range(10_000):
            threading.Thread(target=time.sleep, args=(3,), daemon=True).start()
        harm = True
        """,
        by("limits"),
    ),
    # the parent
    Attack(
        "signal-parent", "os.kill(parent, signal.SIGWINCH); harm = True", by("audit", "landlock:6", "seccomp")
    ),
    Attack(
        "signal-parent-by-libc", "harm = libc.kill(parent, signal.SIGWINCH) == 0", by("landlock:6", "seccomp")
    ),
    Attack(
        "signal-zygote",
        "os.kill(os.getppid(), signal.SIGCONT); harm = True",
        by("audit", "landlock:6", "seccomp"),
    ),
    Attack("signal-all", "os.kill(-1, signal.SIGWINCH); harm = True", by("audit", "seccomp")),
    Attack(
        "signal-group",
        "os.killpg(os.getpgid(parent), signal.SIGWINCH); harm = True",
        by("audit", "landlock:6", "seccomp"),
    ),
    Attack(
        "signal-thread",
        "harm = libc.syscall(200 if X86 else 130, parent, signal.SIGWINCH) == 0",
        by("landlock:6", "seccomp"),
    ),
    Attack(
        "signal-by-descriptor",
        "signal.pidfd_send_signal(os.pidfd_open(parent), signal.SIGWINCH); harm = True",
        by("landlock:6", "seccomp"),
    ),
    Attack(
        "limits-of-parent",
        "resource.prlimit(parent, resource.RLIMIT_CORE, (0, 0)); harm = True",
        by("audit", "seccomp"),
    ),
    # too much
    Attack("large-file", "open('large', 'wb').truncate(1100 << 20); harm = True", by("limits")),
    Attack("memory", "bytearray(30 << 30); harm = True", by("limits")),
    Attack("memory-file", "harm = libc.memfd_create(b'x', 0) >= 0", by("seccomp")),
    Attack(
        "raise-limits",
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 40, 1 << 40)); harm = True",
        by("limits"),
    ),
    # the system
    Attack("mount", "harm = libc.mount(b'tmpfs', b'.', b'tmpfs', 0, None) == 0", by("privileges", "seccomp")),
    Attack("new-namespace", "harm = libc.unshare(0x10000000) == 0", by("seccomp")),
    Attack("new-root", "os.chroot('.'); harm = True", by("privileges", "seccomp")),
    Attack("rings", "harm = libc.syscall(425, 4, bytes(120)) >= 0", by("seccomp")),
    Attack("host-name", "socket.sethostname(socket.gethostname()); harm = True", by("privileges", "seccomp")),
]
