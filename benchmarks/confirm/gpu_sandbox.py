"""Whether the sandbox of `--confirm` holds where CUDA computes: `python -m benchmarks.confirm.gpu_sandbox`.

Prints which layers this machine has, a training step inside each of them and inside all, and what becomes of
a program that asks for more memory than the GPU has, or breaks it. The exit code is 1 if a step fails inside
all layers, or a breakage is anything but an answer. This file is loaded by the child too, as a kind of task.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cnnlint.confirm import sandbox
from cnnlint.confirm.workshop import Workshop
from cnnlint.evidence import Answer, Task

ROOT = Path(__file__).resolve().parents[2]
KIND = "gpu_sandbox"
LAYERS_WANTED = "CNNLINT_BENCHMARK_LAYERS"
SECONDS = 90.0
GIGABYTE = 1 << 30

# Loaded by the child, this module is a kind of task, and a variable says which layers there are.
sys.modules[f"cnnlint.confirm.child.{KIND}"] = sys.modules[__name__]
if LAYERS_WANTED in os.environ:
    sandbox.LAYERS = tuple(os.environ[LAYERS_WANTED].split())


def perform(task: Task) -> Any:
    """In the child: what the options say."""
    options = task["options"]
    return globals()[options["what"]](options["device"])


def step(device: str) -> dict[str, Any]:
    """Ten steps of a small CNN."""
    import torch
    from torch import nn

    started_before = torch.cuda.is_initialized()
    start = time.monotonic()
    torch.manual_seed(0)
    images, labels = torch.randn(32, 3, 32, 32, device=device), torch.arange(32, device=device) % 10
    ready = time.monotonic() - start
    layers = [nn.Conv2d(3, 32, 3), nn.BatchNorm2d(32), nn.ReLU(), nn.Flatten(), nn.Linear(32 * 30 * 30, 10)]
    model = nn.Sequential(*layers).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    losses = []
    for _ in range(10):
        loss = nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    name = torch.cuda.get_device_name() if device == "cuda" else platform.processor() or "a CPU"
    return {
        "name": name, "cuda before the fork": started_before, "first tensor after": round(ready, 2),
        "losses": [round(losses[0], 4), round(losses[-1], 4)],
    }  # fmt: skip


def too_much(device: str) -> str:
    """More memory than there is, in one piece and bit by bit; what was told, and that work goes on."""
    import torch

    told = []
    try:
        torch.empty(1 << 45, device=device)
    except (RuntimeError, MemoryError) as error:
        told.append(type(error).__name__)
    held: list[torch.Tensor] = []
    try:
        while len(held) < 1000:
            held.append(torch.empty(GIGABYTE, dtype=torch.uint8, device=device))
    except (RuntimeError, MemoryError) as error:
        told.append(f"{type(error).__name__} after {len(held)} GB")
    held.clear()
    return f"{', '.join(told)}; then {torch.ones(3, device=device).sum().item()}"


def too_much_and_no_catch(device: str) -> None:
    """The same, and the script ends by it."""
    import torch

    torch.empty(1 << 45, device=device)


def broken_label(device: str) -> None:
    """A label out of range: on CUDA the device is lost to the process."""
    import torch

    torch.nn.functional.cross_entropy(torch.randn(4, 3, device=device), torch.full((4,), 7, device=device))
    print(torch.ones(1, device=device).item())


def ask(what: str, device: str, layers: Sequence[str] | None, memory: int, jobs: int = 1) -> list[Answer]:
    """What becomes of a task in a sandbox with those layers, or with all."""
    environment = {} if layers is None else {LAYERS_WANTED: " ".join(layers)}
    preload = ("torch", "torch._dynamo", "benchmarks.confirm.gpu_sandbox")
    task = Task(kind=KIND, options={"what": what, "device": device})
    with Workshop(preload=preload, environment=environment, memory=memory, jobs=jobs) as shop:
        return [answer for _, answer in shop.answers([task] * jobs, SECONDS)]


def row(title: str, answer: Answer) -> None:
    """Print what became of a task."""
    result = answer["result"] if answer["ended"] == "answered" else answer["why"]
    held = ", ".join(answer["sandbox"]) or "none"
    numbers = f"{answer['seconds']:.1f} | {answer['memory'] >> 20}"
    print(f"| {title} | {answer['ended']} | {result} | {numbers} | {held} |", flush=True)


def main() -> int:
    """The table, and the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--device", default="cuda", help="cuda or cpu")
    parser.add_argument("--memory", type=int, default=8, metavar="GB", help="resident memory allowed (8)")
    chosen = parser.parse_args()
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    device, memory = chosen.device, chosen.memory * GIGABYTE
    with Workshop(preload=("torch",)) as shop:
        print(f"{platform.system()} {platform.release()}, {shop.versions}, {', '.join(shop.devices)}\n")
    print("| what | ended | result | s | MB | layers that held |\n|---|---|---|---|---|---|")
    every = ask("step", device, None, memory)[0]
    row("step, no layer", ask("step", device, (), memory)[0])
    for layer in sandbox.LAYERS:  # Landlock and seccomp ask for a process that can gain no privileges
        layers = [name for name in sandbox.LAYERS if name in (layer, "privileges")]
        row(f"step, only {layer}", ask("step", device, layers, memory)[0])
    row("step, all layers", every)
    for number, answer in enumerate(ask("step", device, None, memory, jobs=2)):
        row(f"step, all layers, {number + 1} of 2 at once", answer)
    broken = {
        what: ask(what, device, None, memory)[0]
        for what in ("too_much", "too_much_and_no_catch", "broken_label")
    }
    for what, answer in broken.items():
        row(what.replace("_", " "), answer)
    print("\nmissing here: " + ("; ".join(every["missing"]) or "nothing"))
    if every["wanted"]:
        print("wanted by torch and denied: " + "; ".join(every["wanted"]))
    if every["output"]:
        print(f"printed:\n{every['output']}")
    fine = every["ended"] == "answered" and broken["too_much"]["ended"] == "answered"
    return not (fine and all(answer["ended"] in ("silent", "answered") for answer in broken.values()))


if __name__ == "__main__":
    sys.exit(main())
