"""Functions of libraries whose calls are of interest in themselves, and what each does."""

from __future__ import annotations

#: What a function does, by its dotted name.
PURPOSES = {
    **dict.fromkeys(("torch.autograd.Variable", "torch.autograd.variable.Variable"), "variable"),
    **dict.fromkeys(
        ("torch.cuda.empty_cache", "torch.mps.empty_cache", "torch.xpu.empty_cache"), "empty cache"
    ),
    **dict.fromkeys(("time.time", "time.perf_counter", "time.monotonic", "timeit.default_timer"), "clock"),
}
