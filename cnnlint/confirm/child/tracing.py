"""A model called once and watched: on the meta device if it can be, where it costs next to nothing.

Built on meta, else built and moved there, else on the CPU with a batch of two. An exception that arises on
meta is looked for again on the CPU, since only there is it the user's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import torch
from torch import nn

from cnnlint.confirm.child.graph import witness
from cnnlint.confirm.child.inputs import (
    Given,
    completed,
    enough,
    fitting,
    guessed,
    places_wanted,
    tensor,
)
from cnnlint.confirm.child.recorder import Builds, Recorder, held
from cnnlint.confirm.child.repairs import Failure, repairs
from cnnlint.confirm.child.stubs import strict
from cnnlint.confirm.child.surroundings import Device
from cnnlint.evidence import Broken, Layer

__all__ = ["Attempt", "Built", "attempted", "built", "unused"]

#: Parameters up to which a model is built on the CPU only to see whether an exception arises there too.
AFFORDABLE = 60_000_000
#: Other inputs that are tried after those that are usual, and seconds for that.
REPAIRS, REPAIRING = 80, 3.0


class Built(NamedTuple):
    """A model and the device it is on; `again` builds another one on the CPU."""

    model: nn.Module
    device: str
    again: Callable[[], nn.Module]


class Attempt(NamedTuple):
    """A call of a model with inputs of these shapes, and what was seen of it."""

    device: str
    inputs: list[Given]
    searched: bool
    layers: list[Layer]
    depths: list[int]
    edges: list[tuple[int, int]]
    outputs: list[int]
    broken: Broken | None
    graph: str
    remarks: list[str]
    unused: list[Layer]
    tried: int = 1
    failure: Failure | None = None


def built(make: Callable[[], nn.Module]) -> Built:
    """A model by the cheapest way that works. Raises what the user's code raises on the CPU."""

    def on_cpu() -> nn.Module:
        with Device("cpu"):
            return make()

    try:
        with torch.device("meta"), Device("meta"):
            model = make()
        if all(each.device.type == "meta" for each in model.parameters()):
            return Built(model, "meta", on_cpu)
    except (Exception, SystemExit):
        pass
    model = on_cpu()
    try:
        return Built(model.to("meta"), "meta", on_cpu)
    except Exception:
        return Built(on_cpu(), "cpu", on_cpu)


def attempted(
    made: Built, builds: Builds, inputs: Sequence[Sequence[int | None]], *, graph: bool = True
) -> Attempt:
    """The model called with inputs of these shapes, or, where sizes are not known, of those that it takes.
    `graph` asks torch.fx for a second opinion."""
    told, inputs = inputs, enough(made.model, inputs)
    searched = len(told) < max(1, len(inputs)) or any(not each or None in each[1:] for each in told)
    attempts: list[Attempt] = []
    for given in completed(made.model, inputs) if inputs else guessed(made.model):
        attempt = _once(made, builds, given, searched=searched)
        if attempt.broken is None:
            return _completed(made, builds, attempt, graph=graph)
        if _of_meta(attempt):
            return attempted(_on_cpu(made, builds), builds, told, graph=graph)
        attempts.append(attempt)
    if not attempts:
        raise ValueError("no input is known to try")
    deepest = max(attempts, key=_depth)
    assert deepest.broken is not None
    places = [each.broken["place"] for each in attempts if each.broken]
    deepest = deepest._replace(tried=places.count(deepest.broken["place"]))
    fits = _fitting(made, builds, deepest) if searched else None
    if fits := fits or _repaired(made, builds, attempts, told):
        return _completed(made, builds, fits, graph=graph)
    if made.device == "meta" and held(made.model) < AFFORDABLE:
        real = _on_cpu(made, builds)
        sure = _once(real, builds, deepest.inputs, searched=searched)
        sure = sure if sure.broken else _completed(real, builds, sure, graph=graph)
        return sure._replace(tried=deepest.tried)
    return deepest


def _on_cpu(made: Built, builds: Builds) -> Built:
    """Another one on the CPU."""
    with builds.watched():
        return Built(made.again(), "cpu", made.again)


def _once(made: Built, builds: Builds, inputs: list[Given], *, searched: bool) -> Attempt:
    """One call, in evaluation mode."""
    made.model.eval()
    given = _tensors(made, inputs)
    recorder = Recorder(made.model, builds, given)
    broken: Broken | None = None
    failure: Failure | None = None
    output: Any = None
    with _on(made.device), builds.watched(), strict(), recorder:
        try:
            output = made.model(*given)
        except (Exception, SystemExit) as error:
            broken = builds.users.broken(error, recorder.running)
            failure = recorder.failure(str(error))
    return Attempt(
        made.device, inputs, searched, recorder.layers, recorder.depths, sorted(recorder.edges),
        recorder.rows_of(output), broken, "recorder", [], unused(made.model, recorder),
        failure=failure,
    )  # fmt: skip


