"""Whether a file can hold PyTorch code at all: one search of its bytes, before anything is parsed."""

from __future__ import annotations

import re

__all__ = ["has_marker"]

#: Names that betray PyTorch, also in a pasted fragment without its imports.
MARKER = re.compile(
    rb"torch|lightning|\btimm\b|\bnn\.[A-Z]|\bnn\.functional|\bF\.[a-z]|DataLoader|TensorDataset"
    rb"|\.backward\(|zero_grad|[Oo]ptimizer|\boptim\.|lr_scheduler|state_dict|CrossEntropy|criterion"
    rb"|\bConv[123]d\b|\bnn\.Module|\.parameters\(\)|\.cuda\("
)


def has_marker(data: bytes) -> bool:
    """True where the text may be PyTorch; False means no rule has anything to say about it."""
    return MARKER.search(data) is not None
