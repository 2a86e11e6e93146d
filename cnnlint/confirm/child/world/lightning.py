"""Lightning: its trainer works alone on the CPU, looks often, tells nobody, and saves into memory."""

from __future__ import annotations

import sys
from inspect import signature
from types import ModuleType
from typing import Any

import torch

from cnnlint.confirm.child.stubs import stub
from cnnlint.confirm.child.surroundings import NoWeights
from cnnlint.confirm.child.world import World, around

__all__ = ["replace"]

PACKAGES = ("lightning.pytorch", "pytorch_lightning")
FABRICS = ("lightning.fabric", "lightning_fabric")
#: What is given to each trainer instead of what is written.
GIVEN = {"accelerator": "cpu", "devices": 1, "enable_progress_bar": False, "enable_model_summary": False,
         "num_sanity_val_steps": 0}  # fmt: skip
#: What is left at its default: other machines, long waits until an evaluation, and what makes it slow.
LEFT = frozenset({
    "barebones", "check_val_every_n_epoch", "detect_anomaly", "fast_dev_run", "max_time", "min_epochs",
    "min_steps", "num_nodes", "plugins", "profiler", "strategy", "sync_batchnorm", "val_check_interval",
})  # fmt: skip
#: Callbacks that only show something.
SHOWING = {"ProgressBar", "ProgressBarBase", "ModelSummary", "DeviceStatsMonitor", "GPUStatsMonitor"}
STATES = "optimizer_states"


def replace(world: World) -> None:
    """Change it where it is installed."""

    def build(original: Any, trainer: Any, *values: Any, **named: Any) -> None:
        takes = signature(original).parameters
        given = dict(zip([*takes][1:], values, strict=False)) | named
        kept = {name: value for name, value in given.items() if name in takes and not _left(name, value)}
        if kept != given or "accelerator" in kept:
            world.instead("the devices and habits of a trainer", "one CPU, without delay")
        kept |= {name: value for name, value in GIVEN.items() if name in takes}
        kept["precision"] = 64 if "64" in str(given.get("precision")) else 32
        module = sys.modules[type(trainer).__mro__[-2].__module__]
        if "logger" in takes:
            kept["logger"] = _quiet(module.Logger)() if given.get("logger", True) is True else given["logger"]
            kept["callbacks"] = [*_callbacks(given.get("callbacks")), _ending(module.Callback, world)()]
        original(trainer, **kept)

    def fit(original: Any, trainer: Any, *values: Any, **named: Any) -> Any:
        named.pop("ckpt_path", None)
        return original(trainer, *values, **named)

    def trainer(module: ModuleType) -> None:
        around(module.Trainer, "__init__", build)
        around(module.Trainer, "fit", fit)

    def fabric(module: ModuleType) -> None:
        around(module.Fabric, "__init__", build)

    def loggers(module: Any) -> None:
        for name, kind in list(vars(module).items()):
            if isinstance(kind, type) and issubclass(kind, module.Logger) and kind is not module.Logger:
                setattr(module, name, _quiet(module.Logger))

    def saved(original: Any, plugin: Any, checkpoint: Any, path: Any, *values: Any, **named: Any) -> None:
        torch.save({name: each for name, each in checkpoint.items() if name != STATES}, path)

    def loaded(original: Any, plugin: Any, path: Any, *values: Any, **named: Any) -> Any:
        return torch.load(path)

    def files(module: Any) -> None:
        around(module.TorchCheckpointIO, "save_checkpoint", saved)
        around(module.TorchCheckpointIO, "load_checkpoint", loaded)
        around(module.TorchCheckpointIO, "remove_checkpoint", lambda original, plugin, path: None)

    def models(module: Any) -> None:
        version = sys.modules[module.__name__.partition(".")[0]].__version__

        def load(original: Any, path: Any, *values: Any, **named: Any) -> Any:
            found = torch.load(path)
            if isinstance(found, NoWeights):
                found["pytorch-lightning_version"] = version
            return found

        around(module, "pl_load", load)

    def command(original: Any, line: Any, *values: Any, **named: Any) -> None:
        named["save_config_callback"] = None
        if named.get("run", True) and not named.get("args") and not world.options.get("argv"):
            named["args"] = ["fit"]
        original(line, *values, **named)

    for package in PACKAGES:
        world.when_imported(f"{package}.cli", lambda module: around(module.LightningCLI, "__init__", command))
        world.when_imported(f"{package}.trainer.trainer", trainer)
        world.when_imported(f"{package}.loggers", loggers)
        world.when_imported(f"{package}.core.optimizer", lambda module: _own_steps(module.LightningOptimizer))
        world.when_imported(f"{package}.core.saving", models)
    for package in FABRICS:
        world.when_imported(f"{package}.fabric", fabric)
        world.when_imported(f"{package}.wrappers", lambda module: _own_steps(module._FabricOptimizer))
        world.when_imported(f"{package}.plugins.io.torch_io", files)


def _left(name: str, value: Any) -> bool:
    """Whether an argument is left at its default; a share of our few batches may be none."""
    share = name.startswith(("limit_", "overfit_")) and isinstance(value, float)
    return name in LEFT or share


def _callbacks(given: Any) -> list[Any]:
    """Those that do more than show something."""
    several = given if isinstance(given, (list, tuple)) else [] if given is None else [given]
    return [each for each in several if not SHOWING & {kind.__name__ for kind in type(each).__mro__}]


def _ending(base: type, world: World) -> type:
    """A callback that lets the trainer evaluate once the steps are taken."""

    def stop(self: Any, trainer: Any, *_: Any) -> None:
        trainer.should_stop = trainer.should_stop or bool(world.recorder and world.recorder.done)

    return type("Ending", (base,), {"on_train_batch_end": stop})


def _quiet(base: type) -> type:
    """A logger that takes everything and writes nothing."""
    return type("QuietLogger", (_Quiet, base), {})


class _Quiet:
    """What every logger does here."""

    name = log_dir = save_dir = root_dir = ""
    version = 0

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()

    def log_metrics(self, *_: Any, **__: Any) -> None:
        """Take numbers."""

    log_hyperparams = log_metrics

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return stub("logger", name)()


def _own_steps(wrapper: Any) -> None:
    """Let an optimizer that is wrapped clear its gradients itself."""
    wrapper.zero_grad = lambda outer, *values, **named: outer._optimizer.zero_grad(*values, **named)
