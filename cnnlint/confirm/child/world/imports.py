"""Imports: stand-ins for packages that are not installed, and for those that only show or report."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType
from typing import Any

from cnnlint.confirm.child import standins
from cnnlint.confirm.child.stubs import StubFinder, StubModule
from cnnlint.confirm.child.world import World, around

__all__ = ["replace"]

#: What shows or reports, and is stood in for even where it is installed.
REPORTING = frozenset({
    "aim", "clearml", "comet_ml", "mlflow", "neptune", "tensorboard", "tensorboardX", "tensorboard_logger",
    "visdom", "wandb",
})  # fmt: skip
WRITERS = "torch.utils.tensorboard"


def replace(world: World) -> None:
    """Find stand-ins where an import written by the user finds nothing; compile no file twice."""
    codes: dict[tuple[str, bytes], CodeType] = {}

    def compiled(original: Any, loader: Any, data: bytes, path: str, **named: Any) -> CodeType:
        key = path, data
        if key not in codes:
            codes[key] = original(loader, data, path, **named)
        return codes[key]

    around(SourceFileLoader, "source_to_code", compiled)
    unwanted = REPORTING | frozenset(world.options.get("stub", ()))
    first = StubFinder(lambda name: name.partition(".")[0] in unwanted)
    last = StubFinder(world.users.need_import)
    last.stubs = first.stubs = world.stubs
    sys.modules[WRITERS] = StubModule(WRITERS)
    sys.meta_path.insert(0, first)
    sys.meta_path += [_Standins(world), last]


class _Standins(MetaPathFinder):
    """Finds our small stand-ins, for the user's imports only: libraries ask what else is installed."""

    def __init__(self, world: World) -> None:
        self.world = world

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if path is not None or not self.world.users.need_import():
            return None
        spec = PathFinder.find_spec(name, [*standins.__path__])
        if spec is not None:
            self.world.stubs[name] = None
        return spec
