"""What torch itself says of other people's models: which there are, how large, and what they return.

A program of its own, run with the Python that has torch: it gets the files of one checkout as JSON, imports
each, builds what can be built without being told anything, and prints one JSON line per model. No name of
any model is written here: a candidate is a public function or class that gives a module.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import io
import json
import os
import signal
import sys
import tempfile
import textwrap
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

#: What a size goes by, where a constructor must be told one, and what it is told.
SIZES = {
    "num_classes": 10, "n_classes": 10, "nclass": 10, "n_class": 10, "class_num": 10, "classes": 10,
    "num_class": 10, "nb_classes": 10, "in_channels": 3, "n_channels": 3, "in_ch": 3, "in_channel": 3,
    "input_channels": 3, "num_channels": 3, "img_ch": 3, "out_channels": 4, "out_ch": 4, "output_ch": 4,
}  # fmt: skip
#: Inputs that are tried, in turn, until the model takes one.
INPUTS = (
    (2, 3, 224, 224), (2, 3, 32, 32), (2, 1, 28, 28), (2, 3, 256, 256), (2, 3, 64, 64), (2, 1, 32, 32),
    (2, 3, 299, 299), (2, 3, 128, 128), (2, 1, 64, 64), (2, 3, 16, 112, 112), (2, 1, 64, 64, 64),
    (2, 784), (2, 100), (2, 1, 224, 224), (2, 3, 331, 331), (2, 3, 384, 384), (2, 3, 512, 512),
)  # fmt: skip
#: Fewer layers with parameters than these are a building block, not a model.
LAYERS = 4
#: Functions of these names are programs.
PROGRAMS = frozenset("main train test demo evaluate run get_args parse_args".split())


#: What strangers' code may not do while it is imported and built.
FORBIDDEN = frozenset(
    "os.remove os.rmdir os.rename os.link os.symlink os.truncate os.chmod os.chown os.system os.exec os.fork "
    "os.kill os.posix_spawn os.mkdir shutil.rmtree shutil.move subprocess.Popen socket.connect".split()
)


class TooLong(BaseException):
    """The time for one model is up."""


def main() -> None:
    """Answer the job on standard input, line by line on standard output."""
    job = json.load(sys.stdin)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the models print is nobody's business
    signal.signal(signal.SIGALRM, _ring)
    warnings.simplefilter("ignore")
    importlib.import_module("torch")
    tempfile.tempdir = str(Path.cwd())
    sys.dont_write_bytecode = True
    sys.addaudithook(_guard)
    for row in job["files"]:
        _say(answers, {"file": row["file"]})
        for answer in models_of(row, job["seconds"], job["most"]):
            _say(answers, answer)


def _say(answers: Any, answer: dict[str, Any]) -> None:
    print(json.dumps(answer), file=answers, flush=True)


def models_of(row: dict[str, Any], seconds: int, most: int) -> Iterator[dict[str, Any]]:
    """The models of one file, spread over those it has, each as a row of what torch says."""
    module = _limited(seconds, lambda: imported(row))
    if not isinstance(module, ModuleType):
        return
    waiting = spread(list(candidates(module)), most)
    for name, expression in waiting:
        answer = _limited(seconds, lambda name=name, text=expression: measured(module, name, text))  # type: ignore[misc]
        if isinstance(answer, dict):
            yield {"file": row["file"], "module": row["module"], "root": row["root"], **answer}


def spread(found: list[Any], most: int) -> list[Any]:
    """At most so many of them, evenly over all."""
    if len(found) <= most:
        return found
    return [found[index * len(found) // most] for index in range(most)]


def imported(row: dict[str, Any]) -> ModuleType:
    """The module of a file, with nothing in the way that another file left."""
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(row["top"]) and not row["package"]:
            del sys.modules[name]
    for folder in reversed(row["path"]):
        if folder in sys.path:
            sys.path.remove(folder)
        sys.path.insert(0, folder)
    importlib.invalidate_caches()
    return importlib.import_module(row["module"])


def candidates(module: ModuleType) -> Iterator[tuple[str, str]]:
    """The public functions and classes of a module that may give a model, and how each is called."""
    from torch import nn

    for name, value in vars(module).items():
        own = getattr(value, "__module__", None) == module.__name__
        if name.startswith("_") or name in PROGRAMS or not own:
            continue
        if inspect.isclass(value) and issubclass(value, nn.Module):
            given = given_to(value.__init__, skip=1)
        elif inspect.isfunction(value) and returns_something(value):
            given = given_to(value, skip=0)
        else:
            continue
        if given is not None:
            yield name, f"{name}({given})"


def given_to(function: Callable[..., Any], skip: int) -> str | None:
    """The arguments to call a function with, as text; None if it must be told what we do not know."""
    try:
        parameters = list(inspect.signature(function).parameters.values())[skip:]
    except (TypeError, ValueError):
        return None
    told = []
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.default is parameter.empty:
            if parameter.name not in SIZES:
                return None
            told.append(f"{parameter.name}={SIZES[parameter.name]}")
    return ", ".join(told)


def returns_something(function: Callable[..., Any]) -> bool:
    """Whether its own code returns a value: what gives nothing gives no model."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    except (OSError, TypeError, SyntaxError):
        return False
    return any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(tree))


