"""What a recorder wrote down, as plain data."""

from __future__ import annotations

import inspect
import math
import platform
import sys
import time
from typing import Any

import torch
from torch import nn

from cnnlint.confirm.child.limits import TooLong, within
from cnnlint.confirm.child.measures import is_model, parameters
from cnnlint.confirm.child.recording import Recorder
from cnnlint.confirm.child.world import World
from cnnlint.evidence import (
    Measured,
    Parameter,
    Place,
    RunLoader,
    RunModel,
    RunOptimizer,
    RunResult,
    RunScheduler,
    Submodule,
)  # fmt: skip

__all__ = ["outcome"]

LATE = 2.0  # seconds after its time until probes are left out, or broken off
MOST = 2000  # parameters or modules of a model


def outcome(recorder: Recorder, world: World, raised: BaseException | None) -> RunResult:
    """All of it, and what it broke with."""
    broken = None if raised is None else world.users.broken(raised, recorder.failing_path())
    measured: dict[str, Any] = {}
    unmeasured = recorder.unmeasured
    for name, probe in list(recorder.probes.items()):
        if probe.asks and recorder.clock.left < -LATE:
            unmeasured[name] = "there was no time left"
            continue
        try:
            with within(max(recorder.clock.left, 0.0) + LATE):
                measured[name] = probe.result(recorder)
        except (Exception, TooLong) as error:
            recorder.give_up(name, error)
    if recorder.probes and "parameters" not in measured:
        unmeasured.setdefault("parameters", "nobody asked")
    steps = measured.pop("parameters", {})
    models = [_model(recorder, number, steps.get(number, {})) for number in range(len(recorder.models))]
    return {
        "ended": recorder.ended,
        "why": recorder.why,
        "broken": broken,
        "steps": recorder.steps,
        "backwards": recorder.backwards,
        "seconds": round(recorder.clock.on_the_wall, 3),
        "busy": round(time.process_time(), 3),
        "device": world.device,
        "versions": _versions(),
        "models": models,
        "loose": _loose(recorder),
        "optimizers": [_optimizer(recorder, number) for number in range(len(recorder.optimizers))],
        "schedulers": [_scheduler(recorder, number) for number in range(len(recorder.schedulers))],
        "loaders": [_loader(recorder, number) for number in range(len(recorder.loaders))],
        "losses": recorder.losses.all,
        "events": recorder.events,
        "more": recorder.more,
        "measured": _rows(measured),
        "unmeasured": unmeasured,
        "curve": recorder.curve,
        "evaluated": recorder.evaluated,
        "replaced": list(world.replaced),
        "wanted": list(world.wanted),
        "unread": world.unreads.told(raised, recorder.ended == "exited"),
        "stubs": list(world.stubs),
    }


def _rows(measured: dict[str, Any]) -> Measured:
    result: Measured = {}
    result.update(measured)  # type: ignore[typeddict-item]
    return result


def _versions() -> dict[str, str]:
    vision = getattr(sys.modules.get("torchvision"), "__version__", "")
    versions = {"python": platform.python_version(), "torch": str(torch.__version__)}
    return versions | ({"torchvision": str(vision)} if vision else {})


def _model(recorder: Recorder, number: int, steps: dict[str, Any]) -> RunModel:
    model = recorder.models.all[number]
    holders = _holders(recorder)
    tensors: list[Parameter] = []
    for name, tensor in list(model.named_parameters())[:MOST]:
        seen = steps.get(name, {})
        tensors.append({
            "name": name,
            "shape": list(tensor.shape),
            "trains": tensor.requires_grad,
            "optimizers": holders.get(id(tensor), []),
            "gradient": seen.get("gradient", ""),
            "moved": seen.get("moved", False),
            "norm": _number(seen.get("norm")),
            "slope": _number(seen.get("slope")),
            "update": _number(seen.get("update")),
        })  # fmt: skip
    modules = [
        _submodule(recorder, name, module, holders) for name, module in list(model.named_modules())[:MOST]
    ]
    sizes = [(each.numel(), each.requires_grad) for each in model.parameters()]
    return {
        "name": type(model).__name__,
        "place": _written(recorder, model),
        "built": recorder.models.places[number],
        "parameters": sum(size for size, _ in sizes),
        "trainable": sum(size for size, trains in sizes if trains),
        "tensors": tensors,
        "modules": modules,
    }


