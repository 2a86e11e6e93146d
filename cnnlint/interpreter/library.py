"""The library side: dotted names are bound to what `knowledge` describes, and what it makes is noted."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from cnnlint.facts import (
    NOWHERE,
    Fact,
    Loader,
    Module,
    Number,
    Op,
    Operands,
    Optimizer,
    Sampler,
    Scheduler,
    Tensor,
    Transform,
)
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.counting import A_NUMBER, RECKONING, UNREADABLE, unlisted
from cnnlint.interpreter.objects import (
    INSTANCES,
    Arguments,
    Assumed,
    BoundMethod,
    DictValue,
    Function,
    GradMode,
    Library,
    ListValue,
    OneOf,
    Partial,
    Stream,
    UserDataset,
    Value,
    make_dict,
    make_list,
    opaque_tensor,
    plain,
)
from cnnlint.interpreter.state import PRIMITIVES, VOLATILE
from cnnlint.interpreter.written import source_text
from cnnlint.knowledge import load
from cnnlint.knowledge.describe import Mismatch
from cnnlint.knowledge.names import canonical
from cnnlint.knowledge.ops.indexing import index as tensor_index
from cnnlint.values import Undecided, Unknown, is_unknown

#: Libraries and functions that look at what they are given and change nothing we follow.
HARMLESS = (
    "os", "sys", "time", "random", "json", "math", "numpy", "logging", "matplotlib", "pandas", "PIL",
    "cv2", "sklearn", "scipy", "wandb", "tensorboardX", "torchsummary", "torchinfo", "thop", "tqdm",
    "warnings", "re", "datetime", "pathlib", "shutil", "glob", "pickle", "builtins", "seaborn",
    "skimage", "visdom", "torch.save", "torch.load", "torch.cuda", "torch.backends", "torch.manual_seed",
    "torch.utils.tensorboard", "torch.onnx", "torch.nn.utils.clip_grad_", "torch.nn.init",
    "torch.distributed.get_", "torch.distributed.is_", "torch.distributed.init_process_group",
    "torch.distributed.barrier", "torch.distributed.all_reduce",
    "torch.distributed.destroy_process_group", "torch.distributed.broadcast", "torchvision.utils",
    "torch.set_", "torch.device", "torch.Generator", "torch.random", "torch.version", "torch.is_",
    "torch.get_", "torch.nn.utils.parameters_to_vector", "torch.utils.data.get_worker_info",
    "collections", "itertools", "functools", "typing", "argparse", "string", "csv", "subprocess",
    "multiprocessing", "tempfile", "operator", "torchmetrics", "mlflow", "imageio", "h5py", "yaml",
    "einops.layers", "platform", "socket", "contextlib", "torch.autograd.set_detect_anomaly",
    "torch.autograd.profiler", "torch.profiler", "torch.mps", "torch.xpu", "torch.amp.autocast",
    "torch.autocast", "torch.cuda.amp.autocast", "fvcore", "ptflops", "tabulate", "rich",
)  # fmt: skip
_HARMLESS = (*(f"{name}." for name in HARMLESS), *(name for name in HARMLESS if name.endswith("_")))
#: ... but among these are some that keep what they are given, and give it back.
HOLDING = ("collections", "itertools", "functools", "contextlib", "operator", "multiprocessing", "pickle")
#: Called with a model (or what holds one), they give back what acts as the same one.
WRAPPERS = {
    "torch.nn.DataParallel", "torch.nn.parallel.DataParallel", "torch.nn.parallel.DistributedDataParallel",
    "torch.compile", "torch.jit.script", "torch.jit.trace",
    "torch.nn.SyncBatchNorm.convert_sync_batchnorm", "torch.nn.utils.spectral_norm",
    "torch.nn.utils.weight_norm", "torch.nn.utils.parametrizations.spectral_norm",
    "torch.nn.utils.parametrizations.weight_norm", "torch.nn.parallel.DistributedDataParallelCPU",
    "apex.parallel.DistributedDataParallel", "apex.parallel.convert_syncbn_model",
}  # fmt: skip
GRAD_MODES = {
    "torch.no_grad": False, "torch.inference_mode": False, "torch.enable_grad": True,
    "torch.autograd.no_grad": False, "torch.autograd.enable_grad": True,
    "torch.autograd.inference_mode": False,
}  # fmt: skip
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class LibraryCalls(Core):
    """Names of the library called, and attributes of what it made."""

    # --- calling a dotted name -------------------------------------------------------------------
    def call_library(self, name: str, arguments: Arguments, node: Any) -> Value:
        name = canonical(name)
        receiver = arguments.positional[0] if arguments.positional else None
        if name.endswith(".__init__") and isinstance(receiver, INSTANCES):  # `nn.Module.__init__(self)`
            rest = replace(arguments, positional=arguments.positional[1:])
            return self.super_init(name.removesuffix(".__init__"), receiver, rest, node)
        builtin = self.builtin(name)
        if builtin is not None:
            return builtin(arguments, node)
        if name in GRAD_MODES:
            given = plain(arguments.positional[0]) if arguments.positional else True
            if isinstance(given, Function):  # `torch.no_grad(function)`
                given.grad_enabled = GRAD_MODES[name]
                return given
            enabled = GRAD_MODES[name]
            return GradMode(
                enabled if given is True or enabled else Unknown("not known whether gradients are off")
            )
        if name == "torch.set_grad_enabled":
            return self.set_grad_enabled(arguments)
        if name in WRAPPERS and arguments.every():
            return self.wrapped(name, arguments.every()[0])
        if name == "torch.autograd.Variable" and arguments.every():
            if plain(arguments.keywords.get("volatile", False)) is not False:
                self.grad_enabled = VOLATILE
            return self.make_variable(arguments, node)
        if name == "torch.nn.Parameter":
            return self.make_parameter(arguments)
        if name.startswith("torch.nn.init."):
            return self.call_initializer(name.rpartition(".")[2], arguments, node)
        known = load().get(name)
        if known is not None:
            return self.call_known(known, name, arguments, node)
        if name in HARMLESS or name.startswith(_HARMLESS):
            if name.startswith(HOLDING):
                self.escape(tuple(arguments.every()))
            if name.startswith("numpy.") and (sources := self.sources_in(arguments.every())):
                return Number(source=sources[0])
            why = A_NUMBER if name.startswith(RECKONING) else f"what `{name}` returns"
            return self.made_of(arguments, self.unknown(why, node))
        return self.unseen_call(arguments, node, name, self.unknown(f"`{name}` is not known", node))

    def set_grad_enabled(self, arguments: Arguments) -> Value:
        """Acts at once, and undoes itself where it is a context."""
        mode = plain(arguments.every()[0]) if arguments.every() else True
        enabled = mode if isinstance(mode, bool) else Unknown("not known whether gradients are off")
        self.grad_enabled = enabled
        return GradMode(enabled)

    def make_variable(self, arguments: Arguments, node: Any) -> Value:
        """What it is given, cut from the graph that this was computed in."""
        given = arguments.every()[0]
        wanted = plain(arguments.keywords.get("requires_grad", [*arguments.positional, False, False][1]))
        tensor = plain(given)
        if not isinstance(tensor, Tensor) or wanted is False and tensor.graph is not True:
            return given
        made = replace(tensor)
        if tensor.graph is True:
            made = self.call_library("torch.Tensor.detach", Arguments([tensor], {}), node)
        self.require_gradient(made, wanted, node)
        return made

    def make_parameter(self, arguments: Arguments) -> Value:
        tensor = self.parameter_of(Unknown("its module"))
        if arguments.every():
            tensor.shape = self.as_tensor(arguments.every()[0]).shape
        return tensor

    def call_known(self, known: Any, name: str, arguments: Arguments, node: Any) -> Value:
        assumed = any(type(value) is Assumed for value in arguments.every())
        if isinstance(known, type) and issubclass(known, Optimizer):
            arguments = self.with_parameters(arguments)
        for value in arguments.every():
            if isinstance(plain(value), UserDataset):
                self.look_into(plain(value), node)
        try:
            positional, keywords = self.bound(known, arguments)
            made = known(*positional, **keywords)
            if assumed and isinstance(made, Tensor):
                made.numbers = None
            if name.endswith("_") and positional and isinstance(positional[0], Tensor):
                positional[0].overwritten = True
        except Mismatch as mismatch:
            operation = Op(
                name=name.rpartition(".")[2].rstrip("_"), inputs=self.all_tensors(arguments.every())
            )
            operation.text = source_text(node)
            self.shape_error(operation, mismatch, node)
            result = Tensor(shape=Unknown("its operation does not fit"))
            operation.output, result.producer = result, operation
            return result
        except (Undecided, TypeError, ValueError, IndexError, KeyError, AttributeError, ZeroDivisionError):
            return self.made_of(arguments, self.unknown(f"cannot tell what `{name}` makes of this", node))
        if isinstance(made, Tensor) and made.producer is not None and not made.producer.inputs:
            made.producer.inputs = Operands(self.sources_in(arguments.every()))
        if isinstance(made, Loader):
            made.samplers = samplers_in([*arguments.every(), made.sampler])
            self.start_workers(made, node)
        if isinstance(made, Transform):
            self.look_into_function(made, node)
        return self.finish(made, assumed, node)

    def sources_in(self, values: Iterable[Value]) -> list[Tensor]:
        """The tensors that numbers were taken out of, also those in lists."""
        found: list[Tensor] = []
        for value in map(plain, values):
            if isinstance(value, Number) and value.source is not None:
                found.append(value.source)
            elif isinstance(value, ListValue | tuple):
                found.extend(self.sources_in(self.known_items(value) or ()))
                found.extend(value.store.get("read_from") or () if isinstance(value, ListValue) else ())
        return found

    def with_parameters(self, arguments: Arguments) -> Arguments:
        """The arguments of an optimizer, what it updates as a Parameters; an option that groups of
        parameters set for themselves is not known."""
        positional, keywords = list(arguments.positional), dict(arguments.keywords)
        given = positional[0] if positional else keywords.get("params")
        for name in self.set_by_groups(given):
            own = self.unknown(f"groups of parameters have a `{name}` of their own")
            if name == "lr" and len(positional) > 1:
                positional[1] = own
            else:
                keywords[name] = own
        if positional:
            positional[0] = self.parameters_or_unknown(positional[0])
        elif "params" in keywords:
            keywords["params"] = self.parameters_or_unknown(keywords["params"])
        return Arguments(positional, keywords, arguments.open, arguments.node)

    def set_by_groups(self, given: Value) -> set[str]:
        """The options that groups of parameters set for themselves."""
        groups = [plain(each) for each in self.known_items(plain(given)) or ()]
        named = [self.known_entries(each) for each in groups if isinstance(each, DictValue)]
        return {str(name) for entries in named for name in entries or ()} - {"params", "name"}

    def parameters_or_unknown(self, value: Value) -> Any:
        parameters = self.as_parameters(value)
        if parameters is None:
            self.escape(value)
            return Unknown("parameters not known")
        return parameters

    def finish(self, made: Value, assumed: bool, node: Any) -> Value:
        """Give what knowledge made its place, and note it."""
        if isinstance(made, Tensor):
            self.finish_tensor(made, node)
        elif isinstance(made, Fact):
            made.assumed = made.assumed or assumed
            self.adopt(made, node)
            self.note(made, node)
        elif isinstance(made, tuple):
            return tuple(self.finish(each, assumed, node) for each in made)
        elif isinstance(made, list):
            return make_list([self.finish(each, assumed, node) for each in made])
        elif isinstance(made, dict):
            return make_dict(made)
        elif not is_unknown(made) and hasattr(made, "loss") and hasattr(made, "inputs"):
            made.loss.site = self.site(node)
            return self.compute_loss(
                made.loss, made.prediction, made.target, Arguments(list(made.inputs), {}), node
            )
        elif assumed and isinstance(made, PRIMITIVES):
            return Assumed(made)
        return made

    def adopt(self, fact: Fact, node: Any) -> None:
        """What a new fact holds: a scheduler those it takes over, a container its modules, a folder its
        images."""
        if fact.kind == "ImageFolder" and isinstance(root := getattr(fact, "root", None), str):
            self.count_images(fact, root)  # type: ignore[arg-type]
        if isinstance(fact, Optimizer):
            self.own(fact, node)
        elif isinstance(fact, Scheduler):
            steps = getattr(fact, "steps_per_epoch", None)
            measured = self.lengths[id(steps)][1] if id(steps) in self.lengths else None
            fact.epoch_of = measured if isinstance(measured, Loader) else None
            for inner in fact.inner if isinstance(fact.inner, tuple) else ():
                inner.escaped = True  # it is stepped through this one
        elif isinstance(fact, Module):
            for name, child in (
                getattr(fact, "items", {}).items() if isinstance(getattr(fact, "items", None), dict) else ()
            ):
                if getattr(child, "role", "") == "convolution" and child.site is NOWHERE:
                    child.site = self.site(node)  # it takes the first arguments of the block it is in
                if isinstance(child, Fact) and not child.name:
                    child.name = str(name)
                if isinstance(child, Module):
                    child.per_call = False  # the container is

    def finish_tensor(self, tensor: Tensor, node: Any) -> None:
        operation = tensor.producer
        self.place_tensor(tensor)
        tensor.graph = self.recorded(tensor.graph)
        if operation is not None and operation.site.at < 0:
            operation.text = source_text(node)
            self.note_op(operation, node)

    def bound(self, known: Any, arguments: Arguments) -> tuple[list[Any], dict[str, Any]]:
        """The arguments as knowledge takes them: bare values, tensors where tensors are meant, and
        Unknown for every option that arguments of unknown number may have set."""
        parameters = _parameters(known)
        wanted = {name: annotation for name, annotation, _ in parameters}
        ordered = [annotation for _, annotation, _ in parameters]
        ordered += [""] * (len(arguments.positional) - len(ordered))
        positional = [
            self.wanted(annotation, value)
            for annotation, value in zip(ordered, arguments.positional, strict=False)
        ]
        keywords = {
            name: self.wanted(wanted.get(name, ""), value) for name, value in arguments.keywords.items()
        }
        if isinstance(arguments.open, Unknown):
            kinds = [kind for _, _, kind in parameters]
            if arguments.starred is not None and inspect.Parameter.VAR_POSITIONAL in kinds:
                positional[kinds.index(inspect.Parameter.VAR_POSITIONAL) :] = [arguments.open]
            for name, _, kind in parameters[len(positional) :]:
                if kind in (*_POSITIONAL, inspect.Parameter.KEYWORD_ONLY) and name not in keywords:
                    keywords[name] = arguments.open
        return positional, keywords

    def wanted(self, annotation: str, value: Value) -> Any:
        """An argument as the annotation of its parameter wants it."""
        array = plain(value)
        if annotation == "Tensor" and isinstance(array, Number) and array.exact:
            return self.as_tensor(array.source)
        if annotation == "Tensor" and _may_be_tensor(value):
            return self.as_tensor(value)
        if annotation.startswith("Callable") and isinstance(plain(value), Function | BoundMethod | Partial):
            return plain(value)
        return self.bare(value)

    def bare(self, value: Value) -> Any:
        """A value as plain Python, as deep as it is known."""
        value = plain(value)
        if isinstance(value, ListValue):
            items = self.known_items(value)
            return unlisted(value) if items is None else [self.bare(item) for item in items]
        if isinstance(value, Stream):
            return unlisted(value)
        if isinstance(value, tuple):
            return tuple(self.bare(item) for item in value)
        if isinstance(value, DictValue):
            entries = self.known_entries(value)
            if entries is None:
                return Unknown("keys not known")
            return {key: self.bare(each) for key, each in entries.items()}
        if isinstance(value, OneOf):
            return Unknown("differs between branches")
        if isinstance(value, Number):
            return Unknown("a number that a tensor holds")
        if isinstance(value, Library):
            return value.name
        if isinstance(value, (*PRIMITIVES, Fact, Unknown)) or hasattr(value, "key"):
            return value
        return UNREADABLE

    def tensor_item(self, value: Tensor, index: Value, node: Any) -> Value:
        """`tensor[index]`."""
        keys = index if isinstance(index, tuple) else (index,)
        bare = tuple(self.bare(key) for key in keys)
        try:
            item = tensor_index(value, bare)
        except (Undecided, Mismatch, TypeError, ValueError, IndexError):
            item = opaque_tensor((value,), "getitem")
            item.graph = value.graph
        self.finish_tensor(item, node)
        return item


def samplers_in(values: list[Value]) -> tuple[Sampler, ...]:
    """The samplers among these, each once, also those of which a branch decides."""
    choices = (value.alternatives if isinstance(value, OneOf) else (plain(value),) for value in values)
    found = (each for choice in choices for each in choice if isinstance(each, Sampler))
    return tuple(dict.fromkeys(found))


@cache
def _parameters(known: Any) -> tuple[tuple[str, str, Any], ...]:
    """Of what is described: each parameter's name, what it is annotated with, and its kind."""
    signature = getattr(known, "signature", None)
    if not isinstance(signature, inspect.Signature):
        signature = inspect.signature(known)
    takes_tensors = not isinstance(known, type)
    annotations = (
        (name, str(parameter.annotation), parameter.kind) for name, parameter in signature.parameters.items()
    )
    return tuple(
        (name, annotation if takes_tensors or annotation != "Tensor" else "", kind)
        for name, annotation, kind in annotations
    )


def _may_be_tensor(value: Value) -> bool:
    value = plain(value)
    return isinstance(value, Tensor | OneOf) or is_unknown(value)
