"""What a program evaluates: passes of a model over batches where nothing trains it, and what they decide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnlint.facts import (
    MOVING,
    RESHAPING,
    Accumulate,
    Backward,
    Evaluation,
    Event,
    Forward,
    Leave,
    Loader,
    Loop,
    LossCall,
    Naming,
    Number,
    Op,
    Pickling,
    Program,
    SchedulerStep,
    StateDict,
    Tensor,
)
from cnnlint.traces import choice_behind
from cnnlint.values import Undecided, Unknown, surely

__all__ = ["drawing", "evaluations", "loaders_behind", "tallied", "tell_folders", "tell_numbered"]

#: Operations that compare what a model answers with what it should answer.
_COMPARING = frozenset({"eq", "ne", "isclose", "sub", "mul", "bitwise_and", "logical_and"})
#: Operations that add up, or leave what they are given as it is.
ADDING = MOVING | {"add", "detach", "data", "item", "numpy", "carried", "either", "view", "squeeze"}
#: Operations that leave a target what it is.
_KEEPING = RESHAPING | {"detach", "data", "numpy", "long", "int", "bool", "either"}


def evaluations(program: Program) -> list[Evaluation]:
    """Each pass of a model over batches that nothing trains on, told once for each loop."""
    found: dict[tuple[int, int, int], Evaluation] = {}
    forwards = [(forward, drawing(forward), loader_behind(forward)) for forward in program.events(Forward)]
    compared = [operation for operation in program.each(Op) if operation.name in _COMPARING]
    kept = list(program.each(Accumulate))
    drawn = {id(loader) for _, _, loader in forwards}
    idle = tuple(
        each
        for each in program.each(Loader)
        if not (each.loops or each.escaped or each.exposed or id(each) in drawn)
    )
    learnt = _learnt_through(program)
    for forward, loop, loader in forwards:
        if isinstance(forward.output, Tensor) and id(forward.output.producer) in learnt:
            continue
        if not isinstance(loader, Loader) or (loop is not None and any(loop.events(Backward))):
            continue
        key = (id(forward.subject), id(loader), id(loop))
        if key not in found:
            tensors = [tensor for op in compared if op.made_in is loop for tensor in op.inputs]
            tensors += [event.value for event in kept if event.loop is loop]
            evaluation = Evaluation(forward.subject, forward, loader, loop)
            evaluation.site, evaluation.name = (loop or forward).site, loader.name
            evaluation.functions = forward.functions
            evaluation.scored = bool(loop and any(loop.events(LossCall))) or any(
                map(_is_target, tensors, [loader] * len(tensors))
            )
            evaluation.learnt_from = tuple(
                other
                for each, training, other in forwards
                if each.subject is forward.subject and training is not None and training.trains and other
            )
            evaluation.idle = idle
            found[key] = evaluation
    every = tuple(found.values())
    deciding = _selecting(program)
    for evaluation in every:
        evaluation.others = every
        evaluation.selects = tuple(event for event, loaders in deciding if evaluation.loader in loaders)
    return list(every)


def _learnt_through(program: Program) -> set[int]:
    """The identities of all operations that some backward runs through."""
    found: set[int] = set()
    pending = [each.subject.producer for each in program.events(Backward) if isinstance(each.subject, Tensor)]
    while pending:
        operation = pending.pop()
        if operation is not None and id(operation) not in found:
            found.add(id(operation))
            pending.extend(tensor.producer for tensor in operation.inputs)
    return found


def drawing(event: Event) -> Loop | None:
    """The innermost loop around an event that draws batches."""
    loop = event.loop
    while loop is not None and not loop.per_batch:
        loop = loop.parent
    return loop


def loader_behind(forward: Forward) -> Any:
    """The loader whose batches a model is called on; None if there is none."""
    loop = drawing(forward)
    if loop is not None:
        return loop.loader
    tensors = (value for value in forward.inputs if isinstance(value, Tensor))
    return next((tensor.origin(RESHAPING).loader for tensor in tensors), None)


def _is_target(tensor: Any, loader: Loader) -> bool:
    """It is a part of a batch of the loader, as it came, and not the first."""
    origin = tensor.origin(_KEEPING) if isinstance(tensor, Tensor) else None
    return origin is not None and origin.loader is loader and origin.index > 0


def _selecting(program: Program) -> list[tuple[Event, list[Loader]]]:
    """Each step of a scheduler, each keeping of weights and each early end of a training, with the loaders
    whose batches decide on it."""
    steps = [(event, loaders_behind(event.metric)) for event in program.events(SchedulerStep)]
    kept = [
        (event, [each for branch, _ in event.arms for test in branch.tests for each in loaders_behind(test)])
        for event in (*program.events(StateDict), *program.events(Pickling), *program.events(Leave))
        if not isinstance(event, Leave) or event.subject.trains
    ]
    return [(event, loaders) for event, loaders in (*steps, *kept) if loaders]


def loaders_behind(value: Any) -> list[Loader]:
    """The loaders whose batches a number or tensor was computed from."""
    tensor = value.source if isinstance(value, Number) else value
    if not isinstance(tensor, Tensor):
        return []
    leaves = [each for operation in tensor.ancestors() for each in operation.inputs]
    return [each.loader for each in (tensor, *leaves) if each.loader is not None]


#: Operations that take the number of a class out of others.
_TAKING_OUT = _KEEPING | {"getitem", "item", "tolist"}
#: Operations that add to it.
_SHIFTING = {"add": 1, "sub": -1}


def tell_folders(program: Program) -> None:
    """Which ImageFolders number the classes that are looked up: those whose labels they are, or else those
    that the model learns which chooses them."""
    for naming in program.events(Naming):
        number = naming.subject.origin(_TAKING_OUT | _SHIFTING.keys())
        for each in naming.subject.lineage(_TAKING_OUT | _SHIFTING.keys()):
            if each.producer is not None and each.producer.name in _SHIFTING:
                other = each.producer.options.get("other", Unknown("what is added is not known"))
                naming.plus += _SHIFTING[each.producer.name] * other
        if number.loader is not None:
            loaders = [number.loader] if number.index == 1 else []
        else:
            choice = choice_behind(number)
            loaders = [] if choice is None else _taught(program, choice)
            if choice is not None:
                naming.classes = choice.inputs[0].shape[-1]
        datasets = [each.dataset for each in loaders]
        if datasets and all(map(_plain_folder, datasets)):
            naming.folders = tuple(dict.fromkeys(datasets))


def tell_numbered(program: Program) -> None:
    """Which losses are given the numbers of classes: what is compared with the best of the scores."""
    comparisons = [each.inputs for each in program.each(Op) if each.name in ("eq", "ne")]
    pairs = [pair for inputs in comparisons if len(inputs) == 2 for pair in (inputs, inputs[::-1])]
    numbers = {_part(target) for chosen, target in pairs if choice_behind(chosen) is not None} - {None}
    for loss in program.events(LossCall) if numbers else ():
        loss.numbered = isinstance(loss.target, Tensor) and _part(loss.target) in numbers


def _part(tensor: Tensor) -> tuple[int, int] | None:
    """Which part of which loader's batches it is, as it came."""
    origin = tensor.origin(_KEEPING)
    return None if origin.loader is None else (id(origin.loader), origin.index)