def _completed(made: Built, builds: Builds, attempt: Attempt, *, graph: bool) -> Attempt:
    """A clean attempt with what is asked besides: torch.fx's view, and what only training mode uses."""
    given = _tensors(made, attempt.inputs)
    remark, idle = "", attempt.unused
    with _on(made.device):
        found, remark = witness(made.model, given, attempt.layers) if graph else ("recorder", "")
    if idle:
        made.model.train()
        recorder = Recorder(made.model, builds, given)
        with _on(made.device), recorder, suppress(Exception):
            made.model(*given)
        still = {each["name"] for each in unused(made.model, recorder)}
        idle = [each for each in idle if each["name"] in still]
    return attempt._replace(graph=found, remarks=[remark] if remark else [], unused=idle)


def _tensors(made: Built, inputs: list[Given]) -> list[torch.Tensor]:
    return [tensor(each, made.device) for each in inputs]


@contextmanager
def _on(device: str) -> Iterator[None]:
    """Tensors are made on this device, and nothing remembers how."""
    with torch.no_grad(), Device(device):
        if device == "meta":
            with torch.device(device):
                yield
        else:
            yield


def unused(model: nn.Module, recorder: Recorder) -> list[Layer]:
    """The outermost modules of the model of which nothing was called, and no parameter used."""
    found: list[Layer] = []
    hidden = dict(recorder.hidden.values())
    for name, module in [*model.named_modules(), *hidden.items()]:
        used = any(id(part) in recorder.called for part in module.modules())
        used = used or any(id(each) in recorder.used for each in module.parameters())
        inside = any(name == each["name"] or name.startswith(each["name"] + ".") for each in found)
        if name and not used and not inside and (module._modules or not _holds(module)):
            found.append(
                {
                    "name": name,
                    "kind": type(module).__name__,
                    "place": None,
                    "built": recorder.builds.places.get(module),
                    "origin": "hidden" if name in hidden else "module",
                    "inputs": [],
                    "output": None,
                    "parameters": held(module),
                }
            )
    return found


def _holds(module: nn.Module) -> bool:
    """An empty container, which nobody would call."""
    return isinstance(module, nn.ModuleList | nn.ModuleDict | nn.ParameterList | nn.ParameterDict)


def _fitting(made: Built, builds: Builds, attempt: Attempt) -> Attempt | None:
    """The attempt at another size of the images, where a Linear broke that wants one we did not try."""
    broken = attempt.broken
    words = places_wanted(broken["message"]) if broken else None
    if broken is None or words is None:
        return None
    layer, wants = broken["module"], words[1]

    def got(inputs: list[Given]) -> int | None:
        again = _once(made, builds, inputs, searched=True).broken
        if again is None:
            return wants
        found = places_wanted(again["message"])
        return found[0] if found and again["module"] == layer else None

    inputs = fitting(attempt.inputs, wants, got)
    again = _once(made, builds, inputs, searched=True) if inputs else None
    return again if again and again.broken is None else None


def _repaired(
    made: Built, builds: Builds, attempts: list[Attempt], told: Sequence[Sequence[int | None]]
) -> Attempt | None:
    """An attempt at other inputs, changed as the call that broke asks, in what the code does not say of them:
    their shapes, or whether their numbers are whole."""
    searched = attempts[0].searched
    fixed = {number for number, shape in enumerate(told) if shape and None not in shape[1:]}
    waiting, known = list(attempts), [each.inputs for each in attempts]
    ends = time.process_time() + REPAIRING
    while waiting:
        deepest = max(waiting, key=_depth)
        waiting.remove(deepest)
        for inputs in repairs(deepest.failure, deepest.inputs) if deepest.failure else ():
            if inputs in known or any(inputs[at].shape != deepest.inputs[at].shape for at in fixed):
                continue
            if len(known) > REPAIRS or time.process_time() > ends:
                return None
            known.append(inputs)
            again = _once(made, builds, inputs, searched=searched)
            if again.broken is None:
                return again
            if _depth(again) >= _depth(deepest):
                waiting.append(again)
    return None


def _depth(attempt: Attempt) -> int:
    return sum(each["output"] is not None for each in attempt.layers)


def _of_meta(attempt: Attempt) -> bool:
    """Whether an exception is about the meta device, not about what the user wrote."""
    if attempt.device != "meta" or attempt.broken is None:
        return False
    message = attempt.broken["message"].lower()
    words = ("meta", "device", ".item()", "numpy", "data-dependent", "cuda", "storage")
    return attempt.broken["kind"] == "NotImplementedError" or any(word in message for word in words)
