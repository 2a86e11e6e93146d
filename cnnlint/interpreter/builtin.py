"""Python's builtins and a few functions of the standard library, on abstract values."""

from __future__ import annotations

import math
import posixpath
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cnnlint.dims import Dim
from cnnlint.facts import (
    Dataset,
    Indices,
    Loader,
    Model,
    Module,
    Number,
    Parameters,
    Tensor,
)
from cnnlint.interpreter import limits
from cnnlint.interpreter.averaging import Averaging
from cnnlint.interpreter.counting import A_NUMBER, LISTED, any_of, counting, is_number
from cnnlint.interpreter.objects import (
    COUNTER,
    INSTANCES,
    Arguments,
    Assumed,
    Function,
    ListValue,
    Stream,
    Value,
    make_dict,
    make_list,
    plain,
)
from cnnlint.interpreter.state import PRIMITIVES
from cnnlint.values import A_FLOAT, AN_INTEGER, Unknown, is_unknown

#: Computed by Python itself where every argument is a constant.
PURE: dict[str, Callable[..., Any]] = {
    "builtins.abs": abs, "builtins.min": min, "builtins.max": max, "builtins.round": round,
    "builtins.pow": pow, "builtins.divmod": divmod, "builtins.ord": ord, "builtins.chr": chr,
    "math.ceil": math.ceil, "math.floor": math.floor, "math.sqrt": math.sqrt, "math.log2": math.log2,
    "math.log": math.log, "math.prod": math.prod, "math.pow": math.pow, "math.exp": math.exp,
    "math.gcd": math.gcd, "math.log10": math.log10, "math.cos": math.cos, "math.sin": math.sin,
    "numpy.prod": math.prod, "numpy.ceil": math.ceil, "numpy.floor": math.floor, "numpy.sqrt": math.sqrt,
    "numpy.log2": math.log2, "builtins.bin": bin, "builtins.hex": hex, "os.path.join": posixpath.join,
}  # fmt: skip


#: Why what is made by a conversion of what is not known is Unknown.
CONVERTED = {int: AN_INTEGER, float: A_FLOAT, str: "cannot be converted"}


