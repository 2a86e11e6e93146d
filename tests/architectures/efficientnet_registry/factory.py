from collections.abc import Callable
from typing import Any

_entrypoints: dict[str, Callable[..., Any]] = {}


def register_model(name):
    def decorator(fn):
        _entrypoints[name] = fn
        return fn

    return decorator


def create_model(model_name: str, **kwargs):
    create_fn = _entrypoints[model_name]
    return create_fn(**kwargs)
