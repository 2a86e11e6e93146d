"""What a model would do with another image, asked where it cannot run with the one it gets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from typing import Any

from cnnlint.dims import Dim
from cnnlint.facts import Loader, Loop, Model, Module, Op, ShapeError, Tensor, is_ranked
from cnnlint.interpreter import limits
from cnnlint.interpreter.core import Core
from cnnlint.interpreter.layers import sizes_known
from cnnlint.interpreter.objects import Arguments, Value, plain
from cnnlint.interpreter.state import LimitReached
from cnnlint.knowledge.shapes import SPATIAL_AXES
from cnnlint.syntax import tree
from cnnlint.values import Undecided, is_unknown, surely

#: Sizes of square images that are tried where none can be computed.
USUAL_SIZES = (64, 96, 128, 224)


class Supposing(Core):
    """Runs of which nothing is kept but what they tell."""

    def explain(self, errors: list[ShapeError], module: Module, arguments: Arguments, node: Any) -> None:
        """For each error, whether the model would run with an image of another size, or of one axis more."""
        image = plain(arguments.positional[0]) if arguments.positional else None
        if not isinstance(image, Tensor) or not sizes_known(image.shape):
            return
        if len(image.shape) == 3:
            self.try_with_an_axis(errors, module, arguments, image.shape, node)
        elif len(image.shape) in (4, 5):
            self.try_other_sizes(errors, module, arguments, image.shape, node)

    def try_with_an_axis(
        self, errors: list[ShapeError], module: Module, arguments: Arguments, shape: Any, node: Any
    ) -> None:
        """Whether one image without a batch, or a batch of images without channels, is at fault."""
        for axis in (0, 1):
            ran, failed = self.supposed(module, arguments, (*shape[:axis], 1, *shape[axis:]), node)
            if ran and not failed:
                for error in errors:
                    error.lacking, error.image = axis, shape
                    if isinstance(node, tree.Call) and node.arguments:
                        error.given = self.site(node.arguments[0].value)
                return

    def try_other_sizes(
        self, errors: list[ShapeError], module: Module, arguments: Arguments, shape: Any, node: Any
    ) -> None:
        """Whether it is the size of the image that is at fault: what runs where that is free."""
        free = (Dim.symbol(axis[0].upper()) for axis in SPATIAL_AXES[len(shape) - 2])
        ran, failed = self.supposed(module, arguments, (*shape[:2], *free), node)
        failing = [_key(error.op) for error in failed]
        for error in errors:
            twins = [each for each in ran if _key(each) == _key(error.op)]
            if twins and _key(error.op) not in failing:
                error.elsewhere, error.image = twins[0], shape
                with suppress(Undecided):
                    if is_unknown(error.fits) and self.fails_anyway(error, module, arguments, node):
                        error.elsewhere = None
                    self.try_whole(error, module, arguments, node)

    def fails_anyway(self, error: ShapeError, module: Module, arguments: Arguments, node: Any) -> bool:
        """Where symbols do not tell which sizes fit: whether usual ones fail in the same place."""
        for size in USUAL_SIZES:
            square = (size,) * len(error.image[2:])
            ran, failed = self.supposed(module, arguments, (*error.image[:2], *square), node)
            if not ran or _key(error.op) not in map(_key, (each.op for each in failed)):
                return False
        return True

    def try_whole(self, error: ShapeError, module: Module, arguments: Arguments, node: Any) -> None:
        """Which of the sizes that fit where it fails run through the whole model."""

        if error.fault != "branches" or is_unknown(error.fits):
            return

        def runs(size: int) -> bool:
            square = (size,) * len(error.image[2:])
            ran, failed = self.supposed(module, arguments, (*error.image[:2], *square), node)
            return bool(ran) and not failed

        for step in error.steps:
            below = max(max(error.image[2:]) // step, 1)
            if all(runs(step * times) for times in (below, below + 1)):
                error.step = step
                return
        error.runs = tuple(size for size in error.ends if runs(size))

    def supposed(
        self, module: Module, arguments: Arguments, shape: Any, node: Any
    ) -> tuple[list[Op], list[ShapeError]]:
        """The operations a module would run, were its image of this shape, and what would not fit."""
        image = plain(arguments.positional[0])
        given = Arguments(
            [Tensor(shape, image.dtype, image.graph), *arguments.positional[1:]], arguments.keywords
        )
        view = Model()
        with self.without_a_trace(_models_in(module), [view]) as found:
            self.pass_through(module, given, node)
        return (view.ops if found else []), [fact for fact in found if isinstance(fact, ShapeError)]

    def try_batch_of_one(self, node: tree.For, loop: Loop, errors: list[ShapeError]) -> None:
        """What fails in the last batch of a loader, if that is a single example, and in no other."""
        loader = loop.loader
        if self.models or self.speculation or not isinstance(loader, Loader):
            return
        if not surely(loader.last_batch == 1):
            return
        returned = len(self.frame.returns)
        models = [fact for fact in self.program.facts if isinstance(fact, Model)]
        with self.without_a_trace(models, []) as found:
            self.loop = Loop(loop.iterable, loader, loop)
            self.assign(node.target, _of_one(self.element(loop.iterable, node)), node)
            self.in_block_of_its_own(lambda: self.execute(node.body))
        del self.frame.returns[returned:]
        self.forget(found)
        before = {_key(error.op) for error in errors}
        for error in found:
            if isinstance(error, ShapeError) and _key(error.op) not in before:
                error.lone = loader
                self.program.facts.append(error)
                return

    @contextmanager
    def without_a_trace(self, models: Iterable[Model], around: list[Model]) -> Iterator[list[Any]]:
        """What is followed meanwhile is as if it had not been, but for the facts given; none where it could
        not be followed to its end. `around` are models of which it is a part."""
        found: list[Any] = []
        kept = [(each, vars(each).copy(), list(each.forwards)) for each in models]
        state = (self.program.facts, self.trace, self.models, self.loop, self.steps, self.steps_allowed)
        errors = len(self.shape_errors)
        self.program.facts, self.trace, self.models = found, [], around
        self.steps_allowed = self.steps + limits.STEPS_PER_ENTRY
        self.heap.begin()
        try:
            yield found
        except (LimitReached, Undecided):
            found.clear()
        finally:
            self.heap.undo()
            (self.program.facts, self.trace, self.models, self.loop, self.steps, self.steps_allowed) = state
            del self.shape_errors[errors:]
            for model, before, forwards in kept:
                for name in ("ops", "input", "output", "arms_at_call", "loop_at_call"):
                    setattr(model, name, before[name])
                model.forwards[:] = forwards


def _models_in(module: Module) -> Iterator[Model]:
    try:
        yield from (each for each in module.modules() if isinstance(each, Model))
    except Undecided:
        return


def _of_one(value: Value) -> Value:
    """What a loader yields, where a batch holds one example."""
    if isinstance(value, tuple):
        return tuple(map(_of_one, value))
    if not isinstance(value, Tensor) or not value.loader or not is_ranked(value.shape):
        return value
    alone = copy(value)
    alone.shape = (1, *value.shape[1:])
    return alone


def _key(operation: Op) -> tuple[Any, ...]:
    """What tells an operation from the others of one run."""
    return operation.site, operation.name, id(operation.layer)