class Builtins(Averaging):
    """`builtin(name)` gives what to do for a name, or None."""

    def builtin(self, name: str) -> Callable[[Arguments, Any], Value] | None:
        known = ALIASES.get(name) or (name[9:] if name.startswith("builtins.") else "")
        method = self.builtins.get(known)
        if method is not None:
            return lambda arguments, node: method(self, arguments, node)
        pure = PURE.get(name)
        if pure is not None:
            return lambda arguments, node: self.pure_call(pure, arguments, node)
        return None

    def first(self, arguments: Arguments) -> Value:
        return arguments.positional[0] if arguments.positional else self.unknown("no argument")

    def pure_call(self, function: Callable[..., Any], arguments: Arguments, node: Any) -> Value:
        given = arguments.positional
        bare = [self.constant(value) for value in given]
        if any(is_unknown(value) for value in bare) or arguments.keywords or is_unknown(arguments.open):
            numbers = [plain(value) for value in given if isinstance(plain(value), Number | Tensor)]
            if numbers:
                source = numbers[0].source if isinstance(numbers[0], Number) else numbers[0]
                return Number(source=source) if function in (round, abs) else self.unknown("a number", node)
            known = all(map(is_number, given))
            return self.unknown(A_NUMBER if known else "computed from what is not known", node)
        try:
            result = function(*bare)
        except Exception:  # the user's own error, or a Dim where a number is wanted
            return self.unknown("cannot be computed", node)
        if any(type(value) is Assumed for value in given):
            return Assumed(result)
        return result

    def constant(self, value: Value) -> Any:
        """A value as a Python constant, lists included; Unknown if it is not one."""
        value = plain(value)
        if isinstance(value, PRIMITIVES):
            return value
        if isinstance(value, ListValue | tuple):
            items = self.known_items(value)
            if items is not None:
                bare = [self.constant(item) for item in items]
                if not any(is_unknown(item) for item in bare):
                    return bare
        return Unknown("not a constant")

    # --- sizes and conversions -------------------------------------------------------------------
    def do_len(self, arguments: Arguments, node: Any) -> Value:
        given = self.first(arguments)
        value = plain(given)
        if isinstance(value, Tensor):
            known = isinstance(value.shape, tuple) and value.shape and value.shape[0] is not Ellipsis
            return value.shape[0] if known else self.unknown("length not known", node)
        if isinstance(value, INSTANCES):
            method = self.class_attribute(value.cls, "__len__")
            if isinstance(method, Function):
                return self.call(self.get_attribute(value, "__len__", node), Arguments([], {}), node)
        if isinstance(value, Loader | Dataset):
            return self.measured(value, node)
        if isinstance(value, Stream):
            return value.length
        items = self.known_items(value)
        if items is None:
            length = value.store.get("length") if isinstance(value, ListValue) else None
            return self.unknown("length not known", node) if length is None else length
        return Assumed(len(items)) if type(given) is Assumed else len(items)

    def do_int(self, arguments: Arguments, node: Any) -> Value:
        return self.convert(int, arguments, node)

    def do_float(self, arguments: Arguments, node: Any) -> Value:
        return self.convert(float, arguments, node)

    def do_str(self, arguments: Arguments, node: Any) -> Value:
        return self.convert(str, arguments, node)

    def do_bool(self, arguments: Arguments, node: Any) -> Value:
        return self.truth(self.first(arguments))

    def convert(self, kind: type, arguments: Arguments, node: Any) -> Value:
        if not arguments.positional:
            return kind()
        given = arguments.positional[0]
        value = plain(given)
        if isinstance(value, Tensor | Number):
            number = value if isinstance(value, Number) else Number(source=value, exact=True)
            return replace(number, text=True) if kind is str else number
        if kind is int and isinstance(value, Dim):  # a Dim is an integer already
            return value
        if not isinstance(value, PRIMITIVES):
            return self.unknown(CONVERTED[kind], node)
        try:
            result = kind(value)
        except (ValueError, TypeError, OverflowError):
            return self.unknown("cannot be converted", node)
        return Assumed(result) if type(given) is Assumed else result

    def do_range(self, arguments: Arguments, node: Any) -> Value:
        given = [plain(value) for value in arguments.positional]
        countable = all(isinstance(value, int) and abs(value) <= sys.maxsize // 2 for value in given)
        if given and countable and len(given) <= 3:
            try:
                return range(*given)
            except ValueError:
                return self.unknown("range() with step 0", node)
        return Stream(self.unknown(COUNTER, node), indices=Indices())

    # --- iteration -------------------------------------------------------------------------------
    def do_enumerate(self, arguments: Arguments, node: Any) -> Value:
        iterable = plain(self.first(arguments))
        start = plain(
            arguments.keywords.get("start", arguments.positional[1] if len(arguments.positional) > 1 else 0)
        )
        items = self.known_items(iterable)
        if items is not None and len(items) <= limits.UNROLLED and isinstance(start, int):
            return tuple((start + index, item) for index, item in enumerate(items))
        return self.stream_over([iterable], (self.unknown(COUNTER, node), self.element(iterable, node)))

    def do_zip(self, arguments: Arguments, node: Any) -> Value:
        starred = arguments.starred
        if isinstance(starred, Stream) and isinstance(starred.element, tuple) and not arguments.positional:
            return tuple(Stream(each, length=starred.length) for each in starred.element)
        iterables = [plain(value) for value in arguments.positional]
        rows = [self.known_items(value) for value in iterables]
        if (
            rows
            and not is_unknown(arguments.open)
            and all(row is not None and len(row) <= limits.UNROLLED for row in rows)
        ):
            return tuple(zip(*rows, strict=False))
        return self.stream_over(iterables, tuple(self.element(value, node) for value in iterables))

    def stream_over(self, iterables: list[Value], element: Value) -> Stream:
        loaders = [each if isinstance(each, Loader) else getattr(each, "loader", None) for each in iterables]
        loader = next((each for each in loaders if isinstance(each, Loader)), None)
        lengths = [self.rounds(each) for each in iterables]
        known = [length for length in lengths if isinstance(length, int)]
        length = min(known) if known else Unknown("length not known")
        steps = tuple(step for each in iterables if isinstance(each, Stream) for step in each.steps)
        return Stream(element, loader, length, steps)

    def do_tqdm(self, arguments: Arguments, node: Any) -> Value:
        given = arguments.positional or [
            value for name, value in arguments.keywords.items() if name == "iterable"
        ]
        return given[0] if given else self.unknown("a progress bar", node)

    def do_trange(self, arguments: Arguments, node: Any) -> Value:
        return self.do_range(Arguments(arguments.positional, {}, arguments.open), node)

    def do_iter(self, arguments: Arguments, node: Any) -> Value:
        value = plain(self.first(arguments))
        loader = value if isinstance(value, Loader) else getattr(value, "loader", None)
        return Stream(self.element(value, node), loader if isinstance(loader, Loader) else None)

    def do_next(self, arguments: Arguments, node: Any) -> Value:
        value = plain(self.first(arguments))
        if isinstance(value, Stream) and self.loop is not None:
            self.loop.draws = value.loader
        return self.element(self.first(arguments), node)

    def do_listdir(self, arguments: Arguments, node: Any) -> Value:
        return make_list(self.unknown(LISTED, node), "list", self.site(node))

    def do_reversed(self, arguments: Arguments, node: Any) -> Value:
        value = plain(self.first(arguments))
        items = self.known_items(value)
        if isinstance(value, range):
            return value[::-1]
        return Stream(self.element(value, node)) if items is None else make_list(reversed(items))

    def do_sorted(self, arguments: Arguments, node: Any) -> Value:
        items = self.constant(self.first(arguments))
        if is_unknown(items) or arguments.keywords:
            each = self.element(self.first(arguments), node)
            return Stream(self.unknown("one of sorted items", node) if is_unknown(each) else each)
        try:
            return make_list(sorted(items))
        except TypeError:
            return self.unknown("cannot be sorted", node)

    def do_map(self, arguments: Arguments, node: Any) -> Value:
        if len(arguments.positional) != 2:
            self.opaque_call(arguments, node, "map")
            return self.unknown("what map() yields", node)
        function, iterable = arguments.positional
        items = self.known_items(iterable)
        if items is not None and len(items) <= limits.UNROLLED:
            return make_list([self.call(function, Arguments([item], {}), node) for item in items])
        return Stream(self.call(function, Arguments([self.element(iterable, node)], {}), node))

    def do_filter(self, arguments: Arguments, node: Any) -> Value:
        iterable = plain(arguments.positional[-1]) if arguments.positional else None
        parameters = self.as_parameters(iterable)
        if parameters is not None:
            return Parameters(
                modules=parameters.modules, all=self.unknown("only some of the parameters", node)
            )
        return Stream(self.element(iterable, node))

    def do_chain(self, arguments: Arguments, node: Any) -> Value:
        parameters = self.join_parameters(arguments.positional)
        if parameters is not None:
            return parameters
        rows = [self.known_items(value) for value in arguments.positional]
        if all(row is not None for row in rows):
            return make_list([item for row in rows for item in row or ()])
        return Stream(self.unknown("an item of several iterables", node))

    def do_repeat(self, arguments: Arguments, node: Any) -> Value:
        times = self.constant(arguments.positional[1]) if len(arguments.positional) == 2 else None
        if isinstance(times, int) and times <= limits.ITEMS:
            return make_list([self.first(arguments)] * times)
        return Stream(self.first(arguments))

    def do_list(self, arguments: Arguments, node: Any) -> Value:
        return self.collect(arguments, "list", node)

    def do_set(self, arguments: Arguments, node: Any) -> Value:
        return self.collect(arguments, "set", node)

    def do_deque(self, arguments: Arguments, node: Any) -> Value:
        return self.collect(arguments, "deque", node)

    def collect(self, arguments: Arguments, kind: str, node: Any) -> Value:
        if not arguments.positional:
            return make_list((), kind, self.site(node), self.loop)
        value = plain(arguments.positional[0])
        if isinstance(value, Parameters):
            return value
        items = self.known_items(value)
        if items is None:
            counted = value.indices if isinstance(value, Stream) else None
            if isinstance(value, range) and value.step == 1:
                counted = Indices(value.start, value.stop)
            if counted is not None:
                return counting(counted, kind, self.site(node))
            if isinstance(value, Stream | Loader | Tensor):
                return Stream(self.element(value, node), loader=value if isinstance(value, Loader) else None)
            made = make_list(self.unknown("items not known", node), kind, self.site(node))
            if isinstance(value, range):
                made.store["length"] = len(value)
            return made
        return make_list(items, kind, self.site(node), self.loop)

    def do_tuple(self, arguments: Arguments, node: Any) -> Value:
        if not arguments.positional:
            return ()
        items = self.known_items(arguments.positional[0])
        return self.unknown("items not known", node) if items is None else tuple(items)

    def do_dict(self, arguments: Arguments, node: Any) -> Value:
        entries: dict[Any, Value] | None = {}
        if arguments.positional:
            given = plain(arguments.positional[0])
            entries = self.known_entries(given)
            pairs = self.known_items(given) if entries is None else None
            if pairs is not None:
                rows = [self.known_items(pair) for pair in pairs]
                if all(row is not None and len(row) == 2 and self.hashable(plain(row[0])) for row in rows):
                    entries = {plain(row[0]): row[1] for row in rows if row}
        if entries is None or is_unknown(arguments.open):
            return make_dict(self.unknown("entries not known", node), self.site(node))
        return make_dict({**entries, **arguments.keywords}, self.site(node))

    def do_summary(self, arguments: Arguments, node: Any) -> Value:
        """torchinfo calls a model on an input of the size it is given."""
        return self.summarise((), arguments, node)

    def do_summary_of_one(self, arguments: Arguments, node: Any) -> Value:
        """torchsummary too, and the size is that of one example."""
        return self.summarise((Dim.symbol("N"),), arguments, node)

    def summarise(self, batch: tuple[Any, ...], arguments: Arguments, node: Any) -> Value:
        model, *sizes = (plain(value) for value in (*arguments.positional, None))
        size = self.constant(arguments.keywords.get("input_size", sizes[0] if sizes else None))
        if isinstance(model, Module) and isinstance(size, list) and all(type(axis) is int for axis in size):
            event_count, facts = len(self.trace), len(self.program.facts)
            image = Tensor(shape=(*batch, *size), graph=False)
            self.call(model, Arguments([image], {}), node)
            self.unsay_forward(model, event_count, facts)
            if isinstance(model, Model):
                model.summaries.append(image)
        return self.unknown("a summary", node)

    def do_sum(self, arguments: Arguments, node: Any) -> Value:
        value = plain(self.first(arguments))
        each = any_of(value)
        items = self.known_items(value) if each is None else [each]
        if items is None:
            return self.unknown("a sum", node)
        start = arguments.positional[1] if len(arguments.positional) > 1 else 0
        if isinstance(plain(start), ListValue):
            joined = [each for item in items for each in self.known_items(item) or ()]
            return make_list(joined)
        total: Value = start
        for item in items[: limits.UNROLLED]:
            total = self.binary("+", total, item, node)
        return total

    def do_any(self, arguments: Arguments, node: Any) -> Value:
        return self.quantify(any, arguments, node)

    def do_all(self, arguments: Arguments, node: Any) -> Value:
        return self.quantify(all, arguments, node)

    def quantify(self, function: Callable[[list[bool]], bool], arguments: Arguments, node: Any) -> Value:
        items = self.known_items(self.first(arguments))
        truths = [self.truth(item) for item in items or ()]
        if items is None or any(is_unknown(truth) for truth in truths):
            return self.unknown("not all of them are known", node)
        return function(truths)


#: What else is known under other names.
ALIASES = {
    "tqdm.tqdm": "tqdm", "tqdm.auto.tqdm": "tqdm", "tqdm.notebook.tqdm": "tqdm", "tqdm.tqdm_notebook": "tqdm",
    "rich.progress.track": "tqdm", "tqdm.std.tqdm": "tqdm", "tqdm.autonotebook.tqdm": "tqdm",
    "tqdm.trange": "trange", "tqdm.auto.trange": "trange", "itertools.chain": "chain",
    "itertools.repeat": "repeat", "torch.device": "torch_device",
    "functools.partial": "partial", "copy.deepcopy": "deepcopy", "copy.copy": "deepcopy",
    "collections.OrderedDict": "dict", "collections.defaultdict": "dict", "collections.deque": "deque",
    "argparse.ArgumentParser": "parser", "argparse.Namespace": "namespace",
    "types.SimpleNamespace": "namespace", "dataclasses.field": "field", "dataclasses.replace": "replace",
    "inspect.isfunction": "isfunction", "torch.save": "save", "torch.autograd.grad": "gradients",
    "importlib.import_module": "import_module", "os.listdir": "listdir", "random.shuffle": "shuffle",
    "numpy.random.shuffle": "shuffle", "numpy.arange": "arange", "numpy.random.permutation": "permutation",
    "random.seed": "seed", "random.setstate": "seed", "numpy.random.seed": "seed",
    "numpy.random.set_state": "seed", "torch.manual_seed": "seed", "torch.random.manual_seed": "seed",
    "torch.set_rng_state": "seed", "torch.random.set_rng_state": "seed",
    "torchsummary.summary": "summary_of_one", "torchinfo.summary": "summary",
    "collections.namedtuple": "namedtuple", "typing.cast": "cast",
    "torch.nn.utils.clip_grad_norm_": "clip_gradients", "torch.nn.utils.clip_grad_norm": "clip_gradients",
    "torch.nn.utils.clip_grad_value_": "clip_gradients", "torch.autograd.backward": "propagate_back",
}  # fmt: skip
