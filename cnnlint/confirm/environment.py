"""The environment variables of an experiment: few, and none that holds a secret of the user."""

from __future__ import annotations

import os
import site
from collections.abc import Mapping
from pathlib import Path

import cnnlint

__all__ = ["own_folder", "scrubbed"]

# Where programs and libraries lie, how text is written, which GPUs there are.
KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT")
KEPT_PREFIXES = ("CUDA_", "NVIDIA_", "HIP_", "ROCR_")

FIXED = {
    "OMP_NUM_THREADS": "1",  # sums come out the same to the last bit
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",  # asking for a GPU must not start CUDA before the fork
    "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",  # macOS
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # without it cuBLAS adds up in any order
    "MPLBACKEND": "Agg",
}
HOMES = ("HOME", "TMPDIR", "TORCHINDUCTOR_CACHE_DIR", "CUDA_CACHE_PATH", "XDG_CACHE_HOME", "MPLCONFIGDIR")


def scrubbed(home: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of the process that loads torch, whose home is `home`."""
    kept = {
        name: value for name, value in os.environ.items() if name in KEPT or name.startswith(KEPT_PREFIXES)
    }
    # Modules are found where this process finds them, though the home folder is another.
    paths = [str(Path(cnnlint.__file__).parents[1]), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    python = {"PYTHONPATH": os.pathsep.join(str(Path(path).resolve()) for path in paths if path)}
    if site.ENABLE_USER_SITE:
        python["PYTHONUSERBASE"] = site.getuserbase()
    return {"LANG": "C.UTF-8", **kept, **FIXED, **python, **own_folder(home), **extra}


def own_folder(folder: Path) -> dict[str, str]:
    """What makes a folder the home of a process, and where it keeps what is temporary."""
    return dict.fromkeys(HOMES, str(folder))