def measured(module: ModuleType, name: str, expression: str) -> dict[str, Any] | None:
    """What torch says of one model; None if it is none, or takes no input that we try."""
    import torch
    from torch import nn

    model = built(module, expression)
    if not isinstance(model, nn.Module):
        return None
    layers = [each for each in model.modules() if next(each.parameters(recurse=False), None) is not None]
    if len(layers) < LAYERS:
        return None
    model = model.to("meta").eval()
    size = getattr(model, "default_cfg", None)
    size = size.get("input_size") if isinstance(size, dict) else None
    for shape in ([(2, *size)] if size else []) + list(INPUTS):
        try:
            with torch.no_grad(), torch.device("meta"), _silence():
                output = model(torch.zeros(shape, device="meta"))
        except Exception:
            continue
        described = described_output(output)
        if described is None:
            return None
        return {
            "name": name,
            "expression": expression,
            "input": list(shape),
            "parameters": sum(each.numel() for each in model.parameters()),
            "output": described,
            "traceable": traceable(model),
        }
    return None


def built(module: ModuleType, expression: str) -> Any:
    """The model on the meta device; built in memory where it cannot be built without numbers."""
    import torch

    with _silence():
        try:
            with torch.device("meta"):
                return eval(expression, dict(vars(module)))
        except Exception:
            return eval(expression, dict(vars(module)))


def described_output(output: Any) -> Any:
    """Shapes as lists of ints, in sequences or mappings as the model returns them; None for anything else."""
    import torch

    if isinstance(output, torch.Tensor):
        return list(output.shape)
    if isinstance(output, dict):
        inner = {str(key): described_output(value) for key, value in output.items()}
        return None if None in inner.values() else {"mapping": inner}
    if isinstance(output, tuple | list) and output:
        items = [described_output(value) for value in output]
        return None if None in items else {"sequence": items}
    return None


def traceable(model: Any) -> bool:
    """Whether torch.fx can follow it."""
    import torch

    try:
        with torch.device("meta"), _silence():
            torch.fx.symbolic_trace(model)
    except Exception:
        return False
    return True


def _silence() -> contextlib.AbstractContextManager[Any]:
    return contextlib.redirect_stdout(io.StringIO())


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Nothing is deleted, started, written or sent, but in the working folder."""
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if event in FORBIDDEN or writes:
        if not str(arguments[0]).startswith(tempfile.tempdir or os.devnull):
            raise PermissionError(f"{event} is not allowed here")


def _ring(*_: Any) -> None:
    raise TooLong


def _limited(seconds: int, work: Callable[[], Any]) -> Any:
    """What `work` gives, or None if it fails or takes too long."""
    signal.alarm(seconds)
    try:
        return work()
    except (Exception, SystemExit, TooLong):
        return None
    finally:
        signal.alarm(0)


if __name__ == "__main__":
    sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != Path(__file__).parent]
    sys.argv = sys.argv[:1]
    main()