def _holders(recorder: Recorder) -> dict[int, list[int]]:
    """The optimizers of each tensor, by its id."""
    holders: dict[int, list[int]] = {}
    for index, optimizer in enumerate(recorder.optimizers):
        for tensor in parameters(optimizer):
            holders.setdefault(id(tensor), []).append(index)
    return holders


def _submodule(recorder: Recorder, name: str, module: nn.Module, holders: dict[int, list[int]]) -> Submodule:
    own = list(module.parameters(recurse=False))
    return {
        "name": name,
        "kind": type(module).__name__,
        "built": recorder.built.get(module),
        "called": id(module) in recorder.called,
        "parameters": sum(each.numel() for each in own),
        "optimizers": sorted({index for each in own for index in holders.get(id(each), [])}),
        "vain": "requires_grad" in vars(module),
    }


def _loose(recorder: Recorder) -> list[Submodule]:
    """Modules that were called and that no model has."""
    known = {id(module) for model in recorder.models for module in model.modules()}
    holders = _holders(recorder)
    return [
        _submodule(recorder, "", module, holders)
        for module in recorder.built
        if id(module) in recorder.called and id(module) not in known and is_model(module)
    ][:MOST]


def _written(recorder: Recorder, model: nn.Module) -> Place | None:
    """Where the user wrote a model's class, None if it is not theirs."""
    try:
        path, line = inspect.getsourcefile(type(model)) or "", inspect.getsourcelines(type(model))[1]
    except (OSError, TypeError):
        code = getattr(inspect.unwrap(type(model).forward), "__code__", None)
        path, line = (code.co_filename, code.co_firstlineno) if code else ("", 0)
    return {"path": path, "line": line} if recorder.users.wrote(path) else None


def _optimizer(recorder: Recorder, number: int) -> RunOptimizer:
    optimizer = recorder.optimizers.all[number]
    known = {id(each) for model in recorder.models for each in model.parameters()}
    held = parameters(optimizer)
    groups = [
        {name: value for name, value in group.items() if isinstance(value, (int, float, bool, str))}
        | {"parameters": len(group["params"])}
        for group in optimizer.param_groups[:20]
    ]
    return {
        "name": type(optimizer).__name__,
        "built": recorder.optimizers.places[number],
        "groups": groups,
        "tensors": len(held),
        "strangers": sum(id(each) not in known for each in held),
        "steps": recorder.stepped.get(number, 0),
    }


def _scheduler(recorder: Recorder, number: int) -> RunScheduler:
    scheduler = recorder.schedulers.all[number]
    optimizers = [id(each) for each in recorder.optimizers]
    owner = id(getattr(scheduler, "optimizer", None))
    return {
        "name": type(scheduler).__name__,
        "built": recorder.schedulers.places[number],
        "optimizer": optimizers.index(owner) if owner in optimizers else -1,
        "steps": sum(e["kind"] == "scheduler_step" and e["subject"] == number for e in recorder.events),
    }


def _loader(recorder: Recorder, number: int) -> RunLoader:
    loader = recorder.loaders.all[number]
    from torch.utils.data import RandomSampler

    return {
        "built": recorder.loaders.places[number],
        "data": type(getattr(loader, "dataset", None)).__name__,
        "batch": vars(loader).get("_cnnlint_written"),
        "ran": getattr(getattr(loader, "batch_sampler", None), "batch_size", None),
        "shuffles": isinstance(getattr(loader, "sampler", None), RandomSampler),
        "length": _length(loader),
        "passes": recorder.passes.get(number, 0),
        "trains": number in recorder.trained_on,
    }


def _length(loader: Any) -> int | None:
    try:
        return len(loader)
    except Exception:  # of data that come one after the other, or that could not be built
        return None


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