def _plain_folder(dataset: Any) -> bool:
    """An ImageFolder, or a part of one, whose labels are the numbers of its folders."""
    return surely(dataset.kind == "ImageFolder") and surely(dataset.target_shape == ())


def _taught(program: Program, choice: Op) -> list[Loader]:
    """The loaders whose batches those models learn from that a choice rests on."""
    behind = {id(each) for each in choice.inputs[0].ancestors()}
    forwards = [each for each in program.events(Forward) if isinstance(each.output, Tensor)]
    models = {id(each.subject) for each in forwards if id(each.output.producer) in behind}
    learning = [(each, drawing(each)) for each in forwards if id(each.subject) in models]
    return [loop.loader for _, loop in learning if loop is not None and loop.trains]


def tallied(tensor: Tensor) -> set[str]:
    """What is summed over batches: 'counts' of right answers, 'sums' or 'means' of losses. Undecided if it is
    something else."""
    found: set[str] = set()
    for operation in _summed(tensor):
        inner = operation.inputs[0].origin(MOVING).producer if operation.inputs else None
        whole = operation.options.get("dim") is None
        if operation.name == "sum" and whole and inner is not None and inner.name in ("eq", "ne"):
            found.add("counts")
        elif operation.name == "mean" and whole:
            found.add("means")
        elif getattr(operation.layer, "reduced_by", "") in ("mean", "sum"):
            found.add(f"{operation.layer.reduced_by}s")  # type: ignore[union-attr]
        else:
            raise Undecided("what is summed is not known")
    return found


def _summed(tensor: Tensor) -> Iterator[Op]:
    """The operations whose results are added up in a tensor."""
    pending, seen = [tensor], {id(tensor)}
    while pending:
        operation = pending.pop().producer
        if operation is None:
            continue
        if operation.name in ADDING:
            pending.extend(each for each in operation.inputs if id(each) not in seen)
            seen.update(map(id, operation.inputs))
        else:
            yield operation
