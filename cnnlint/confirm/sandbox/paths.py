"""Which files an experiment needs: what Landlock allows, and the audit hook as far as Python asks it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from cnnlint.confirm.sandbox import Policy

__all__ = ["NULL_DEVICES", "devices", "readable", "threads"]

# Where programs, libraries and drivers lie, and what they ask the system about itself. Of /proc only the
# process's own part: that of others tells their command lines.
SYSTEM = (
    "/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/opt", "/nix/store", "/gnu/store",
    "/System", "/Library", "/run/opengl-driver", "/sys",
    "/proc/self", "/proc/sys", "/proc/driver", "/proc/devices", "/proc/cpuinfo", "/proc/meminfo",
    "/proc/stat", "/proc/loadavg", "/proc/uptime", "/proc/version", "/proc/filesystems", "/proc/modules",
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload", "/etc/alternatives",
    "/etc/localtime", "/etc/timezone", "/etc/os-release", "/etc/mime.types", "/etc/fonts",
    "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts", "/etc/host.conf",
    "/etc/ssl/openssl.cnf", "/etc/ssl/certs", "/etc/ca-certificates", "/etc/crypto-policies",
    "/etc/pki/tls/openssl.cnf", "/etc/pki/tls/certs", "/etc/pki/ca-trust",
    "/dev/urandom", "/dev/random",
)  # fmt: skip
NULL_DEVICES = ("/dev/null", "/dev/zero", "/dev/full")
GPU_DEVICES = ("nvidia*", "nvidia-caps/*", "dxg", "kfd", "dri/*")  # in /dev


def readable(policy: Policy) -> list[str]:
    """What may be read: the system, Python with its packages, the project; never the whole home folder."""
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    python = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.pycache_prefix or "", *sys.path, *_editable()]
    return [*SYSTEM, *_without_home([*python, *libraries, *policy.readable], policy.home)]


def devices(policy: Policy) -> list[str]:
    """The devices that may be used: those that hold nothing, and on a GPU those of its driver."""
    patterns = GPU_DEVICES if policy.device != "cpu" else ()
    return [*NULL_DEVICES, *(str(path) for pattern in patterns for path in Path("/dev").glob(pattern))]


def threads(policy: Policy) -> list[str]:
    """Where CUDA writes the names of the threads it starts; where it cannot, it does not start."""
    return ["/proc/self/task"] if policy.device != "cpu" else []


def _editable() -> list[str]:
    """Where packages lie that are installed in place, as setuptools notes it."""
    mappings = [
        getattr(module, "MAPPING", {})
        for name, module in sys.modules.items()
        if name.startswith("__editable__")
    ]
    return [str(Path(place)) for mapping in mappings for place in mapping.values()]


def _without_home(paths: Iterable[str], home_folder: str) -> list[str]:
    """The real paths; of a home folder only what it does not hide, and of a folder around it nothing."""
    home = Path(os.path.realpath(home_folder))
    found: list[Path] = []
    for path in (Path(os.path.realpath(each)) for each in paths if each):
        if path == home:
            found += [entry for entry in path.iterdir() if not entry.name.startswith(".")]
        elif path not in home.parents:
            found.append(path)
    return [str(path) for path in dict.fromkeys(found)]
