"""Checks on library functions that are called where they do nothing, or cost time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnnlint.checks.flags import Flags, flag
from cnnlint.facts import Backward, LibraryCall, Loop, Readout, Setting, Timing, Training
from cnnlint.fixes import importing, insert_before, keep, remove, replace, set_argument, together
from cnnlint.traces import has_layer
from cnnlint.values import surely

#: What waits for the GPU, if there is one.
WAIT = "if torch.cuda.is_available():\n    torch.cuda.synchronize()"


def deprecated_variable(call: LibraryCall) -> Flags:
    """A tensor is wrapped in a Variable, which has been one itself since PyTorch 0.4."""
    if call.subject != "variable":
        return
    inside = f"`{call.given_text}`" if call.given_text else "its argument"
    wanted = [name for name, value in call.options.items() if not surely(value == False)]  # noqa: E712
    mend, fix = f"write {inside} alone", None
    if "volatile" in wanted:
        mend = f"write {inside} under `with torch.no_grad():`, since `volatile` is ignored"
    elif "requires_grad" in wanted:
        mend = f"call `requires_grad_()` on {inside}"
    elif surely(getattr(call.given, "graph", None)):
        mend = f"call `detach()` on {inside} if its graph is to be cut, as this does"
    elif call.argument.at >= 0:
        loose = surely(getattr(call.given, "graph", None) == False)  # noqa: E712 - may be Unknown
        fix = keep(call, call.argument, safe=loose)
    yield flag(call, fix=fix, call=call.text, mend=mend)


def empty_cache_in_loop(call: LibraryCall) -> Flags:
    """The cache of device memory is given back in each iteration, and asked for again in the next."""
    loop = call.loop
    if call.subject == "empty cache" and loop and _per_step(loop) and not call.maybe:
        yield flag(
            call, also=[(loop, "in each batch of this loop")], fix=remove(call, safe=True), call=call.text
        )


def _per_step(loop: Loop) -> bool:
    """It draws batches, or steps by itself."""
    return loop.per_batch or any(each.loop == loop for each in loop.events(Backward))


def sync_in_hot_loop(training: Training) -> Flags:
    """Each batch waits for the device, to bring a number from there."""
    for read in training.loop.events(Readout) if _on_gpu(training) else ():
        made_by_model = any(operation.layer for operation in read.subject.ancestors())
        if read.loop == training.loop and training.loop.per_batch and not read.maybe and made_by_model:
            yield flag(read, also=[(read.loop, "in each batch of this loop")], call=read.text)


def unseeded_randomness(training: Training) -> Flags:
    """Nothing in the program names a seed, and all of it is there to be read."""
    if training.dataset.kind and not any("seed" in word.lower() for word in training.words):
        yield flag(training, model=training.name or training.model.kind)


def slow_data_loader(training: Training, *, workers: int) -> Flags:
    """One process reads and transforms each example while the GPU waits."""
    loader = training.loader
    transformed = _on_gpu(training) and training.dataset.transform
    if transformed and loader.num_workers == 0 and not training.words & {"num_workers"}:
        several = set_argument(loader, "num_workers", workers, position=5, safe=False)
        pinned = set_argument(loader, "pin_memory", True, position=7, safe=False)
        title = f"set `num_workers={workers:d}` and `pin_memory=True`"
        fix = together(several, pinned, title=title) if several and pinned else None
        yield flag(loader, fix=fix, loader=loader.name or loader.kind)


def cudnn_benchmark_disabled(training: Training) -> Flags:
    """Images of one size go through convolutions, and cuDNN takes the first algorithm that fits; or it
    searches for the fastest where each run is to give the same."""
    for search, promise in _at_odds(training.settings):
        yield flag(
            search,
            also=[(promise, "asks for the same in each run")],
            fix=replace(search, f"{search.text} = False", safe=False) if search.text else None,
            fault="cuDNN shall be deterministic, but its search may choose another algorithm in each run",
            mend="set `torch.backends.cudnn.benchmark = False`",
        )
    chosen = any("benchmark" in word or "deterministic" in word for word in training.words)
    if not has_layer([training.model], "convolution") or not _images_of_one_size(training):
        return
    if _on_gpu(training) and not chosen:
        enable = "torch.backends.cudnn.benchmark = True"
        yield flag(
            training,
            fix=importing("torch", insert_before(_outermost_here(training.loop), enable, safe=True)),
            fault=f"`{training.name or training.model.kind}` gets images of one size, and cuDNN may search "
            "for its fastest convolutions",
            mend=f"set `{enable}`",
        )


def _at_odds(settings: Iterable[Setting]) -> Iterator[tuple[Setting, Setting]]:
    """The settings by which cuDNN searches, and is to give the same in each run, perhaps by choice."""
    last = {each.subject: each for each in settings}
    if {_SEARCH, _PROMISE} <= set(last):
        search, promise = last[_SEARCH], last[_PROMISE]
        both = promise.arms[: len(search.arms)] == search.arms
        if both and search.value == True and promise.value == True:  # noqa: E712 - may be Unknown
            yield search, promise


_SEARCH, _PROMISE = "torch.backends.cudnn.benchmark", "torch.backends.cudnn.deterministic"


def _images_of_one_size(training: Training) -> bool:
    shape = training.dataset.shape
    return len(shape) == 3 and all(size > 0 for size in shape)


def _outermost_here(loop: Loop) -> Loop:
    """The outermost loop around it in its function."""
    return [each for each in (loop, *loop.around()) if each.functions == loop.functions][-1]


def unsynchronized_cuda_timing(timing: Timing) -> Flags:
    """A clock is read while the GPU may still be at what was to be measured."""
    if _on_gpu(timing) and not any("synchronize" in word for word in timing.words):
        last = timing.passes[-1]
        yield flag(
            timing,
            also=[timing.start, last],
            fix=importing("torch", insert_before(timing, WAIT, safe=True, title="wait for the GPU")),
            call=timing.name,
            model=last.callee_text,
        )


def _on_gpu(seen: Training | Timing) -> bool:
    """The program has to do with a GPU."""
    return any("cuda" in word for word in seen.words)
