"""What a model finds around it while it is built: no command line, no accelerator, no weights to download."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnlint.confirm.child.arguments import not_required, usual
from cnnlint.confirm.child.quick import quick

__all__ = ["Device", "NoWeights", "away", "surroundings"]

#: Functions that fetch weights, by the names under which modules keep them.
FETCHING = ("load_state_dict_from_url", "load_url")
ACCELERATORS = ("cuda", "hip", "hpu", "mps", "npu", "xpu")


class NoWeights(dict[str, Any]):
    """Weights that were not downloaded: whatever is asked of them there is as little."""

    def __missing__(self, key: str) -> NoWeights:
        return NoWeights()

    def __delitem__(self, key: str) -> None:
        pass

    def pop(self, key: str, *default: Any) -> Any:
        return default[0] if default else NoWeights()

    def copy(self) -> NoWeights:
        return NoWeights()


class Device(TorchFunctionMode):
    """Whatever is to go to an accelerator stays where it is; what is made there is made on `device`."""

    def __init__(self, device: str) -> None:
        super().__init__()
        self.device = device

    def __torch_function__(
        self, function: Any, types: Any, given: tuple[Any, ...] = (), options: dict[str, Any] | None = None
    ) -> Any:
        options = dict(options or {})
        if function is Tensor.cuda:
            return given[0]
        if function is Tensor.to:
            where = [options.pop("device", None), *given[1:]]
            if any(map(away, where)):
                kinds = [each for each in (*where, options.get("dtype")) if isinstance(each, torch.dtype)]
                return function(given[0], *kinds) if kinds else given[0]
            return function(*given, **(options if where[0] is None else {**options, "device": where[0]}))
        if self.device == "meta" and (known := quick(function, given, options)) is not None:
            return known
        if away(options.get("device")):
            options["device"] = self.device
        return function(*given, **options)


def away(device: Any) -> bool:
    """Whether it means an accelerator: `"cuda:0"`, a torch.device, or its bare number."""
    if isinstance(device, torch.device):
        return device.type not in ("cpu", "meta")
    if isinstance(device, int) and not isinstance(device, bool):
        return True
    return isinstance(device, str) and device.partition(":")[0] in ACCELERATORS


@contextmanager
def surroundings(path: str, argv: list[str]) -> Iterator[None]:
    """Within it, a command line is that of `path` and `argv`, with nothing required, and weights are none."""
    with ExitStack() as stack:
        stack.enter_context(_replaced(sys, "argv", [path, *argv]))
        parse = argparse.ArgumentParser.parse_known_args

        def parsed(parser: argparse.ArgumentParser, args: Any = None, namespace: Any = None) -> Any:
            for action in parser._actions:
                action.default = usual(action)
                not_required(action)
            return parse(parser, args, namespace)

        stack.enter_context(_replaced(argparse.ArgumentParser, "parse_known_args", parsed))
        for owner, name in _fetchers():
            stack.enter_context(_replaced(owner, name, lambda *_, **__: NoWeights()))
        load = nn.Module.load_state_dict

        def loaded(module: nn.Module, weights: Any, *given: Any, **options: Any) -> Any:
            if isinstance(weights, NoWeights):
                return torch.nn.modules.module._IncompatibleKeys([], [])
            return load(module, weights, *given, **options)

        stack.enter_context(_replaced(nn.Module, "load_state_dict", loaded))
        yield


def _fetchers() -> Iterator[tuple[Any, str]]:
    """Where the functions that fetch weights are kept, in whatever has been imported."""
    originals: dict[int, Callable[..., Any]] = {}
    for name in FETCHING:
        for owner in (torch.hub, sys.modules.get("torch.utils.model_zoo")):
            if function := getattr(owner, name, None):
                originals[id(function)] = function
    for module in list(sys.modules.values()):
        for name in FETCHING:
            if id(getattr(module, "__dict__", {}).get(name)) in originals:
                yield module, name


@contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)
