"""One name for each thing of the library, however it was imported."""

from __future__ import annotations

import re
from functools import cache

#: Private places and old names, and where what they hold is offered.
_REWRITES = (
    (re.compile(r"^torch\.nn\.modules\.(?:\w+\.)?(\w+)$"), r"torch.nn.\1"),
    (re.compile(r"^torch\.optim\.(?!lr_scheduler|swa_utils)[a-z]\w*\.(\w+)$"), r"torch.optim.\1"),
    (
        re.compile(r"^torch\.utils\.data\.(?:dataloader|dataset|sampler|distributed)\.(\w+)$"),
        r"torch.utils.data.\1",
    ),
    (re.compile(r"^torch\.nn\.utils\.clip_grad\.(\w+)$"), r"torch.nn.utils.\1"),
    (re.compile(r"^torch\.functional\.F\."), "torch.nn.functional."),
    (re.compile(r"^torch\.nn\.parameter\.Parameter$"), "torch.nn.Parameter"),
    (
        re.compile(r"^torchvision\.models\.(?:(?!detection|segmentation|video|quant)\w+\.)?\w+_Weights\.\w+\.transforms$"),
        "torchvision.transforms._presets.ImageClassification",
    ),
    (re.compile(r"^torchvision\.models\.\w+\.(\w+)$"), r"torchvision.models.\1"),
    (re.compile(r"^torchvision\.ops\.\w+\.(\w+)$"), r"torchvision.ops.\1"),
    (re.compile(r"^torchvision\.datasets\.\w+\.(\w+)$"), r"torchvision.datasets.\1"),
    (re.compile(r"^torchvision\.transforms\.transforms\.(\w+)$"), r"torchvision.transforms.\1"),
)  # fmt: skip


def one_slip(written: str, meant: str) -> bool:
    """Whether one letter was left out, added or changed, or two neighbours were exchanged."""
    differing = (i for i, (a, b) in enumerate(zip(written, meant, strict=False)) if a != b)
    start = next(differing, min(len(written), len(meant)))
    rest, wanted = written[start:], meant[start:]
    exchanged = rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:]
    return written != meant and (wanted[1:] in (rest, rest[1:]) or rest[1:] == wanted or exchanged)


@cache
def canonical(name: str) -> str:
    """The dotted name under which `knowledge` describes something."""
    for pattern, replacement in _REWRITES:
        name = pattern.sub(replacement, name)
    return name
