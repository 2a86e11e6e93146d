"""Stands in for Lightning's Fabric: everything is where it is, and stays so."""

from contextlib import nullcontext
from typing import Any

import torch
from torch import nn

__all__ = ["Fabric"]


class Fabric:
    """One process, on the CPU."""

    device = torch.device("cpu")
    is_global_zero = True
    world_size = 1
    global_rank = local_rank = node_rank = 0

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def launch(self, function: Any = None, *values: Any, **named: Any) -> Any:
        """Here and now."""
        return None if function is None else function(self, *values, **named)

    def setup(self, module: Any, *optimizers: Any, **_: Any) -> Any:
        """As they are."""
        return (module, *optimizers) if optimizers else module

    def setup_module(self, module: Any, **_: Any) -> Any:
        """As it is."""
        return module

    def setup_optimizers(self, *several: Any, **_: Any) -> Any:
        """As they are."""
        return several[0] if len(several) == 1 else several

    setup_dataloaders = setup_optimizers

    def backward(self, loss: Any, *values: Any, **named: Any) -> None:
        """Go back from a loss."""
        loss.backward(*values)

    def clip_gradients(self, module: Any, optimizer: Any, clip_val: Any = None, max_norm: Any = None,
                       **_: Any) -> None:  # fmt: skip
        """Bound the gradients."""
        if clip_val is not None:
            nn.utils.clip_grad_value_(module.parameters(), clip_val)
        else:
            nn.utils.clip_grad_norm_(module.parameters(), max_norm)

    def to_device(self, thing: Any) -> Any:
        """As it is."""
        return thing

    def all_gather(self, data: Any, *_: Any, **__: Any) -> Any:
        """What one process has."""
        return data

    all_reduce = broadcast = all_gather

    def save(self, path: Any, state: Any, *_: Any, **__: Any) -> None:
        """Keep it."""
        torch.save(state, path)

    def load(self, path: Any, *_: Any, **__: Any) -> Any:
        """What was kept."""
        return torch.load(path)

    def nothing(self, *_: Any, **__: Any) -> None:
        """Tell nobody, and wait for nobody."""

    print = log = log_dict = barrier = call = seed_everything = nothing

    def within(self, *_: Any, **__: Any) -> Any:
        """Nothing is otherwise there."""
        return nullcontext()

    autocast = no_backward_sync = init_module = init_tensor = rank_zero_first = within
